import FeedModel
import Locking
import TestSupport
import Testing

@testable import ArticleStore

/// One wrong time in the store hides nothing, holds nothing up and removes nothing that is young.
@Suite("Times in the store that cannot be right (contract.md §6)")
struct StoredTimesTests {
    private let fixture = StoreFixture()
    private let clock = Locked(StoreFixture.moment)
    private let isDoubtful = Locked(false)

    private static let far = Timestamp(year: 2035, month: 1, day: 1)
    private static let early = Timestamp(year: 2020, month: 1, day: 1)

    private func moment(_ day: Int64, hour: Int64 = 0) -> Timestamp {
        Timestamp(milliseconds: StoreFixture.moment.milliseconds + day * 86_400_000 + hour * 3_600_000)
    }

    private func open(segmentSize: UInt64 = 64 << 20, age: Duration? = nil) throws -> ArticleStore {
        let (clock, isDoubtful) = (clock, isDoubtful)
        var options = StoreOptions { clock.withLock { $0 } }
        options.isClockDoubtful = { isDoubtful.withLock { $0 } }
        options.segmentSize = segmentSize
        options.segmentAge = age
        options.files = StoreFixture.files
        return try ArticleStore.open(at: fixture.path, options: options) { _ in }
    }

    /// A record for each time; each in a segment of its own where they are to be apart.
    private func fill(_ times: [Timestamp], apart: Bool = true) throws -> ArticleStore {
        let store = try open(segmentSize: apart ? 1 : 64 << 20)
        for (index, time) in times.enumerated() {
            clock.withLock { $0 = time }
            _ = try store.commit([StoreFixture.commit(UInt64(index) + 1...UInt64(index) + 1)])
        }
        return store
    }

    /// Ten days, a record a day, but for one that is wrong.
    private func days(_ wrong: Timestamp, at index: Int) -> [Timestamp] {
        (0..<10).map { $0 == index ? wrong : moment(Int64($0)) }
    }

    @Test(
        "Retention goes on behind a record from 2035, wherever it stands, and stops where it is young",
        arguments: [0, 1, 3], [true, false])
    func notHeldUp(index: Int, apart: Bool) throws {
        let store = try fill(days(Self.far, at: index), apart: apart)
        // Where all is in one segment, that is the open one.
        let result = try store.expire(before: moment(6), now: moment(10))
        #expect(result.lastSeq == (apart ? 6 : 0))
        #expect(result.obstacle == nil)
        #expect(try store.oldSegments(before: moment(6), now: moment(10)).isEmpty)
    }

    @Test("A record from 2035 among old ones in a segment does not keep the segment")
    func insideSegment() throws {
        let store = try fill([moment(0), Self.far, moment(1)], apart: false)
        store.close()
        let again = try open(segmentSize: 1)
        clock.withLock { $0 = moment(9) }
        _ = try again.commit([StoreFixture.commit(4...4)])
        #expect(try again.expire(before: moment(5), now: moment(10)).lastSeq == 3)
    }

    @Test(
        "Records that a clock in 1970 or 2020 has stored behind young ones are as young as what follows them",
        arguments: [Timestamp(seconds: 0), early])
    func notRemoved(wrong: Timestamp) throws {
        let store = try fill([moment(0), wrong, wrong, moment(8), moment(9)])
        #expect(try store.oldSegments(before: moment(5), now: moment(10)).map(\.lastSeq) == [1])
        #expect(try store.expire(before: moment(5), now: moment(10)).lastSeq == 1)
        #expect(try fixture.read().seqs == [2, 3, 4, 5])
        #expect(try store.expire(before: moment(8, hour: 1), now: moment(10)).lastSeq == 4)
    }

    @Test("A store that begins with what a clock in 1970 has stored loses none of it before what follows is old")
    func beginning() throws {
        let store = try fill([Timestamp(seconds: 5), Timestamp(seconds: 6), moment(9), moment(9)])
        #expect(try store.expire(before: moment(5), now: moment(10)).segments == 0)
        #expect(try store.expire(before: moment(9, hour: 1), now: moment(10)).lastSeq == 3)
    }

    @Test("Records that a clock in doubt has stored say so, and are as old as what follows them")
    func doubtful() throws {
        let store = try open(segmentSize: 1)
        let times = [(moment(0), false), (moment(-200), true), (moment(8), false), (moment(9), false)]
        for (index, (time, doubt)) in times.enumerated() {
            clock.withLock { $0 = time }
            isDoubtful.withLock { $0 = doubt }
            _ = try store.commit([StoreFixture.commit(UInt64(index) + 1...UInt64(index) + 1)])
        }
        let lines = try (1...4).map { try #require(try store.article(seq: $0)) }
        #expect(
            lines.map { $0.withUnsafeBytes { RecordEnvelope($0)?.isClockDoubtful } } == [false, true, false, false])
        #expect(String(decoding: lines[1], as: UTF8.self).contains(#""clock_doubtful":true,"#))
        #expect(try store.expire(before: moment(5), now: moment(10)).lastSeq == 1)
        #expect(try store.expire(before: moment(8, hour: 1), now: moment(10)).lastSeq == 3)
    }

    @Test("Retention removes only what is released, and takes a time in the future that a person names at its word")
    func limits() throws {
        let store = try fill((0..<10).map { moment($0) })
        #expect(try store.expire(before: moment(9), now: moment(10), through: 3).lastSeq == 3)
        #expect(try store.expire(before: Self.far, now: moment(10)).lastSeq == 9)
    }

    @Test(
        "--since hides nothing behind or before a record of a wrong clock",
        arguments: [Timestamp(seconds: 0), early, far], [true, false])
    func since(wrong: Timestamp, apart: Bool) throws {
        _ = try fill(days(wrong, at: 7), apart: apart)
        let reader = try fixture.reader()
        #expect(try reader.place(storedSince: moment(4), now: moment(10)).firstSeq == 5)
        #expect(try reader.place(storedSince: moment(9), now: moment(10)).firstSeq == 10)
        // Nobody knows when it was stored: it counts with what is behind it.
        #expect(try reader.place(storedSince: moment(8), now: moment(10)).firstSeq == 8)
        let (_, times) = try reader.place(storedSince: moment(4), now: moment(10))
        #expect(!times.believes(wrong, seq: 8))
        #expect(times.believes(moment(6), seq: 7) && times.believes(moment(8), seq: 9))
    }

    @Test("The last records of a wrong clock count as stored since any time")
    func atTheEnd() throws {
        _ = try fill([moment(0), moment(1), Timestamp(seconds: 0), Timestamp(seconds: 1)])
        #expect(try fixture.reader().place(storedSince: moment(5), now: moment(10)).firstSeq == 3)
    }

    @Test("A wrong clock that filled some segments of many is recognised by the others")
    func run() throws {
        let times =
            (0..<20).map { moment($0) } + (0..<5).map { moment(-100 + $0) } + (20..<30).map { moment($0) }
        _ = try fill(times)
        let times2 = try fixture.reader().storedTimes(now: moment(31))
        for seq in 21...25 as ClosedRange<UInt64> { #expect(!times2.believes(moment(-99), seq: seq)) }
        #expect(times2.believes(moment(22), seq: 28))
        #expect(try fixture.reader().place(storedSince: moment(19), now: moment(31)).firstSeq == 20)
    }

    @Test("A segment that a clock in 2035 has begun is sealed by age all the same")
    func sealing() throws {
        clock.withLock { $0 = Self.far }
        let store = try open(age: .seconds(86_400))
        _ = try store.commit([StoreFixture.commit(1...1)])
        clock.withLock { $0 = moment(0) }
        _ = try store.commit([StoreFixture.commit(2...2)])
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        #expect(try Segment.all(in: directory).map(\.firstSeq) == [1, 2])
    }

    @Test("A store says when it was last written by a clock that counted")
    func evidence() throws {
        let store = try open(segmentSize: 1)
        #expect(try fixture.reader().timeEvidence() == TimeEvidence(times: [], isEmpty: true))
        _ = try store.commit([StoreFixture.commit(1...1)])
        isDoubtful.withLock { $0 = true }
        clock.withLock { $0 = Self.far }
        _ = try store.commit([StoreFixture.commit(2...2)])
        #expect(try fixture.reader().timeEvidence() == TimeEvidence(times: [moment(0)]))
        _ = try store.commit([StoreFixture.commit(3...3)])
        // Too far back to be looked for: then it is not known, which is not as if there were nothing.
        #expect(try fixture.reader().timeEvidence() == TimeEvidence())
        try store.keep(trusted: moment(1))
        #expect(try fixture.reader().timeEvidence() == TimeEvidence(times: [moment(1)]))
        fixture.folder.write("nonsense", to: "store/state/clock")
        #expect(try fixture.reader().timeEvidence() == TimeEvidence())
    }
}
