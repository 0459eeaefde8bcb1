import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("One feed whose URL is written in several ways: contract.md §2.11")
struct OneFeedTests {
    let fixture = ConfigurationFixture()
    private static let contact = "contact = \"https://example.org/\"\n"
    private static let forms = [
        "https://example.org/feed", "http://www.example.org/feed/", "HTTPS://Example.ORG:443/feed", "example.org/feed/",
    ]

    private func load(_ names: String...) throws -> Configuration {
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return try fixture.load("\(Self.contact)include = [\(list)]")
    }

    private func opml(_ body: String) -> String { "<opml><body>\n\(body)\n</body></opml>" }

    @Test("In a list of URLs a second one adds its tags and its title, with a warning that names the line of the first")
    func list() throws {
        let lines = zip(Self.forms, ["a", "b \"~Title\"", "c", "d"]).map { "\($0) \($1)\n" }.joined()
        fixture.write(lines + "https://example.org/feed?x\nhttps://blog.example.org/feed\n", to: "urls")
        let configuration = try load("urls")
        #expect(configuration.feeds.count == 3 && configuration.feeds[0].url == Self.forms[0])
        #expect(configuration.feeds[0].tags == ["a", "b", "c", "d"] && configuration.feeds[0].title == "Title")
        let first = "https://example.org/feed in \(fixture.folder.path)/urls:1"
        #expect(
            fixture.shown(configuration.warnings) == [
                "urls:2: warning: http://www.example.org/feed/ is the same feed as \(first)",
                "urls:3: warning: HTTPS://Example.ORG:443/feed is the same feed as \(first)",
                "urls:4: warning: https://example.org/feed/ is the same feed as \(first)",
            ])
    }

    @Test("In OPML too; the same URL in two folders is usual, and worth no warning")
    func folders() throws {
        let text = opml(
            """
            <outline text="M" xmlUrl="http://mash.example.org/feeds?alt=rss"/>
            <outline text="music"><outline xmlUrl="http://mash.example.org/feeds?alt=rss"/></outline>
            <outline text="fun"><outline xmlUrl="https://mash.example.org/feeds?alt=rss"/></outline>
            """)
        fixture.write(text, to: "list.opml")
        let configuration = try load("list.opml")
        #expect(configuration.feeds.count == 1 && configuration.feeds[0].tags == ["music", "fun"])
        let warnings = fixture.shown(configuration.warnings)
        #expect(warnings.count == 1 && warnings[0].hasPrefix("list.opml:4: warning: https://mash.example.org/"))
        #expect(warnings[0].hasSuffix("/list.opml:2"), "\(warnings)")
        let imported = try FeedListImport.read(Array(text.utf8))
        #expect(imported.tables.count == 1 && imported.tables[0].tags == ["music", "fun"] && imported.losses == 0)
        #expect(imported.warnings.map(\.line) == [4] && imported.warnings[0].message.hasSuffix(" in line 2"))
    }

    @Test("What import prints of such a list loads as one feed without a warning")
    func imported() throws {
        let lines = zip(Self.forms, ["a", "b", "c", "d"]).map { "\($0) \($1)\n" }.joined()
        let list = try FeedListImport.read(Array(lines.utf8))
        #expect(list.warnings.map(\.line) == [2, 3, 4] && list.losses == 0)
        let configuration = try fixture.load(Self.contact + list.tables.map(\.text).joined())
        #expect(configuration.feeds.map(\.tags) == [["a", "b", "c", "d"]] && configuration.warnings.isEmpty)
    }

    @Test("A table counts before a list, whichever comes first, and says so where it is")
    func tableAndList() throws {
        fixture.write("http://example.org/feed/ list \"~List\"\n", to: "urls")
        fixture.write("[[feed]]\nurl = \"https://example.org/feed\"\nid = \"mine\"\ntags = [\"table\"]", to: "z.toml")
        for (names, place) in [
            (["urls", "z.toml"], "z.toml:1: warning: [[feed]] url: "), (["z.toml", "urls"], "urls:1: "),
        ] {
            let configuration = try load(names[0], names[1])
            #expect(configuration.feeds.map(\.url) == ["https://example.org/feed"])
            #expect(configuration.feeds[0].id.text == "mine" && configuration.feeds[0].tags == ["table", "list"])
            let warnings = fixture.shown(configuration.warnings)
            #expect(warnings.count == 1 && warnings[0].contains("is the same feed as"), "\(warnings)")
            #expect(warnings.first?.hasPrefix(place) == true, "\(warnings)")
        }
    }

    @Test("Two tables are one feed if they say no two things of it; else both are kept, with the warning")
    func tables() throws {
        func load(_ second: String) throws -> Configuration {
            try fixture.load(
                """
                \(Self.contact)[[feed]]
                url = "http://example.org/feed"
                tags = ["a"]
                [[feed]]
                url = "https://www.example.org/feed/"
                \(second)
                """)
        }
        let one = try load("tags = [\"b\"]")
        #expect(one.feeds.map(\.url) == ["http://example.org/feed"] && one.feeds[0].tags == ["a", "b"])
        let warning = "newswire.toml:5: warning: [[feed]] url: https://www.example.org/feed/ is the same feed as "
        #expect(fixture.shown(one.warnings).map { $0.hasPrefix(warning) && $0.hasSuffix("/newswire.toml:2") } == [true])
        let named = try load("id = \"x\"")
        #expect(named.feeds.map(\.id.text) == ["x"] && named.feeds[0].tags == ["a"] && named.warnings.count == 1)
        let other = try load("interval = \"2h\"")
        #expect(other.feeds.count == 2 && fixture.shown(other.warnings).map { $0.hasPrefix(warning) } == [true])
        #expect(other.warnings.first?.message.contains("has other options") == true)
    }

    @Test("Two tables that both have an id are two feeds")
    func ids() throws {
        let configuration = try fixture.load(
            """
            \(Self.contact)[[feed]]
            url = "http://example.org/feed"
            id = "a"
            [[feed]]
            url = "https://example.org/feed"
            id = "b"
            """)
        #expect(configuration.feeds.count == 2 && configuration.warnings.isEmpty)
    }

    @Test("What a configuration takes for one feed, newswire add finds in it", arguments: forms)
    func added(form: String) throws {
        fixture.write("https://other.example/\nhttps://www.example.org/feed\n", to: "urls")
        let url = form.contains("://") ? form : "https://\(form)"
        #expect(try load("urls").feed(at: url)?.source.line == 2)
    }

    @Test("URLs that differ in more are as many feeds")
    func different() throws {
        let urls = [
            "https://example.org/feed", "https://example.org/Feed", "https://example.org/feed?a",
            "https://example.org/feed?A",
            "https://example.org:8443/feed", "https://blog.example.org/feed", "https://example.org/feed#a",
            "https://example.com/feed",
            "https://example.org/feed.xml", "file:///feed", "file:///Feed",
        ]
        fixture.write(urls.joined(separator: "\n"), to: "urls")
        let configuration = try load("urls")
        #expect(configuration.feeds.map(\.url) == urls && configuration.warnings.isEmpty)
    }
}
