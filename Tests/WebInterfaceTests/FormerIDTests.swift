import FeedModel
import Locking
import Scheduling
import SearchIndex
import TestSupport
import Testing

@testable import WebInterface

@Suite("Former ids of feeds")
struct FormerIDTests {
    @Test(
        "What a feed's state alone remembers of former ids is told to the index, and what comes to be known later, too")
    func rememberedIDs() throws {
        let time = Locked<Int64>(0)
        let fixture = try WebFixture(
            [WebArticle("1", feed: "oldest"), WebArticle("2", feed: "old"), WebArticle("3", feed: "new")],
            states: [state("new", formerly: ["old"])], feeds: Self.table)
        let search = ArticleSearch(folder: fixture.folder.file("index"), store: fixture.folder.file("store")) {
            WebFixture.moment
        }
        defer { search.close() }
        try search.bringUp()
        let catalogue = FeedCatalogue(fixture.configuration, index: search) {
            SteadyTime(milliseconds: time.withLock { $0 })
        }
        var generations: Set<Int> = []
        func found() throws -> [UInt64] {
            generations.insert(try catalogue.snapshot(at: WebFixture.moment).generation)
            var request = EntryRequest()
            request.feeds = [FeedIdentifier("new")]
            return try search.entries(request).found.map(\.entry.id)
        }
        #expect(try found() == [3, 2])
        try fixture.store([], states: [state("new", formerly: ["oldest", "old"])])
        time.withLock { $0 = 60_000 }
        #expect(try found() == [3, 2, 1])
        // Whoever has counted by ids sees that it is to be done again.
        #expect(generations.count == 2)
    }

    private static let table = "[[feed]]\nurl = \"https://example.org/new.xml\"\nid = \"new\"\n"

    private func state(_ id: String, formerly: [String]) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(id), url: "https://example.org/\(id).xml")
        state.formerly = formerly
        return state
    }
}
