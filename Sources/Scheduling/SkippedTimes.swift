package import FeedModel

/// The hours and days, in UTC, in which a feed asks not to be polled (polling.md §4).
package struct SkippedTimes: Sendable, Equatable {
    /// A bit for each hour, and one for each day of the week from Sunday on.
    private var hours: UInt32 = 0
    private var days: UInt8 = 0

    private static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let hour: Int64 = 3600

    /// Hours that are none, and days that are not English, are left out.
    package init(_ hints: PollingHints) {
        for hour in hints.skipHours where (0...24).contains(hour) { hours |= 1 << UInt32(hour % 24) }
        for day in hints.skipDays {
            let word = day.lowercased().prefix(3)
            if let index = Self.names.firstIndex(where: { $0 == word }) { days |= 1 << UInt8(index) }
        }
    }

    package var isEmpty: Bool { hours == 0 && days == 0 }
    /// There would be no time left to poll.
    package var excludesAll: Bool { hours == 0xff_ffff || days == 0x7f }

    package func contains(_ time: Timestamp) -> Bool {
        let hour = time.seconds.flooredQuotient(Self.hour)
        // 1970-01-01 was a Thursday.
        let day = (hour.flooredQuotient(24) + 4).modulo(7)
        return hours & 1 << UInt32(hour.modulo(24)) != 0 || days & 1 << UInt8(day) != 0
    }

    /// The time itself, else the first minute after it that is not excluded.
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
