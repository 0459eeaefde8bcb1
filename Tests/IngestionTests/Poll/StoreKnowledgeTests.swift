import ArticleStore
import Digest
import FeedModel
import Identity
import TestSupport
import Testing

@testable import Ingestion

@Suite("The store answers the questions of identity")
struct StoreKnowledgeTests {
    private let folder = TemporaryDirectory()

    private func store() throws -> ArticleStore {
        let store = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions { PollerFixture.start }
        ) { _ in }
        let feed = FeedIdentifier("feed")
        let prefixes = [
            #"{"id":"1","title":"A","_newswire":{"feed_url":"u""#,
            #"{"id":"1","title":"B","_newswire":{"feed_url":"u","first":1,"first_seen":"2020-01-01T00:00:00Z""#,
        ]
        let kinds: [RecordKind] = [.new, .update]
        let records = prefixes.indices.map { number in
            PendingRecord(
                prefix: Array(prefixes[number].utf8), uid: ArticleIdentifier([UInt8](repeating: 7, count: 20)),
                kind: kinds[number], version: UInt32(number + 1), isInitial: false,
                contentHash: Hash128(high: 0, low: UInt64(number)))
        }
        _ = try store.commit([FeedCommit(feed: feed, records: records, state: FeedState(feed: feed, url: "u"))])
        return store
    }

    @Test("A stored record tells its feed, its article's first record and when that was stored")
    func stored() throws {
        let knowledge = StoreKnowledge(store: try store(), IdentityRules(feed: FeedIdentifier("a")))
        let first = try #require(try knowledge.stored(1))
        #expect(first.article.title == "A" && first.feed == FeedIdentifier("feed") && !first.isShort)
        #expect(first.first == 1 && first.firstSeen == PollerFixture.start)
        let second = try #require(try knowledge.stored(2))
        #expect(second.first == 1 && second.firstSeen == Timestamp(rfc3339: "2020-01-01T00:00:00Z"))
        #expect(try knowledge.stored(3) == nil)
    }

    @Test("No document has more of the store read for it than a limit")
    func limit() throws {
        let knowledge = StoreKnowledge(store: try store(), IdentityRules(feed: FeedIdentifier("a")), limit: 100)
        #expect(try knowledge.stored(1) != nil)
        #expect(try knowledge.stored(2) == nil)
    }
}
