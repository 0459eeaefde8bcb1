import FeedModel
import Testing

@testable import WebInterface

@Suite struct ReaderFeedTests {
    @Test(
        "The page that readers are told a feed belongs to is the root of its server, and a file of this machine has none",
        arguments: [
            ("https://example.org/feeds/news.xml", "https://example.org/"),
            ("http://example.org/", "http://example.org/"),
            ("https://example.org", "https://example.org/"), ("https://日本.example/ü", "https://日本.example/"),
            ("file:///srv/feed.xml", ""),
        ])
    func siteURL(address: String, page: String) {
        let feed = ReaderFeed(
            number: 1, id: FeedIdentifier("example"), place: 0, title: "Example", address: address, category: "news")
        #expect(feed.siteURL == page)
    }
}
