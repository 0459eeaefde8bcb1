internal import FeedModel
internal import Locking

/// `FeedFindings` keeps what a look at every feed has found. Very many feeds are gone through once then, and not by each
/// request. It belongs to what is known of feeds: where that changes there is another.
final class FeedFindings: Sendable {
    /// So many lists are kept, each with a number for each of its feeds.
    private static let most = 4

    /// What was found holds until a pause ends or a day is over.
    private struct Kept<Value: Sendable>: Sendable {
        var value: Value
        var madeAt: Timestamp
        var changesAt: Timestamp?

        func holds(at now: Timestamp) -> Bool { now >= madeAt && changesAt.map { now < $0 } ?? true }
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
        if let kept, kept.holds(at: now) { return kept.value }
        let made = make()
        found.withLock { found in
            found.listings.removeAll { $0.query == query }
            if found.listings.count == Self.most { found.listings.removeFirst() }
            found.listings.append((query, Kept(value: made, madeAt: now, changesAt: made.changesAt)))
        }
        return made
    }

    /// Returns what of feeds needs somebody, which `make` finds where it is not kept.
    func situation(at now: Timestamp, make: () throws(WebFailure) -> Situation) throws(WebFailure) -> Situation {
        if let kept = found.withLock({ $0.situation }), kept.holds(at: now) { return kept.value }
        let made = try make()
        found.withLock { $0.situation = Kept(value: made, madeAt: now, changesAt: made.changesAt) }
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
