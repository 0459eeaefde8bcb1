package import FeedModel

/// Whether a permanent redirect has been seen often and long enough to ask its target directly (polling.md §9).
///
/// A value to keep with a feed's state; the user's configuration is never changed by it.
package struct RedirectAdoption: Sendable, Equatable {
    package static let pollsNeeded = 5
    package static let secondsNeeded: Int64 = 72 * 3600

    /// Where every hop so far was permanent; nil where there is none.
    package var candidate: String?
    /// Good polls that were led there, and when the first of them was.
    package var count = 0
    package var since: Timestamp?

    package init() {}

    package init(candidate: String?, count: Int, since: Timestamp?) {
        self.candidate = candidate
        self.count = count
        self.since = since
    }

    /// The last URL that only permanent hops lead to; nil where there is none, or where the way goes from https to
    /// http.
    package static func target(of hops: [Hop]) -> String? { lastHop(of: hops)?.to }

    /// The hop that leads to `target`.
    package static func lastHop(of hops: [Hop]) -> Hop? {
        var last: Hop?
        for hop in hops {
            guard hop.isPermanent else { break }
            if isSecure(hop.from), !isSecure(hop.to) { return nil }
            last = hop
        }
        return last
    }

    /// Takes in a poll whose body was read as a feed.
    ///
    /// - Returns: the URL to adopt, once there is reason enough.
    package mutating func afterGoodPoll(hops: [Hop], at now: Timestamp) -> String? {
        guard let target = Self.target(of: hops) else {
            self = RedirectAdoption()
            return nil
        }
        if target != candidate { self = RedirectAdoption(candidate: target, count: 0, since: now) }
        count = min(count + 1, 1_000_000)
        guard count >= Self.pollsNeeded, let since, now.seconds - since.seconds >= Self.secondsNeeded else {
            return nil
        }
        return target
    }

    private static func isSecure(_ url: String) -> Bool { url.lowercased().hasPrefix("https:") }
}
