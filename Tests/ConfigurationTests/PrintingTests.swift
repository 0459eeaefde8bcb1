import Configuration
import FeedModel
import Querying
import TestSupport
import Testing

@Suite("check --print, import and export: contract.md §1")
struct PrintingTests {
    let fixture = ConfigurationFixture()

    static let everything = """
        contact = "https://example.org/bot"
        [fetch]
        concurrency = 7
        private_networks = ["localhost:8080", "10.0.0.0/8"]
        proxy = "http://127.0.0.1:3128"
        ca_file = "ca.pem"
        [host."example.org"]
        delay = "90s"
        pause_scope = "feed"
        max_age_cap = "2h"
        [schedule]
        min_interval = "2h"
        [store]
        directory = "st\\"ore"
        keep = "90d"
        duplicates = "keep"
        [status]
        textfile = "out/newswire.prom"
        [log]
        level = "debug"
        [[feed]]
        url = "https://example.org/feed.xml?a=\\u00e4"
        title = "\\"Quoted\\" \\\\ back Ünï #1 '''"
        tags = ["a b", "c,d"]
        interval = "3h"
        user_agent = "x/1"
        headers = { X-Api-Key = { file = "secrets/a b.key" }, "X.Odd" = "li\\"teral", Accept-Language = "de" }
        basic_auth = { user = "m\\"e", password = { credential = "example-password" } }
        client_cert = { cert = "c.pem", key = { file = "k.pem" } }
        proxy = ""
        ca_file = ""
        private_networks = []
        tls_verify = false
        enabled = false
        [[feed]]
        url = "https://example.org/feed.xml"
        bearer = { env = "TOKEN" }
        client_cert = { cert = "both.pem" }
        [[feed]]
        url = "local/a b.xml"
        [[filter]]
        name = "no-deals"
        action = "block"
        match = 'url:/\\/(deals|sponsored)\\// OR title:"gift guide" OR "it is" -/\\d/'
        feeds = ["example.org-feed", "gone"]
        tags = ["a b", "C,d"]
        [[filter]]
        name = "drones"
        action = "label"
        label = "Drones \\"1\\""
        match = "drone* OR\\n \\"it's\\""
        [[filter]]
        name = "keep"
        action = "keep"
        match = "БПЛА feed:gone"
        tags = ["c,d"]
        """

    @Test("What check --print prints loads again to the same configuration, and prints the same")
    func roundTrip() throws {
        for text in [Self.everything, ""] {
            let configuration = try fixture.load(text)
            let printed = configuration.printEffective()
            let again = try fixture.load(printed)
            #expect(again == configuration)
            #expect(again.filters.rules == configuration.filters.rules)
            #expect(again.printEffective() == printed)
            #expect(configuration.feeds.map(\.options) == again.feeds.map(\.options))
        }
    }

    @Test("check --print prints no secret, and none is in a description of the configuration")
    func secrets() throws {
        let configuration = try fixture.load(
            "contact = \"https://example.org/\"\n[[feed]]\nurl = \"https://example.org/f?token=hunter2\"")
        #expect(configuration.printEffective().contains("token=***"))
        #expect(!configuration.printEffective().contains("hunter2"))
    }

    @Test(
        "A feed's table that is written holds the title that was read",
        arguments: [
            "plain", "\"quoted\" and \\ back", "line\nbreak\ttab\r", "\u{1b}]0;x\u{7}", "\u{85}\u{202e}\u{feff}",
            "'''\"\"\"", "Ünï 日本語 🛰", "#[[feed]]", "",
        ])
    func tomlText(title: String) throws {
        let quoted = TOMLText.quoted(title)
        #expect(!quoted.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) })
        // Titles may hold no control characters; a path of `keep` is the way to see any text come back.
        fixture.write("x", to: "newswire.toml")
        let errors = fixture.errors("[log]\nlevel = \(quoted)")
        #expect(errors.count == 1 && errors[0].contains("newswire.toml:2:") && errors[0].hasSuffix("not \(quoted)"))
    }

    @Test("An OPML file is imported as tables that load")
    func importing() throws {
        let opml = """
            <opml><body><outline text="Fold &quot;er&quot;">
            <outline text="T &lt;b&gt; &quot;x&quot; \\ &#8238;" xmlUrl="https://example.org/a?x=1&amp;y=2"/>
            <outline xmlUrl="https://example.org/a?x=1&amp;y=2" category="more"/>
            <outline text="local" xmlUrl="file:///etc/passwd"/><outline text="bad" xmlUrl="https://me:hunter2@x.org/"/>
            </outline></body></opml>
            """
        let (tables, warnings) = try OPMLDocument.read(Array(opml.utf8)).feedTables()
        #expect(warnings.map(\.line) == [4, 4] && !"\(warnings)".contains("hunter2"))
        let text = "contact = \"https://example.org/\"\n" + tables.map(\.text).joined(separator: "\n")
        let feeds = try fixture.load(text).feeds
        try #require(feeds.count == 1)
        #expect(feeds[0].url == "https://example.org/a?x=1&y=2" && feeds[0].title == "T <b> \"x\" \\")
        #expect(feeds[0].tags == ["Fold \"er\"", "more"])
    }

    @Test("The OPML that is exported is read again as the same feeds")
    func export() throws {
        let configuration = try fixture.load(
            """
            contact = "https://example.org/"
            [[feed]]
            url = "https://example.org/a?x=1&y=2"
            title = "T & <b> \\"x\\" ' é"
            tags = ["Europe & <x>", "b", "c d"]
            [[feed]]
            url = "https://example.org/b"
            tags = ["one", "two/three", "four,five"]
            [[feed]]
            url = "https://example.org/c"
            [[feed]]
            url = "local.xml"
            """)
        let xml = OPMLDocument(exporting: configuration, title: "newswire & co").xml()
        var again = try OPMLDocument.read(xml)
        #expect(again.title == "newswire & co" && again.warnings.isEmpty)
        for index in again.entries.indices { again.entries[index].line = 0 }
        #expect(again.entries == OPMLDocument(exporting: configuration, title: "").entries)
        #expect(again.entries.count == 3)
    }

    @Test func `a list of very many feeds is written in pieces, which together read as the same list`() throws {
        let entries = (0..<3000).map { number in
            OPMLDocument.Entry(
                url: "https://example.org/\(number).xml", title: "Title \(number) & \u{fc}",
                tags: number.isMultiple(of: 3) ? [] : ["folder \(number % 2)", "label"])
        }
        var writer = OPMLWriter(title: "All", tags: entries.lazy.map(\.tags)) { entries[$0] }
        var pieces: [[UInt8]] = []
        while let piece = writer.next() { pieces.append(piece) }
        #expect(pieces.count > 4)
        #expect(pieces.allSatisfy { $0.count < 66_000 && !$0.isEmpty })
        #expect(pieces.flatMap(\.self) == OPMLDocument(title: "All", entries: entries).xml())
        let read = try OPMLDocument.read(pieces.flatMap(\.self)).entries
        #expect(Set(read.map(\.url)) == Set(entries.map(\.url)))
        #expect(read.filter { $0.tags == ["folder 1", "label"] }.count == 1000)
        #expect(read.prefix(1000).allSatisfy { $0.tags.isEmpty })
    }

    @Test func `a list without feeds is one piece`() throws {
        var writer = OPMLWriter(title: nil, tags: [[String]]()) { _ in OPMLDocument.Entry(url: "") }
        #expect(try OPMLDocument.read(writer.next() ?? []).entries == [])
        #expect(writer.next() == nil)
    }

}
