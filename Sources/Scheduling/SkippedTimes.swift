package import FeedModel

/// `SkippedTimes` is the hours and days, in UTC, in which a feed asks not to be polled (polling.md §4).
package struct SkippedTimes: Sendable, Equatable {
    /// There is a bit for each hour, and one for each day of the week from Sunday on.
    private var hours: UInt32 = 0
    private var days: UInt8 = 0

    private static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let hour: Int64 = 3600

    /// Takes the hours from 0 to 24 and the days with English names; all others are left out.
    package init(_ hints: PollingHints) {
        for hour in hints.skipHours where (0...24).contains(hour) { hours |= 1 << UInt32(hour % 24) }
        for day in hints.skipDays {
            let word = day.lowercased().prefix(3)
            if let index = Self.names.firstIndex(where: { $0 == word }) { days |= 1 << UInt8(index) }
        }
    }

    /// The feed asks for nothing.
    package var isEmpty: Bool { hours == 0 && days == 0 }
    /// There would be no time left to poll.
    package var excludesAll: Bool { hours == 0xff_ffff || days == 0x7f }

    /// Tells whether the feed asks not to be polled at this time.
    package func contains(_ time: Timestamp) -> Bool {
        let hour = time.seconds.flooredQuotient(Self.hour)
        // 1970-01-01 was a Thursday.
        let day = (hour.flooredQuotient(24) + 4).modulo(7)
        return hours & 1 << UInt32(hour.modulo(24)) != 0 || days & 1 << UInt8(day) != 0
    }

    /// Returns the time itself, else the first full hour after it that is not excluded.
    package func firstAllowed(from time: Timestamp) -> Timestamp {
        if isEmpty || excludesAll || !contains(time) { return time }
        var hour = time.seconds.flooredQuotient(Self.hour)
        // All but one day and one hour may be excluded.
        for _ in 0...(8 * 24) {
            hour += 1
            let candidate = Timestamp(seconds: hour * Self.hour)
            if !contains(candidate) { return candidate }
        }
        return time
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }

    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
