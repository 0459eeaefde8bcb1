import Digest
import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

@testable import ArticleStore

/// The invariants that stand on top of ArticleStore.swift: a mistake in the store's own order of work ends the process, and
/// nothing that stands in the folder does.
@Suite struct InvariantTests {
    /// A table that is complete up to record 5. Its folder is gone, so that the test leaves nothing behind where it ends.
    private static func table() throws -> (IndexFile, StoreDirectory) {
        let fixture = StoreFixture()
        try fixture.open().close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        var table = try IndexFile(
            creating: fixture.path + "/index/other", in: directory, capacity: IndexFile.smallestCapacity,
            salt: Hash128(high: 1, low: 2), StoreFixture.files)
        try table.checkpoint(StorePosition(seq: 5))
        return (table, directory)
    }

    @Test("I6: the index never becomes less complete: the process ends first")
    func checkpointGoesForwards() async {
        await #expect(processExitsWith: .failure) {
            var (table, _) = try Self.table()
            try table.checkpoint(StorePosition(seq: 4))
        }
        await #expect(processExitsWith: .success) {
            var (table, _) = try Self.table()
            try table.checkpoint(StorePosition(seq: 5))
        }
    }

    @Test("I6: a record that the index is complete with is not put into it again: the process ends first")
    func entriesAreNew() async {
        await #expect(processExitsWith: .failure) {
            let (table, directory) = try Self.table()
            let known = KnownArticle(
                uid: StoreFixture.uid(1), seq: 5, version: 1, contentHash: Hash128(high: 1, low: 1), modified: nil,
                recentChanges: 0)
            ArticleIndex(table, in: directory, StoreFixture.files).add([.init(kind: .new, known: known, keys: [])])
        }
    }

    @Test("I7: a feed's state never speaks of fewer articles than one before it: the process ends first")
    func statesFollowArticles() async {
        await #expect(processExitsWith: .failure) {
            let states: FeedStates
            do {
                let fixture = StoreFixture()
                try fixture.open().close()
                let directory = try #require(try StoreDirectory(existing: fixture.path))
                states = try FeedStates(in: directory, lastSeq: 5, StoreFixture.files) { _ in }
            }
            try states.put([], lastSeq: 4)
        }
    }

    /// A whole line of that number, as somebody may write it into the folder.
    private func line(_ seq: UInt64, after chain: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer()
        _ = RecordWriter().append(
            StoreFixture.record(7), feedJSON: Array(#""example""#.utf8), seq: seq, commit: seq,
            StoredStamp(time: Array("2026-11-22T08:00:00Z".utf8)), after: chain, startsSegment: false, to: &buffer)
        return buffer.bytes
    }

    @Test(
        "I2: a number that no record can have is damage, and numbers go on behind the others",
        arguments: [.max, .max - 1, StorePosition.highestSeq + 1] as [UInt64])
    func impossibleNumbers(_ seq: UInt64) async throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let segment = "store/articles/00000000000000000001.jsonl"
        let bytes = try #require(fixture.folder.read(segment))
        fixture.folder.write(bytes + line(seq, after: [UInt8](repeating: 1, count: 32)), to: segment)
        fixture.folder.write([], to: "store/articles/\(seq).jsonl")
        fixture.folder.write(
            DurableEnd(StorePosition(seq: seq, segment: 1, offset: 10)).bytes, to: "store/articles.end")
        let again = try fixture.open()
        let first = try again.commit([StoreFixture.commit(4...5)]).firstSeq
        #expect((4...5).contains(first), "the damaged line may have had a number of its own")
        #expect(try fixture.read().seqs == [1, 2, 3, first, first + 1])
        again.close()
        let third = try fixture.open()
        #expect(third.lastSeq == first + 1)
    }

    @Test("I2: behind the last number that a record can have, nothing is stored, and that is said")
    func highestNumber() throws {
        let fixture = StoreFixture()
        try fixture.open().close()
        let name = String(StorePosition.highestSeq)
        fixture.folder.write(
            line(StorePosition.highestSeq, after: RecordWriter.firstChain),
            to: "store/articles/" + String(repeating: "0", count: 20 - name.utf8.count) + name + ".jsonl")
        let store = try fixture.open()
        #expect(store.lastSeq == StorePosition.highestSeq)
        let error = #expect(throws: StoreError.self) { try store.commit([StoreFixture.commit(1...2)]) }
        #expect(error?.description.contains("highest number") == true)
        store.close()
        #expect(try fixture.read().seqs == [StorePosition.highestSeq])
    }

    @Test(
        "I8: a last segment that somebody has renamed, or copied, is not written over, and the next one sorts behind it",
        arguments: ["renamed", "copied"])
    func misnamedSegment(_ act: String) throws {
        let fixture = StoreFixture()
        let store = try fixture.open(segmentSize: 2048)
        var seq: UInt64 = 1
        while try Segment.all(in: #require(try StoreDirectory(existing: store.path))).count < 2 {
            _ = try store.commit([StoreFixture.commit(seq...seq)])
            seq += 1
        }
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let last = try #require(try Segment.all(in: directory).last)
        let wrong = "store/articles/00000000000000000100.jsonl"
        let bytes = try #require(fixture.folder.read("store/articles/" + last.path.split(separator: "/").last!))
        fixture.folder.write(bytes, to: wrong)
        if act == "renamed" { unlink(last.path) }
        for round in 0..<3 {
            // Each commit begins a segment of its own.
            let again = try fixture.open(segmentSize: 1)
            let first = try again.commit([StoreFixture.commit(seq...seq)]).firstSeq
            #expect(first == 101 + UInt64(round))
            seq += 1
            again.close()
            #expect(fixture.folder.read(wrong) == bytes)
        }
        #expect(try fixture.read().seqs.suffix(3) == [101, 102, 103])
        #expect(Set(try fixture.read().seqs).count == (try fixture.read().seqs.count))
    }
}
