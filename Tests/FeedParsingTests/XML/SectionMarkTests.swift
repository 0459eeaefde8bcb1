import FeedModel
import TestSupport
import Testing

@testable import FeedParsing

@Suite("security.md §6: a mark inside of a CDATA section does not end it")
struct SectionMarkTests {
    /// What stands in a description, and the body that it is.
    static let sections: [(String, String)] = [
        ("<![CDATA[<p>a ]]> b</p>]]>", "<p>a ]]> b</p>"), ("<![CDATA[<p>a]]>]]>", "<p>a]]>"),
        ("<![CDATA[ <p>a <![CDATA[ b ]]> c</p> ]]>", "<p>a <![CDATA[ b ]]> c</p>"),
        ("<![CDATA[<![CDATA[<p>a</p>]]>]]>", "<p>a</p>"),
        ("<![CDATA[<p>a ]]> <b>b</b> ]]> & c</p>]]>\n", "<p>a ]]> <b>b</b> ]]> & c</p>"),
        ("<![CDATA[<pre>x]]></pre><p>a<br>b & c</p>]]>", "<pre>x]]></pre><p>a<br>b & c</p>"),
        ("<![CDATA[<p>a</p> ]]> <link>x</link> ]]>", "<p>a</p> ]]> <link>x</link>"),
        ("<![CDATA[<p>a ]]> <![CDATA[ b ]]> c</p> ]]>", "<p>a ]]> <![CDATA[ b ]]> c</p>"),
        ("<![CDATA[<p>]]>]]>]]>]]>]]>", "<p>]]>]]>]]>]]>"),
        ("<![CDATA[<p>a ]]> <!-- ]]> --> b ]]>", "<p>a ]]> <!-- ]]> --> b"),
        // These are as XML has them.
        ("<![CDATA[<p>a]]]]><![CDATA[>b</p>]]>", "<p>a]]>b</p>"), ("<![CDATA[<p>a]]><![CDATA[</p>]]>", "<p>a</p>"),
        ("<![CDATA[<p>a</p>]]> x <![CDATA[<p>b</p>]]>", "<p>a</p> x <p>b</p>"),
        ("<![CDATA[<p>a</p>]]> x", "<p>a</p> x"),
        ("<![CDATA[<p>a</p>]]>x]]&gt;", "<p>a</p>x]]>"), ("<![CDATA[<p>a</p>]]>&lt;p&gt;b]]&gt;", "<p>a</p><p>b]]>"),
    ]

    private func document(_ section: String) -> String {
        rss(item: "<description>\(section)</description><title><![CDATA[T]]></title><link>https://example.org/1</link>")
            + String(repeating: " ", count: 80)
    }

    @Test("A section goes on to the last mark before the end tag of its element", arguments: sections)
    func lastMark(section: String, body: String) throws {
        let article = try article(document(section))
        #expect(article.contentHTML == body)
        #expect(article.title == "T")
        #expect(article.url == "https://example.org/1")
    }

    @Test("The size of the parser's blocks does not decide where a section ends", arguments: [1, 7, 64, 130, 1024])
    func blocks(bytes: Int) throws {
        for (section, _) in Self.sections {
            let document = document(section)
            #expect(try inBlocks(document, of: bytes) == feed(document))
        }
        let long = document("<![CDATA[<p>\(String(repeating: "a ]]> <i>b</i> ", count: 2000))</p>]]>")
        #expect(try inBlocks(long, of: bytes) == feed(long))
    }

    @Test("The end tag of the element ends its section, whatever stands behind it")
    func injection() throws {
        let article = try article(
            rss(item: "<description><![CDATA[<p>a</p>]]></description><guid>1</guid> ]]> <title>T]]></title>"))
        #expect(article.contentHTML == "<p>a</p>")
        #expect(article.id == "1")
        #expect(article.title == "T]]>")
    }

    @Test("A section of an element that is never closed does not reach into other elements or items")
    func missingEndTags() throws {
        let feed = try feed(
            """
            <rss><channel><item><title><![CDATA[One]]><link>https://example.org/1</link></item>
            <item><description><![CDATA[<p>Two]]><item><title>Three ]]> x</title></item></channel></rss>
            """)
        #expect(feed.articles.map(\.title) == ["One", nil, "Three ]]> x"])
        #expect(feed.articles.map(\.url) == ["https://example.org/1", nil, nil])
        #expect(feed.articles[1].contentHTML == "<p>Two")
    }

    @Test("A title, a link and an id whose section is doubled are read")
    func doubledFields() throws {
        func doubled(_ text: String) -> String { "<![CDATA[<![CDATA[\(text)]]>]]>" }
        let article = try article(
            rss(
                item: "<title>\(doubled("T"))</title><link>\(doubled("https://example.org/1"))</link>"
                    + "<guid>\(doubled("1"))</guid><pubDate>\(doubled("Mon, 02 Feb 2026 10:00:00 GMT"))</pubDate>"))
        #expect(article.title == "T")
        #expect(article.url == "https://example.org/1")
        #expect(article.id == "1")
        #expect(article.published?.description == "2026-02-02T10:00:00Z")
    }

    @Test(
        "security.md §6: marks cost the same for each byte, however many there are", .timeLimit(.minutes(3)),
        arguments: ["]]>", "<![CDATA[a]]>", "<![CDATA[a]]> b ]]>", "<x><![CDATA[a]]>", "<![CDATA[<a>]]></b>"])
    func cost(unit: String) {
        for end in ["", "</description></item>"] {
            func document(_ bytes: Int) -> () -> Void {
                let unit = String(repeating: unit, count: bytes / unit.utf8.count)
                let document = Array("<rss><channel><item><description><![CDATA[\(unit)\(end)".utf8)
                var limits = ParseLimits()
                limits.time = .seconds(1000)
                return { [limits] in _ = parse(document, limits: limits) }
            }
            let ratio = ProcessorTime.ratio(of: document(800_000), to: document(200_000))
            #expect(ratio < 10, "four times as long, \(ratio) times as dear")
        }
    }
}
