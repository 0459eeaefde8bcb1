import ArticleStore
import Configuration
import FeedModel
import TestSupport
import Testing

@testable import Ingestion

@Suite("A feed goes on under a new id: contract.md §2")
struct FormerIDsTests {
    private let folder = TemporaryDirectory()

    private func feeds(_ lines: String) throws -> [FeedConfiguration] {
        let path = folder.write(
            "contact = \"https://example.org/bot\"\n[[feed]]\nurl = \"https://example.org/f\"\n\(lines)\n", to: "c.toml"
        )
        return try ConfigurationLoader.load(path: path, environment: ["HOME": "/h"]).feeds
    }

    private func store(_ states: [FeedState]) throws -> ArticleStore {
        let store = try ArticleStore.open(at: folder.file("store"), options: StoreOptions { PollRehearsal.now }) { _ in
        }
        for state in states { _ = store.stage(state) }
        return store
    }

    private func state(_ id: String, articles: UInt64, formerly: [String] = []) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(id), configured: "https://example.org/f")
        state.articles = articles
        state.formerly = formerly
        state.schedule.historyBlock = 3
        return state
    }

    private func takenOver(_ store: ArticleStore, _ lines: String) throws -> [FeedState] {
        var kept: [FeedState] = []
        store.takeOver(try feeds(lines)) { kept.append($0) }
        return kept
    }

    @Test("What is remembered of the former id is the feed's, but for the place of its last polls")
    func taken() throws {
        let store = try store([state("old", articles: 7)])
        let kept = try takenOver(store, "id = \"new\"\nformerly = [\"old\"]")
        #expect(kept.map(\.feed.text) == ["new"] && kept.first?.articles == 7)
        #expect(kept.first?.formerly == ["old"] && kept.first?.schedule.historyBlock == nil)
        for state in kept { _ = store.stage(state) }
        #expect(try takenOver(store, "id = \"new\"\nformerly = [\"old\"]").isEmpty)
        #expect(try takenOver(store, "id = \"new\"").isEmpty)
        store.close()
    }

    @Test("Whoever reads the store before the next poll finds a feed under its new id, and a pause does not cut it off")
    func remembered() throws {
        let stored = [state("old", articles: 7), state("other", articles: 1)]
        let lines = "id = \"new\"\nformerly = [\"old\"]"
        let path = folder.write(
            "contact = \"https://e.org/\"\n[[feed]]\nurl = \"https://example.org/f\"\n\(lines)\n", to: "c.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/h"])
        let known = configuration.remembered(stored)
        #expect(known[FeedIdentifier("new")]?.articles == 7 && known[FeedIdentifier("new")]?.formerly == ["old"])
        #expect(known[FeedIdentifier("old")] == stored[0] && known[FeedIdentifier("other")] == stored[1])
        let store = try store(stored)
        try store.hold(configuration.feeds, until: FeedState.Schedule.forGood)
        let held = try #require(store.state(of: FeedIdentifier("new")))
        #expect(held.articles == 7 && held.formerly == ["old"] && held.schedule.heldUntil != nil)
        store.close()
    }

    @Test("A feed that was polled under its new id already keeps what is remembered of that")
    func polled() throws {
        let store = try store([state("old", articles: 7), state("new", articles: 2)])
        let kept = try takenOver(store, "id = \"new\"\nformerly = [\"old\"]")
        #expect(kept.first?.articles == 2 && kept.first?.formerly == ["old"])
        store.close()
    }

    @Test("Ids that a former id had before are former ids too, and the first of all stays the last")
    func chain() throws {
        let store = try store([state("old", articles: 7, formerly: ["older", "oldest"])])
        let kept = try takenOver(store, "id = \"new\"\nformerly = [\"old\"]")
        #expect(kept.first?.formerly == ["old", "older", "oldest"])
        for state in kept { _ = store.stage(state) }
        #expect(
            try takenOver(store, "id = \"new\"\nformerly = [\"other\", \"old\"]").first?.formerly == [
                "other", "old", "older", "oldest",
            ])
        // The way back: the old id had the new one meanwhile, and is not a former id of itself.
        let back = try takenOver(store, "id = \"old\"\nformerly = [\"new\"]")
        #expect(back.first?.formerly == ["new", "older", "oldest"])
        store.close()
    }

    @Test("A feed of whose former id nothing is remembered is known by that all the same")
    func lost() throws {
        let store = try store([])
        let kept = try takenOver(store, "id = \"new\"\nformerly = [\"old\"]")
        #expect(kept.first?.formerly == ["old"] && kept.first?.lastPoll == nil)
        store.close()
    }
}
