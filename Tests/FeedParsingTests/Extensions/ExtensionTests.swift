import FeedModel
import Testing

@testable import FeedParsing

@Suite struct ExtensionTests {
    private static let media = "xmlns:media=\"http://search.yahoo.com/mrss/\""
    private static let itunes = "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\""

    @Test func mediaGroupsGiveAttachmentsAndNoTitle() throws {
        let article = try article(
            rss(
                item: """
                    <title>Own</title><media:group><media:content url="https://example.org/v.mp4" type="video/mp4"
                    fileSize="9" duration="61"><media:title>File</media:title></media:content>
                    <media:thumbnail url="https://example.org/t.jpg"/><media:description>d</media:description></media:group>
                    """, attributes: Self.media))
        #expect(article.title == "Own")
        #expect(article.image == "https://example.org/t.jpg")
        #expect(
            article.attachments == [
                Attachment(
                    url: "https://example.org/v.mp4", mimeType: "video/mp4", title: "File", sizeInBytes: 9,
                    durationInSeconds: 61)
            ])
        #expect(article.contentText == "d")
    }

    @Test func podcastsGiveDurationImageAndOwner() throws {
        let feed = try feed(
            rss(
                item: """
                    <title>t</title><enclosure url="https://example.org/a.mp3" type="audio/mpeg"/>
                    <itunes:duration>1:02:03</itunes:duration><itunes:image href="https://example.org/e.jpg"/>
                    <itunes:keywords>a, b,a</itunes:keywords><itunes:title>not this</itunes:title>
                    """, attributes: Self.itunes,
                channel: """
                    <itunes:owner><itunes:name>Ann</itunes:name><itunes:email>ann@example.org</itunes:email></itunes:owner>
                    <itunes:image href="https://example.org/f.jpg"/>
                    <itunes:category text="Arts"><itunes:category text="Books"/></itunes:category>
                    """))
        #expect(feed.authors == [Author(name: "Ann", email: "ann@example.org")])
        #expect(feed.icon == "https://example.org/f.jpg")
        #expect(feed.tags == ["Arts", "Books"])
        let article = try #require(feed.articles.first)
        #expect(article.title == "t")
        #expect(article.attachments.first?.durationInSeconds == 3723)
        #expect(article.image == "https://example.org/e.jpg")
        #expect(article.tags == ["a", "b"])
    }

    @Test(
        "A podcast's duration belongs to what can be played, and never to a picture",
        arguments: [
            (
                [
                    "<media:content url=\"https://example.org/c\" medium=\"IMAGE\"/>",
                    "<enclosure url=\"https://example.org/a\"/>",
                ], 1
            ),
            (
                [
                    "<enclosure url=\"https://example.org/c.jpg\" type=\"image/jpeg\"/>",
                    "<enclosure url=\"https://example.org/a.mp3?x=.png\" type=\"file\"/>",
                ], 1
            ),
            (
                [
                    "<enclosure url=\"https://example.org/c.JPG?v=1\"/>",
                    "<enclosure url=\"https://example.org/a.M4A#t\"/>",
                ], 1
            ),
            (
                [
                    "<enclosure url=\"https://example.org/a.mp3\"/>",
                    "<enclosure url=\"https://example.org/a\" type=\"Audio/MPEG; q=1\"/>",
                ], 1
            ),
            (["<enclosure url=\"https://example.org/a.pdf\"/>", "<enclosure url=\"https://example.org/a.ogg\"/>"], 1),
            (
                [
                    "<enclosure url=\"https://example.org/c.png\"/>",
                    "<enclosure url=\"https://example.org/a.mp3.zip\"/>",
                ], 1
            ),
            (["<enclosure url=\"https://example.org/a.mp3\" type=\"image/png\"/>"], nil),
            (
                [
                    "<enclosure url=\"https://example.org/c.webp\"/>",
                    "<media:content url=\"https://example.org/d\" type=\"image/gif\"/>",
                ], nil
            ),
            ([], nil),
        ] as [([String], Int?)])
    func durations(files: [String], place: Int?) throws {
        let item = "<title>t</title>" + files.joined() + "<itunes:duration>61</itunes:duration>"
        let article = try article(rss(item: item, attributes: Self.media + " " + Self.itunes))
        #expect(article.attachments.map(\.durationInSeconds) == files.indices.map { $0 == place ? 61 : nil })
        #expect(article.durationInSeconds == (place == nil ? 61 : nil))
    }

    @Test("Prefixes that nobody declared keep their usual meaning; other prefixes mean what they are declared as")
    func prefixes() throws {
        let undeclared = try article(rss(item: "<dc:creator>Ann</dc:creator><content:encoded>&lt;p></content:encoded>"))
        #expect(undeclared.authors == [Author(name: "Ann")])
        #expect(undeclared.contentHTML == "<p>")
        let renamed = try article(
            rss(item: "<x:creator>Ann</x:creator>", attributes: "xmlns:x=\"http://purl.org/dc/elements/1.1/\""))
        #expect(renamed.authors == [Author(name: "Ann")])
        let misspelt = try article(
            rss(item: "<dc:creator>Ann</dc:creator>", attributes: "xmlns:dc=\"http://example.org/not-dc\""))
        #expect(misspelt.authors == [Author(name: "Ann")])
        let other = try article(rss(item: "<x:title>no</x:title>", attributes: "xmlns:x=\"urn:x\""))
        #expect(other.title == nil)
    }

    @Test func licencesCommentsAndOriginalLinksAreRead() throws {
        let article = try article(
            rss(
                item: """
                    <link>https://feeds.example.org/~r/1</link><feedburner:origLink>https://example.org/1</feedburner:origLink>
                    <comments>https://example.org/1#c</comments>
                    <cc:license rdf:resource="https://example.org/by"/>
                    """,
                attributes: """
                    xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:cc="http://web.resource.org/cc/"
                    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
                    """))
        #expect(article.url == "https://example.org/1")
        #expect(article.links == [Link(rel: "alternate", href: "https://feeds.example.org/~r/1")])
        #expect(article.commentsURL == "https://example.org/1#c")
        #expect(article.license == "https://example.org/by")
    }

    @Test(
        "People on one line are taken apart",
        arguments: [
            ("ann@example.org (Ann Author)", "Ann Author", "ann@example.org"),
            ("Ann Author <ann@example.org>", "Ann Author", "ann@example.org"),
            ("Ann Author (ann@example.org)", "Ann Author", "ann@example.org"),
            ("mailto:ann@example.org", nil, "ann@example.org"),
            ("ann@example.org", nil, "ann@example.org"),
            ("Ann Author", "Ann Author", nil),
            ("\"Author, Ann\" <ann@example.org>", "Author, Ann", "ann@example.org"),
            ("@ann", "@ann", nil),
        ] as [(String, String?, String?)])
    func people(text: String, name: String?, email: String?) throws {
        let author = try #require(PersonText.author(text))
        #expect(author.name == name)
        #expect(author.email == email)
    }

    @Test(
        "A person on one line may be HTML",
        arguments: [
            ("&lt;a href='https://example.org/'&gt;Ann&lt;/a&gt;", "Ann", nil),
            ("Ann &amp;amp; Bob &lt;ann@example.org&gt;", "Ann & Bob", "ann@example.org"),
            ("<![CDATA[&lt;p&gt;Ann&lt;/p&gt;]]>", "Ann", nil), ("&amp;lt;b&amp;gt;Ann&amp;lt;/b&amp;gt;", "Ann", nil),
            ("<![CDATA[&lt;i&gt;Ann&lt;/i&gt; &lt;ann@example.org&gt;]]>", "Ann", "ann@example.org"),
        ] as [(String, String, String?)])
    func htmlPeople(text: String, name: String, email: String?) throws {
        #expect(try article(rss(item: "<author>\(text)</author>")).authors == [Author(name: name, email: email)])
    }

    @Test func whereTheCommentsAreIsALink() throws {
        let article = try article(
            rss(
                item: """
                    <guid>1</guid><wfw:commentRss>https://example.org/1/feed</wfw:commentRss>
                    <thr:in-reply-to ref="urn:0" href="https://example.org/0"/>
                    """))
        #expect(
            article.links == [
                Link(rel: "replies", href: "https://example.org/1/feed", type: "application/rss+xml"),
                Link(rel: "in-reply-to", href: "https://example.org/0"),
            ])
    }

    @Test("RFC 4685 §4: a page of replies is where the comments are, a feed of them is not")
    func repliesPage() throws {
        let article = try article(
            atom(
                entry: """
                    <link rel="replies" type="application/atom+xml" href="https://example.org/1.atom"/>
                    <link rel="replies" type="text/html" href="https://example.org/1#replies"/>
                    """))
        #expect(article.commentsURL == "https://example.org/1#replies")
    }

    @Test func theEnclosureThatFeedBurnerCountsIsTheOriginalOne() throws {
        let original = "<feedburner:origEnclosureLink>https://example.org/1.mp3</feedburner:origEnclosureLink>"
        let enclosure = "<enclosure url=\"https://feeds.example.org/1.mp3\" type=\"audio/mpeg\"/>"
        let one = try article(rss(item: enclosure + original))
        #expect(one.attachments == [Attachment(url: "https://example.org/1.mp3", mimeType: "audio/mpeg")])
        let two = try article(rss(item: "<enclosure url=\"https://example.org/2.mp3\"/>" + enclosure + original))
        #expect(two.attachments.map(\.url) == ["https://example.org/2.mp3", "https://feeds.example.org/1.mp3"])
    }

    @Test func keywordsMayStandInAnAttribute() throws {
        let keywords =
            "<itunes:keywords text=\"a, b\"/><itunes:keywords text=\"c\"/><itunes:keywords>d,e</itunes:keywords>"
        #expect(try article(rss(item: keywords)).tags == ["a", "b", "c", "d", "e"])
    }

    @Test(
        "GeoRSS and its predecessors give the place that an item is about",
        arguments: [
            ("<georss:point>45.256 -71.92</georss:point>", 45.256, -71.92),
            ("<georss:where><gml:Point><gml:pos>45.256\n-71.92</gml:pos></gml:Point></georss:where>", 45.256, -71.92),
            ("<geo:lat>55.5</geo:lat><geo:long>12</geo:long>", 55.5, 12),
            ("<geo:Point><geo:long>12</geo:long><geo:lat>55.5</geo:lat></geo:Point>", 55.5, 12),
            ("<icbm:latitude>55.5</icbm:latitude><icbm:longitude>12</icbm:longitude>", 55.5, 12),
        ])
    func places(elements: String, latitude: Double, longitude: Double) throws {
        let article = try article(rss(item: "<title>T</title>\(elements)<guid>1</guid>"))
        #expect(article.location == Article.Location(latitude: latitude, longitude: longitude))
        #expect(article.title == "T")
        #expect(article.id == "1")
    }

    @Test(
        "A point that is no place on Earth is not taken for one",
        arguments: ["<georss:point>91 0</georss:point>", "<georss:point>1</georss:point>", "<geo:lat>5</geo:lat>"])
    func noPlaces(elements: String) throws {
        #expect(try article(rss(item: elements + "<guid>1</guid>")).location == nil)
    }

    @Test func aCloudIsAHub() throws {
        let cloud = "<cloud domain=\"rpc.example.org\" port=\"8080\" path=\"/RPC2\" protocol=\"xml-rpc\"/>"
        let feed = try feed("<rss><channel>\(cloud)</channel></rss>")
        #expect(feed.hubs == [Feed.Hub(type: "rssCloud", url: "http://rpc.example.org:8080/RPC2")])
    }

    @Test("A feed of the Channel Definition Format is read from its attributes, where others have elements")
    func cdf() throws {
        let feed = try feed(
            """
            <CHANNEL HREF="https://example.org/"><TITLE>Feed</TITLE><ABSTRACT>About</ABSTRACT>
            <CHANNEL><TITLE>Part</TITLE><ITEM HREF="https://example.org/1" LASTMOD="2000-01-02T03:04"><TITLE>One</TITLE>
            </ITEM></CHANNEL><ITEM HREF="https://example.org/2"><ABSTRACT>Two</ABSTRACT></ITEM></CHANNEL>
            """)
        #expect(feed.format == .cdf)
        #expect(feed.title == "Feed")
        #expect(feed.description == "About")
        #expect(feed.homePageURL == "https://example.org/")
        #expect(feed.articles.map(\.url) == ["https://example.org/1", "https://example.org/2"])
        #expect(feed.articles.first?.modified?.description == "2000-01-02T03:04:00Z")
    }
}
