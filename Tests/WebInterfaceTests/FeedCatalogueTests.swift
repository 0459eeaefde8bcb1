import FeedModel
import Ingestion
import Locking
import Scheduling
import Testing

@testable import WebInterface

@Suite struct FeedCatalogueTests {
    private let now = WebFixture.moment
    private let feeds = """
        [[feed]]
        url = "https://example.org/a.xml"
        id = "a"
        [[feed]]
        url = "https://example.org/b.xml"
        id = "b"
        title = "As configured"
        """

    private func state(_ name: String, title: String?) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(name), url: "https://example.org/\(name).xml")
        state.title = title
        return state
    }

    @Test func `what feeds are chosen by takes 48 bytes of each`() {
        #expect(MemoryLayout<FeedCatalogue.Entry>.stride <= 48)
    }

    @Test func `a feed is called what its document says last, where the configuration says nothing`() throws {
        let fixture = try WebFixture(
            states: [state("a", title: "The first"), state("b", title: "Of the document")], feeds: feeds)
        let time = Locked(SteadyTime(milliseconds: 0))
        let catalogue = FeedCatalogue(fixture.configuration, steady: { time.withLock { $0 } })
        func titles() throws -> [String?] {
            let feeds = try catalogue.snapshot(at: now)
            return [feeds.title(0), feeds.title(1)]
        }
        #expect(try titles() == ["The first", "As configured"])
        for (second, title) in ["The first", "Another", nil, "The first"].enumerated() {
            try fixture.store([], states: [state("a", title: title)])
            time.withLock { $0 = SteadyTime(milliseconds: Int64(second + 1) * 10_000) }
            #expect(try titles() == [title, "As configured"])
        }
    }
}
