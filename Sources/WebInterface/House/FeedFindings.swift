internal import FeedModel
internal import Locking

/// `FeedFindings` keeps for a moment what a look at every feed has found. Very many feeds are gone through once then, and not
/// by each request. It belongs to what is known of feeds: where that changes there is another.
final class FeedFindings: Sendable {
    /// So long is kept what was found: pauses end meanwhile, and days.
    static let freshness: Int64 = 2000
    /// So many lists are kept, each with a number for each of its feeds.
    private static let most = 4

    private struct Kept<Value: Sendable>: Sendable {
        var value: Value
        var madeAt: Timestamp

        func isFresh(at now: Timestamp) -> Bool {
            (0..<FeedFindings.freshness).contains(now.milliseconds - madeAt.milliseconds)
        }
    }

    private struct Found {
        /// The last made at the end.
        var listings: [(query: FeedQuery, kept: Kept<FeedListing>)] = []
        var situation: Kept<Situation>?
        var twins: [Int: [Int]]?
    }

    private let found = Locked(Found())

    /// Returns a list of feeds, which `make` finds where it is not kept.
    func listing(_ query: FeedQuery, at now: Timestamp, make: () -> FeedListing) -> FeedListing {
        let kept = found.withLock { $0.listings.first { $0.query == query }?.kept }
        if let kept, kept.isFresh(at: now) { return kept.value }
        let made = make()
        found.withLock { found in
            found.listings.removeAll { $0.query == query }
            if found.listings.count == Self.most { found.listings.removeFirst() }
            found.listings.append((query, Kept(value: made, madeAt: now)))
        }
        return made
    }

    /// Returns what of feeds needs somebody, which `make` finds where it is not kept.
    func situation(at now: Timestamp, make: () throws(WebFailure) -> Situation) throws(WebFailure) -> Situation {
        if let kept = found.withLock({ $0.situation }), kept.isFresh(at: now) { return kept.value }
        let made = try make()
        found.withLock { $0.situation = Kept(value: made, madeAt: now) }
        return made
    }

    /// Returns the groups of feeds that are found at one URL, by the place of each of their feeds.
    func twins(make: () -> [Int: [Int]]) -> [Int: [Int]] {
        if let twins = found.withLock({ $0.twins }) { return twins }
        let made = make()
        found.withLock { $0.twins = made }
        return made
    }
}
