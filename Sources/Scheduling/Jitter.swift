package import FeedModel

/// What looks like chance and is none: the same feed at the same time gets the same number (polling.md §6).
package enum Jitter {
    /// Milliseconds that a poll is late at most for the sake of not coming together with others.
    private static let longest: Int64 = 30 * 60 * 1000
    private static let quarter: Int64 = 15 * 60

    /// A number of 64 bits from two; by Sebastiano Vigna's SplitMix64.
    package static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var value = first &+ second &* 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// Milliseconds, at most a tenth of the interval and half an hour, for a poll that is due then. Where that would be
    /// a quarter of an hour to the second, when everybody else polls, it is some seconds more.
    ///
    /// - Parameters:
    ///   - feed: a hash of the feed's id.
    ///   - interval: in seconds.
    package static func milliseconds(feed: UInt64, due: Timestamp, interval: Int) -> Int64 {
        let window = min(Int64(clamping: interval) * 100, longest)
        guard window > 0 else { return 0 }
        let hash = mix(feed, UInt64(bitPattern: due.seconds))
        let jitter = Int64(hash % UInt64(window))
        let (second, overflows) = due.milliseconds.addingReportingOverflow(jitter)
        guard !overflows, window > 60_000, second / 1000 % quarter == 0 else { return jitter }
        return jitter + 1000 + Int64(hash >> 32 % 29_000)
    }

    /// 0 to 1.
    package static func fraction(feed: UInt64, time: Timestamp) -> Double {
        Double(mix(feed, UInt64(bitPattern: time.seconds)) >> 11) / Double(1 << 53)
    }
}
