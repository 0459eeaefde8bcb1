import FeedModel
import Testing

@testable import Configuration

@Suite("The texts of feeds come out of a block as they went in")
struct FeedTextsTests {
    /// What a feed is called, and where it is.
    struct Feed: Sendable, CustomTestStringConvertible {
        var id = "example"
        var hasExplicitID = true
        var url = "https://example.org/feed"
        var hostOrPath = "example.org"
        var title: String? = "A title"

        var testDescription: String { url }

        func with(_ change: (inout Feed) -> Void) -> Feed {
            var copy = self
            change(&copy)
            return copy
        }
    }

    private static let feeds = [
        Feed(),
        Feed().with { $0.title = nil },
        Feed().with { $0.title = "" },
        Feed().with { $0.hasExplicitID = false },
        Feed().with {
            $0.id = "日本"; $0.title = "日本のニュース"
        },
        // The host is written otherwise in the URL.
        Feed().with { $0.url = "https://Example.ORG:8443/feed" },
        Feed().with { ($0.url, $0.hostOrPath) = ("http://[::ffff:192.0.2.1]/", "192.0.2.1") },
        Feed().with { ($0.url, $0.hostOrPath) = ("https://user@example.org/", "example.org") },
        Feed().with { ($0.url, $0.hostOrPath) = ("file:///srv/feed.xml", "/srv/feed.xml") },
        Feed().with { ($0.url, $0.hostOrPath) = ("file:///srv/a%20feed.xml", "/srv/a feed.xml") },
        Feed().with { $0.url = "https://example.org/" + String(repeating: "long", count: 2000) },
        Feed().with {
            let path = "/" + String(repeating: "ü", count: 6000)
            ($0.url, $0.hostOrPath) = ("file:///" + String(repeating: "%C3%BC", count: 6000), path)
            $0.title = String(repeating: "t", count: 4096)
        },
    ]

    private func expect(_ texts: FeedTexts, _ feed: Feed) {
        #expect(texts.id.text == feed.id && texts.hasExplicitID == feed.hasExplicitID && texts.url == feed.url)
        #expect(texts.hostOrPath == feed.hostOrPath && texts.title == feed.title)
        #expect(texts.isPath == feed.hostOrPath.hasPrefix("/"))
    }

    private func texts(_ feed: Feed) -> FeedTexts {
        FeedTexts(
            id: FeedIdentifier(feed.id), hasExplicitID: feed.hasExplicitID, url: feed.url, hostOrPath: feed.hostOrPath,
            title: feed.title)
    }

    @Test("Each text of a feed comes back", arguments: feeds)
    func alone(_ feed: Feed) { expect(texts(feed), feed) }

    @Test("More feeds than a block has come back in their order, each with its own")
    func together() {
        let count = 10_000
        var packing = FeedTexts.Packing()
        func feed(_ number: Int) -> Feed {
            Self.feeds[number % 5].with {
                $0.id += "-\(number)"
                $0.url += "/\(number)"
            }
        }
        for number in 0..<count {
            let feed = feed(number)
            packing.add(
                id: FeedIdentifier(feed.id), hasExplicitID: feed.hasExplicitID, url: feed.url,
                hostOrPath: feed.hostOrPath, title: feed.title)
        }
        let packed = packing.finish()
        #expect(packed.count == count)
        for (number, texts) in packed.enumerated() { expect(texts, feed(number)) }
    }

    @Test("Feeds say the same where all but how they got their ids is the same")
    func equality() {
        for (left, one) in Self.feeds.enumerated() {
            for (right, other) in Self.feeds.enumerated() {
                // Two of them differ in how they got their ids alone.
                #expect((texts(one) == texts(other)) == (left == right || [left, right].allSatisfy([0, 3].contains)))
            }
        }
        // No text is taken for a part of the one beside it.
        let moved = Feed().with { ($0.id, $0.url) = ("exampleh", "ttps://example.org/feed") }
        #expect(texts(moved) != texts(Feed()))
    }

    @Test("A feed whose id or title is another keeps all else")
    func changes() throws {
        let fixture = ConfigurationFixture()
        var feed = try fixture.load(
            """
            contact = "https://example.org/bot"
            [[feed]]
            url = "https://Example.org/feed"
            tags = ["news"]
            """
        ).feeds[0]
        let source = feed.source
        feed.id = FeedIdentifier("another")
        feed.title = "A title"
        #expect(feed.id.text == "another" && feed.title == "A title" && feed.tags == ["news"])
        #expect(feed.url == "https://Example.org/feed" && feed.host == "example.org" && !feed.hasExplicitID)
        #expect(feed.source == source && source.line == 2)
    }
}
