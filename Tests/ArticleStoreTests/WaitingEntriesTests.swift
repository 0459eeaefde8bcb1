import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct WaitingEntriesTests {
    /// Records of few articles under few keys, so that they get into each other's way.
    private func entries(_ count: Int, _ generator: inout SeededGenerator) -> [ArticleIndex.Entry] {
        (1...count).map { seq in
            let number = UInt64.random(in: 0..<60, using: &generator)
            let kind = RecordKind.allCases.randomElement(using: &generator) ?? .new
            let keys = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                let other = UInt64.random(in: 0..<60, using: &generator)
                return kind == .alias || Bool.random(using: &generator)
                    ? StoreFixture.uid(other).key : Hash128(high: other, low: other)
            }
            return ArticleIndex.Entry(
                kind: kind,
                known: KnownArticle(
                    uid: StoreFixture.uid(number), seq: UInt64(seq), version: UInt32(seq),
                    contentHash: Hash128(high: UInt64(seq), low: 0), modified: nil, recentChanges: 0),
                keys: keys)
        }
    }

    private func table(_ fixture: StoreFixture, _ name: String, capacity: UInt64 = 1024) throws -> IndexFile {
        let directory = try StoreDirectory.opened(fixture.path, StoreFixture.files)
        return try IndexFile(
            creating: "\(directory.index)/\(name)", in: directory, capacity: capacity, salt: Hash128(high: 1, low: 2),
            StoreFixture.files)
    }

    @Test(
        "Index entries that have waited together leave in the table what they leave one by one",
        arguments: 0..<20 as Range<UInt64>)
    func waitingChangesNothing(_ seed: UInt64) throws {
        let fixture = StoreFixture()
        var generator = SeededGenerator(seed: seed)
        let entries = entries(400, &generator)
        var single = try table(fixture, "single")
        var batch = try table(fixture, "batch")
        var waiting = WaitingEntries(salt: batch.header.salt)
        for (number, entry) in entries.enumerated() {
            var failure: StoreError?
            entry.forEachChange { change in
                // Cannot throw: the disk takes everything, and there is room.
                try? single.put(change)
            }
            waiting.add(entry)
            if Int.random(in: 0..<50, using: &generator) == 0 || number == entries.count - 1 {
                let order = waiting.inOrder()
                #expect(order.count == waiting.count)
                #expect(try batch.put(order.map { waiting.change($0) }, &failure) == [])
                waiting = WaitingEntries(salt: batch.header.salt)
            }
            #expect(failure == nil)
        }
        for number in 0..<60 as Range<UInt64> {
            for key in [StoreFixture.uid(number).key, Hash128(high: number, low: number)] {
                #expect(try batch.find(key) == single.find(key))
            }
        }
        #expect(batch.header.count == single.header.count)
    }

    @Test("Waiting index entries come in the order of the table's places, and those that are kept are found")
    func order() throws {
        var waiting = WaitingEntries(salt: Hash128(high: 7, low: 9))
        let uids = (0..<3000 as Range<UInt64>).map { StoreFixture.uid($0) }
        for (number, uid) in uids.enumerated() {
            let known = KnownArticle(
                uid: uid, seq: UInt64(number), version: 1, contentHash: uid.key, modified: nil, recentChanges: 0)
            waiting.add(ArticleIndex.Entry(kind: .new, known: known, keys: []))
        }
        let order = waiting.inOrder()
        #expect(Set(order).count == 3000)
        for capacity in [64, 1000, 5_000_000] as [UInt64] {
            let header = IndexHeader(capacity: capacity, salt: Hash128(high: 7, low: 9))
            let homes = order.map { header.home(of: waiting.change($0).key) }
            #expect(homes == homes.sorted())
        }
        let kept = Set(order[100..<200].map { waiting.change($0).key })
        waiting.keep(Array(order[100..<200]))
        #expect(waiting.count == 100)
        for uid in uids { #expect((waiting.find(uid.key) != nil) == kept.contains(uid.key)) }
    }

    @Test("A batch of index entries fills a table to its end, over the borders of pages and extents")
    func fullTable() throws {
        let fixture = StoreFixture()
        var table = try table(fixture, "full", capacity: 3000)
        var waiting = WaitingEntries(salt: table.header.salt)
        for number in 0..<2900 as Range<UInt64> {
            let known = KnownArticle(
                uid: StoreFixture.uid(number), seq: number + 1, version: 1, contentHash: Hash128(high: number, low: 0),
                modified: nil, recentChanges: 0)
            waiting.add(ArticleIndex.Entry(kind: .new, known: known, keys: []))
        }
        var failure: StoreError?
        #expect(try table.put(waiting.inOrder().map { waiting.change($0) }, &failure) == [])
        #expect(failure == nil)
        for number in 0..<2900 as Range<UInt64> {
            let content = try table.find(StoreFixture.uid(number).key)?.content
            guard case .article(let known) = content, known.seq == number + 1 else {
                Issue.record("\(number) is not there")
                return
            }
        }
        #expect(table.header.count == 2900)
        var count = 0
        try table.forEach { _, _ in count += 1 }
        #expect(count == 2900)
    }
}
