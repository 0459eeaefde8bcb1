import TestSupport
import Testing

@testable import Configuration

@Suite("Lists of feeds and TOML take a time that grows with their length alone")
struct BoundedListsTests {
    private func outlines(_ outline: String) -> [UInt8] {
        Array("<opml version=\"2.0\"><head><title>t</title></head><body>\(outline)</body></opml>".utf8)
    }

    @Test("Ampersands that begin no reference are ampersands, however many and however far from a semicolon")
    func ampersands() throws {
        let feed = "<outline xmlUrl=\"http://a.example/?a=1&b=2&amp;c=3\" text=\"A & B &lt;\"/>"
        let document = try OPMLDocument.read(outlines(feed))
        #expect(document.entries.first?.url == "http://a.example/?a=1&b=2&c=3")
        #expect(document.entries.first?.title == "A & B <")
        let section = Array("<opml><head><title><![CDATA[A & B]]></title></head><body/></opml>".utf8)
        #expect(try OPMLDocument.read(section).title == "A & B")
        let (short, long) = (
            outlines(String(repeating: "&", count: 50_000) + "&lt;"),
            outlines(String(repeating: "&", count: 200_000) + "&lt;")
        )
        let ratio = ProcessorTime.ratio(
            of: { _ = try? OPMLDocument.read(long) }, to: { _ = try? OPMLDocument.read(short) })
        #expect(ratio < 9, "four times as long, \(ratio) times as dear")
    }

    @Test("Many attributes, namespaces or ampersands cost what other text does, in any encoding")
    func wide() {
        func utf16(_ text: String) -> [UInt8] {
            [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        }
        func attributes(_ count: Int) -> String { (0..<count).map { "a\($0)=\"\" " }.joined() }
        let documents: [(Int) -> [UInt8]] = [
            { outlines("<outline \(attributes(500 * $0))/>") },
            { outlines(String(repeating: "<outline xmlns:a=\"u\">", count: 1000 * $0)) },
            { outlines(String(repeating: "</outline>", count: 1000 * $0)) },
            { outlines(String(repeating: "<", count: 5000 * $0)) },
            { outlines(String(repeating: "<outline a=\"", count: 1000 * $0)) },
            { outlines(String(repeating: "\u{1}", count: 5000 * $0)) },
            { utf16(String(repeating: "&", count: 5000 * $0)) },
            { utf16("<opml>" + String(repeating: "&", count: 5000 * $0)) },
        ]
        for (index, document) in documents.enumerated() {
            let (long, short) = (document(4), document(1))
            let ratio = ProcessorTime.ratio(
                of: { _ = try? OPMLDocument.read(long) }, to: { _ = try? OPMLDocument.read(short) })
            #expect(ratio < 9, "\(index): four times as long, \(ratio) times as dear")
        }
    }

    @Test("Feeds in deep folders share the folders' names")
    func folders() throws {
        let names = (0..<100).map { "f\($0)-\(String(repeating: "x", count: 60))" }
        let opening = names.map { "<outline text=\"\($0)\">" }.joined()
        let feeds = (0..<2000).map { "<outline xmlUrl=\"http://h/\($0)\" category=\"\($0 == 7 ? "c" : "")\"/>" }
            .joined()
        let deep = outlines(opening + feeds + String(repeating: "</outline>", count: 100))
        let document = try OPMLDocument.read(deep)
        #expect(document.entries.count == 2000)
        #expect(document.entries[0].tags == names && document.entries[7].tags.count == 100)
        let flat = outlines(feeds + String(repeating: " ", count: opening.utf8.count))
        let ratio = ProcessorTime.ratio(
            of: { _ = try? OPMLDocument.read(deep) }, to: { _ = try? OPMLDocument.read(flat) })
        #expect(ratio < 4, "\(ratio)")
    }

    @Test("Folders in deep folders cost what folders in none do")
    func foldersInFolders() throws {
        let folders = String(repeating: "<outline text=\"x\"/>", count: 3000)
        for end in [String(repeating: "x", count: 60), String(repeating: "e\u{323}\u{301}", count: 12)] {
            let opening = (0..<99).map { "<outline text=\"f\($0)-\(end)\">" }.joined()
            let deep = outlines(opening + folders + String(repeating: "</outline>", count: 99))
            let flat = outlines(folders + String(repeating: " ", count: opening.utf8.count))
            let ratio = ProcessorTime.ratio(
                of: { _ = try? OPMLDocument.read(deep) }, to: { _ = try? OPMLDocument.read(flat) })
            #expect(ratio < 8, "\(ratio)")
        }
    }

    @Test("A feed that stands in a list again and again costs at most as many times more as it has tags")
    func tagsAgain() throws {
        let known = (0..<FeedTags.most - 2).map { "\"f\($0)-\(String(repeating: "e\u{323}\u{301}", count: 12))\"" }
        let again = String(repeating: "http://h/ x\n", count: 3000)
        let tagged = Array(("http://h/ " + known.joined(separator: " ") + "\n" + again).utf8)
        let plain = Array(("http://h/ \n" + again + "#" + known.joined()).utf8)
        #expect(try FeedListImport.read(tagged).tables.first?.tags.count == FeedTags.most - 1)
        let ratio = ProcessorTime.ratio(
            of: { _ = try? FeedListImport.read(tagged) },
            to: { _ = try? FeedListImport.read(plain) })
        #expect(ratio < Double(FeedTags.most), "\(ratio)")
    }

    @Test("Tags of one feed in many places are joined as fast whatever script they are in")
    func joinedTags() {
        func joins(_ start: String) -> () -> Void {
            let tags = (0..<99).map { "\(start)\($0)" }
            return {
                var feeds = PendingFeeds()
                for _ in 0..<200 {
                    _ = feeds.add(
                        PendingFeed(
                            url: "http://h/", origin: .host("h"), tags: tags.reversed(),
                            place: SourcePlace(file: "a", line: 1)))
                }
            }
        }
        let accents = String(repeating: "e\u{323}\u{301}", count: 24)
        let ratio = ProcessorTime.ratio(
            of: joins(accents), to: joins(String(repeating: "x", count: accents.utf8.count)))
        #expect(ratio < 3, "\(ratio)")
    }

    @Test("contract.md §2.11: feeds are told apart in a time that grows with their number alone")
    func manyFeeds() {
        func adds(_ count: Int, _ url: @escaping (Int) -> String) -> () -> Void {
            {
                var feeds = PendingFeeds()
                for number in 0..<count {
                    let place = SourcePlace(file: "a", line: number)
                    _ = feeds.add(PendingFeed(url: url(number), origin: .host("h"), tags: [], place: place))
                }
            }
        }
        let urls: [(Int) -> String] = [
            { "https://h\($0).example/feed" }, { "https://h.example/\($0)" },
            { "http\($0 % 2 == 0 ? "" : "s")://h/\($0 / 2)" },
            { _ in "https://h.example/" },
        ]
        for url in urls {
            let ratio = ProcessorTime.ratio(of: adds(8000, url), to: adds(2000, url))
            #expect(ratio < 9, "\(url(1)): four times as many, \(ratio) times as dear")
        }
    }

    @Test("Accents that are written as characters of their own cost no more than other text")
    func accents() {
        func line(_ tag: String) -> [UInt8] {
            Array(("http://h/ " + String(repeating: tag + " ", count: 400_000 / tag.utf8.count)).utf8)
        }
        let (accents, plain) = (line("l\u{301}l\u{323}\u{301}"), line("abcdefgh"))
        let ratio = ProcessorTime.ratio(
            of: { URLList.read(accents) { _, _ in } }, to: { URLList.read(plain) { _, _ in } })
        #expect(ratio < 2, "\(ratio)")
        #expect(FeedTags(["e\u{301}", "\u{e9}", "e\u{301}"]).list.count == 2)
    }

    @Test("A line of many tags is read as fast as many lines")
    func manyTags() {
        let tags = (0..<20_000).map { "t\($0)" }
        let one = Array(("http://h/ " + tags.joined(separator: " ")).utf8)
        let many = Array(tags.map { "http://h/ \($0)\n" }.joined().utf8)
        let ratio = ProcessorTime.ratio(of: { URLList.read(one) { _, _ in } }, to: { URLList.read(many) { _, _ in } })
        #expect(ratio < 4, "\(ratio)")
    }

    @Test("Keys and tables with dots are bounded, but for the tables of hosts")
    func dottedKeys() throws {
        func document(_ line: (Int) -> String, _ count: Int) -> [UInt8] { Array((0..<count).map(line).joined().utf8) }
        #expect(throws: TOMLDocument.SyntaxError.self) { try TOMLDocument(document({ "a\($0).b = 1\n" }, 5000)) }
        #expect(throws: TOMLDocument.SyntaxError.self) { try TOMLDocument(document({ "[a\($0).b]\n" }, 5000)) }
        for line in ["[host.\"h%.example\"]\ndelay = \"1s\"\n", "a% = 1.5\n", "b% = [1.5, 2.5]\n", "c% = \"a.b\"\n"] {
            let count = line.hasPrefix("[host") ? 5000 : 4000
            _ = try TOMLDocument(document({ line.replacing("%", with: "\($0)") }, count))
        }
    }
}
