import FeedModel
import Testing

@testable import FeedParsing

@Suite struct RDFTests {
    private static let rdf = "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\""

    @Test func itemsStandBesideTheChannel() throws {
        let feed = try feed(
            """
            <rdf:RDF \(Self.rdf) xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
            <channel rdf:about="https://example.org/"><title>Feed</title><link>https://example.org/</link>
            <image rdf:resource="https://example.org/i.png"/>
            <items><rdf:Seq><rdf:li rdf:resource="https://example.org/1"/></rdf:Seq></items></channel>
            <image rdf:about="x"><title>Image</title><url>https://example.org/i.png</url><link>https://example.com/</link></image>
            <item rdf:about="https://example.org/1"><title>One</title><dc:creator>Ann</dc:creator>
            <dc:date>2020-01-02T03:04:05Z</dc:date><dc:subject>S</dc:subject></item>
            <textinput rdf:about="x"><title>Search</title></textinput></rdf:RDF>
            """)
        #expect(feed.format == .rss10)
        #expect(feed.title == "Feed")
        #expect(feed.homePageURL == "https://example.org/")
        #expect(feed.icon == "https://example.org/i.png")
        let article = try #require(feed.articles.first)
        #expect(article.id == "https://example.org/1")
        #expect(article.url == "https://example.org/1")
        #expect(article.authors == [Author(name: "Ann")])
        #expect(article.published?.description == "2020-01-02T03:04:05Z")
        #expect(article.tags == ["S"])
    }

    @Test func version090IsToldByItsNamespace() throws {
        let feed = try feed(
            "<rdf:RDF \(Self.rdf) xmlns=\"http://my.netscape.com/rdf/simple/0.9/\"><channel><title>t</title></channel></rdf:RDF>"
        )
        #expect(feed.format == .rss090)
        #expect(feed.title == "t")
    }

    @Test func elementsOfAnUnknownVocabularyAreNotTheFormatsOwn() throws {
        let feed = try feed(
            """
            <rdf:RDF \(Self.rdf) xmlns:rss="http://purl.org/rss/1.0/" xmlns:x="urn:x"><rss:channel><rss:title>t</rss:title>
            </rss:channel><rss:item><x:title>wrong</x:title><rss:title>right</rss:title><x:y><rss:link>https://example.org/</rss:link></x:y>
            </rss:item></rdf:RDF>
            """)
        #expect(feed.articles.map(\.title) == ["right"])
        #expect(feed.articles.first?.url == nil)
    }
}
