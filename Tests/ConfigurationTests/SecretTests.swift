import Configuration
import Glibc
import TestSupport
import Testing

@Suite("Secrets: contract.md §2, security.md §12")
struct SecretTests {
    let fixture = ConfigurationFixture()

    @Test("A secret is read when it is used, from a file, a credential or the environment")
    func resolve() throws {
        let file = fixture.write("s3cret\n", to: "secret", mode: 0o600)
        fixture.write("credential\r\n", to: "credentials/name", mode: 0o400)
        #expect(try Secret.file(file).resolve(environment: [:]) == "s3cret")
        #expect(try Secret.environment("T").resolve(environment: ["T": "from env"]) == "from env")
        let environment = ["CREDENTIALS_DIRECTORY": fixture.folder.file("credentials")]
        #expect(try Secret.credential("name").resolve(environment: environment) == "credential")
        fixture.write("changed", to: "secret", mode: 0o640)
        #expect(try Secret.file(file).resolve(environment: [:]) == "changed")
    }

    @Test("A secret in a file that everybody can read is refused", arguments: [0o644, 0o604, 0o602, 0o666] as [UInt32])
    func readableByOthers(mode: UInt32) throws {
        let file = fixture.write("s3cret", to: "secret", mode: mode)
        let error = #expect(throws: SecretError.self) { try Secret.file(file).resolve(environment: [:]) }
        let message = try #require(error).description
        #expect(message.contains("can be read by everybody") && !message.contains("s3cret"))
    }

    @Test("A secret may be reached through a link, and is never read from a pipe")
    func linksAndPipes() throws {
        let file = fixture.write("s3cret\n", to: "secret", mode: 0o600)
        #expect(symlink(file, fixture.folder.file("link")) == 0)
        #expect(try Secret.file(fixture.folder.file("link")).resolve(environment: [:]) == "s3cret")
        #expect(mkfifo(fixture.folder.file("pipe"), 0o600) == 0)
        let error = #expect(throws: SecretError.self) {
            try Secret.file(fixture.folder.file("pipe")).resolve(environment: [:])
        }
        #expect(error?.message == "cannot be read: it is no regular file")
    }

    @Test("A secret of several lines, an empty one or one that is no text cannot be a header")
    func unusable() {
        for content in ["", "\n", "a\r\nX-Evil: 1", "a\u{0}b"] {
            let file = fixture.write(content, to: "secret", mode: 0o600)
            #expect(throws: SecretError.self) { try Secret.file(file).resolve(environment: [:]) }
        }
        let file = fixture.folder.write([0xff, 0xfe], to: "secret", mode: 0o600)
        #expect(throws: SecretError.self) { try Secret.file(file).resolve(environment: [:]) }
        #expect(throws: SecretError.self) { try Secret.file("/nonexistent").resolve(environment: [:]) }
        #expect(throws: SecretError.self) { try Secret.environment("T").resolve(environment: [:]) }
        #expect(throws: SecretError.self) { try Secret.credential("n").resolve(environment: [:]) }
        let large = fixture.write(String(repeating: "x", count: 70_000), to: "large", mode: 0o600)
        #expect(throws: SecretError.self) { try Secret.file(large).resolve(environment: [:]) }
    }

    @Test("A secret key of several lines keeps them")
    func contents() throws {
        let file = fixture.write("-----BEGIN\nx\n", to: "key", mode: 0o600)
        #expect(try Secret.file(file).contents(environment: [:]) == Array("-----BEGIN\nx\n".utf8))
    }

    @Test("check says which references are broken, with file and line, and shows no secret")
    func references() throws {
        fixture.write("hunter2", to: "open.key", mode: 0o644)
        let configuration = try fixture.load(
            feed(
                """
                bearer = { file = "open.key" }
                ca_file = "none.pem"
                headers = { X-Key = { env = "NOT_SET" } }
                [[feed]]
                url = "missing.xml"
                [[feed]]
                url = "https://example.org/off"
                enabled = false
                bearer = { env = "NOT_SET_EITHER" }
                """))
        let found = fixture.shown(configuration.checkReferences(environment: [:]))
        try #require(found.count == 4, "\(found)")
        #expect(found[0].hasPrefix("newswire.toml:2: error: [[feed]] headers.X-Key: the secret { env = \"NOT_SET\" }"))
        #expect(found[1].contains("[[feed]] bearer: the secret { file = ") && found[1].contains("read by everybody"))
        #expect(found[2].contains("[[feed]] ca_file:") && found[2].contains("cannot be read"))
        #expect(found[3].contains("newswire.toml:7: warning: [[feed]] url: there is no file"), "\(found[3])")
        #expect(!found.joined().contains("hunter2"))
    }

    @Test("A secret that systemd gives to the service alone is noted by who cannot see it, and is no error")
    func notes() throws {
        let configuration = try fixture.load(feed("bearer = { credential = \"token\" }"))
        let found = fixture.shown(configuration.checkReferences(environment: [:]))
        try #require(found.count == 1, "\(found)")
        #expect(found[0].hasPrefix("newswire.toml:2: note: [[feed]] bearer: the secret { credential = \"token\" }"))
        #expect(found[0].contains("LoadCredential=token"))
        // Where the service itself looks, it has to be there.
        let environment = ["CREDENTIALS_DIRECTORY": fixture.folder.file("credentials")]
        #expect(configuration.checkReferences(environment: environment).map(\.severity) == [.error])
    }

    @Test(
        "An unset variable is an error in a person's configuration, and noted in the system's, which is the service's")
    func variables() throws {
        var configuration = try fixture.load(feed("bearer = { env = \"TOKEN\" }"))
        #expect(configuration.checkReferences(environment: [:]).map(\.severity) == [.error])
        configuration.path = "/etc/newswire/newswire.toml"
        #expect(configuration.checkReferences(environment: [:]).map(\.severity) == [.note])
        #expect(configuration.checkReferences(environment: ["TOKEN": "x"]).isEmpty)
    }
}
