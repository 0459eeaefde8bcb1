package import FeedModel
internal import JSONText

/// A segment that is older than what is kept.
package struct OldSegment: Sendable, Equatable {
    /// The number of its last record.
    package var lastSeq: UInt64
    /// How many records it has.
    package var records: UInt64
    /// When its newest record was stored, as far as that is believed.
    package var newest: Timestamp
    /// Records are still written to it: it stays, however old.
    package var isOpen: Bool

    /// A segment as its ends describe it.
    package init(lastSeq: UInt64, records: UInt64, newest: Timestamp, isOpen: Bool = false) {
        self.lastSeq = lastSeq
        self.records = records
        self.newest = newest
        self.isOpen = isOpen
    }
}

/// How much of what is too old may go at one of retention's daily turns.
///
/// What has become too old since the last turn goes at once. Anything beyond that is too old all at a time, because `keep`
/// was set or changed, or the clock was, or nothing ran for days: it is told of first, and from the next day on goes at a
/// tenth of the store's records a day, so that a person has time to see it.
package struct RetentionPace {
    static let day: Int64 = 86_400_000
    /// Milliseconds between two turns beyond which nobody can say what has become too old in between.
    private static let longestPause = 2 * day
    private static let days: UInt64 = 10

    /// Seconds.
    package let keep: Int64
    /// The time, by a clock that counts.
    package let now: Timestamp

    /// The pace at one moment.
    package init(keep: Int64, now: Timestamp) {
        self.keep = keep
        self.now = now
    }

    /// What was stored before is too old.
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

/// Retention remembers this from one turn to the next, in `state/retention`. Losing it makes the next turn a first one.
package struct RetentionMemory: Sendable, Equatable {
    /// How many seconds articles were kept at the last turn.
    package var keep: Int64
    /// When the last turn was.
    package var lastTurn: Timestamp
    /// What was stored before was too old at the last turn.
    package var cutoff: Timestamp
    /// What is stored up to there may go as soon as nothing stands in its way.
    package var released: UInt64
    /// What is too old and waits; nil where nothing does.
    package var backlog: Backlog?

    /// Records that have become too old all at once, and go bit by bit.
    package struct Backlog: Sendable, Equatable {
        /// When it was found to be too old.
        package var since: Timestamp
        /// How many records may go each day.
        package var daily: UInt64
        /// How many records may go and have not: segments go whole.
        package var allowance: UInt64
        /// How many records wait.
        package var waiting: UInt64
        /// When the last of them goes, at the latest.
        package var until: Timestamp
    }

    /// What is to be remembered of a turn.
    package init(keep: Int64, lastTurn: Timestamp, cutoff: Timestamp, released: UInt64, backlog: Backlog? = nil) {
        self.keep = keep
        self.lastTurn = lastTurn
        self.cutoff = cutoff
        self.released = released
        self.backlog = backlog
    }
}

extension RetentionMemory {
    /// What is kept of it in `state/retention`; nil where that is missing or damaged.
    init?(_ json: JSONValue) {
        func time(_ value: JSONValue?) -> Timestamp? { value?.string.flatMap { Timestamp(rfc3339: $0) } }
        func count(_ value: JSONValue?) -> UInt64? { value?.integer.flatMap(UInt64.init(exactly:)) }
        guard let keep = json["keep_seconds"]?.integer, keep > 0, let lastTurn = time(json["last_turn"]),
            let cutoff = time(json["cutoff"]), let released = count(json["released"])
        else { return nil }
        self.init(keep: keep, lastTurn: lastTurn, cutoff: cutoff, released: released)
        if let rest = json["backlog"], let since = time(rest["since"]), let daily = count(rest["daily"]),
            let allowance = count(rest["allowance"]), let waiting = count(rest["waiting"]),
            let until = time(rest["until"])
        {
            backlog = Backlog(since: since, daily: daily, allowance: allowance, waiting: waiting, until: until)
        }
    }

    var line: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("keep_seconds", keep)
        json.member("last_turn", lastTurn)
        json.member("cutoff", cutoff)
        json.member("released", released)
        if let backlog {
            json.key("backlog")
            json.beginObject()
            json.member("since", backlog.since)
            json.member("daily", backlog.daily)
            json.member("allowance", backlog.allowance)
            json.member("waiting", backlog.waiting)
            json.member("until", backlog.until)
            json.endObject()
        }
        json.endObject()
        return json.finish()
    }
}

extension ArticleStore {
    /// What retention remembers; nil before its first turn.
    package var retentionMemory: RetentionMemory? {
        SmallFile.json(directory.retentionFile).flatMap { RetentionMemory($0) }
    }

    /// Makes it durable.
    package func keep(_ memory: RetentionMemory) throws(StoreError) {
        try SmallFile.write(memory.line, to: directory.retentionFile, in: directory, options.files)
    }
}

extension StoreReader {
    /// What retention remembers, as the writer left it.
    package var retentionMemory: RetentionMemory? {
        SmallFile.json(directory.retentionFile).flatMap { RetentionMemory($0) }
    }
}
