import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct FaultTests {
    /// What goes wrong, and whether it goes on going wrong.
    struct Case: Sendable, CustomTestStringConvertible {
        var fault: FaultyFileSystem.Fault
        var isSticky: Bool
        var testDescription: String { "\(fault)\(isSticky ? " for good" : " once")" }
    }

    static let cases = FaultyFileSystem.Fault.allCases.flatMap {
        [Case(fault: $0, isSticky: false), Case(fault: $0, isSticky: true)]
    }

    /// Segments of three records or so, so that commits fill several.
    private static let segmentSize: UInt64 = 1800

    /// Commits records `numbers`, and checks after a failure that nothing of them is there.
    private func tryCommit(
        _ store: ArticleStore, _ numbers: ClosedRange<UInt64>, _ fixture: StoreFixture, stored: inout [UInt64]
    ) throws -> Bool {
        do throws(StoreError) {
            let result = try store.commit([StoreFixture.commit(numbers, etag: "\"\(numbers.upperBound)\"")])
            #expect(result.firstSeq == UInt64(stored.count) + 1)
            stored.append(contentsOf: numbers)
        } catch {
            #expect(!error.advice.isEmpty)
            #expect(store.lastSeq == UInt64(stored.count))
            for number in numbers { #expect(try store.known(StoreFixture.uid(number)) == nil) }
            // A reader beside the writer sees nothing that is taken back.
            try expect(fixture, has: stored, orLess: true)
            return false
        }
        for number in numbers { #expect(try store.known(StoreFixture.uid(number)) != nil) }
        return true
    }

    /// - Parameter orLess: the newest may be missing where publishing them has failed.
    private func expect(_ fixture: StoreFixture, has stored: [UInt64], orLess: Bool = false) throws {
        var titles: [String] = []
        try fixture.reader().read(after: 0, damage: { Issue.record("\($0)") }) { slice in
            titles.append(String(decoding: slice.bytes.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self))
            return true
        }
        let isBehind = orLess && fixture.noted.contains { if case .endNotPublished = $0 { true } else { false } }
        let expected = stored.map { #"{"id":"\#($0)""# }
        #expect(titles == (isBehind ? Array(expected.prefix(titles.count)) : expected))
    }

    @Test(
        "I3: wherever the disk fails, a commit is stored whole or not at all, and the store goes on (contract.md §5)",
        arguments: cases)
    func everyCallFails(_ fault: Case) async throws {
        let batches: [ClosedRange<UInt64>] = [1...2, 3...9, 10...10]
        let folder = TemporaryDirectory()
        var call = 1
        var isDone = false
        while !isDone {
            let fixture = StoreFixture(in: folder, name: "store\(call)")
            try fixture.open(segmentSize: Self.segmentSize).close()
            let disk = FaultyFileSystem()
            let store = try fixture.open(segmentSize: Self.segmentSize, files: disk.calling)
            disk.fail(at: call, sticky: fault.isSticky, fault.fault)
            var stored: [UInt64] = []
            for numbers in batches {
                if try tryCommit(store, numbers, fixture, stored: &stored) { continue }
                disk.heal()
                #expect(try tryCommit(store, numbers, fixture, stored: &stored))
            }
            // Calls that may fail without anybody being told: what is derived, and what is tried again.
            isDone = disk.calls < call
            disk.heal()
            try expect(fixture, has: Array(1...10), orLess: true)
            _ = try store.commit([StoreFixture.commit(11...11, etag: "\"11\"")])
            store.close()
            try await expectWhole(fixture, Array(1...11))
            call += 1
        }
        #expect(call > 15)
    }

    @Test(
        "I3: a process that dies after the disk has failed leaves a store that can be opened (contract.md §5)",
        arguments: cases)
    func dyingAfterFailure(_ fault: Case) async throws {
        let folder = TemporaryDirectory()
        var call = 1
        var isDone = false
        while !isDone {
            let fixture = StoreFixture(in: folder, name: "store\(call)")
            try fixture.open(segmentSize: Self.segmentSize).close()
            let disk = FaultyFileSystem()
            disk.fail(at: call, sticky: fault.isSticky, fault.fault)
            var stored: [UInt64] = []
            do {
                let store = try fixture.open(segmentSize: Self.segmentSize, files: disk.calling)
                for numbers in [1...2, 3...9, 10...10] as [ClosedRange<UInt64>] {
                    guard try tryCommit(store, numbers, fixture, stored: &stored) else { break }
                }
            } catch let error as StoreError {
                #expect(!error.advice.isEmpty)
            }
            isDone = !disk.hasFailed
            // Closing writes; a process that dies does not.
            let again = try fixture.open(segmentSize: Self.segmentSize)
            // What had not been reported may be there, whole and in order, or not.
            #expect(again.lastSeq >= UInt64(stored.count))
            for number in 1...10 as ClosedRange<UInt64> {
                #expect(try (again.known(StoreFixture.uid(number)) != nil) == (number <= again.lastSeq))
            }
            if again.lastSeq < 10 { _ = try again.commit([StoreFixture.commit(again.lastSeq + 1...10)]) }
            again.close()
            try await expectWhole(fixture, Array(1...10))
            call += 1
        }
        #expect(call > 15)
    }

    private func expectWhole(_ fixture: StoreFixture, _ numbers: [UInt64]) async throws {
        try expect(fixture, has: numbers)
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isWhole)
        #expect(result.indexErrors == 0)
        #expect(result.records == UInt64(numbers.count))
    }

    @Test("I4, I5, I7: articles are durable before their end and their state are written (polling.md §2.6)")
    func orderOfWrites() throws {
        let fixture = StoreFixture()
        let disk = FaultyFileSystem()
        let store = try fixture.open(files: disk.calling)
        disk.clearLog()
        _ = try store.commit([StoreFixture.commit(1...3), StoreFixture.commit(4...5)])
        let segment = "00000000000000000001.jsonl"
        let log = disk.log
        let article = try #require(log.firstIndex(of: "write \(segment)"))
        let synced = try #require(log.firstIndex(of: "sync \(segment)"))
        let folder = try #require(log.firstIndex(of: "sync articles"))
        let published = try #require(log.firstIndex(of: "write articles.end"))
        let state = try #require(log.firstIndex(of: "write feeds.jsonl"))
        #expect(folder < article && article < synced && synced < published && published < state)
        #expect(log.filter { $0 == "sync \(segment)" }.count == 1)
        #expect(log.filter { $0 == "write \(segment)" }.count == 1)
    }

    @Test("I6: the index has no article that is not durable, and what it lacks is known all the same (contract.md §5)")
    func indexIsBehind() async throws {
        let fixture = StoreFixture()
        let disk = FaultyFileSystem()
        func isIndexed(_ number: UInt64) throws -> Bool {
            let directory = try #require(try StoreDirectory(existing: fixture.path))
            let table = try #require(
                try IndexFile(existing: directory.indexFile, writable: false, in: directory, FileSystem()))
            return try table.find(StoreFixture.uid(number).key) != nil
        }
        do {
            let store = try fixture.open(files: disk.calling)
            disk.clearLog()
            _ = try store.commit([StoreFixture.commit(1...3)])
            #expect(!disk.log.contains("write known"))
            #expect(try !isIndexed(3))
            #expect(try store.known(StoreFixture.uid(3))?.seq == 3)
            disk.clearLog()
            _ = try store.commit([StoreFixture.commit(4...5)])
            let log = disk.log
            let article = try #require(log.firstIndex(of: "write 00000000000000000001.jsonl"))
            let indexed = try #require(log.firstIndex(of: "write known"))
            let synced = try #require(log.firstIndex(of: "sync 00000000000000000001.jsonl"))
            #expect(article < indexed && indexed < synced, "while the disk writes the articles of the next commit")
            #expect(try isIndexed(3) && !isIndexed(4))
        }
        // As after a kill: nobody closes it.
        let again = try fixture.open()
        for number in 1...5 as ClosedRange<UInt64> {
            #expect(try again.known(StoreFixture.uid(number))?.seq == number)
        }
        again.close()
        try await expectWhole(fixture, Array(1...5))
    }

    @Test("The next commit is taken however much the one before has left for the index")
    func muchForTheIndex() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...1)])
        let records = (2...7000 as ClosedRange<UInt64>).map { number in
            StoreFixture.record(number, keys: (0..<15).map { Hash128(high: number, low: $0) })
        }
        let commit = FeedCommit(feed: StoreFixture.feed, records: records, state: StoreFixture.state())
        #expect(try store.commit([commit]).count == 6999)
        #expect(try store.commit([StoreFixture.commit(7001...7001)]).count == 1)
        #expect(try store.known(key: Hash128(high: 7000, low: 14))?.seq == 7000)
        #expect(try store.known(key: Hash128(high: 2, low: 0))?.seq == 2)
        #expect(fixture.noted.isEmpty)
    }

    @Test("The index is made durable after so many bytes of articles, and readers know what it lacks")
    func checkpoints() throws {
        let fixture = StoreFixture()
        let disk = FaultyFileSystem()
        var options = fixture.options(files: disk.calling)
        options.indexLag = 1000
        options.checkpointDistance = 8192
        let store = try ArticleStore.open(at: fixture.path, options: options) { _ in }
        disk.clearLog()
        var number: UInt64 = 0
        while !disk.log.contains("sync known") {
            try #require(number < 100)
            number += 1
            _ = try store.commit([StoreFixture.commit(number...number)])
        }
        let size = try #require(fixture.folder.read("store/articles/00000000000000000001.jsonl")).count
        #expect((8192...9000).contains(size))
        disk.clearLog()
        var update = StoreFixture.record(1, kind: .update, version: 2)
        update.keys = [StoreFixture.uid(500).key]
        var alias = StoreFixture.record(2, kind: .alias)
        alias.keys = [StoreFixture.uid(501).key]
        let records = [update, alias, StoreFixture.record(number + 1)]
        _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: records, state: StoreFixture.state())])
        #expect(!disk.log.contains("write known"))
        let reader = try fixture.reader()
        #expect(try reader.known(StoreFixture.uid(1))?.seq == number + 1)
        #expect(try reader.known(StoreFixture.uid(501))?.uid == StoreFixture.uid(2))
        #expect(try reader.known(StoreFixture.uid(number + 1))?.seq == number + 3)
        #expect(try reader.known(StoreFixture.uid(number + 2)) == nil)
        let text = StoreFixture.uid(number + 1).description
        #expect(try reader.identifiers(startingWith: text, limit: 9) == [StoreFixture.uid(number + 1)])
        #expect(try reader.identifiers(startingWith: "", limit: 99).count == Int(number) + 1)
    }

    @Test("A feed state that the disk did not take is written with the next one")
    func statesAreTriedAgain() throws {
        let fixture = StoreFixture()
        let disk = FaultyFileSystem()
        let store = try fixture.open(files: disk.calling)
        disk.fail(at: 1, sticky: true, .noSpace)
        _ = try store.commit([StoreFixture.commit([], etag: "\"a\"")])
        #expect(fixture.noted.contains { if case .statesNotWritten = $0 { true } else { false } })
        #expect(store.state(of: StoreFixture.feed)?.validators?.etag == "\"a\"")
        disk.heal()
        let other = FeedIdentifier("other")
        _ = try store.commit([FeedCommit(feed: other, records: [], state: StoreFixture.state(other))])
        #expect(try fixture.reader().states().map(\.feed) == [StoreFixture.feed, other])
    }

    @Test("identity.md §8: entries of the index that the disk did not take are known all the same, and written later")
    func indexEntriesAreTriedAgain() async throws {
        let fixture = StoreFixture()
        var files = StoreFixture.files
        let disk = FaultyFileSystem()
        let calling = disk.calling
        // Only the index's disk is full: the articles are stored.
        files.allocate = calling.allocate
        let store = try fixture.open(files: files)
        disk.fail(at: 1, sticky: true, .noSpace)
        _ = try store.commit([StoreFixture.commit(1...3000)])
        _ = try store.commit([StoreFixture.commit(3001...3001)])
        #expect(fixture.noted.contains { if case .indexNotWritten = $0 { true } else { false } })
        for number in 1...3000 as ClosedRange<UInt64> { #expect(try store.known(StoreFixture.uid(number)) != nil) }
        disk.heal()
        _ = try store.commit([StoreFixture.commit(3002...3002)])
        #expect(store.trouble == nil)
        for number in 1...3002 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
        store.close()
        try await expectWhole(fixture, Array(1...3002))
    }

    @Test("A cursor that cannot be moved stays where it was")
    func cursorsStay() throws {
        let fixture = StoreFixture()
        try fixture.open().close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let disk = FaultyFileSystem()
        let cursors = Cursors(directory: directory, disk.calling)
        try cursors.advance("a", to: 1)
        var call = 1
        while true {
            disk.fail(at: call, sticky: false, .noSpace)
            do {
                try cursors.advance("a", to: 2)
                if disk.hasFailed {
                    call += 1
                    continue
                }
                break
            } catch {
                // Where only making the new name durable failed, it may be either.
                #expect([1, 2].contains(try cursors.read("a")))
                disk.heal()
                try cursors.advance("a", to: 1)
            }
            call += 1
        }
        #expect(try cursors.read("a") == 2)
        #expect(call > 4)
    }
}

@Suite struct TroubleTests {
    let fixture = StoreFixture()
    let disk = FaultyFileSystem()

    private var troubles: [StoreEvent] {
        fixture.noted.filter { event in
            switch event {
            case .cannotWrite, .writesAgain, .statesNotWritten, .indexNotWritten, .endNotPublished: true
            default: false
            }
        }
    }

    @Test("A disk that takes nothing is reported once, and once when it takes again; then the same can be stored")
    func trouble() throws {
        let store = try fixture.open(files: disk.calling)
        _ = try store.commit([StoreFixture.commit(1...2)])
        #expect(store.trouble == nil)
        disk.fail(at: 1, sticky: true, .noSpace)
        for _ in 0..<3 {
            #expect(throws: StoreError.self) { try store.commit([StoreFixture.commit(3...4)]) }
        }
        #expect(store.trouble?.reason == "No space left on device")
        #expect(throws: StoreError.self) { try store.recoverFromTrouble() }
        #expect(troubles.count == 1)
        // Reading goes on, and what is known stays known.
        #expect(try fixture.read().seqs == [1, 2])
        #expect(try store.known(StoreFixture.uid(1)) != nil)
        disk.heal()
        try store.recoverFromTrouble()
        #expect(store.trouble == nil)
        #expect(troubles.last == .writesAgain && troubles.count == 2)
        #expect(try store.commit([StoreFixture.commit(3...4)]).firstSeq == 3)
        #expect(try fileNames(in: "\(fixture.path)/articles") == ["00000000000000000001.jsonl"])
    }

    @Test("Feed states that the disk does not take are trouble too, and are written when it takes them again")
    func states() throws {
        let store = try fixture.open(files: disk.calling)
        disk.fail(at: 1, sticky: true, .inputOutput)
        _ = try store.commit([StoreFixture.commit([], etag: "\"later\"")])
        #expect(store.trouble != nil)
        disk.heal()
        try store.recoverFromTrouble()
        #expect(try fixture.reader().states().first?.validators?.etag == "\"later\"")
        #expect(troubles.count == 2)
    }

    @Test("A disk with too little room for what it refused is still in trouble")
    func littleRoom() throws {
        let store = try fixture.open(files: disk.calling)
        disk.fail(at: 1, sticky: false, .noSpace)
        var commit = StoreFixture.commit(1...1)
        commit.records[0] = StoreFixture.record(1, body: String(repeating: "x", count: 3_000_000))
        #expect(throws: StoreError.self) { try store.commit([commit]) }
        let before = disk.calls
        try store.recoverFromTrouble()
        #expect(disk.log.suffix(disk.calls - before).filter { $0 == "write .room" }.count >= 12)
    }
}
