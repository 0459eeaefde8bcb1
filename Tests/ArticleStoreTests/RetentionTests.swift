import Digest
import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore

/// identity.md §8: bodies go, identities stay.
@Suite struct RetentionTests {
    let fixture = StoreFixture()
    let clock = Locked(StoreFixture.moment)

    private static let day: Int64 = 86_400_000

    private func moment(_ day: Int64) -> Timestamp {
        Timestamp(milliseconds: StoreFixture.moment.milliseconds + day * Self.day)
    }

    private func open(
        _ fixture: StoreFixture? = nil, segmentSize: UInt64 = 64 << 20, age: Duration? = nil,
        files: FileSystem = StoreFixture.files
    ) throws -> ArticleStore {
        let fixture = fixture ?? self.fixture
        let clock = clock
        var options = StoreOptions { clock.withLock { $0 } }
        options.segmentSize = segmentSize
        options.segmentAge = age
        options.files = files
        let events = fixture.events
        return try ArticleStore.open(at: fixture.path, options: options) { event in events.withLock { $0.append(event) }
        }
    }

    /// Three records a day, in segments of a day.
    private func fill(
        _ fixture: StoreFixture? = nil, days: Int64 = 10, files: FileSystem = StoreFixture.files
    ) throws -> ArticleStore {
        let store = try open(fixture, age: .seconds(86_400), files: files)
        for day in 0..<days {
            clock.withLock { $0 = moment(day) }
            let first = UInt64(day) * 3 + 1
            _ = try store.commit([StoreFixture.commit(first...first + 2)])
        }
        return store
    }

    private func expectWhole(_ fixture: StoreFixture, firstSeq: UInt64, lastSeq: UInt64 = 30) async throws {
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isConsistent)
        #expect(result.firstSeq == firstSeq)
        #expect(result.lastSeq == lastSeq)
        #expect(result.removedRecords == firstSeq - 1)
    }

    @Test("Retention removes whole segments, and the chain starts at the hash that the oldest kept one names")
    func removal() async throws {
        let store = try fill()
        let result = try store.expire(before: moment(4))
        #expect(result.segments == 4)
        #expect(result.records == 12)
        #expect(result.lastSeq == 12)
        #expect(result.obstacle == nil)
        #expect(try fixture.read().seqs == Array(13...30))
        #expect(try fixture.read().damage.isEmpty)
        // Once more there is nothing to do.
        #expect(try store.expire(before: moment(4)) == RetentionResult())
        store.close()
        try await expectWhole(fixture, firstSeq: 13)
    }

    @Test("A page that retention has removed is still known by its key, and its article by what it was")
    func pages() async throws {
        let key = Hash128(high: 7, low: 7)
        let page = StoreFixture.record(2, kind: .fulltext, keys: [key])
        var store = try open(age: .seconds(86_400))
        for day in 0..<5 as Range<Int64> {
            clock.withLock { $0 = moment(day) }
            let first = UInt64(day) * 3 + 1
            _ = try store.commit([StoreFixture.commit(first...first + 1)])
            _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: day == 0 ? [page] : [], state: nil)])
            if day > 0 { _ = try store.commit([StoreFixture.commit([first + 2])]) }
        }
        #expect(try store.expire(before: moment(2)).lastSeq == 6)
        store.close()
        #expect(unlink(fixture.folder.file("store/index/known")) == 0)
        store = try open(age: .seconds(86_400))
        #expect(try store.record(key: key) == 3)
        #expect(try store.known(StoreFixture.uid(2))?.seq == 2)
        store.close()
        try await expectWhole(fixture, firstSeq: 7, lastSeq: 15)
    }

    @Test("Retention keeps a segment with one record that is young enough")
    func youngRecords() throws {
        let store = try open()
        for day in 0..<3 as Range<Int64> {
            clock.withLock { $0 = moment(day) }
            _ = try store.commit([StoreFixture.commit(UInt64(day) * 3 + 1...UInt64(day) * 3 + 3)])
        }
        #expect(try store.expire(before: moment(9)).segments == 0)
        // The clock goes back: what was stored last is not the newest.
        store.close()
        let again = try open(segmentSize: 2200)
        clock.withLock { $0 = moment(20) }
        _ = try again.commit([StoreFixture.commit(11...14)])
        clock.withLock { $0 = moment(1) }
        _ = try again.commit([StoreFixture.commit(15...24)])
        let kept = try again.expire(before: moment(15))
        #expect(try fixture.read().seqs.contains(10))
        #expect(kept.lastSeq < 10)
    }

    @Test("Retention keeps the last segment, however old")
    func lastSegment() throws {
        let store = try fill()
        #expect(try store.expire(before: moment(1000)).lastSeq == 27)
        #expect(try fixture.read().seqs == [28, 29, 30])
        #expect(store.lastSeq == 30)
    }

    @Test("identity.md §8: what was removed does not come back as new, also from an index made again")
    func identitiesStay() async throws {
        let store = try open(age: .seconds(86_400))
        clock.withLock { $0 = moment(0) }
        let key = Hash128(high: 77, low: 78)
        var commit = StoreFixture.commit(1...3)
        commit.records.append(StoreFixture.record(2, kind: .update, version: 2))
        commit.records[0].keys = [key]
        commit.records.append(StoreFixture.record(3, kind: .alias, keys: [StoreFixture.uid(50).key]))
        _ = try store.commit([commit])
        clock.withLock { $0 = moment(2) }
        _ = try store.commit([StoreFixture.commit(4...4)])
        let before = try [1, 2, 3].map { try store.known(StoreFixture.uid($0)) }
        #expect(try store.expire(before: moment(1)).records == 5)
        store.close()
        for name in ["index/known", "articles.end"] { unlinkIfThere("\(fixture.path)/\(name)") }
        let again = try open()
        #expect(fixture.noted.contains { if case .indexRebuilt = $0 { true } else { false } })
        #expect(try [1, 2, 3].map { try again.known(StoreFixture.uid($0)) } == before)
        #expect(before[1]?.version == 2)
        #expect(try again.known(key: key)?.uid == StoreFixture.uid(1))
        #expect(try again.known(StoreFixture.uid(50))?.uid == StoreFixture.uid(3))
        #expect(try again.article(seq: 1) == nil)
        #expect(again.lastSeq == 6)
        again.close()
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isConsistent)
    }

    @Test("I2: where the only segment that is left was emptied, the chain goes on from what retention has removed")
    func emptiedSegment() async throws {
        let store = try open(age: .seconds(86_400))
        clock.withLock { $0 = moment(0) }
        _ = try store.commit([StoreFixture.commit(1...3)])
        clock.withLock { $0 = moment(2) }
        _ = try store.commit([StoreFixture.commit(4...4)])
        _ = try store.expire(before: moment(1))
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        #expect(try Segment.all(in: directory).map(\.firstSeq) == [4])
        fixture.folder.write([], to: "store/articles/00000000000000000004.jsonl")
        for name in ["index/known", "articles.end"] { unlinkIfThere("\(fixture.path)/\(name)") }
        let again = try open()
        _ = try again.commit([StoreFixture.commit(5...5)])
        again.close()
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isConsistent)
    }

    @Test("An index that breaks while the store is open is made again with what was removed")
    func rebuiltWhileOpen() throws {
        let store = try fill()
        _ = try store.expire(before: moment(5))
        var bytes = try #require(fixture.folder.read("store/index/known"))
        for place in IndexHeader.size..<bytes.count { bytes[place] ^= 0x55 }
        overwrite("\(fixture.path)/index/known", bytes)
        for number in 1...30 as ClosedRange<UInt64> { #expect(try store.known(StoreFixture.uid(number)) != nil) }
    }

    @Test("Retention stops at a consumer that has not had the records yet and names it; force removes all the same")
    func consumers() throws {
        let store = try fill()
        let cursors = try Cursors(directory: fixture.path)
        try cursors.advance("slow", to: 5)
        try cursors.advance("done", to: 30)
        let result = try store.expire(before: moment(6))
        #expect(result.lastSeq == 3)
        #expect(result.obstacle == .consumers([.init(name: "slow", seq: 5)]))
        #expect(result.obstacle?.description.contains("slow (has had all up to 5)") == true)
        #expect(try fixture.read().seqs.first == 4)
        fixture.folder.write("nonsense", to: "store/cursors/broken")
        #expect(
            try store.expire(before: moment(6)).obstacle
                == .consumers([.init(name: "broken", seq: nil), .init(name: "slow", seq: 5)]))
        #expect(try store.expire(before: moment(6), force: true).lastSeq == 18)
    }

    @Test("A damaged segment is not removed without force: what it held of identities would be lost")
    func damage() throws {
        let store = try fill()
        let name = "store/articles/00000000000000000004.jsonl"
        var bytes = try #require(fixture.folder.read(name))
        bytes[10] ^= 1
        overwrite(fixture.folder.file(name), bytes)
        let result = try store.expire(before: moment(6))
        #expect(result.lastSeq == 3)
        guard case .damage(let damage) = result.obstacle else {
            Issue.record("\(result)")
            return
        }
        #expect(damage.kind == .line)
        #expect(try fileNames(in: "\(fixture.path)/identities").sorted() == ["00000000000000000001.jsonl"])
        #expect(try store.expire(before: moment(6), force: true).lastSeq == 18)
        // Known all the same, by the index that there is.
        #expect(try store.known(StoreFixture.uid(4)) != nil)
    }

    @Test("A dry run of retention removes nothing")
    func dryRun() throws {
        let store = try fill()
        #expect(try store.expire(before: moment(4), isDryRun: true).records == 12)
        #expect(try fixture.read().seqs == Array(1...30))
        #expect(try fileNames(in: "\(fixture.path)/identities").isEmpty)
        #expect(try store.expire(before: moment(4)).records == 12)
    }

    @Test(
        "identity.md §8: wherever the disk fails, identities are durable before articles go, and the next try goes on")
    func everyCallFails() async throws {
        let folder = TemporaryDirectory()
        for sticky in [false, true] {
            var call = 1
            var isDone = false
            while !isDone {
                let fixture = StoreFixture(in: folder, name: "store\(call)\(sticky)")
                let disk = FaultyFileSystem()
                let store = try fill(fixture, days: 3, files: disk.calling)
                disk.fail(at: call, sticky: sticky, .inputOutput)
                let first = Result { () throws(StoreError) in try store.expire(before: moment(2)) }
                isDone = !disk.hasFailed
                if isDone { #expect(try first.get().segments == 2) }
                // As if the process had died here: what is on disk is what counts.
                try await expectNothingLost(fixture)
                disk.heal()
                _ = try store.expire(before: moment(2))
                store.close()
                try await expectWhole(fixture, firstSeq: 7, lastSeq: 9)
                call += 1
            }
            #expect(call > 10)
        }
    }

    private func expectNothingLost(_ fixture: StoreFixture) async throws {
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let (index, _) = try IndexRebuild(directory, StoreFixture.files, ReadingProgress { _, _ in }).run(
            upTo: StorePosition(segment: 30))
        for number in 1...9 as ClosedRange<UInt64> { #expect(try index.find(StoreFixture.uid(number).key) != nil) }
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isWhole)
    }

    @Test("I9: the extract is durable before its segment is removed, segment by segment (identity.md §8)")
    func orderOfWrites() throws {
        let disk = FaultyFileSystem()
        let store = try fill(files: disk.calling)
        disk.clearLog()
        _ = try store.expire(before: moment(2))
        let steps = disk.log.filter { $0.hasPrefix("sync 0") || $0 == "sync identities" || $0 == "sync articles" }
        let (first, second) = ("00000000000000000001.jsonl.new", "00000000000000000004.jsonl.new")
        // Only then are the extracts joined, and go once that is durable.
        #expect(
            steps.suffix(9) == [
                "sync \(first)", "sync identities", "sync articles", "sync \(second)", "sync identities",
                "sync articles", "sync \(first)", "sync identities", "sync identities",
            ])
    }

    @Test("Numbers and the chain go on behind what was removed, also where retention has left no article")
    func articlesGone() async throws {
        let store = try fill()
        _ = try store.expire(before: moment(1000))
        store.close()
        let last = try #require(try fixture.reader().line(seq: 27 + 1)).count
        #expect(last > 0)
        // As if the last segment had been too old as well: only what retention leaves is there.
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let extract = IdentityExtract(directory, StoreFixture.files)
        let segment = try #require(try Segment.all(in: directory).last)
        _ = try extract.write(segment) { _ in true }
        unlinkIfThere(segment.path)
        let again = try open()
        #expect(again.lastSeq == 30)
        #expect(try again.commit([StoreFixture.commit(31...31)]).firstSeq == 31)
        again.close()
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isWhole)
        #expect(result.lastSeq == 31)
    }

    @Test("contract.md §5: records that are gone without a trace are damage, removed ones are not")
    func removedByHand() async throws {
        let store = try fill()
        store.close()
        unlinkIfThere(fixture.folder.file("store/articles/00000000000000000001.jsonl"))
        #expect(try fixture.read().seqs == Array(4...30))
        var damage: [StoreDamage] = []
        let result = try await StoreVerifier(directory: fixture.path).run { damage.append($0) }
        #expect(!result.isWhole)
        #expect(damage.map(\.kind) == [.gap])
    }

    @Test("What retention has left is verified like the articles")
    func damagedIdentities() async throws {
        let store = try fill()
        _ = try store.expire(before: moment(4))
        store.close()
        let name = "store/identities/00000000000000000001.jsonl"
        let whole = try #require(fixture.folder.read(name))
        for place in [20, whole.count / 2, whole.count - 40] {
            var bytes = whole
            bytes[place] ^= 1
            fixture.folder.write(bytes, to: name)
            var damage: [StoreDamage] = []
            let result = try await StoreVerifier(directory: fixture.path).run { damage.append($0) }
            #expect(!result.isWhole)
            #expect(damage.first?.segment == fixture.folder.file(name))
        }
        fixture.folder.write(whole, to: name)
        try await expectWhole(fixture, firstSeq: 13)
    }

    @Test("contract.md §5: a head that was written down is found after its record was removed")
    func removedHead() async throws {
        let store = try fill()
        let line = try #require(try store.article(seq: 5))
        let before = try #require(try store.article(seq: 12))
        _ = try store.expire(before: moment(4))
        store.close()
        for (seq, line) in [(5, line), (12, before)] as [(UInt64, [UInt8])] {
            let chain = try #require(line.withUnsafeBytes { RecordEnvelope($0)?.chain })
            let head = StoreVerifier.Head(seq: seq, chain: chain)
            let result = try await StoreVerifier(directory: fixture.path, head: head).run { Issue.record("\($0)") }
            #expect(result.headAnswer == .found)
        }
    }

    @Test("contract.md §4: a reader is told what was removed, and goes on behind it")
    func readers() throws {
        let store = try fill()
        _ = try store.expire(before: moment(4))
        var removed: [ClosedRange<UInt64>] = []
        var seqs: [UInt64] = []
        try fixture.reader().read(
            after: 5, damage: { Issue.record("\($0)") }, removed: { removed.append($0) },
            body: { slice in
                seqs.append(slice.envelope.seq)
                return true
            })
        #expect(removed == [6...12])
        #expect(seqs == Array(13...30))
    }

    @Test("contract.md §4: retention beside a reader is no damage to it")
    func besideReader() throws {
        let store = try fill()
        var removed: [ClosedRange<UInt64>] = []
        var seqs: [UInt64] = []
        try fixture.reader().read(
            after: 0, damage: { Issue.record("\($0)") }, removed: { removed.append($0) },
            body: { slice in
                if slice.envelope.seq == 2 { _ = try store.expire(before: moment(4)) }
                seqs.append(slice.envelope.seq)
                return true
            })
        #expect(removed == [4...12])
        #expect(seqs == [1, 2, 3] + Array(13...30))
    }

    @Test("A segment is sealed when its first record is old enough, also across restarts")
    func sealingByAge() throws {
        for day in 0..<6 as Range<Int64> {
            clock.withLock { $0 = moment(day) }
            let store = try open(age: .seconds(2 * 86_400))
            _ = try store.commit([StoreFixture.commit(UInt64(day) + 1...UInt64(day) + 1)])
            store.close()
        }
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        #expect(try Segment.all(in: directory).map(\.firstSeq) == [1, 3, 5])
    }

    @Test("contract.md §5: files of identities look like the rest of the store")
    func modes() throws {
        let store = try fill()
        _ = try store.expire(before: moment(4))
        setMode(of: fixture.path, to: 0o2750)
        let name = "\(fixture.path)/identities/00000000000000000001.jsonl"
        #expect(mode(of: name) & 0o007 == 0 && mode(of: name) & 0o600 == 0o600)
        // Text, and no article in it.
        let text = try #require(fixture.folder.text("store/identities/00000000000000000001.jsonl"))
        #expect(text.hasPrefix(#"{"_newswire":{"#))
        #expect(!text.contains("Article"))
        #expect(text.split(separator: "\n").count == 12)
    }
}
