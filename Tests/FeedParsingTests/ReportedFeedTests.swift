import FeedModel
import Testing

@testable import FeedParsing

/// Documents of the kinds that users of feed readers have reported as read wrongly, each with what they wanted.
@Suite("What publishers really send is read as it was meant")
struct ReportedFeedTests {
    private let context = DocumentContext(url: "https://example.org/feed.xml")

    // MARK: - Names and shapes

    @Test("Attributes with a prefix of the element's own namespace count as the plain ones")
    func attributesWithPrefix() throws {
        let entry = """
            <a:title a:type="html">Tide &amp;amp; time</a:title><a:link a:href="https://example.org/7/" a:rel="alternate"/>\
            <a:content a:type="html">&lt;p&gt;So &lt;i&gt;it&lt;/i&gt; goes&lt;/p&gt;</a:content>
            """
        let article = try article(
            "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\"><a:title>F</a:title><a:entry>\(entry)</a:entry></a:feed>")
        #expect(article.title == "Tide & time" && article.url == "https://example.org/7/")
        #expect(article.contentHTML == "<p>So <i>it</i> goes</p>")
    }

    @Test("Elements that were put out of their namespace by xmlns=\"\" are read as they were meant")
    func withoutNamespace() throws {
        let entries = """
            <entry><id>1</id><title xmlns="">One</title><link xmlns="" href="https://example.org/1"/>\
            <content xmlns="" type="html">&lt;p&gt;B&lt;/p&gt;</content></entry>
            <entry xmlns=""><id>2</id><title>Two</title><link href="https://example.org/2"/></entry>
            """
        let feed = try feed("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>F</title>\(entries)</feed>")
        #expect(feed.articles.map(\.title) == ["One", "Two"])
        #expect(feed.articles.map(\.url) == ["https://example.org/1", "https://example.org/2"])
        #expect(feed.articles.first?.contentHTML == "<p>B</p>")
    }

    @Test("Items and an image beside the channel belong to it, and a date that is none is kept as text")
    func besideChannel() throws {
        let feed = try feed(
            """
            <rss version="2.0"><channel><title>Exports</title><link>https://example.org/</link></channel>
            <image><url>https://example.org/i.png</url><title>Other</title></image>
            <item><title>Week 1</title><pubDate>Invalid Date</pubDate></item><item><title>Week 2</title></item></rss>
            """)
        #expect(feed.title == "Exports" && feed.homePageURL == "https://example.org/")
        #expect(feed.articles.map(\.title) == ["Week 1", "Week 2"])
        let first = try #require(feed.articles.first)
        #expect(first.published == nil && first.rawDates.map(\.text) == ["Invalid Date"])
    }

    @Test("Warnings, a script or a bracket behind the end of a feed change nothing in it")
    func behindTheEnd() throws {
        for rest in ["\n<br />\n<b>Warning</b>: Unknown in <b>/x.php</b>", "<script>1 < 2</script>", "\n}", "-->"] {
            let feed = try feed(rss(item: "<title>One</title><guid>1</guid>") + rest)
            #expect(feed.articles.map(\.title) == ["One"] && !feed.isTruncated)
        }
    }

    @Test("What is inside a picture or a file does not become the item's own id, title, date or author")
    func insideOthers() throws {
        let inner =
            "<dc:identifier>p</dc:identifier><dc:title>Photo</dc:title><dc:date>2001-01-01</dc:date><dc:creator>C</dc:creator>"
        let article = try article(
            rss(
                item:
                    "<guid isPermaLink=\"false\">story</guid><media:content url=\"https://example.org/p.jpg\">\(inner)"
                    + "</media:content><title>Story</title><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate>",
                attributes:
                    "xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""))
        #expect(article.id == "story" && article.title == "Story" && article.authors.isEmpty)
        #expect(article.published == Timestamp(rfc3339: "2026-02-02T10:00:00Z"))
    }

    @Test("Attributes without quotation marks are read, and of two documents the first")
    func unquoted() throws {
        let one = rss(
            item:
                "<title>One</title><guid isPermaLink=false>1</guid><enclosure url=https://example.org/1.mp3?a=1&b=2 type=audio/mpeg>"
        )
        let feed = try feed(one + rss(item: "<title>Two</title>"))
        #expect(feed.articles.map(\.id) == ["1"])
        #expect(feed.articles.first?.attachments.map(\.url) == ["https://example.org/1.mp3?a=1&b=2"])
    }

    @Test("Comments inside fields are as if they were not there")
    func comments() throws {
        let article = try article(
            rss(
                item: "<title>Odd<!-- a -->ly</title><link>https://exam<!-- b -->ple.org/1</link>"
                    + "<pubDate>Mon, 02 Feb <!-- c -->2026 10:00:00 GMT</pubDate>"))
        #expect(article.title == "Oddly" && article.url == "https://example.org/1")
        #expect(article.published == Timestamp(rfc3339: "2026-02-02T10:00:00Z"))
    }

    @Test("Entities of HTML are known without a DTD, and an ampersand in a link is part of it")
    func entities() throws {
        let feed = try feed(
            """
            <?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://example.org/r.dtd">
            <rss version="0.91"><channel><title>A &ldquo;B&rdquo;</title><item><title>Caf&eacute; &amp; th&eacute; &mdash; 5 &euro;</title>
            <link>https://example.org/1?a=1&b=2&copy=3</link></item></channel></rss>
            """)
        #expect(feed.title == "A “B”" && feed.articles.first?.title == "Café & thé — 5 €")
        #expect(feed.articles.first?.url == "https://example.org/1?a=1&b=2&copy=3")
    }

    // MARK: - Links

    @Test("An Atom link that stands as text is the entry's page, and an empty href is nobody's")
    func oddLinks() throws {
        #expect(
            try article(atom(entry: "<id>1</id><link>https://example.org/jobs/42</link>"), context: context).url
                == "https://example.org/jobs/42")
        let empty = try article(atom(entry: "<id>urn:1</id><link rel=\"alternate\" href=\"\"/>"), context: context)
        #expect(empty.url == nil)
    }

    @Test("Related links and those of comments in front of an item's link are not its page")
    func linksInFront() throws {
        let namespace = "xmlns:atom=\"http://www.w3.org/2005/Atom\""
        for own in ["<link>https://example.org/main</link>", "<link href=\"https://example.org/main\"/>"] {
            let others =
                "<atom:link rel=\"related\" href=\"https://example.org/r\"/><atom:link rel=\"replies\" href=\"https://example.org/c\"/>"
            #expect(
                try article(rss(item: "<title>T</title>\(others)\(own)", attributes: namespace)).url
                    == "https://example.org/main")
        }
    }

    @Test("Items without a link have none, and those without a title have none made up")
    func missing() throws {
        let feed = try feed(
            "<rss version=\"2.0\"><channel><title>T</title><item><title>All is well</title><description>d</description></item>"
                + "<item><link>https://example.org/@c/1</link><description>toot</description></item></channel></rss>",
            context: context)
        #expect(feed.articles.map(\.url) == [nil, "https://example.org/@c/1"])
        #expect(feed.articles.map(\.title) == ["All is well", nil])
    }

    @Test("xml:base decides for pictures, sources of several sizes and links, wherever the feed lives")
    func xmlBase() throws {
        let html = "&lt;img src=\"a.png\" srcset=\"a.avif 1x, b.avif 2x\"&gt;&lt;a href=\"../o/\"&gt;o&lt;/a&gt;"
        let article = try article(
            atom(
                entry:
                    "<id>1</id><link href=\"https://example.org/b/c/\"/><content type=\"html\" xml:base=\"https://example.org/b/c/\">\(html)</content>"
            ),
            context: DocumentContext(url: "https://feeds.example.net/x"))
        let content = try #require(article.contentHTML)
        #expect(content.contains("src=\"https://example.org/b/c/a.png\""))
        #expect(content.contains("srcset=\"https://example.org/b/c/a.avif 1x, https://example.org/b/c/b.avif 2x\""))
        #expect(content.contains("href=\"https://example.org/b/o/\""))
    }

    // MARK: - Texts

    @Test("Escaped text is decoded once a layer: what was escaped twice is HTML that shows markup")
    func escapedTwice() throws {
        let twice = try article(
            rss(item: "<title>T</title><description>&amp;lt;p&amp;gt;now&amp;lt;/p&amp;gt;</description>"))
        #expect(twice.contentHTML == "&lt;p&gt;now&lt;/p&gt;" && twice.contentText == nil)
        let code = try article(
            rss(
                item:
                    "<title>T</title><description><![CDATA[<pre><code>&lt;div>x&lt;/div></code></pre>]]></description>")
        )
        #expect(code.contentHTML == "<pre><code>&lt;div>x&lt;/div></code></pre>")
    }

    @Test("RFC 4287 §4.1.3.1: Atom content without a type is text, whatever stands in it")
    func contentWithoutType() throws {
        let article = try article(atom(entry: "<id>1</id><content>&lt;p&gt;The other day&lt;/p&gt;</content>"))
        #expect(article.contentText == "<p>The other day</p>" && article.contentHTML == nil)
    }

    @Test("Escaped marks of a CDATA section around a field are no part of it")
    func escapedSections() throws {
        let text = try article(
            rss(item: "<title>&lt;![CDATA[Markets]]&gt;</title><description>&lt;![CDATA[some text]]&gt;</description>"))
        #expect(text.title == "Markets" && text.contentText == "some text")
        let html = try article(
            rss(item: "<description>&lt;![CDATA[&lt;p&gt;some &lt;b&gt;text&lt;/b&gt;&lt;/p&gt;]]&gt;</description>"))
        #expect(html.contentHTML == "<p>some <b>text</b></p>")
    }

    @Test("A title of XHTML is its text, and a title of text is what it says")
    func titles() throws {
        let xhtml =
            "<title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">Ouch! <a href=\"/x\">We</a> are back</div></title>"
        #expect(try article(atom(entry: "<id>1</id>" + xhtml)).title == "Ouch! We are back")
        #expect(try article(atom(entry: "<id>2</id><title type=\"text\">&lt;hello&gt;</title>")).title == "<hello>")
    }

    @Test("An empty content:encoded does not stand in the way of a description")
    func emptyContent() throws {
        let namespace = "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
        for empty in [
            "<content:encoded></content:encoded>", "<content:encoded/>",
            "<content:encoded><![CDATA[ ]]></content:encoded>",
        ] {
            for item in [
                empty + "<description>Yields fall.</description>", "<description>Yields fall.</description>" + empty,
            ] {
                let article = try article(rss(item: "<title>T</title>" + item, attributes: namespace))
                #expect([article.contentText, article.contentHTML, article.summary].contains("Yields fall."))
            }
        }
    }

    @Test("A JSON item that has a summary alone has that as its body")
    func summaryAlone() throws {
        let article = try article(
            #"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","summary":"A short text"}]}"#
        )
        #expect(article.contentText == "A short text" && article.summary == nil)
    }

    // MARK: - Files

    @Test("Files without a type are kept in their order, and a picture in front does not take the sound's place")
    func files() throws {
        let namespace = "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\""
        let item =
            "<title>E</title><enclosure url=\"https://example.org/b.jpg\"/><enclosure url=\"https://example.org/b.mp3\"/>"
            + "<itunes:duration>1:02</itunes:duration>"
        let article = try article(rss(item: item, attributes: namespace))
        #expect(article.attachments.map(\.url) == ["https://example.org/b.jpg", "https://example.org/b.mp3"])
        #expect(article.attachments.map(\.durationInSeconds) == [nil, 62])
    }

    @Test("A group of one video in two forms is two files of one title, with its picture")
    func mediaGroup() throws {
        let files = [("1080", "9000"), ("480", "4000")].map {
            "<media:content url=\"https://example.org/1-\($0.0).mp4\" type=\"video/mp4\" fileSize=\"\($0.1)\" duration=\"95\"/>"
        }
        let group =
            "<media:group>\(files.joined())<media:title>V</media:title><media:thumbnail url=\"https://example.org/1.jpg\"/></media:group>"
        let article = try article(
            rss(item: "<title>T</title>" + group, attributes: "xmlns:media=\"http://search.yahoo.com/mrss/\""))
        #expect(article.attachments.map(\.sizeInBytes) == [9000, 4000])
        #expect(article.attachments.map(\.durationInSeconds) == [95, 95])
        #expect(Set(article.attachments.map(\.title)).count == 1 && article.image == "https://example.org/1.jpg")
    }

    // MARK: - Dates

    @Test(
        "Dates of twelve hours, and those that Go, Java and JavaScript print, are read",
        arguments: [
            ("Sun, 15 Dec 2024 12:15:00 PM", "2024-12-15T12:15:00Z"), ("15 Dec 2024 12:15 AM", "2024-12-15T00:15:00Z"),
            ("8/21/2018 9:00:00 AM", "2018-08-21T09:00:00Z"), ("Feb 24, 2023, 8:18\u{202F}PM", "2023-02-24T20:18:00Z"),
            ("2025-11-05 09:01:00 +0000 UTC", "2025-11-05T09:01:00Z"),
            ("Tue Sep 18 12:53:56 UTC 2018", "2018-09-18T12:53:56Z"),
            ("Thu Jul 18 2019 09:00:00 GMT+0200 (Central European Summer Time)", "2019-07-18T07:00:00Z"),
            ("2017-08-01T11:55:44.364Z", "2017-08-01T11:55:44.364Z"), ("20190815", "2019-08-15T00:00:00Z"),
        ])
    func dates(text: String, meant: String) throws {
        let article = try article(rss(item: "<title>T</title><pubDate>\(text)</pubDate>"))
        #expect(article.published == Timestamp(rfc3339: meant))
    }

    // MARK: - Encodings

    @Test("A document of UTF-8 that says it is UTF-16 is read as what it is")
    func saysUTF16() throws {
        let feed = try feed("<?xml version=\"1.0\" encoding=\"utf-16\"?>" + rss(item: "<title>Ключ — проба</title>"))
        #expect(feed.articles.first?.title == "Ключ — проба" && feed.encoding == "utf-8")
    }

    @Test("Some broken bytes in UTF-8 are replaced, and nothing else of the document changes")
    func brokenBytes() throws {
        var bytes = Array(rss(item: "<title>Погода</title><description>Ветер X, облачно</description>").utf8)
        let place = try #require(bytes.lastIndex(of: UInt8(ascii: "X")))
        bytes[place] = 0xd0
        let article = try #require(try feed(bytes).articles.first)
        #expect(article.title == "Погода")
        #expect(article.contentText?.hasPrefix("Ветер ") == true && article.contentText?.hasSuffix(", облачно") == true)
    }

    @Test("Quotation marks of windows-1252 under the name of ISO-8859-1, and references to them, are quotation marks")
    func windowsQuotes() throws {
        var bytes = Array(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version=\"2.0\"><channel><title>T</title><item><title>"
                .utf8)
        bytes += [0x84, 0x73, 0x6f, 0x93, 0x20, 0x96, 0x20, 0x85]
        bytes += Array("</title><description>&#132;so&#147; &#150; &#128;5</description></item></channel></rss>".utf8)
        let article = try #require(try feed(bytes).articles.first)
        #expect(article.title == "„so“ – …" && article.contentText == "„so“ – €5")
    }
}
