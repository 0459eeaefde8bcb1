import TestSupport
import Testing
import Web

@testable import Configuration

@Suite("Where newswire-web listens, and who may do what ([web]): web.md §2, §3")
struct WebSettingsTests {
    private let fixture = ConfigurationFixture()

    private static let account = "[[web.account]]\nname = \"desk\"\npassword = { env = \"P\" }\n"

    private func load(_ text: String) throws(ConfigurationError) -> Configuration {
        try fixture.load("[store]\ndirectory = \"s\"\n\(text)")
    }

    @Test("Without the table it listens on the loopback, and whoever is there may read")
    func absent() throws {
        let web = try load("").web
        #expect(web.listen.map(\.description) == ["127.0.0.1:8473"] && web.isLocal && web.accounts.isEmpty)
        #expect(web.effectiveAnonymous == .read && web.images == .ask && web.search && web.basePath.isEmpty)
        #expect(web.socketMode == 0o660 && web.unread == .seconds(30 * 86_400))
    }

    @Test("What is set is printed as it is read again, with its accounts")
    func printed() throws {
        let before = try load(
            """
            [web]
            listen = ["127.0.0.1:8473", "[::1]:8473", "/run/x/http.sock"]
            hosts = ["News.Example.org"]
            base_path = "/a/b/"
            anonymous = "none"
            \(Self.account)rights = "manage"
            [[web.account]]
            name = "night"
            token = { credential = "t" }

            """)
        #expect(before.web.hosts == ["news.example.org"] && before.web.basePath == "/a/b")
        #expect(before.web.accounts.map(\.name) == ["desk", "night"])
        #expect(before.web.accounts.map(\.rights) == [.manage, .mark])
        let path = fixture.write(before.printEffective(), to: "again.toml")
        let again = try ConfigurationLoader.load(path: path, environment: ["HOME": "/home/somebody"])
        #expect(again == before && again.web == before.web)
        var other = before
        other.web.accounts[0].rights = .read
        #expect(other != before)
    }

    @Test(
        "What cannot be is refused at its line",
        arguments: [
            ("[web]\nlisten = []", ":4: error: [web] listen: is empty"),
            ("[web]\nlisten = [\"localhost:80\"]", "[web] listen: \"localhost:80\" is no address"),
            ("[web]\nlisten = [\"127.0.0.1\"]", "has no port"),
            ("[web]\nlisten = [\"127.0.0.1:0\"]", "no number from 1 to 65535"),
            ("[web]\nlisten = [\"::1:8473\"]", "needs brackets"),
            ("[web]\nlisten = [\"[127.0.0.1]:8473\"]", "needs no brackets"),
            ("[web]\nlisten = [\"127.0.0.1:1\", \"127.0.0.1:1\"]", "stands here twice"),
            ("[web]\nlisten = [\"/run/\"]", "is no path of a socket"),
            ("[web]\nsocket_mode = \"0777\"", ":4: error: [web] socket_mode: must be octal"),
            ("[web]\nsocket_mode = \"0066\"", "socket_mode: must be octal"),
            ("[web]\nhosts = [\"https://news.example.org\"]", "is no name of a host"),
            ("[web]\nhosts = [\"news.example.org:443\"]", "is no name of a host"),
            ("[web]\nbase_path = \"news\"", "base_path: must be"),
            ("[web]\nbase_path = \"/a/../b\"", "base_path: must"),
            ("[web]\nbase_path = \"/a//b\"", "base_path: must be"),
            ("[web]\nproxy_header = \"X-User\"", ":4: error: [web] proxy_header: needs trusted_proxies"),
            ("[web]\nproxy_header = \"Authorization\"\ntrusted_proxies = [\"unix\"]", "says something else"),
            ("[web]\nproxy_header = \"X User\"\ntrusted_proxies = [\"unix\"]", "is no name of a header"),
            ("[web]\ntrusted_proxies = [\"proxy.example.org\"]", "is no address"),
            ("[web]\nwebsub_listen = []", "\"websub_listen\": there is no such key"),
            ("[web]\naccount = { name = \"x\" }", "[web] account: write [[web.account]]"),
            ("[[web.account]]\nname = \"desk\"", ":3: error: [[web.account]] password: is missing"),
            ("[[web.account]]\npassword = { env = \"P\" }", ":3: error: [[web.account]] name: is missing"),
            ("[[web.account]]\nname = \"../x\"\npassword = { env = \"P\" }", "[[web.account]] name: must be 1 to 64"),
            ("[[web.account]]\nname = \"x\"\npassword = \"geheim\"", "a secret must not be written in the file"),
            ("\(Self.account)\(Self.account)", "\"desk\" is already in"),
            ("\(Self.account)[[web.account]]\nname = \"DESK\"\ntoken = { env = \"P\" }", "\"desk\" is already in"),
        ])
    func refusals(text: String, message: String) {
        let errors = fixture.errors("[store]\ndirectory = \"s\"\n\(text)\n")
        #expect(errors.count == 1 && errors[0].contains(message), "\(errors)")
        #expect(!errors.joined().contains("geheim"))
    }

    @Test("An account that a proxy vouches for needs neither password nor token")
    func proxied() throws {
        let web = try load(
            "[web]\nproxy_header = \"X-User\"\ntrusted_proxies = [\"unix\"]\n[[web.account]]\nname = \"desk\"\n"
        ).web
        #expect(web.accounts.map(\.name) == ["desk"])
    }

    @Test(
        "Who does not say who it is may read only as long as all is of this machine and there is no account",
        arguments: [
            ("", true), ("[web]\nlisten = [\"/run/x.sock\", \"127.0.0.9:1\", \"[::1]:1\"]\n", true),
            (Self.account, false),
            ("[web]\nlisten = [\"0.0.0.0:1\"]\n", false),
            ("[web]\nlisten = [\"10.0.0.1:1\", \"127.0.0.1:1\"]\n", false),
            ("[web]\nanonymous = \"read\"\n\(Self.account)", true), ("[web]\nanonymous = \"none\"\n", false),
        ])
    func anonymous(text: String, reads: Bool) throws {
        #expect((try load(text).web.effectiveAnonymous == .read) == reads)
    }

    @Test(
        "What would be open without a word is an error, and what is open in words is said",
        arguments: [
            ("", []),
            ("[web]\nlisten = [\"0.0.0.0:1\"]\n", [":4: error: [web] listen: other machines reach 0.0.0.0:1"]),
            ("[web]\nlisten = [\"[::]:1\"]\nanonymous = \"read\"\n", [":5: warning: [web] anonymous: everybody who"]),
            (
                "[web]\nlisten = [\"0.0.0.0:1\"]\n\(Self.account)",
                [":4: warning: [web] listen: passwords and tokens go"]
            ),
            (
                "[web]\nlisten = [\"0.0.0.0:1\"]\nproxy_header = \"X-User\"\ntrusted_proxies = [\"10.0.0.1\"]\n", []
            ), ("[web]\nanonymous = \"none\"\n", [":4: warning: [web] anonymous: nobody may do anything"]),
            (Self.account, []),
        ] as [(String, [String])])
    func openness(text: String, starts: [String]) throws {
        let found = fixture.shown(try load(text).checkWeb())
        #expect(found.count == starts.count, "\(found)")
        for (line, start) in zip(found, starts) { #expect(line.contains(start), "\(line)") }
    }

    @Test("That everybody on the machine reads what the store's group keeps from them is said, and only then")
    func localReaders() throws {
        #expect(try load("").noteOfLocalReaders()?.message.contains("127.0.0.1:8473") == true)
        #expect(try load("[web]\nlisten = [\"/run/x.sock\"]\n").noteOfLocalReaders() == nil)
        #expect(try load("[web]\nlisten = [\"/run/x.sock\"]\nsocket_mode = \"0666\"\n").noteOfLocalReaders() != nil)
        #expect(try load(Self.account).noteOfLocalReaders() == nil)
    }

    @Test("Its own folder is what is set, else systemd's, else beside that of the store")
    func folder() throws {
        let web = try load("").web
        let home = ["HOME": "/home/me"]
        #expect(web.folder(of: "/home/me/newswire.toml", environment: home) == "/home/me/.local/state/newswire-web")
        #expect(web.folder(of: "/etc/newswire/newswire.toml", environment: home) == "/var/lib/newswire-web")
        let ofUnit = ["STATE_DIRECTORY": "/var/lib/private/web"]
        #expect(web.folder(of: "/etc/newswire/newswire.toml", environment: ofUnit) == "/var/lib/private/web")
        let set = try load("[web]\nstate_directory = \"web\"\n").web
        #expect(set.folder(of: "/etc/newswire/newswire.toml", environment: ofUnit) == fixture.folder.file("web"))
    }

    @Test(
        "Another place to listen on is in force after the next start alone, and the poller takes no notice of any of it"
    )
    func changes() throws {
        let before = try load("[web]\nunread = \"7d\"\n")
        let after = try load("[web]\nlisten = [\"127.0.0.1:9\"]\nunread = \"8d\"\n")
        #expect(before.web.changesAfterRestart(to: after.web).map(\.name) == ["[web] listen"])
        #expect(before.changesAfterRestart(to: after).isEmpty && before.changesOnReload(to: after).isEmpty)
    }

    @Test("newswire-web's check looks for the secrets of accounts, and the poller's does not")
    func references() throws {
        let missing = "[[web.account]]\nname = \"desk\"\npassword = { file = \"/none/there\" }\n"
        let configuration = try load(missing)
        #expect(configuration.checkReferences(environment: [:]).isEmpty)
        let found = fixture.shown(configuration.checkReferencesOfWeb(environment: [:]))
        #expect(found.count == 1 && found[0].contains(":3: error: [[web.account]] password:"), "\(found)")
        let unseen = try load("[[web.account]]\nname = \"desk\"\ntoken = { credential = \"t\" }\n")
        #expect(unseen.checkReferencesOfWeb(environment: [:]).map(\.severity) == [.note])
    }
}
