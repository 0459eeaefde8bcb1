import TestSupport
import Testing
import Web

@testable import Configuration

@Suite("[publish.NAME]: publish.md §2")
struct PublishTableTests {
    let fixture = ConfigurationFixture()

    /// Every key, with a value as it is printed.
    static let values: [(key: String, value: String)] = [
        ("user", "\"news\""), ("password", "{ credential = \"bus\" }"), ("tls", "true"), ("ca_file", "\"/ca.pem\""),
        ("client_cert", "{ cert = \"/c.pem\", key = { file = \"/k.pem\" } }"), ("feeds", "[\"a\", \"b\"]"),
        ("tags", "[\"Naval\"]"), ("updates", "false"), ("duplicates", "true"), ("initial", "false"), ("batch", "7"),
        ("options", "{ \"compression.type\" = \"zstd\", \"ssl.key.password\" = { env = \"KEY\" } }"),
    ]

    private static let head = "url = \"kafka://k1,k2:1\"\nto = \"news\"\n"

    @Test("Each key sets a field of its own, and is printed as it was meant")
    func fields() throws {
        let keys = Options.all.filter { $0.tables.contains(.publish) }.map { "\($0.key)" }
        #expect(keys.sorted() == (Self.values.map(\.key) + ["url", "to", "credentials"]).sorted())
        for (key, value) in Self.values {
            var table = Self.head
            if key == "user" { table += "password = { credential = \"bus\" }\n" }
            if key == "password" { table += "user = \"news\"\n" }
            let loaded = try fixture.load("[publish.x]\n\(table)\(key) = \(value)\n")
            let printed = loaded.printEffective()
            #expect(printed.contains("[publish.x]\nurl = \"kafka://k1,k2:1\"\nto = \"news\"\n"))
            #expect(printed.contains("\n\(key) = \(value)\n"), "\(printed)")
            #expect(try fixture.load(String(printed.split(separator: "[store]")[0])).publications.isEmpty)
        }
    }

    @Test("What is left out is what the manual says, and connections leave this machine encrypted")
    func defaults() throws {
        let all = try fixture.load(
            "[publish.x]\n\(Self.head)[publish.\"a.b\"]\nurl = \"redis://127.0.0.1\"\nto = \"s\"\n"
        )
        .publications
        #expect(all.map(\.name) == ["x", "a.b"] && all.map(\.tls) == [true, false])
        #expect(all[0].updates && !all[0].duplicates && all[0].initial && all[0].batch == 500 && all[0].extras.isEmpty)
    }

    @Test("Tables are equal that say the same, so that a reload tells of those that do not")
    func equality() throws {
        let one = try fixture.load("[publish.x]\n\(Self.head)")
        #expect(try fixture.load("\n\n[publish.x]\n\(Self.head)") == one)
        #expect(try fixture.load("[publish.x]\n\(Self.head)batch = 3\n") != one)
        #expect(try fixture.load("[publish.y]\n\(Self.head)") != one)
    }

    @Test(
        "What cannot be is refused at its line, by its key",
        arguments: [
            ("url = \"kafka://k\"", "1: error: [publish.x] to: is missing"),
            ("to = \"a\"", "1: error: [publish.x] url: is missing"),
            ("url = \"kafka://u:p@k\"\nto = \"a\"", "2: error: [publish.NAME] url: takes no login"),
            ("url = \"kafka://k\"\nto = \"a b\"", "3: error: [publish.x] to: is no topic"),
            ("url = \"nats://k\"\nto = \"a.*\"", "3: error: [publish.x] to: is no subject"),
            ("url = \"nats://k\"\nto = \"a.{uid}\"", "3: error: [publish.x] to: is no subject"),
            ("url = \"nats://k\"\nto = \"a..b\"", "3: error: [publish.x] to: is no subject"),
            ("url = \"nats://k\"\nto = \"$JS.API\"", "3: error: [publish.x] to: is no subject"),
            ("url = \"postgresql://k/d\"\nto = \"a.b.c\"", "3: error: [publish.x] to: is no table"),
            ("url = \"redis://k\"\nto = \"\"", "3: error: [publish.NAME] to: must have 1 to 255 bytes"),
            ("url = \"redis://k\"\nto = \"a\"\nfeeds = []", "4: error: [publish.x] feeds: is empty"),
            (
                "url = \"redis://k\"\nto = \"a\"\npassword = \"x\"",
                "4: error: [publish.NAME] password: a secret must not be written"
            ),
            ("url = \"kafka://k\"\nto = \"a\"\nuser = \"x\"", "4: error: [publish.x] user: needs password"),
            (
                "url = \"kafka://k\"\nto = \"a\"\ncredentials = { file = \"x\" }",
                "4: error: [publish.x] credentials: is for NATS alone"
            ),
            ("url = \"nats://k\"\nto = \"a\"\noptions = { acks = 1 }", "newswire itself says that"),
            (
                "url = \"nats://k\"\nto = \"a\"\noptions = { maxlen = 1 }",
                "4: error: [publish.x] options: maxlen is no option of nats://"
            ),
            ("url = \"nats://k\"\nto = \"a\"\noptions = { replicas = 9 }", "replicas must be a number from 1 to 5"),
            ("url = \"redis://k\"\nto = \"a\"\noptions = { maxlen = \"many\" }", "maxlen must be a number from 1 on"),
            (
                "url = \"kafka://k\"\nto = \"a\"\noptions = { \"sasl.oauthbearer.client.secret\" = \"x\" }",
                "a secret must not be written"
            ),
            (
                "url = \"kafka://k\"\nto = \"a\"\noptions = { \"enable.ssl.certificate.verification\" = false }",
                "newswire itself says that"
            ),
            (
                "url = \"redis://127.0.0.1\"\nto = \"a\"\nca_file = \"/x\"",
                "4: error: [publish.x] ca_file: is for a connection with TLS"
            ),
            (
                "url = \"kafka://k\"\nto = \"a\"\nclient_cert = { cert = \"/c\", key = { env = \"K\" } }",
                "the key has to be a file or a credential"
            ),
            (
                "url = \"redis://k\"\nto = \"a\"\nsubject = \"x\"",
                "4: error: [publish.NAME] \"subject\": there is no such key"
            ),
            ("url = \"redis://k\"\nto = \"a\"\nbatch = 0", "4: error: [publish.NAME] batch: must be 1 to 10000"),
        ])
    func refusals(table: String, start: String) {
        let errors = fixture.errors("[publish.x]\n\(table)\n")
        #expect(errors.count == 1 && errors[0].contains(start), "\(errors)")
    }

    @Test("A table is called as a consumer can be, and is a table")
    func names() {
        #expect(
            fixture.errors("[publish]\nurl = \"nats://k\"\n").first?.contains("write a table [publish.NAME]") == true)
        #expect(fixture.errors("[publish.\"a/b\"]\n\(Self.head)").first?.contains("is called as its consumer") == true)
        #expect(fixture.errors("[publish.\".a\"]\n\(Self.head)").first?.contains("is called as its consumer") == true)
        #expect(fixture.errors("publish = 3\n").count == 1)
    }

    @Test("Without TLS it is said that everybody on the way can read along, but not of this machine")
    func warnings() throws {
        let far = try fixture.load("[publish.x]\nurl = \"redis://bus1\"\nto = \"a\"\ntls = false\n")
        #expect(fixture.shown(far.warnings).first?.contains(":4: warning: [publish.x] tls: is off") == true)
        #expect(
            try fixture.load("[publish.x]\nurl = \"redis://127.0.0.1\"\nto = \"a\"\ntls = false\n").warnings.isEmpty)
    }

    @Test("An included file may not say where articles are published")
    func included() {
        fixture.write("[publish.x]\n\(Self.head)", to: "more.toml")
        #expect(fixture.errors("").isEmpty)
        let path = fixture.write("include = [\"more.toml\"]\n[store]\ndirectory = \"s\"\n", to: "newswire.toml")
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.load(path: path, environment: [:])
        }
        #expect(error?.first.contains("belongs in the main file") == true)
    }
}
