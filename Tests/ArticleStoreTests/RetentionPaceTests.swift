import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

/// identity.md §8: what has grown too old goes at once, anything beyond that bit by bit.
@Suite("Retention never removes much at once that nobody was told of (contract.md §6)")
struct RetentionPaceTests {
    private static let day: Int64 = 86_400_000
    private static let keep: Int64 = 90 * 86_400
    private let start = Timestamp(year: 2026, month: 11, day: 28)

    private func day(_ day: Int64) -> Timestamp { Timestamp(milliseconds: start.milliseconds + day * Self.day) }

    /// A store with a segment of so many records a day.
    private struct Store {
        var segments: [(newest: Timestamp, records: UInt64, lastSeq: UInt64)] = []
        var memory: RetentionMemory?
        private var last: UInt64 = 0

        mutating func add(_ records: UInt64, at time: Timestamp) {
            last += records
            segments.append((time, records, last))
        }

        /// - Returns: how many records go.
        mutating func turn(at now: Timestamp, keep: Int64 = RetentionPaceTests.keep) -> UInt64 {
            let pace = RetentionPace(keep: keep, now: now)
            guard pace.isDue(after: memory) else { return 0 }
            let old = segments.prefix { $0.newest < pace.cutoff }.enumerated().map { index, segment in
                OldSegment(
                    lastSeq: segment.lastSeq, records: segment.records, newest: segment.newest,
                    isOpen: index == segments.count - 1)
            }
            let memory = pace.turn(after: memory, old: old, total: segments.reduce(0) { $0 + $1.records })
            self.memory = memory
            var gone: UInt64 = 0
            while let first = segments.first, segments.count > 1, first.newest < pace.cutoff,
                first.lastSeq <= memory.released
            {
                gone += first.records
                segments.removeFirst()
            }
            return gone
        }
    }

    /// With segments of 100 records for each of the days.
    private func store(_ days: ClosedRange<Int64>) -> Store {
        var store = Store()
        for day in days { store.add(100, at: self.day(day)) }
        return store
    }

    @Test(
        "Retention's first turn removes nothing and says how much is too old; from the next day on a tenth goes a day"
    )
    func firstTurn() throws {
        var store = store(-400...0)
        #expect(store.turn(at: day(0)) == 0)
        let backlog = try #require(store.memory?.backlog)
        #expect(backlog.waiting == 31_000 && backlog.daily == 4010)
        #expect(backlog.until == day(8))
        var gone: [UInt64] = []
        for day in 1...9 as ClosedRange<Int64> {
            store.add(100, at: self.day(day))
            gone.append(store.turn(at: self.day(day)))
        }
        #expect(gone.allSatisfy { $0 <= 4500 })
        #expect(gone.reduce(0, +) == 31_900)
        #expect(store.memory?.backlog == nil)
    }

    @Test("Segments that have grown too old since the last turn go at once, as long as turns come daily")
    func routine() {
        var store = store(-80...0)
        #expect(store.turn(at: day(0)) == 0)
        #expect(store.memory?.backlog == nil)
        for day in 1...30 as ClosedRange<Int64> {
            store.add(100, at: self.day(day))
            let gone = store.turn(at: self.day(day))
            #expect(gone == (day > 10 ? 100 : 0))
            #expect(store.memory?.backlog == nil)
        }
    }

    @Test("Retention that keeps little removes each day's worth each day, and comes to an end with the backlog")
    func shortKeep() {
        var store = store(-20...0)
        _ = store.turn(at: day(0), keep: 86_400)
        #expect(store.memory?.backlog?.waiting == 1900)
        for day in 1...12 as ClosedRange<Int64> {
            store.add(100, at: self.day(day))
            _ = store.turn(at: self.day(day), keep: 86_400)
        }
        #expect(store.memory?.backlog == nil)
        #expect(store.segments.count <= 3)
        store.add(100, at: day(13))
        #expect(store.turn(at: day(13), keep: 86_400) == 100)
    }

    @Test(
        "Retention removes nothing on the day of a jump ahead, of a shorter keep, or after a time in which nothing ran")
    func jumps() {
        for (now, keep) in [(400, Self.keep), (1, 30 * 86_400), (12, Self.keep)] as [(Int64, Int64)] {
            var store = store(-89...0)
            _ = store.turn(at: day(0))
            let before = store.segments.count
            #expect(store.turn(at: day(now), keep: keep) == 0)
            #expect(store.segments.count == before)
            #expect(store.memory?.backlog != nil)
            // The day after, a tenth.
            let next = store.turn(at: day(now + 1), keep: keep)
            #expect((800...1100).contains(next))
        }
    }

    @Test("A clock that goes back makes retention remove nothing more, and puts nothing off for ever")
    func back() {
        var store = store(-89...0)
        _ = store.turn(at: day(30))
        #expect(store.turn(at: day(0)) == 0)
        #expect(store.turn(at: day(1)) == 0)
        store.add(100, at: day(2))
        #expect(store.turn(at: day(2)) == 100)
    }

    @Test("Retention has one turn a day, however often the service is started")
    func oncePerDay() {
        var store = store(-400...0)
        _ = store.turn(at: day(0))
        for hour in 1..<24 as Range<Int64> {
            #expect(store.turn(at: Timestamp(milliseconds: start.milliseconds + hour * 3_600_000)) == 0)
        }
        let allowance = store.memory?.backlog?.allowance
        #expect(allowance == 0)
        // With what has grown too old meanwhile.
        #expect(store.turn(at: day(1)) == 4100)
    }

    @Test("Retention removes a segment that is larger than a day's tenth once enough days have passed for it")
    func largeSegment() {
        var store = Store()
        store.add(5000, at: day(-200))
        store.add(5000, at: day(0))
        var gone: [UInt64] = []
        for day in 0...6 as ClosedRange<Int64> { gone.append(store.turn(at: self.day(day))) }
        #expect(gone == [0, 0, 0, 0, 0, 5000, 0])
    }

    @Test("A segment that grew too old while it was the last goes at once when another follows")
    func openSegment() {
        var store = Store()
        store.add(10, at: day(-95))
        store.memory = RetentionMemory(
            keep: Self.keep, lastTurn: day(-6), cutoff: day(-96), released: 0)
        #expect(store.turn(at: day(-5)) == 0)
        for day in -4...0 as ClosedRange<Int64> { _ = store.turn(at: self.day(day)) }
        #expect(store.memory?.backlog == nil)
        store.add(10, at: day(1))
        #expect(store.turn(at: day(1)) == 10)
    }

    @Test("Retention's memory is read as it was written, and damage to it makes the next turn a first one")
    func memory() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        #expect(store.retentionMemory == nil)
        var memory = RetentionMemory(keep: 86_400, lastTurn: day(0), cutoff: day(-1), released: 12)
        try store.keep(memory)
        #expect(store.retentionMemory == memory)
        memory.backlog = .init(since: day(0), daily: 3, allowance: 4, waiting: 5, until: day(2))
        try store.keep(memory)
        #expect(try fixture.reader().retentionMemory == memory)
        for damage in ["", "{", "{\"keep_seconds\":-1}", "\u{0}"] {
            fixture.folder.write(damage, to: "store/state/retention")
            #expect(store.retentionMemory == nil)
        }
    }

    @Test("Retention's arithmetic overflows for no span and no time")
    func extremes() {
        for now in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            for keep in [1, Int64.max] {
                let pace = RetentionPace(keep: keep, now: now)
                let last = RetentionMemory(keep: keep, lastTurn: day(0), cutoff: day(-1), released: 0)
                _ = pace.turn(
                    after: last, old: [OldSegment(lastSeq: 9, records: 9, newest: day(0))], total: .max)
                _ = pace.isDue(after: last)
            }
        }
    }
}
