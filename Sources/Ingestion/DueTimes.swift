private import Digest
package import FeedModel

/// When feeds are polled after a start: not all at once (polling.md §6).
package enum DueTimes {
    /// Milliseconds over which the first polls of many new feeds are spread at most.
    private static let longestFirstSpread: Int64 = 15 * 60 * 1000
    /// Milliseconds over which feeds are spread at most that became due while newswire was not running.
    private static let longestOverdueSpread: Int64 = 10 * 60 * 1000
    /// A few feeds need no spreading: this many milliseconds for each.
    private static let spreadPerFeed: Int64 = 100

    /// - Parameters:
    ///   - next: when the feed's next poll was planned; nil for one that was never polled.
    ///   - interval: milliseconds between its polls.
    ///   - waiting: how many feeds are new or overdue together.
    package static func due(
        _ feed: FeedIdentifier, next: Timestamp?, interval: Int64, waiting: Int, now: Timestamp
    ) -> Timestamp {
        if let next, next > now { return next }
        let longest = next == nil ? min(longestFirstSpread, interval) : longestOverdueSpread
        let (spread, overflow) = Int64(waiting - 1).multipliedReportingOverflow(by: spreadPerFeed)
        let window = overflow ? longest : min(longest, spread)
        guard window > 0 else { return now }
        var text = feed.text
        let hash = text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
        return Timestamp(milliseconds: now.milliseconds + Int64(hash % UInt64(window)))
    }
}
