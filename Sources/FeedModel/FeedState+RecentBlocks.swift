extension FeedState {
    /// `RecentBlocks` counts what rules have blocked of a feed of late (filters.md §3.6, §4.1): by the hour for a day, and by
    /// the day, in UTC, for a week. Feeds of which nothing was blocked for a week have none.
    package struct RecentBlocks: Sendable, Equatable, StatePart {
        private static let hoursOfADay = 24
        private static let days = 7
        /// Where so many articles in a row were blocked, people are told.
        package static let longRun: UInt32 = 20
        /// No name of a rule is longer, in bytes.
        private static let longestRule = 64

        /// The hour since 1970 in which something was counted last.
        private var hour: UInt32 = 0
        /// How many were blocked in that hour and each of those before it, as far as a day back.
        private var byHour: [UInt32] = []
        /// How many were blocked on the day of that hour and each of those before it, as far as a week back.
        private var byDay: [UInt32] = []
        /// So many articles in a row were blocked, the last one among them; 0 where that was let through.
        package private(set) var run: UInt32 = 0
        /// The first of them was stored then.
        package private(set) var runSince: Timestamp?
        /// The rule that blocked last.
        package private(set) var rule = ""

        package init() {}

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field("hour", &hour, absent: 0)
            coder.field("by_hour", &byHour, absent: [])
            coder.field("by_day", &byDay, absent: [])
            coder.field("run", &run, absent: 0)
            coder.field("run_since", &runSince)
            coder.field("rule", &rule, absent: "")
        }

        /// Counts the records of one poll.
        ///
        /// - Parameters:
        ///   - passed: how many were let through. Where there are some, no run goes on: which came last is not asked.
        ///   - blocked: the names of the rules that have blocked the others, one for each.
        /// - Returns: nil where nothing is left to remember.
        package static func counting(
            _ known: RecentBlocks?, passed: Int, blocked: [String], at now: Timestamp
        ) -> RecentBlocks? {
            if known == nil, blocked.isEmpty { return nil }
            var recent = known ?? RecentBlocks()
            recent.goOn(to: hourOf(now))
            let count = UInt32(clamping: blocked.count)
            recent.byHour[0] = recent.byHour[0].addingClamped(count)
            recent.byDay[0] = recent.byDay[0].addingClamped(count)
            if passed > 0 {
                (recent.run, recent.runSince) = (0, nil)
            } else if count > 0 {
                if recent.run == 0 { recent.runSince = now }
                recent.run = recent.run.addingClamped(count)
            }
            if let last = blocked.last { recent.rule = last }
            return recent.run == 0 && recent.byDay.allSatisfy { $0 == 0 } ? nil : recent
        }

        /// How many were blocked in this hour and the 23 before it.
        package func lastDay(at now: Timestamp) -> UInt64 {
            isFromFuture(Self.hourOf(now))
                ? 0 : Self.sum(byHour, gone: Self.distance(hour, Self.hourOf(now)), of: Self.hoursOfADay)
        }

        /// How many were blocked on this day and the six before it.
        package func lastWeek(at now: Timestamp) -> UInt64 {
            isFromFuture(Self.hourOf(now))
                ? 0 : Self.sum(byDay, gone: Self.distance(hour / 24, Self.hourOf(now) / 24), of: Self.days)
        }

        /// Whether rules block whatever the feed brings: its last articles, 20 or more, without one that was let through
        /// between them, and the last of them within a week of `now`.
        package func blocksAll(at now: Timestamp) -> Bool { run >= Self.longRun && lastWeek(at: now) > 0 }

        /// The same as far as the last poll that has counted can tell.
        package var blockedAll: Bool { run >= Self.longRun }

        /// What of it can be; a file may hold anything.
        var bounded: RecentBlocks? {
            var kept = self
            kept.byHour = Array(byHour.prefix(Self.hoursOfADay))
            kept.byDay = Array(byDay.prefix(Self.days))
            if rule.utf8.count > Self.longestRule { kept.rule = "" }
            return kept.run == 0 && kept.byDay.allSatisfy { $0 == 0 } ? nil : kept
        }

        /// Moves the counts to an hour. What a clock that was ahead has counted is forgotten.
        private mutating func goOn(to now: UInt32) {
            if isFromFuture(now) { (hour, byHour, byDay) = (now, [], []) }
            Self.shift(&byHour, by: Self.distance(hour, now), atMost: Self.hoursOfADay)
            Self.shift(&byDay, by: Self.distance(hour / 24, now / 24), atMost: Self.days)
            hour = max(hour, now)
        }

        private func isFromFuture(_ now: UInt32) -> Bool { hour > now && hour - now > 1 }

        private static func shift(_ counts: inout [UInt32], by places: Int, atMost limit: Int) {
            counts.insert(contentsOf: repeatElement(0, count: min(places, limit)), at: 0)
            if counts.isEmpty { counts = [0] }
            if counts.count > limit { counts.removeLast(counts.count - limit) }
            // Noughts at the end say nothing, and would be written with each state.
            while counts.count > 1, counts.last == 0 { counts.removeLast() }
        }

        private static func sum(_ counts: [UInt32], gone: Int, of limit: Int) -> UInt64 {
            counts.prefix(max(0, limit - gone)).reduce(0) { $0 + UInt64($1) }
        }

        private static func distance(_ from: UInt32, _ to: UInt32) -> Int { max(0, Int(to) - Int(from)) }

        private static func hourOf(_ time: Timestamp) -> UInt32 { UInt32(clamping: time.seconds / 3600) }
    }
}

extension UInt32 {
    fileprivate func addingClamped(_ other: UInt32) -> UInt32 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
