import ArticleStore
import Digest
import FeedModel
import TestSupport
import Testing

@testable import newswire

@Suite("The batches of a delivery")
struct DeliveryBatchTests {
    private let folder = TemporaryDirectory()

    /// Stores so many articles of the feed `a`, and one more of the feed `b` behind them.
    private func reader(_ count: Int) throws -> StoreReader {
        let store = try ArticleStore.open(at: folder.path, options: StoreOptions { Timestamp(seconds: 1_700_000_000) })
        {
            _ in
        }
        defer { store.close() }
        for (feed, count) in [("a", count), ("b", 1)] {
            let records = (0..<count).map { number in
                PendingRecord(
                    prefix: Array("{\"id\":\"\(number)\",\"_newswire\":{".utf8),
                    uid: ArticleIdentifier((0..<20).map { UInt8(truncatingIfNeeded: number >> ($0 * 4)) }), kind: .new,
                    version: 1, isInitial: false, contentHash: Hash128(high: 0, low: UInt64(number)))
            }
            _ = try store.commit([FeedCommit(feed: FeedIdentifier(feed), records: records, state: nil)])
        }
        return try StoreReader(directory: folder.path)
    }

    private func batch(_ reader: StoreReader, after seq: UInt64, longestLook: Int) throws -> DeliveryBatch {
        let filter = DumpFilter(
            feeds: [FeedIdentifier("b")], tags: [], since: nil, until: nil, kinds: .init(), isForConsumer: true)
        return try DeliveryBatch(
            reader, after: seq, through: .max, filter: filter, limit: 10, longestLook: longestLook, damage: { _ in },
            removed: { _ in })
    }

    @Test("Where nothing is asked for, looking pauses so that the cursor moves, and goes on from there")
    func pauses() throws {
        let reader = try reader(25)
        var (seen, pauses, last): (UInt64, Int, DeliveryBatch?) = (0, 0, nil)
        repeat {
            let batch = try batch(reader, after: seen, longestLook: 10)
            #expect(batch.lastSeen > seen && batch.lastSeen - seen <= 10)
            seen = batch.lastSeen
            if batch.isPause { pauses += 1 }
            last = batch
        } while last?.isPause == true
        #expect(pauses == 2 && seen == 26 && last?.count == 1 && last?.first == 26)
    }

    @Test("An article that was found is not parted from those behind it")
    func noPause() throws {
        let reader = try reader(9)
        let batch = try batch(reader, after: 0, longestLook: 10)
        #expect(batch.count == 1 && !batch.isPause && batch.lastSeen == 10)
    }
}
