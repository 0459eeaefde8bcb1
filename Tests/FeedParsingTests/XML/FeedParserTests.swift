import FeedModel
import Synchronization
import Testing

@testable import FeedParsing

@Suite struct FeedParserTests {
    private static let sample = """
        <?xml version="1.0" encoding="utf-8"?>
        <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Caf\u{e9} &amp; &nbsp;Co</title>
        <item><title>\u{201c}One\u{201d} &#x2014; 1</title><link>https://example.org/?a=1&b=2</link><guid>1</guid>
        <description><![CDATA[<p>x ]] > y</p>]]></description><dc:creator>J\u{fc}rgen</dc:creator></item>
        <item><title>Two</title><description>a <b>b</b> <br> c</description><enclosure url="https://example.org/2?x=1&y"/></item>
        </channel></rss>
        """

    @Test(
        "The cuts of a transfer change nothing in the feed that is read, down to one byte",
        arguments: [1, 2, 3, 5, 64, 1023, 1024, 1025])
    func cuts(step: Int) throws {
        #expect(try feed(Self.sample, step: step) == feed(Self.sample))
    }

    @Test func aParserIsKeptAcrossSuspensions() async throws {
        var parser = FeedParser(context: DocumentContext())
        for piece in Array(Self.sample.utf8).split(separator: 0x0a) {
            piece.withUnsafeBytes { parser.parse($0) }
            await Task.yield()
        }
        guard case .feed(let feed) = parser.finish() else {
            Issue.record("no feed")
            return
        }
        #expect(feed.articles.count == 2)
    }

    @Test(
        "Blank lines before the document change nothing in the feed that is read, however many there are",
        arguments: [1, 100, 100_000])
    func blankLines(step: Int) throws {
        let blank = String(repeating: " \n", count: 10_000)
        let document = "<?xml version='1.0' encoding='windows-1251'?><rss><channel><title>"
        let bytes = Array((blank + document).utf8) + [0xc1] + Array("</title></channel></rss>".utf8)
        let feed = try feed(bytes, step: step)
        #expect(feed.title == "\u{411}")
        #expect(feed.encoding == "windows-1251")
    }

    @Test("security.md §5: what was complete before a document breaks off is kept, and the feed is flagged")
    func truncation() throws {
        let bytes = Array(Self.sample.utf8)
        let firstEnd = try #require(Self.sample.utf8.firstRange(of: "</item>".utf8)?.upperBound)
        let needed = Self.sample.utf8.distance(from: Self.sample.startIndex, to: firstEnd)
        for length in stride(from: 200, to: bytes.count - 2, by: 7) {
            guard case .feed(let feed) = parse(Array(bytes[..<length])) else { continue }
            #expect(feed.isTruncated)
            if length >= needed {
                #expect(feed.articles.first?.id == "1")
                #expect(feed.articles.first?.isIncomplete == false)
            }
            if feed.articles.count == 1, length < needed { #expect(feed.articles.first?.isIncomplete == true) }
        }
    }

    @Test("security.md §5: a document whose root has ended is whole, whatever follows or is missing behind it")
    func endedRoot() throws {
        #expect(try !feed(Self.sample).isTruncated)
        #expect(try !feed(Self.sample + "\n<!-- and then").isTruncated)
        let json = "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"t\", \"items\": [{\"id\": \"1\"}]}"
        #expect(try !feed(json).isTruncated)
        #expect(try feed(String(json.dropLast())).isTruncated)
    }

    @Test(
        "A document that is no feed is refused with what it is",
        arguments: [
            ("", NotAFeed.Kind.empty), (" \n", .empty), ("<!DOCTYPE html><html><body>x</body></html>", .html),
            ("<html><head><title>About <![CDATA[<rss>]]></title></head></html>", .html),
            ("<opml version=\"2.0\"><body/></opml>", .xml), ("Just text.", .text), ("A text on <rss> feeds.", .text),
            ("{\"a\":1}", .json),
            ("\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}", .binary),
        ])
    func refusals(document: String, kind: NotAFeed.Kind) {
        guard case .notAFeed(let refusal) = parse(Array(document.utf8)) else {
            Issue.record("taken for a feed")
            return
        }
        #expect(refusal.kind == kind)
        #expect(refusal.message.hasSuffix("."))
    }

    @Test func compressedBytesAreBinary() {
        guard case .notAFeed(let refusal) = parse([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]) else {
            Issue.record("taken for a feed")
            return
        }
        #expect(refusal.kind == .binary)
    }

    @Test("security.md §4: items beyond the limit are counted, not kept")
    func itemLimit() throws {
        var limits = ParseLimits()
        limits.items = 3
        let items = String(repeating: "<item><title>t</title></item>", count: 10)
        let feed = try feed("<rss><channel>\(items)</channel></rss>", limits: limits)
        #expect(feed.articles.count == 3)
        #expect(feed.droppedArticles == 7)
    }

    @Test("security.md §4: a field over its cap is cut between characters and flagged")
    func fieldLimits() throws {
        let article = try article(
            rss(
                item: """
                    <title>\(String(repeating: "\u{e9}", count: 3000))</title><guid>\(String(repeating: "g", count: 5000))</guid>
                    <description>\(String(repeating: "\u{20ac}", count: 400_000))</description>
                    """))
        #expect(article.title?.utf8.count == 4096)
        #expect(article.id?.utf8.count == 5000)
        #expect(article.contentText?.utf8.count == 1_048_575)
        #expect(Set(article.truncatedFields) == ["title", "id", "content_text"])
    }

    @Test("security.md §4: at most 100 entries of each list, and what is left out is told")
    func listLimits() throws {
        let many = (0..<150).map {
            """
            <category>\($0)</category><enclosure url="https://example.org/\($0)"/><author>a\($0)</author>
            <contributor>c\($0)</contributor><atom:link rel="related" href="https://example.org/\($0)"/>
            <comments>javascript:\($0)</comments>
            """
        }
        let article = try article(rss(item: many.joined()))
        #expect(article.tags.count == 100)
        #expect(article.attachments.count == 100)
        #expect(article.authors.count == 100)
        #expect(article.contributors.count == 100)
        #expect(article.links.count == 100)
        #expect(article.unsafeURLs.count == 100)
        #expect(
            Set(article.truncatedFields) == [
                "tags", "attachments", "authors", "contributors", "links", "unsafe_urls",
            ])
    }

    @Test("security.md §4: the field that was cut is the one that is named")
    func cutFieldsAreNamed() throws {
        let long = String(repeating: "x", count: 5000)
        let tagged = try article(rss(item: "<title>T</title><category>\(long)</category>"))
        #expect(tagged.tags.first?.utf8.count == 4096)
        #expect(tagged.truncatedFields == ["tags"])
        let written = try article(rss(item: "<title>T</title><author>\(long)</author>"))
        #expect(written.authors.first?.name?.utf8.count == 4096)
        #expect(written.truncatedFields == ["authors"])
        var limits = ParseLimits()
        limits.contentBytes = 10
        let both = try article(
            atom(entry: "<description>short</description><summary>longer than it may be</summary>"), limits: limits)
        #expect(both.summary == "longer tha")
        #expect(both.truncatedFields == ["summary"])
    }

    @Test("The size of the parser's blocks changes nothing in the feed that is read", arguments: [2, 64, 130, 1024])
    func blocks(bytes: Int) throws {
        let text = String(repeating: "a &amp; b \u{e9} &hellip; ", count: 40)
        let document = Array(rss(item: "<title>T</title><description>\(text)<![CDATA[\(text)]]></description>").utf8)
        var parser = FeedParser(context: DocumentContext(), limits: ParseLimits(), blockBytes: bytes)
        document.withUnsafeBytes { parser.parse($0) }
        guard case .feed(let inBlocks) = parser.finish() else {
            Issue.record("no feed")
            return
        }
        #expect(try feed(document) == inBlocks)
    }

    @Test("security.md §4: no text is appended to a field behind the place where it was cut")
    func cutIsFinal() throws {
        var limits = ParseLimits()
        limits.contentBytes = 10
        let item = "<description>1234567&amp;\u{e9}\u{e9}&amp;9</description>"
        let article = try article(rss(item: item), limits: limits)
        #expect(article.contentText == "1234567&\u{e9}")
        #expect(article.truncatedFields == ["content_text"])
    }

    @Test("security.md §6: reading ends when the time is up, and what was read is kept")
    func timeLimit() throws {
        var limits = ParseLimits()
        let ticks = Ticks()
        limits.clock = { ticks.next() }
        limits.time = .seconds(5)
        let items = String(repeating: "<item><title>t</title></item>\n", count: 50_000)
        let feed = try feed("<rss><channel>\(items)</channel></rss>", limits: limits)
        #expect(feed.isTruncated)
        #expect(!feed.articles.isEmpty)
        #expect(feed.warnings.contains { $0.contains("too long") })
    }

    @Test(
        "security.md §6: entities that a document declares are not used",
        arguments: [
            "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "<!DOCTYPE rss [<!ENTITY x \"boom\">]>",
            "<!DOCTYPE rss [<!ENTITY % p SYSTEM \"http://127.0.0.1/\"> %p;]>",
        ])
    func entities(doctype: String) throws {
        let feed = try feed("<?xml version=\"1.0\"?>\(doctype)<rss><channel><title>a&x;b</title></channel></rss>")
        #expect(feed.title == "a&x;b")
        #expect(feed.warnings.contains { $0.contains("entities") })
    }

    @Test("security.md §8: controls, noncharacters and U+0000 are left out")
    func controls() throws {
        let feed = try feed("<rss><channel><title>a\u{0}\u{1}\u{7}\u{fffe}\u{feff}b</title></channel></rss>")
        #expect(feed.title == "ab")
    }
}

/// A clock that a second passes on whenever it is looked at.
final class Ticks: Sendable {
    private let count = Atomic(0)

    func next() -> Duration { .seconds(count.add(1, ordering: .relaxed).newValue) }

    @Test(
        "References behind a mistake of any kind are read, in the text of any element",
        arguments: [
            "<link rel=\"a\" rel=\"b\"/>", "<k a=\"1\" a=\"1\">k</k>",
            "<x:k xmlns:x=\"urn:x\" xmlns:y=\"urn:x\" x:a=\"1\" y:a=\"2\"/>",
            "<x:y/>", "<k x:a=\"1\"/>", "<k xmlns:x=\"\"/>", "<k xmlns:xml=\"urn:x\"/>", "<k xmlns=\"a b\">]]></k>",
            "<k a=\"<\"/>", "<?xml v?>",
            "<k xml:id=\"1 2\"/>", "<k xml:space=\"x\"/>", "<!-- a -- b -->", "<k>\u{1}</k>", "</k>",
        ])
    func referencesBehindMistakes(mistake: String) throws {
        let texts =
            "<title>a &amp; b</title><guid>x &amp;lt; y</guid><description>&lt;p&gt;R&amp;amp;D&lt;/p&gt;</description>"
        let document = rss(item: mistake + texts)
        for step in [1, 7, 64, 16 * 1024] {
            let article = try #require(try feed(document, step: step).articles.first)
            #expect(article.title == "a & b" && article.id == "x &lt; y" && article.contentHTML == "<p>R&amp;D</p>")
        }
    }

    @Test(
        "security.md §5: an id, a link or a date in which the document ends is not read, and a title or a body is",
        arguments: [
            "<title>One</title><guid>https://e.org/?p=12", "<title>One</title><link>https://e.org/12",
            "<title>One</title><pubDate>Mon, 02 Feb 2026 1",
        ])
    func cutInside(item: String) throws {
        let start = "<rss version=\"2.0\"><channel><title>F</title><item>"
        let article = try #require(try feed(start + item).articles.first)
        #expect(article.isIncomplete && article.title == "One")
        #expect(article.id == nil && article.url == nil && article.published == nil && article.rawDates.isEmpty)
        let body = try #require(try feed(start + "<title>One</title><description>Half a te").articles.first)
        #expect(body.contentText == "Half a te")
    }
}
