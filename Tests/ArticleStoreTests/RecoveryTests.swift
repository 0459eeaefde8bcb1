import FeedModel
import Locking
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct RecoveryTests {
    let segment = "store/articles/00000000000000000001.jsonl"

    @Test("contract.md §5: a segment that ends at any byte is repaired, and all whole records are kept")
    func cutAtEveryByte() throws {
        let original = StoreFixture()
        let store = try original.open()
        _ = try store.commit([StoreFixture.commit(1...3, etag: "\"a\"")])
        let twoRecords = try #require(original.folder.read(segment)).count
        store.close()
        let again = try original.open()
        _ = try again.commit([StoreFixture.commit(4...4, etag: "\"b\"")])
        let whole = try #require(original.folder.read(segment))
        let files = ["store/format", "store/articles.end", "store/index/known", "store/state/feeds.jsonl"]
            .map { ($0, original.folder.read($0) ?? []) }
        again.close()
        let fixture = StoreFixture()
        for size in (twoRecords - 40)..<whole.count {
            for (name, bytes) in files { fixture.folder.write(bytes, to: name) }
            fixture.folder.write(Array(whole[..<size]), to: segment)
            let count: UInt64 = size >= twoRecords ? 3 : 2
            // Without a writer the torn line is simply not there.
            let read = try fixture.read()
            #expect(read.seqs == Array(1...count))
            #expect(read.damage.isEmpty)
            let store = try fixture.open()
            #expect(store.lastSeq == count)
            #expect(try store.known(StoreFixture.uid(count))?.seq == count)
            #expect(try store.known(StoreFixture.uid(count + 1)) == nil)
            // Records are gone that the feed's validators stand for.
            #expect(store.state(of: StoreFixture.feed)?.validators == nil)
            #expect(try store.commit([StoreFixture.commit(9...9)]).firstSeq == count + 1)
            let after = try fixture.read()
            #expect(after.seqs == Array(1...count + 1))
            #expect(after.damage.isEmpty)
            store.close()
        }
    }

    @Test(
        "Recovery cuts off bytes behind the published end that are no record",
        arguments: ["half", "garbage\n", "\n\n", "{}\n{}"])
    func garbageAtTheEnd(_ garbage: String) throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let whole = try #require(fixture.folder.text(segment))
        fixture.folder.write(whole + garbage, to: segment)
        #expect(try fixture.read().seqs == [1, 2, 3])
        #expect(try fixture.read().damage.isEmpty)
        let again = try fixture.open()
        let offset = UInt64(whole.utf8.count)
        let bytes = UInt64(garbage.utf8.count)
        let path = fixture.folder.file(segment)
        if garbage.contains("\n") {
            let aside = "\(path.dropLast(6)).\(offset).cut"
            #expect(
                fixture.noted == [.tornTailSetAside(segment: path, offset: offset, bytes: bytes, path: aside)])
            #expect(fixture.folder.text(String(segment.dropLast(6)) + ".\(offset).cut") == garbage)
        } else {
            #expect(fixture.noted == [.tornTailRemoved(segment: path, offset: offset, bytes: bytes)])
        }
        #expect(fixture.folder.text(segment) == whole)
        _ = try again.commit([StoreFixture.commit(4...4)])
        #expect(try fixture.read().seqs == [1, 2, 3, 4])
    }

    @Test(
        "I8: damage elsewhere is reported, never printed, and never repaired (contract.md §5)", arguments: [0, 1, 2, 3])
    func damageStays(_ line: Int) throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        var bytes = try #require(fixture.folder.read(segment))
        let lengths = fixture.lines().map { $0.utf8.count + 1 }
        let start = lengths[..<line].reduce(0, +)
        bytes[start + 20] ^= 1
        fixture.folder.write(bytes, to: segment)
        // So that the damaged line is looked at: what was made durable before the index is not read when opening.
        unlinkIfThere(fixture.folder.file("store/index/known"))
        let again = try fixture.open()
        #expect(fixture.folder.read(segment) == bytes)
        #expect(fixture.noted.contains { if case .damage = $0 { true } else { false } })
        #expect(try again.commit([StoreFixture.commit(5...5)]).firstSeq == 5)
        let read = try fixture.read()
        #expect(read.seqs == [1, 2, 3, 4, 5].filter { $0 != line + 1 })
        #expect(
            read.damage == [
                StoreDamage(
                    kind: .line, segment: fixture.folder.file(segment), line: line + 1, offset: UInt64(start),
                    seq: UInt64(line + 1))
            ])
    }

    @Test(
        "Without a published end, damage before a whole record stays and damage at the end is the torn tail"
    )
    func damageWithoutPublishedEnd() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        var bytes = try #require(fixture.folder.read(segment))
        let lengths = fixture.lines().map { $0.utf8.count + 1 }
        bytes[lengths[0] + 20] ^= 1
        bytes[bytes.count - 100] ^= 1
        fixture.folder.write(bytes, to: segment)
        unlinkIfThere(fixture.folder.file("store/articles.end"))
        let again = try fixture.open()
        #expect(again.lastSeq == 3)
        #expect(fixture.folder.read(segment) == Array(bytes.dropLast(lengths[3])))
        #expect(try fixture.read().seqs == [1, 3])
    }

    @Test("An empty segment is gone after the store is opened")
    func emptySegment() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...2)])
        store.close()
        fixture.folder.write("", to: "store/articles/00000000000000000003.jsonl")
        #expect(try fixture.read().seqs == [1, 2])
        let again = try fixture.open()
        _ = try again.commit([StoreFixture.commit(3...3)])
        #expect(try fixture.read().seqs == [1, 2, 3])
        #expect(fixture.lines().count == 3)
    }

    @Test("I11: losing everything but articles and cursors costs no article and brings none twice (contract.md §5)")
    func losingTheRest() throws {
        let fixture = StoreFixture()
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
        for name in ["format", "lock", "articles.end", "index/known", "state/feeds.jsonl"] {
            unlinkIfThere(fixture.folder.file("store/\(name)"))
        }
        let again = try fixture.open(segmentSize: 4096)
        #expect(again.lastSeq == 30)
        #expect(again.allStates().isEmpty)
        for number in 1...30 as ClosedRange<UInt64> {
            #expect(try again.known(StoreFixture.uid(number))?.seq == number)
        }
    }

    @Test("I10: a cursor beyond the last record is moved back, so that no record is skipped (contract.md §4)")
    func cursorsMoveBack() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        let cursors = try Cursors(directory: fixture.path)
        try cursors.advance("far", to: 4)
        try cursors.advance("near", to: 1)
        let size = fixture.lines()[..<3].reduce(0) { $0 + $1.utf8.count + 1 }
        cut(fixture.folder.file(segment), to: size)
        _ = try fixture.open()
        #expect(try cursors.read("far") == 3)
        #expect(try cursors.read("near") == 1)
        #expect(fixture.noted.contains(.recordsLost(after: 3, upTo: 4)))
        #expect(fixture.noted.contains(.cursorMovedBack(name: "far", from: 4, to: 3)))
    }

    @Test("Opening a store reads only the articles that came after the index was last made durable")
    func openingReadsOnlyTheTail() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...4)])
        store.close()
        var bytes = try #require(fixture.folder.read(segment))
        bytes[20] ^= 1
        fixture.folder.write(bytes, to: segment)
        _ = try fixture.open()
        #expect(fixture.noted.isEmpty)
    }

    @Test("While the index is made from the articles, it is told how many bytes of them are read")
    func progress() throws {
        let fixture = StoreFixture()
        let told = Locked<[[UInt64]]>([])
        var options = fixture.options(segmentSize: 300_000)
        options.progress = { done, total in told.withLock { $0.append([done, total]) } }
        func open() throws -> ArticleStore {
            told.withLock { $0 = [] }
            return try ArticleStore.open(at: fixture.path, options: options) { _ in }
        }
        let store = try open()
        for number in 1...3 as ClosedRange<UInt64> {
            let body = String(repeating: "x", count: 290_000)
            let record = StoreFixture.record(number, body: body)
            _ = try store.commit([
                FeedCommit(feed: StoreFixture.feed, records: [record], state: StoreFixture.state())
            ])
        }
        #expect(told.withLock { $0 } == [], "nothing was to be read")
        store.close()
        try open().close()
        #expect(told.withLock { $0 } == [], "the index is complete")

        unlinkIfThere(fixture.folder.file("store/index/known"))
        try open().close()
        var size: UInt64 = 0
        for segment in try Segment.all(in: #require(try StoreDirectory(existing: fixture.path))) {
            size += try #require(try OpenFile.reading(segment.path)).size()
        }
        #expect(size > 870_000)
        let all = told.withLock { $0 }
        #expect(all.first == [0, size])
        #expect(all.allSatisfy { $0[0] <= size && $0[1] == size })
    }

    @Test("It is told ten times a second at most how far reading has come, and never more than there is")
    func progressInSteps() throws {
        let folder = TemporaryDirectory()
        let directory = try #require(try StoreDirectory(existing: folder.path))
        folder.write(String(repeating: "x", count: 600_000), to: "articles/00000000000000000001.jsonl")
        var told: [[UInt64]] = []
        let progress = ReadingProgress { done, total in told.append([done, total]) }
        let segments = try Segment.all(in: directory)
        try progress.begin(segments, from: 100_000)
        #expect(told == [[0, 500_000]])
        progress.add(100_000)
        progress.add(200_000)
        #expect(told == [[0, 500_000]])
        try progress.begin(segments, from: 700_000)
        #expect(told == [[0, 500_000]], "where there is nothing to be read nothing is told")
    }
}
