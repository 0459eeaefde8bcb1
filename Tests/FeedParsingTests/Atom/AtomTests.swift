import FeedModel
import Testing

@testable import FeedParsing

@Suite struct AtomTests {
    @Test func anEntryIsRead() throws {
        let article = try article(
            atom(
                entry: """
                    <id> urn:1 </id><title>One</title><link href="https://example.org/1"/>
                    <link rel="enclosure" href="https://example.org/1.mp3" type="audio/mpeg" length="7" title="Sound"/>
                    <link rel="http://www.iana.org/assignments/relation/related" href="https://example.org/2"/>
                    <published>2020-01-02T03:04:05Z</published><updated>2021-01-02T03:04:05+01:00</updated>
                    <author><name>Ann</name><email>ann@example.org</email><uri>https://example.org/ann</uri></author>
                    <contributor><name>Bob</name></contributor><category term="t" label="T"/>
                    <summary>Short</summary><content type="html">&lt;p>Long&lt;/p></content>
                    """))
        #expect(article.id == "urn:1")
        #expect(article.title == "One")
        #expect(article.url == "https://example.org/1")
        #expect(
            article.attachments == [
                Attachment(
                    url: "https://example.org/1.mp3", mimeType: "audio/mpeg", title: "Sound", sizeInBytes: 7)
            ])
        #expect(article.links.map(\.rel) == ["alternate", "enclosure", "related"])
        #expect(article.published?.description == "2020-01-02T03:04:05Z")
        #expect(article.modified?.description == "2021-01-02T02:04:05Z")
        #expect(article.authors == [Author(name: "Ann", url: "https://example.org/ann", email: "ann@example.org")])
        #expect(article.contributors == [Author(name: "Bob")])
        #expect(article.tags == ["t"])
        #expect(article.summary == "Short")
        #expect(article.contentHTML == "<p>Long</p>")
    }

    @Test(
        "RFC 4287 §3.1: the text of Atom is read by its type",
        arguments: [
            ("<content type=\"text\">a &lt;b> &amp;amp;</content>", nil, "a <b> &amp;"),
            ("<content>a &lt;b></content>", nil, "a <b>"),
            ("<content type=\"html\">a &lt;b>&amp;amp;&lt;/b></content>", "a <b>&amp;</b>", nil),
            ("<content type=\"text/html\">&lt;i>x&lt;/i></content>", "<i>x</i>", nil),
            (
                "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &lt; b</p></div></content>",
                "<p>a &lt; b</p>", nil
            ),
            (
                "<content type=\"xhtml\" xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:div><h:br/>x</h:div></content>",
                "<br />x", nil
            ),
            ("<content type=\"application/octet-stream\">YSA8\n IGI=</content>", nil, "a < b"),
            ("<content type=\"application/json\">{\"a\":1}</content>", nil, "{\"a\":1}"),
            ("<content type=\"image/png\">iVBORw0KGgoAAAAN</content>", nil, nil),
        ] as [(String, String?, String?)])
    func contentTypes(content: String, html: String?, text: String?) throws {
        let article = try article(atom(entry: "<id>1</id>" + content))
        #expect(article.contentHTML == html)
        #expect(article.contentText == text)
    }

    @Test(
        "RFC 4287 §3.1.1.3: the one div around XHTML is no part of it; what is no such div stays",
        arguments: [
            ("\n <div class=\"e\" xml:lang=\"en\">\n<p>a</p> b\n</div>\n", "<p>a</p> b"),
            ("<h:div>a <h:div>b</h:div></h:div>", "a <div>b</div>"),
            ("<DIV>a</DIV>", "a"),
            ("<div>a</div><div>b</div>", "<div>a</div><div>b</div>"),
            ("<div>a</div> b", "<div>a</div> b"),
            ("a <div>b</div>", "a <div>b</div>"),
            ("<p>a</p><div>b</div>", "<p>a</p><div>b</div>"),
            ("<section>a</section>", "<section>a</section>"),
            ("<div>&lt;p&gt;a&lt;/p&gt;</div>", "&lt;p&gt;a&lt;/p&gt;"),
            ("<div><!-- c --></div>", nil), ("<div/>", nil),
            (
                "<div x:y=\"1\"><p x:y=\"2\">a</p></div>",
                "<p xmlns:x=\"urn:x\" x:y=\"2\">a</p>"
            ),
        ] as [(String, String?)])
    func wrapperDiv(inside: String, html: String?) throws {
        let names = "xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns:x=\"urn:x\""
        let entry = "<id>1</id><content type=\"xhtml\" \(names)>\(inside)</content>"
        #expect(try article(atom(entry: entry)).contentHTML == html)
        let old = "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><id>1</id>"
        let oldEntry =
            "<content type=\"application/xhtml+xml\" mode=\"xml\" \(names)>\(inside)</content></entry></feed>"
        #expect(try feed(old + oldEntry).articles.first?.contentHTML == html)
    }

    @Test("RFC 4287 §3.1.1.3: XHTML that is longer than its limit loses its div, too")
    func wrapperDivThatIsCut() throws {
        var limits = ParseLimits()
        limits.contentBytes = 12
        let content = "<content type=\"xhtml\"><div>abcdefghij</div><!-- c --></content>"
        let article = try article(atom(entry: "<id>1</id>" + content), limits: limits)
        #expect(article.contentHTML == "abcdefg")
        #expect(article.truncatedFields == ["content_html"])
    }

    @Test(
        "XHTML without any element, which is escaped markup from end to end, is that markup",
        arguments: [
            ("&lt;p&gt;Hello &amp;amp; so&lt;/p&gt;", "<p>Hello &amp; so</p>"),
            ("\n&lt;p&gt;Hello&lt;/p&gt;\n", "<p>Hello</p>"),
            ("Use &lt;b&gt; or &lt;i&gt;", "Use &lt;b&gt; or &lt;i&gt;"),
            ("&lt;b&gt; is bold", "&lt;b&gt; is bold"), ("&lt;T&gt; and &lt;U&gt;", "&lt;T&gt; and &lt;U&gt;"),
            ("AT&amp;T", "AT&amp;T"), ("a &lt; b", "a &lt; b"),
        ])
    func escapedXHTML(inside: String, html: String) throws {
        #expect(try article(atom(entry: "<id>1</id><content type=\"xhtml\">\(inside)</content>")).contentHTML == html)
    }

    @Test(
        "The text of Atom 0.3 is read by its mode",
        arguments: [
            ("<content type=\"text/html\" mode=\"escaped\">&lt;i>x&lt;/i></content>", "<i>x</i>"),
            ("<content type=\"text/html\" mode=\"xml\"><i>x</i></content>", "<i>x</i>"),
            ("<content type=\"application/xhtml+xml\"><i>x</i> &amp; y</content>", "<i>x</i> &amp; y"),
            ("<content type=\"text/html\" mode=\"base64\">PGk+eDwvaT4=</content>", "<i>x</i>"),
        ])
    func modes(content: String, html: String) throws {
        let feed = try feed("<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry>\(content)</entry></feed>")
        #expect(feed.format == .atom03)
        #expect(feed.articles.first?.contentHTML == html)
    }

    @Test(
        "contract.md §3: titles are plain text, decoded once",
        arguments: [
            ("<title>a &lt;b> c</title>", "a <b> c"),
            ("<title type=\"html\">a &lt;b>b&lt;/b> &amp;amp; c</title>", "a b & c"),
            (
                "<title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">a <b>b</b> &amp; c</div></title>",
                "a b & c"
            ),
            ("<title>\n  a\n  b </title>", "a b"),
        ])
    func titles(title: String, expected: String) throws {
        #expect(try article(atom(entry: title)).title == expected)
    }

    @Test func aSourceDoesNotLeakIntoItsEntry() throws {
        let article = try article(
            atom(
                entry: """
                    <source><id>urn:s</id><title>Source</title><link href="https://example.com/"/>
                    <updated>2001-01-01T00:00:00Z</updated><author><name>Else</name></author></source>
                    <id>urn:1</id><title>Own</title>
                    """))
        #expect(article.id == "urn:1")
        #expect(article.title == "Own")
        #expect(article.url == nil)
        #expect(article.modified == nil)
        #expect(article.authors.isEmpty)
        #expect(article.source == Article.Source(title: "Source", url: "https://example.com/"))
    }

    @Test("contract.md §3: relative URLs are resolved against xml:base, else Content-Location, else the document's URL")
    func bases() throws {
        let entry = "<link href=\"x\"/><content type=\"html\">&lt;a href='y'>z&lt;/a></content>"
        let context = DocumentContext(url: "https://example.org/a/feed", contentLocation: "/b/feed")
        let plain = try article(atom(entry: entry), context: DocumentContext(url: "https://example.org/a/feed"))
        #expect(plain.url == "https://example.org/a/x")
        let located = try article(atom(entry: entry), context: context)
        #expect(located.url == "https://example.org/b/x")
        #expect(located.contentHTML == "<a href='https://example.org/b/y'>z</a>")
        let based = try article(
            atom(entry: entry, attributes: "xml:base=\"https://example.net/c/\""), context: context)
        #expect(based.url == "https://example.net/c/x")
    }

    @Test(
        "contract.md §3: without xml:base what is relative in a text is relative to the item's page, which may follow it",
        arguments: [
            ("<link href=\"2025/1.html\"/>", "", "https://example.org/a/2025/"),
            ("<link href=\"https://example.net/b/1#x\"/>", "", "https://example.net/b/"),
            ("<id>https://example.org/c/1</id>", "", "https://example.org/c/"),
            ("<link rel=\"enclosure\" href=\"https://example.net/b/1.mp3\"/>", "", "https://example.org/a/"),
            ("<link href=\"mailto:a@example.org\"/>", "", "https://example.org/a/"),
            ("<title>t</title>", "", "https://example.org/a/"),
            ("<link href=\"https://example.net/b/1\"/>", "xml:base=\"/d/\"", "https://example.org/d/"),
        ])
    func pages(entry: String, attributes: String, folder: String) throws {
        let texts = """
            <content type="html">&lt;img src="i.png"> &lt;a href="/x">&lt;/content>
            <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><img src="j.png" /></div></summary>
            """.replacing("&lt;/content>", with: "</content>")
        let context = DocumentContext(url: "https://example.org/a/feed")
        let host = folder.hasPrefix("https://example.net") ? "https://example.net" : "https://example.org"
        for entry in [texts + entry, entry + texts] {
            let article = try article(atom(entry: entry, attributes: attributes), context: context)
            #expect(article.contentHTML == "<img src=\"\(folder)i.png\"> <a href=\"\(host)/x\">")
            #expect(article.summary == "<img src=\"\(folder)j.png\" />")
        }
    }

    @Test(
        "contract.md §3: an anchor without xml:base is one of the item's page, and fields are relative to the document")
    func anchors() throws {
        let article = try article(
            atom(
                entry: """
                    <content type="html">&lt;a href="#fn1">1&lt;/a></content><link rel="enclosure" href="e.mp3"/>
                    <link href="https://example.org/p/?x=1&amp;y"/><logo>l.png</logo>
                    """), context: DocumentContext(url: "https://example.org/a/feed", contentLocation: "/b/feed"))
        #expect(article.contentHTML == "<a href=\"https://example.org/p/?x=1&amp;y#fn1\">1</a>")
        #expect(article.attachments.map(\.url) == ["https://example.org/b/e.mp3"])
        #expect(article.image == "https://example.org/b/l.png")
    }

    @Test("contract.md §3: what is relative in the feed's own texts is relative to the document")
    func feedTexts() throws {
        let feed = try feed(
            atom(
                entry: "<id>1</id>",
                feed: "<link href=\"https://example.net/\"/><subtitle type=\"html\">&lt;a href='x'></subtitle>"),
            context: DocumentContext(url: "https://example.org/a/feed"))
        #expect(feed.description == "<a href='https://example.org/a/x'>")
    }

    @Test func aBaseInsideXHTMLCountsForWhatIsInIt() throws {
        let article = try article(
            atom(
                entry: """
                    <content type="xhtml" xml:base="https://example.org/"><div xmlns="http://www.w3.org/1999/xhtml">
                    <p xml:base="a/"><a href="b?x=1&amp;y=2">c</a></p><a href="d">e</a></div></content>
                    """))
        let html = try #require(article.contentHTML)
        #expect(html.contains("<a href=\"https://example.org/a/b?x=1&amp;y=2\">"))
        #expect(html.contains("<a href=\"https://example.org/d\">"))
    }

    @Test("identity.md §1: an id is never resolved against a base")
    func relativeID() throws {
        let article = try article(
            atom(entry: "<id>../1</id>"), context: DocumentContext(url: "https://example.org/feed"))
        #expect(article.id == "../1")
    }

    @Test(
        "identity.md §1: an Atom entry without a link to a page has its id for one, where that is an http or https URL",
        arguments: [
            ("<id> https://example.org/1 </id>", "https://example.org/1"), ("<id>http://h/1</id>", "http://h/1"),
            ("<id>https://h/1</id><link href=\"https://h/2\"/>", "https://h/2"),
            ("<id>https://h/1</id><link>https://h/2</link>", "https://h/2"),
            ("<id>https://h/1</id><link href=\"javascript:x\"/>", "https://h/1"),
            ("<id>https://h/1</id><link rel=\"self\" href=\"https://h/1.atom\"/>", "https://h/1"),
            ("<id>https://h/1</id><link rel=\"enclosure\" href=\"https://h/1.mp3\"/>", "https://h/1"),
            ("<id>tag:h,2026:1</id>", nil), ("<id>https://h/a b</id>", nil), ("<id>/1</id>", nil),
            ("<id>h/1</id>", nil),
            ("<id>urn:1</id><link rel=\"enclosure\" href=\"https://h/1.mp3\"/>", "https://h/1.mp3"),
        ] as [(String, String?)])
    func idAsLink(entry: String, url: String?) throws {
        #expect(try article(atom(entry: "<title>t</title>" + entry)).url == url)
        #expect(try article(rss(item: "<title>t</title><id>https://example.org/1</id>")).url == nil)
    }

    @Test func aFeedsLinksSayWhereItAndItsHubAre() throws {
        let feed = try feed(
            atom(
                entry: "",
                feed: """
                    <link rel="self" href="https://example.org/feed"/><link rel="hub" href="https://hub.example.org/"/>
                    <link rel="next" href="https://example.org/feed?page=2"/><link href="https://example.org/"/>
                    <icon>https://example.org/i.ico</icon><logo>https://example.org/l.png</logo>
                    <subtitle>Sub</subtitle><rights>All</rights><generator version="2">Pen</generator>
                    """))
        #expect(feed.feedURL == "https://example.org/feed")
        #expect(feed.hubs == [Feed.Hub(type: "WebSub", url: "https://hub.example.org/")])
        #expect(feed.nextURL == "https://example.org/feed?page=2")
        #expect(feed.homePageURL == "https://example.org/")
        #expect(feed.favicon == "https://example.org/i.ico")
        #expect(feed.icon == "https://example.org/l.png")
        #expect(feed.description == "Sub")
        #expect(feed.copyright == "All")
        #expect(feed.generator == "Pen v2")
    }

    @Test("RFC 4287 §4.1.3.2: content that is somewhere else is a link")
    func contentElsewhere() throws {
        let article = try article(
            atom(entry: "<id>1</id><content src=\"https://example.org/v.mp4\" type=\"video/mp4\"/>"))
        #expect(article.links == [Link(rel: "content", href: "https://example.org/v.mp4", type: "video/mp4")])
    }

    @Test func anAmpersandInAnAttributeIsOne() throws {
        #expect(
            try article(atom(entry: "<link href=\"https://example.org/?a=1&amp;b=2\"/>")).url
                == "https://example.org/?a=1&b=2")
    }

    @Test func languagesComeFromXMLLang() throws {
        let feed = try feed(atom(entry: "<title>t</title>", attributes: "xml:lang=\"fr\""))
        #expect(feed.language == "fr")
        let own = try self.entryLanguage("<entry xml:lang=\"el\"><title>t</title></entry>")
        #expect(own == "el")
    }

    private func entryLanguage(_ entry: String) throws -> String? {
        try feed("<feed xmlns=\"http://www.w3.org/2005/Atom\">\(entry)</feed>").articles.first?.language
    }
}
