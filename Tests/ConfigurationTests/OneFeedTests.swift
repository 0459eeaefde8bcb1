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

    private func tables(_ first: String, _ second: String, url: String) throws -> Configuration {
        try fixture.load(
            """
            \(Self.contact)[[feed]]
            url = "http://example.org/feed"
            \(first)
            [[feed]]
            url = "\(url)"
            \(second)
            """)
    }

    @Test(
        "Two tables are one feed if they say no two things of it, with the warning, as what import prints and one's own",
        arguments: [
            ("https://www.example.org/feed/", " is the same feed as http://example.org/feed in "),
            ("http://example.org/feed", " is already in "),
        ])
    func tables(url: String, message: String) throws {
        let warning = "newswire.toml:5: warning: [[feed]] url: \(url)\(message)"
        for (first, second) in [
            ("tags = [\"a\"]", "tags = [\"b\"]"), ("tags = [\"a\"]", "tags = [\"b\"]\nid = \"x\""),
            ("tags = [\"a\"]", "tags = [\"b\"]\ninterval = \"2h\""),
            ("tags = [\"a\"]\ninterval = \"2h\"", "tags = [\"b\"]"),
            ("tags = [\"a\"]", "tags = [\"b\"]\nid = \"x\"\ninterval = \"2h\""),
        ] {
            let configuration = try tables(first, second, url: url)
            let shown = fixture.shown(configuration.warnings)
            #expect(configuration.feeds.count == 1 && Set(configuration.feeds[0].tags) == ["a", "b"])
            #expect(shown.count == 1 && shown[0].contains("[[feed]] url: \(url)\(message)"), "\(shown)")
            #expect(shown.first?.hasSuffix("/newswire.toml:2") == true, "\(shown)")
            if !first.contains("interval") { #expect(shown.first?.hasPrefix(warning) == true, "\(shown)") }
            let said = first + second
            #expect(configuration.feeds[0].hasExplicitID == said.contains("id ="))
            #expect((configuration.feeds[0].options.interval != nil) == said.contains("interval"))
        }
    }

    @Test("An id in one table and options in the other are both the feed's")
    func idAndOptions() throws {
        let configuration = try tables("id = \"x\"", "interval = \"2h\"", url: "https://example.org/feed")
        #expect(configuration.feeds.map(\.id.text) == ["x"] && configuration.feeds[0].url == "http://example.org/feed")
        #expect(configuration.feeds[0].options.interval == .seconds(7200))
    }

    @Test("Two tables with different options are both kept, with the warning; of one URL they are an error")
    func otherOptions() throws {
        let configuration = try tables("timeout = \"9s\"", "interval = \"2h\"", url: "https://example.org/feed")
        let warnings = fixture.shown(configuration.warnings)
        #expect(configuration.feeds.count == 2 && warnings.count == 1)
        #expect(warnings.first?.contains("is the same feed as http://example.org/feed in ") == true)
        #expect(warnings.first?.hasSuffix("but has other options; keep one of them, or give each an id") == true)
        #expect(throws: ConfigurationError.self) {
            try tables("timeout = \"9s\"", "interval = \"2h\"", url: "http://example.org/feed")
        }
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
        #expect(try load("urls").feeds(at: url).first?.source.line == 2)
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
