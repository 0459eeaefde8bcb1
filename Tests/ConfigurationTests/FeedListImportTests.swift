import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("Lists of other readers, as tables and back: contract.md §1")
struct FeedListImportTests {
    let fixture = ConfigurationFixture()

    private func load(_ tables: [FeedTable]) throws -> [FeedConfiguration] {
        try fixture.load("contact = \"https://example.org/\"\n" + tables.map(\.text).joined(separator: "\n")).feeds
    }

    @Test(
        "newswire import reads tags and titles of newsboat's urls file, and leaves out with its line what cannot be polled"
    )
    func newsboat() throws {
        let list = """
            # comment
            https://example.org/a news "two words" "~A \\"Title\\""
            https://example.org/a more
            "query:Unread:unread = \\"yes\\""
            exec:~/bin/feed
            filter:x:https://example.org/
            file:///home/me/local/b.xml
            https://me:hunter2@example.org/
            """
        let read = try FeedListImport.read(Array(list.utf8))
        #expect(read.warnings.map(\.line) == [3, 4, 5, 6, 8] && !"\(read.warnings)".contains("hunter2"))
        let feeds = try load(read.tables)
        #expect(feeds.map(\.url) == ["https://example.org/a", "file:///home/me/local/b.xml"])
        #expect(feeds[0].title == "A \"Title\"" && feeds[0].tags == ["news", "two words", "more"])
        #expect(feeds[1].localPath == "/home/me/local/b.xml")
    }

    @Test(
        "newswire import reads what other programs export, as they write it",
        arguments: [
            // newsboat 2.21, -e
            """
            <?xml version="1.0"?>
            <opml version="1.0"><head><title>newsboat - Exported Feeds</title></head><body>
            <outline type="rss" xmlUrl="https://a.example/1?x=1&amp;y=2" htmlUrl="" title="The &amp; A"/>
            <outline type="rss" xmlUrl="https://b.example/2" htmlUrl="" title=""/></body></opml>
            """,
            // sfeed 1.7, sfeed_opml_export
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <opml version="1.0"><head><title>OPML export from sfeed</title></head><body>
            \t<outline type="rss" title="The &amp; A" text="The &amp; A" xmlUrl="https://a.example/1?x=1&amp;y=2"/>
            \t<outline type="rss" title="" text="" xmlUrl="https://b.example/2"/></body></opml>
            """,
            // rss2email 3.13, r2e opmlexport
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <opml version="1.0"><head><title>rss2email OPML export</title></head><body>
            <outline type="rss" text="The &amp; A" xmlUrl="https://a.example/1?x=1&amp;y=2"/>
            <outline type="rss" text="" xmlUrl="https://b.example/2"/></body></opml>
            """,
        ])
    func otherPrograms(opml: String) throws {
        let read = try FeedListImport.read(Array(opml.utf8))
        #expect(read.tables.map(\.url) == ["https://a.example/1?x=1&y=2", "https://b.example/2"])
        #expect(read.tables.map(\.title) == ["The & A", nil] && read.warnings.isEmpty)
    }

    @Test(
        "newswire import tells OPML from a list of URLs by how the file begins, in any encoding",
        arguments: [true, false])
    func kinds(isUTF16: Bool) throws {
        let opml = "<opml><body><outline text='Ä' xmlUrl='https://example.org/ä'/></body></opml>"
        var bytes: [UInt8] = isUTF16 ? [0xff, 0xfe] : [0xef, 0xbb, 0xbf]
        if isUTF16 {
            for unit in opml.utf16 { bytes += [UInt8(unit & 255), UInt8(unit >> 8)] }
        } else {
            bytes += " \n\(opml)".utf8
        }
        let read = try FeedListImport.read(bytes)
        #expect(read.tables == [FeedTable(url: "https://example.org/ä", title: "Ä")])
        let list = try FeedListImport.read([0xef, 0xbb, 0xbf] + Array("https://example.org/".utf8))
        #expect(list.tables.map(\.url) == ["https://example.org/"])
    }

    @Test("newswire import refuses what is no list or too large, and takes an empty file for an empty list")
    func errors() throws {
        #expect(throws: OPMLDocument.ReadError.self) { try FeedListImport.read(Array("<rss/>".utf8)) }
        let large = [UInt8](repeating: 0x20, count: 64 << 20 + 1)
        #expect(throws: OPMLDocument.ReadError.self) { try FeedListImport.read(large) }
        #expect(try FeedListImport.read([]).tables.isEmpty)
        #expect(throws: FeedListImport.Failure.unreadable("cannot be read: No such file or directory")) {
            try FeedListImport.read(file: fixture.folder.file("none"))
        }
    }

    @Test("newswire import makes warnings of binary rubbish, and no feed that does not load")
    func rubbish() throws {
        var state: UInt64 = 1
        func byte() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for _ in 0..<20 {
            let bytes = (0..<2000).map { _ in byte() }
            for begin in ["", "https://example.org/ ", "<opml><body>", "<opml><body><outline xmlUrl='"] {
                let list = try? FeedListImport.read(Array(begin.utf8) + bytes)
                _ = try load(list?.tables ?? [])
            }
        }
    }

    @Test("Hostile titles and tags of feeds stay text, from OPML to TOML and back")
    func hostile() throws {
        let hostile = "]]> & <b> \"q\" \\ ''' # [[feed]]\nurl = \"x\" \u{1b}]0;x\u{7} \u{202e}"
        let xml = hostile.unicodeScalars.map { "&#\($0.value);" }.joined()
        let opml =
            "<opml><body><outline text=\"\(xml)\"><outline text=\"\(xml)\" xmlUrl=\"https://example.org/a\"/></outline></body></opml>"
        let feeds = try load(try FeedListImport.read(Array(opml.utf8)).tables)
        try #require(feeds.count == 1)
        let title = try #require(feeds[0].title)
        #expect(title.hasPrefix("]]> & <b> \"q\" \\ ''' # [[feed]] url = \"x\""))
        #expect(!title.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e })
        let configuration = try fixture.load(
            "contact = \"https://example.org/\"\n"
                + FeedTable(url: feeds[0].url, title: title, tags: feeds[0].tags).text)
        let again = try FeedListImport.read(
            OPMLDocument(exporting: configuration, title: hostile).xml())
        #expect(again.tables == [FeedTable(url: feeds[0].url, title: title, tags: feeds[0].tags)])
        #expect(again.warnings.isEmpty)
    }

    @Test("Thousands of feeds in nested folders are the same after the way from OPML to TOML and back")
    func thousands() throws {
        var opml = "<opml><body>"
        for folder in 0..<100 {
            opml += "<outline text='Folder \(folder)'><outline text='Inner, \(folder % 7)'>"
            for feed in 0..<100 {
                opml += "<outline text='Feed \(feed)' xmlUrl='https://h\(folder).example.org/\(feed)?a=1&amp;b=2'/>"
            }
            opml += "</outline></outline>"
        }
        opml += "</body></opml>"
        let tables = try FeedListImport.read(Array(opml.utf8)).tables
        #expect(tables.count == 10_000)
        fixture.write(tables.map(\.text).joined(separator: "\n"), to: "feeds.d/imported.toml")
        let configuration = try fixture.load("contact = \"https://example.org/\"\ninclude = [\"feeds.d/*.toml\"]")
        let again = try FeedListImport.read(OPMLDocument(exporting: configuration, title: "x").xml())
        #expect(again.tables == tables && again.warnings.isEmpty)
        #expect(again.tables[4321].tags == ["Folder 43", "Inner, 1"])
    }
}
