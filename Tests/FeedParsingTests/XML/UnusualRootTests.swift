import FeedModel
import Testing

@testable import FeedParsing

@Suite struct UnusualRootTests {
    @Test("RFC 4287 §4.1.2: an entry by itself is a feed with one article")
    func anEntryDocumentIsRead() throws {
        let feed = try feed(
            """
            <?xml version="1.0"?>
            <entry xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/a/"><id>urn:1</id><title>One</title>
            <link href="1"/><source><title>Elsewhere</title></source><updated>2020-01-02T03:04:05Z</updated></entry>
            """)
        #expect(feed.format == .atom10)
        #expect(feed.title == nil)
        #expect(feed.isTruncated == false)
        #expect(feed.warnings.isEmpty)
        let article = try #require(feed.articles.first)
        #expect(feed.articles.count == 1)
        #expect(article.id == "urn:1")
        #expect(article.title == "One")
        #expect(article.url == "https://example.org/a/1")
        #expect(article.source?.title == "Elsewhere")
    }

    @Test("An entry of no namespace is some other document", arguments: ["entry", "item"])
    func otherEntriesAreNoFeed(name: String) {
        guard case .notAFeed(let refusal) = parse(Array("<\(name)><title>One</title></\(name)>".utf8)) else {
            Issue.record("a feed")
            return
        }
        #expect(refusal.kind == .xml)
    }

    @Test("RSS 1.1: the channel is the root, and its items stand in a list")
    func rss11IsRead() throws {
        let feed = try feed(
            """
            <Channel xmlns="http://purl.org/net/rss1.1#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
             rdf:about="https://example.org/rss"><title>Feed</title><link>https://example.org/</link>
            <description>About</description><image rdf:parseType="Resource"><title>Image</title>
            <url>https://example.org/i.png</url></image><items rdf:parseType="Collection">
            <item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link></item>
            <item rdf:about="https://example.org/2"><title>Two</title></item></items></Channel>
            """)
        #expect(feed.format == .rss10)
        #expect(feed.id == "https://example.org/rss")
        #expect(feed.title == "Feed")
        #expect(feed.homePageURL == "https://example.org/")
        #expect(feed.icon == "https://example.org/i.png")
        #expect(feed.articles.map(\.title) == ["One", "Two"])
        #expect(feed.articles.map(\.url) == ["https://example.org/1", "https://example.org/2"])
    }

    @Test("The list of items of RSS 1.0 is no group of items")
    func aSequenceHoldsNoItems() throws {
        let feed = try feed(
            """
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
            <channel><items><rdf:Seq><rdf:li resource="https://example.org/1"/></rdf:Seq></items><title>Feed</title>
            </channel><item><title>One</title></item></rdf:RDF>
            """)
        #expect(feed.title == "Feed")
        #expect(feed.articles.map(\.title) == ["One"])
    }

    @Test(
        "A feed that a server put into a page is read",
        arguments: ["<html><head><title>Page</title></head><body>", "<!DOCTYPE html>\n<HTML><BODY><pre>\n"])
    func aFeedInAPageIsRead(page: String) throws {
        let feed = try feed(
            page + "<rss version=\"2.0\"><channel><title>Feed</title><item><title>One</title></item></channel></rss>"
                + "</body></html>")
        #expect(feed.title == "Feed")
        #expect(feed.articles.map(\.title) == ["One"])
        #expect(feed.warnings.count == 2)
    }

    @Test(
        "A page is no feed, whatever its elements are called",
        arguments: [
            "<html><body><main><rss><channel><item/></channel></rss></main></body></html>",
            "<html><body><script>document.write('<rss><channel></channel></rss>')</script></body></html>",
            "<html><body><p>One</p><nav>Two</nav></body></html>", "<html><body><br><div>One</div></body></html>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><svg/></body></html>",
        ])
    func aPageIsNoFeed(page: String) {
        guard case .notAFeed(let refusal) = parse(Array(page.utf8)) else {
            Issue.record("a feed")
            return
        }
        #expect(refusal.kind == .html)
    }

    @Test("Of a second channel only the items are taken")
    func aSecondChannelIsAGroup() throws {
        let feed = try feed(
            """
            <rss version="2.0"><channel><title>First</title><link>https://example.org/1</link>
            <item><title>One</title></item></channel><channel><title>Second</title><link>https://example.org/2</link>
            <item><title>Two</title></item></channel></rss>
            """)
        #expect(feed.title == "First")
        #expect(feed.homePageURL == "https://example.org/1")
        #expect(feed.articles.map(\.title) == ["One", "Two"])
    }

    @Test(
        "security.md §4: an attribute over its cap is left out, and told",
        arguments: [
            ("<enclosure url=\"https://example.org/LONG\"/>", "attachments"), ("<category term=\"LONG\"/>", "tags"),
            ("<link href=\"https://example.org/LONG\"/>", "links"), ("<image href=\"/LONG\"/>", "image"),
        ])
    func oversizedAttributesAreFlagged(element: String, field: String) throws {
        let long = element.replacing("LONG", with: String(repeating: "x", count: 65 * 1024))
        let feed = try feed(rss(item: "<title>One</title>" + long))
        #expect(feed.articles.first?.truncatedFields == [field])
        #expect(feed.warnings == ["A field was cut to its limit."])
        #expect(feed.warningClasses.contains(.limits))
        #expect(try article(rss(item: "<title>One</title>" + element)).truncatedFields.isEmpty)
    }

    @Test("A long attribute of an element that nobody reads is not told as cut")
    func oversizedAttributesOfUnknownElementsAreNothing() throws {
        let long = String(repeating: "x", count: 65 * 1024)
        #expect(try feed(rss(item: "<title>One</title><foo bar=\"\(long)\"/>")).warnings.isEmpty)
    }

    @Test(
        "A body that was marked as CDATA and escaped is unwrapped once",
        arguments: [
            ("&lt;![CDATA[&lt;p&gt;One&lt;/p&gt;]]&gt;", "<p>One</p>"),
            (" &lt;![CDATA[ &lt;p&gt;One]]&gt; ", "<p>One"),
            ("&lt;p&gt;&lt;![CDATA[One]]&gt;&lt;/p&gt;", "<p><![CDATA[One]]></p>"),
            ("&lt;![CDATA[&lt;p&gt;One&lt;/p&gt;", "<![CDATA[<p>One</p>"),
        ])
    func escapedCDATAIsUnwrapped(description: String, body: String) throws {
        #expect(try article(rss(item: "<description>\(description)</description>")).contentHTML == body)
    }
}
