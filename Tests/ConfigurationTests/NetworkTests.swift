import Configuration
import Testing

@Suite("private_networks of all feeds and of one (security.md §2)")
struct NetworkTests {
    private let fixture = ConfigurationFixture()

    @Test("A feed's own are told from those of all feeds, also in what is printed")
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
        #expect(configuration.feeds.map { $0.options.ownPrivateNetworks } == [nil, .list(["localhost:8080"])])
        #expect(
            configuration.feeds.map { $0.options.privateNetworks }
                == Array(repeating: .list(["localhost:8080"]), count: 2))
        let printed = try fixture.load(configuration.printEffective())
        #expect(printed.feeds.map { $0.options.ownPrivateNetworks } == [nil, .list(["localhost:8080"])])
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
        #expect(try fixture.load(feed("private_networks = \"allow\"")).checkNetworks().isEmpty)
    }

    @Test("A dot at the end of a name does not make it another host")
    func rootedHost() {
        #expect(FeedConfiguration.host(of: "https://Example.org./feed") == "example.org")
        #expect(FeedConfiguration.host(of: "https://[::1]:8080/") == "::1")
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
        #expect(fixture.errors("[host.\".\"]").first?.contains("must have 1 to 253 bytes") == true)
    }
}
