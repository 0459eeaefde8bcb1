package import FeedModel

/// `OldSegment` describes a segment that is older than what is kept.
package struct OldSegment: Sendable, Equatable {
    /// The number of the segment's last record.
    package var lastSeq: UInt64
    /// How many records the segment has.
    package var records: UInt64
    /// When the newest record was stored, as far as that is believed.
    package var newest: Timestamp
    /// Whether records are still written to the segment: then it stays, however old.
    package var isOpen: Bool

    /// Describes a segment by its ends.
    package init(lastSeq: UInt64, records: UInt64, newest: Timestamp, isOpen: Bool = false) {
        self.lastSeq = lastSeq
        self.records = records
        self.newest = newest
        self.isOpen = isOpen
    }
}

/// `RetentionPace` decides how much of what is too old may go at one of retention's daily turns.
///
/// What has become too old since the last turn goes at once. Anything beyond that is too old all at a time, because `keep`
/// was set or changed, or the clock was, or nothing ran for days: it is told of first, and from the next day on goes at a
/// tenth of the store's records a day, so that a person has time to see it.
package struct RetentionPace {
    static let day: Int64 = 86_400_000
    /// Milliseconds between two turns beyond which nobody can say what has become too old in between.
    private static let longestPause = 2 * day
    private static let days: UInt64 = 10

    /// How many seconds articles are kept.
    package let keep: Int64
    /// The time is that of a clock that counts.
    package let now: Timestamp

    /// Makes the pace of one moment.
    package init(keep: Int64, now: Timestamp) {
        self.keep = keep
        self.now = now
    }

    /// The cutoff is the time before which what was stored is too old.
    package var cutoff: Timestamp {
        let (span, overflows) = keep.multipliedReportingOverflow(by: 1000)
        let (time, isBeforeAll) = now.milliseconds.subtractingReportingOverflow(overflows ? .max : span)
        return Timestamp(milliseconds: isBeforeAll ? .min : time)
    }

    /// Tells whether it is time for another turn.
    package func isDue(after last: RetentionMemory?) -> Bool {
        guard let last, last.keep == keep else { return true }
        return !(0..<Self.day).contains(passed(since: last))
    }

    private func passed(since last: RetentionMemory) -> Int64 {
        let (passed, overflows) = now.milliseconds.subtractingReportingOverflow(last.lastTurn.milliseconds)
        return overflows ? -1 : passed
    }

    /// Decides what may go at the turn that is due, and what waits.
    ///
    /// - Parameters:
    ///   - old: all segments that are older than `cutoff`, the oldest first.
    ///   - total: how many records the store has.
    package func turn(after last: RetentionMemory?, old: [OldSegment], total: UInt64) -> RetentionMemory {
        let isNext = last.map { $0.keep == keep && (0...Self.longestPause).contains(passed(since: $0)) } ?? false
        let horizon = isNext ? last?.cutoff : nil
        let released = last?.released ?? 0
        func isRoutine(_ segment: OldSegment) -> Bool { horizon.map { segment.newest >= $0 } ?? false }
        var memory = RetentionMemory(keep: keep, lastTurn: now, cutoff: cutoff, released: released)
        var backlog = last?.backlog
        if isNext {
            // What grows too old meanwhile would otherwise keep the rest waiting for ever.
            let routine = old.reduce(0) { $0 + ($1.lastSeq > released && isRoutine($1) ? $1.records : 0) }
            if var rest = backlog {
                rest.allowance &+= rest.daily &+ routine
                backlog = rest
            }
        }
        var waiting: UInt64 = 0
        for segment in old where segment.lastSeq > released {
            if waiting == 0, isRoutine(segment) {
                memory.released = segment.lastSeq
            } else if segment.isOpen {
                // It cannot go, so nobody need wait for it.
                break
            } else if waiting == 0, let allowance = backlog?.allowance, allowance >= segment.records {
                backlog?.allowance = allowance - segment.records
                memory.released = segment.lastSeq
            } else {
                waiting += segment.records
            }
        }
        guard waiting > 0 else { return memory }
        var rest =
            backlog
            ?? RetentionMemory.Backlog(since: now, daily: 0, allowance: 0, waiting: 0, until: now)
        // As much as it was at the beginning, or there would be no end to it.
        rest.daily = max(rest.daily, total / Self.days, 1)
        rest.waiting = waiting
        let days = (waiting - min(waiting, rest.allowance) + rest.daily - 1) / rest.daily
        let (until, overflows) = now.milliseconds.addingReportingOverflow(
            Self.day * Int64(clamping: max(1, min(days, 3650))))
        rest.until = Timestamp(milliseconds: overflows ? .max : until)
        memory.backlog = rest
        return memory
    }
}
