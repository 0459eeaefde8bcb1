import Configuration
import Testing
import Web

@Suite("private_networks of all feeds and of one (security.md §2)")
struct NetworkTests {
    private let fixture = ConfigurationFixture()

    @Test("A feed's own private_networks are told from those of all feeds, also in what is printed")
    func own() throws {
        let configuration = try fixture.load(
            """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = ["localhost:8080"]
            [[feed]]
            url = "https://example.org/shared"
            [[feed]]
            url = "https://example.org/own"
            private_networks = ["localhost:8080"]
            """)
        let local = AddressPolicy.list(["localhost:8080"].compactMap(AddressPolicy.Entry.init))
        #expect(configuration.feeds.map { $0.options.ownPrivateNetworks } == [nil, local])
        #expect(configuration.feeds.map { $0.options.privateNetworks } == [local, local])
        let printed = try fixture.load(configuration.printEffective())
        #expect(printed.feeds.map { $0.options.ownPrivateNetworks } == [nil, local])
    }

    @Test(
        "check warns of networks that are open for every feed",
        arguments: [
            ("private_networks = \"allow\"", 1), ("private_networks = [\"127.0.0.1:8080\"]", 1),
            ("private_networks = [\"10.0.0.0/8\"]", 1), ("private_networks = []", 0),
            ("private_networks = \"deny\"", 0),
            ("", 0),
        ])
    func warning(text: String, count: Int) throws {
        let warnings = fixture.shown(try fixture.load("[fetch]\n\(text)\n").checkNetworks())
        #expect(warnings.count == count)
        #expect(warnings.allSatisfy { $0.contains("warning: [fetch] private_networks: holds for every feed") })
        // It is said where it stands.
        #expect(warnings.allSatisfy { $0.hasPrefix("newswire.toml:2: ") })
        #expect(try fixture.load(feed("private_networks = \"allow\"")).checkNetworks().isEmpty)
    }

    @Test(
        "check refuses what a poll would refuse, with file and line (contract.md §2)",
        arguments: [
            ("private_networks = [\"[foo]:80\"]", "private_networks: must list host:port or CIDR"),
            ("private_networks = [\"10.0.0.1:80\", \"a<b:80\"]", "private_networks: must list host:port or CIDR"),
            ("proxy = \"socks5://[zz]:1\"", "proxy: has a host that cannot be asked"),
            ("proxy = \"socks6://127.0.0.1:1\"", "proxy: must be http://HOST:PORT, or with https, socks4"),
            ("proxy = \"socks5h://localhost/run/tor.sock\"", "proxy: has a path"),
            ("proxy = \"http://a:99999\"", "proxy: has a port that is none"),
        ])
    func refused(text: String, message: String) {
        let errors = fixture.errors("contact = \"https://example.org/bot\"\n[fetch]\n\(text)")
        #expect(errors.count == 1 && errors[0].contains("newswire.toml:3: error: [fetch] \(message)"), "\(errors)")
    }

    @Test(
        "check warns of a login for a proxy that is not there, and says what to do",
        arguments: [
            ("[fetch]\nLOGIN", "newswire.toml:3: warning: [fetch] proxy_auth: is for no proxy"),
            ("[[feed]]\nurl = \"https://a.example/\"\nLOGIN", "in this table or in [fetch]"),
            (
                "[fetch]\nproxy = \"http://p:1\"\n[[feed]]\nurl = \"https://a.example/\"\nproxy = \"\"\nLOGIN",
                "[[feed]]"
            ),
            ("[fetch]\nproxy = \"http://p:1\"\nLOGIN", nil),
            ("[fetch]\nproxy = \"http://p:1\"\n[[feed]]\nurl = \"https://a.example/\"\nLOGIN", nil),
        ])
    func loginWithoutProxy(text: String, warning: String?) throws {
        let login = "proxy_auth = { user = \"me\", password = { env = \"P\" } }"
        let configuration = try fixture.load(
            "contact = \"https://example.org/bot\"\n\(text.replacing("LOGIN", with: login))")
        let warnings = fixture.shown(configuration.warnings).filter { $0.contains("proxy_auth") }
        #expect(warnings.count == (warning == nil ? 0 : 1) && warnings.allSatisfy { $0.contains(warning ?? "") })
    }

    @Test(
        "Every kind of proxy that libcurl can use is taken, and printed as it was written",
        arguments: ["http", "https", "socks4", "socks4a", "socks5", "socks5h"])
    func proxies(scheme: String) throws {
        let configuration = try fixture.load("[fetch]\nproxy = \"\(scheme)://127.0.0.1:9\"")
        #expect(configuration.fetch.proxy?.written == "\(scheme)://127.0.0.1:9")
        #expect(configuration.printEffective().contains("proxy = \"\(scheme)://127.0.0.1:9\"\n"))
    }

    @Test("polling.md §7: a [host] table holds for its host in each form that a URL can give it")
    func hostTable() throws {
        let configuration = try fixture.load(
            """
            [host."B\u{dc}CHER.example."]
            delay = "9s"
            [host."2130706433"]
            delay = "8s"
            """)
        #expect(configuration.hosts.map(\.name) == ["127.0.0.1", "xn--bcher-kva.example"])
        let host = try #require(FeedConfiguration.host(of: "https://feeds.b%c3%bccher.example/feed"))
        #expect(configuration.hostSettings(for: host)?.delay == .seconds(9))
    }

    @Test("The table of a host holds for its name with a dot at the end and without, whichever it was written with")
    func rootedTable() throws {
        for name in ["example.org", "Example.org."] {
            let configuration = try fixture.load(
                feed("[[feed]]\nurl = \"https://example.org./\"\n[host.\"\(name)\"]\nmax_age_cap = \"2h\""))
            #expect(configuration.hosts.map(\.name) == ["example.org"])
            #expect(configuration.feeds.map(\.options.maxAgeCap) == [.seconds(7200), .seconds(7200)])
        }
        let errors = fixture.errors("[host.\"example.org.\"]\n[host.\"example.org\"]")
        #expect(errors.count == 1 && errors[0].contains("[host.\"example.org\"] is already in"), "\(errors)")
        #expect(fixture.errors("[host.\".\"]").first?.contains("must be a bare host") == true)
    }
}
