import FeedModel
import Testing

@testable import FeedParsing

@Suite struct RSSTests {
    @Test(
        "contract.md §3: each version of RSS is named",
        arguments: [
            ("<rss version=\"0.91\"><channel/></rss>", Feed.Format.rss091),
            ("<rss version=\"0.92\"><channel/></rss>", .rss092),
            ("<rss version=\"0.93\"><channel/></rss>", .rss092),
            ("<rss version=\"0.94\"><channel/></rss>", .rss092),
            ("<rss version=\"2.0\"><channel/></rss>", .rss20),
            ("<rss version=\"2.0.1\"><channel/></rss>", .rss20),
            ("<rss><channel/></rss>", .rss20),
        ])
    func versions(document: String, format: Feed.Format) throws {
        #expect(try feed(document).format == format)
    }

    @Test func aChannelSaysWhatItIs() throws {
        let feed = try feed(
            """
            <rss version="2.0"><channel><title>News &amp;amp; Views</title><link>https://example.org/</link>
            <description>All of it</description><language>de-AT</language><copyright>CC0</copyright>
            <generator>Pen</generator><managingEditor>ann@example.org (Ann)</managingEditor>
            <lastBuildDate>Mon, 02 Jan 2006 15:04:05 GMT</lastBuildDate>
            <image><url>https://example.org/i.png</url><title>Not this</title><link>https://example.com/</link></image>
            <category>One</category></channel></rss>
            """)
        #expect(feed.title == "News & Views")
        #expect(feed.homePageURL == "https://example.org/")
        #expect(feed.description == "All of it")
        #expect(feed.language == "de-AT")
        #expect(feed.copyright == "CC0")
        #expect(feed.generator == "Pen")
        #expect(feed.authors == [Author(name: "Ann", email: "ann@example.org")])
        #expect(feed.updated?.description == "2006-01-02T15:04:05Z")
        #expect(feed.icon == "https://example.org/i.png")
        #expect(feed.tags == ["One"])
    }

    @Test("contract.md §3: an item's description beside content:encoded is its summary")
    func contentAndDescription() throws {
        let article = try article(
            rss(
                item: "<description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>",
                attributes: "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""))
        #expect(article.contentHTML == "<p>Long</p>")
        #expect(article.summary == "Short")
        #expect(article.contentSource == .content)
    }

    @Test("contract.md §3: a description alone is the body, and nothing stands twice")
    func descriptionAlone() throws {
        let html = try article(rss(item: "<description>a &lt;b&gt;b&lt;/b&gt;</description>"))
        #expect(html.contentHTML == "a <b>b</b>")
        #expect(html.contentSource == .description)
        #expect(html.summary == nil)
        let text = try article(rss(item: "<description>2 &lt; 3</description>"))
        #expect(text.contentText == "2 < 3")
        #expect(text.contentHTML == nil)
    }

    @Test func markupThatWasNotEscapedIsKept() throws {
        let article = try article(rss(item: "<description>a &amp; <b class=\"x&quot;y\">b</b><br/>c</description>"))
        #expect(article.contentHTML == "a &amp; <b class=\"x&quot;y\">b</b><br />c")
    }

    @Test("identity.md §1: a guid is the id, and the link where it is a permalink")
    func guid() throws {
        let permalink = try article(rss(item: "<guid> https://example.org/1 </guid>"))
        #expect(permalink.id == "https://example.org/1")
        #expect(permalink.url == "https://example.org/1")
        let opaque = try article(rss(item: "<guid isPermaLink=\"false\">https://example.org/1</guid>"))
        #expect(opaque.id == "https://example.org/1")
        #expect(opaque.url == nil)
        let relative = try article(
            rss(item: "<guid>1</guid><link>/one</link>"),
            context: DocumentContext(url: "https://example.org/feed/rss.xml"))
        #expect(relative.id == "1")
        #expect(relative.url == "https://example.org/one")
    }

    @Test(
        "identity.md §1: of several guids the first decides, with what it says of itself",
        arguments: [
            ("<guid isPermaLink=\" True \">https://example.org/b</guid><guid isPermaLink=\"false\">o</guid>", true),
            ("<guid isPermaLink=\"false\">https://example.org/b</guid><guid>https://example.org/c</guid>", false),
            ("<guid isPermaLink=\"false\"/><guid>https://example.org/b</guid>", true),
            ("<guid> </guid><guid isPermaLink=\"FALSE\">https://example.org/b</guid>", false),
        ])
    func severalGuids(guids: String, isPermalink: Bool) throws {
        let article = try article(rss(item: "<title>t</title>" + guids))
        #expect(article.id == "https://example.org/b")
        #expect(article.url == (isPermalink ? "https://example.org/b" : nil))
    }

    @Test("identity.md §1: without link and guid the enclosure is the link")
    func enclosure() throws {
        let article = try article(
            rss(item: "<enclosure url=\"https://example.org/a.mp3\" length=\"12\" type=\"audio/mpeg\"/>"))
        #expect(article.url == "https://example.org/a.mp3")
        #expect(
            article.attachments
                == [Attachment(url: "https://example.org/a.mp3", mimeType: "audio/mpeg", sizeInBytes: 12)])
    }

    @Test func lengthsThatMeanNothingAreLeftOut() throws {
        let article = try article(
            rss(
                item: """
                    <enclosure url="https://example.org/a" length="-1"/><enclosure url="https://example.org/b" length="0"/>
                    <enclosure url="https://example.org/c" length="99999999999999999999"/>
                    <enclosure url="https://example.org/d" length="1,024"/>
                    """))
        #expect(article.attachments.map(\.sizeInBytes) == [nil, nil, nil, nil])
    }

    @Test(
        "security.md §10: a URL of another scheme is told as text, never as a URL",
        arguments: [
            "javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "vbscript:x", " java\tscript:alert(1)",
        ])
    func unsafeSchemes(url: String) throws {
        let article = try article(rss(item: "<title>t</title><link>\(url)</link><comments>\(url)</comments>"))
        #expect(article.url == nil)
        #expect(article.commentsURL == nil)
        #expect(!article.unsafeURLs.isEmpty)
    }

    @Test func anItemsSourceAndImageDoNotLeakIntoIt() throws {
        let article = try article(
            rss(
                item: """
                    <source url="https://example.com/feed">Elsewhere</source>
                    <image><title>Image</title><url>https://example.org/i.png</url><link>https://example.com/</link></image>
                    <title>Own</title><link>https://example.org/1</link>
                    """))
        #expect(article.title == "Own")
        #expect(article.url == "https://example.org/1")
        #expect(article.source == Article.Source(title: "Elsewhere", url: "https://example.com/feed"))
        #expect(article.image == "https://example.org/i.png")
    }

    @Test("A document that came without a URL is resolved by the one that it names")
    func ownURL() throws {
        let item = "<link>a/1</link><description>&lt;img src='/i.png'&gt;</description>"
        let text = rss(item: item, channel: "<link>https://example.org/news/</link>")
        let alone = try article(text)
        #expect(alone.url == "https://example.org/news/a/1")
        #expect(alone.contentHTML == "<img src='https://example.org/i.png'>")
        let fetched = try article(text, context: DocumentContext(url: "https://feeds.example.net/x/y"))
        #expect(fetched.url == "https://feeds.example.net/x/a/1")
    }

    @Test("contract.md §3: a link without scheme that begins with the feed's own host, or with www., is no path")
    func linksWithoutScheme() throws {
        let item = """
            <link>example.org/1</link><comments>www.example.net/c</comments>
            <enclosure url="example.org/a.mp3"/><enclosure url="files/b.mp3"/>
            """
        let feed = try feed(
            rss(item: item, channel: "<link>www.example.com</link>"),
            context: DocumentContext(url: "http://www.example.org/feed/rss.xml"))
        #expect(feed.homePageURL == "http://www.example.com")
        let article = try #require(feed.articles.first)
        #expect(article.url == "http://example.org/1")
        #expect(article.commentsURL == "http://www.example.net/c")
        #expect(
            article.attachments.map(\.url)
                == ["http://example.org/a.mp3", "http://www.example.org/feed/files/b.mp3"])
    }

    @Test func aTextInputDoesNotLeakIntoTheFeed() throws {
        let feed = try feed(
            "<rss><channel><textInput><title>Search</title><link>https://example.com/</link></textInput></channel></rss>"
        )
        #expect(feed.title == nil)
        #expect(feed.homePageURL == nil)
    }

    @Test("polling.md §4: ttl, skipHours, skipDays and the syndication module are hints")
    func hints() throws {
        let hints = try feed(
            """
            <rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><ttl> 90 </ttl>
            <skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>25</hour><hour>x</hour></skipHours>
            <skipDays><day>sunday</day><day>Funday</day></skipDays>
            <sy:updatePeriod> dayly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel></rss>
            """
        ).hints
        #expect(hints.ttlSeconds == 5400)
        #expect(hints.skipHours == [0, 7])
        #expect(hints.skipDays == ["Sunday"])
        #expect(hints.updatePeriodSeconds == 21_600)
    }

    @Test(
        "polling.md §4: a hint out of range is not taken",
        arguments: [
            "<ttl>-5</ttl>", "<ttl>9999999999999999999999</ttl>", "<ttl>soon</ttl>",
            "<sy:updatePeriod>always</sy:updatePeriod>",
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>nan</sy:updateFrequency>",
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1e300</sy:updateFrequency>",
        ])
    func oddHints(elements: String) throws {
        let feed = try feed("<rss><channel>\(elements)</channel></rss>")
        #expect(feed.hints == PollingHints())
    }

    @Test func datesThatCannotBeReadAreKeptAsText() throws {
        let article = try article(rss(item: "<title>t</title><pubDate>next Tuesday</pubDate>"))
        #expect(article.published == nil)
        #expect(article.rawDates == [Article.RawDate(field: "date_published", text: "next Tuesday")])
    }

    /// Found by the fuzzer: they are members of one object.
    @Test("contract.md §3: of several dates of one field that cannot be read, the first is kept")
    func unreadableDatesOfOneField() throws {
        let feed = try feed(
            rss(item: "<pubDate>a</pubDate><pubDate>b</pubDate>", channel: "<pubDate>c</pubDate><pubDate>d</pubDate>"))
        #expect(feed.articles.first?.rawDates.map(\.text) == ["a"])
        #expect(feed.rawDates.map(\.text) == ["c"])
    }

    @Test func itemsBesideTheChannelAreRead() throws {
        let feed = try feed("<rss><channel><title>F</title></channel><item><title>1</title></item></rss>")
        #expect(feed.title == "F")
        #expect(feed.articles.map(\.title) == ["1"])
    }

    @Test("identity.md §1: an item without anything is shown, and cannot be identified")
    func emptyItem() throws {
        let feed = try feed(
            "<rss><channel><item/><item><author>a</author></item><item><title>t</title></item></channel></rss>")
        #expect(feed.articles.map(\.isIdentifiable) == [false, false, true])
        #expect(feed.warnings.contains { $0.contains("known by") })
    }
}
