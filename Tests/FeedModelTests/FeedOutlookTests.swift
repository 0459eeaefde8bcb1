import Digest
import Testing

@testable import FeedModel

@Suite("What planning looks at in a packed state")
struct FeedOutlookTests {
    @Test(
        "A packed state gives the same outlook, schedule and known URLs as the whole state",
        arguments: PackedFeedStateTests.states)
    func same(_ state: FeedState) {
        let packed = PackedFeedState(state)
        for url in [state.url, state.url + "x", ""] {
            #expect(packed.outlook(at: url) == FeedOutlook(state, at: url))
        }
        #expect(packed.schedule == state.schedule)
        #expect(packed.knownURLs == state.knownURLs)
    }

    @Test("A change of what is hidden in the URL is a change of the URL, unless the state is too old to know")
    func changedSecret() {
        var state = FeedState(feed: FeedIdentifier("f"), configured: "https://h.example/rss?code=1")
        #expect(state.url == "https://h.example/rss?code=***")
        for (url, isOf) in [
            ("https://h.example/rss?code=1", true), ("https://h.example/rss?code=2", false),
            ("https://h.example/?code=1", false),
        ] {
            #expect(state.isOf(url) == isOf && FeedOutlook(state, at: url).isOfURL == isOf)
            #expect(PackedFeedState(state).outlook(at: url).isOfURL == isOf)
        }
        state.urlMark = nil
        #expect(state.isOf("https://h.example/rss?code=2"))
        #expect(PackedFeedState(state).outlook(at: "https://h.example/rss?code=2").isOfURL)
        #expect(FeedState(feed: FeedIdentifier("f"), configured: "https://h.example/rss").urlMark == nil)
    }

    @Test("A state takes the bytes that it needs and no more: a quarter of a KiB for a feed of a year's service")
    func room() {
        var state = FeedState(
            feed: FeedIdentifier("news.example.org-section"), url: "https://news.example.org/section/feed.xml")
        state.title = "News of a section, from day to day"
        state.validators = .init(
            etag: "\"5f3a-62c1d0a8b7f40\"", lastModified: "Thu, 26 Nov 2026 17:51:15 GMT",
            request: Hash128(high: .max, low: .max))
        state.bodyHash = Hash128(high: .max, low: .max)
        state.lastPoll = Timestamp(milliseconds: 1_790_000_000_123)
        state.lastSuccess = state.lastPoll
        state.nextPoll = Timestamp(milliseconds: 1_790_003_600_123)
        state.intervalSeconds = 3600
        state.status = 304
        let bytes = PackedFeedState(state).bytes
        #expect(bytes.count <= 256)
        // What malloc rounds up.
        #expect(bytes.capacity - bytes.count < 32)
    }

    @Test("A URL without anything that could be a secret is shown as it is")
    func plainURL() {
        for url in ["https://h.example/feed.xml", "file:///srv/a", "http://[::1]:8080/a;b=c&token=x"] {
            #expect(URLRedaction.redacted(url) == url)
        }
        #expect(URLRedaction.redacted("https://h.example/#token=x") == "https://h.example/#token=***")
    }
}
