internal import FeedModel

/// `VersionBudget` bounds how many versions of one article are kept (identity.md §8.3).
///
/// Some pages change at every poll in what nobody reads: a counter, a session, the hour. Each version costs one of 24,
/// and time gives them back: one an hour where the publisher's own date of change moves, else one a day. So no article
/// brings more than that for long, and its newest state is kept all the same, at the latest when that time is over.
package struct VersionBudget: Sendable {
    /// So many versions are kept however close they come upon each other.
    package static let most: UInt8 = 24
    private static let datedPeriod: Int64 = 3_600_000
    private static let undatedPeriod: Int64 = 24 * datedPeriod
    /// Milliseconds by which a clock may have been put back.
    private static let tolerance: Int64 = 3_600_000

    /// What becomes of an edit.
    enum Answer: Equatable {
        /// It is kept; so many versions are spent with it.
        case kept(recentChanges: UInt8)
        /// It is not kept before that time.
        case heldBack(until: Timestamp?)
    }

    /// Milliseconds after which one more version may be kept.
    private let period: Int64
    private let now: Timestamp?

    /// - Parameters:
    ///   - isDated: the publisher's own date of change has moved, and is not the document's.
    ///   - now: nil where time does not matter.
    init(isDated: Bool, now: Timestamp?) {
        period = isDated ? Self.datedPeriod : Self.undatedPeriod
        self.now = now
    }

    /// - Parameters:
    ///   - spent: so many versions are spent already.
    ///   - last: the newest version was kept then; nil where its record is gone, which takes longer than any period.
    func answer(spent: UInt8, last: Timestamp?) -> Answer {
        let spent = min(spent, Self.most)
        let left = spent - UInt8(min(Int64(spent), earned(since: last)))
        if left < Self.most { return .kept(recentChanges: left + 1) }
        return .heldBack(until: last.map { $0.adding(milliseconds: period) })
    }

    private func earned(since last: Timestamp?) -> Int64 {
        guard let now else { return 0 }
        guard let last else { return 1 }
        let (passed, overflows) = now.milliseconds.subtractingReportingOverflow(last.milliseconds)
        // A version that a clock kept which was ahead holds up nothing.
        if overflows || passed < -Self.tolerance { return 1 }
        return max(0, passed) / period
    }
}
