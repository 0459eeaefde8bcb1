package import FeedModel

/// `OutageDetector` tells an outage of one's own network from servers that are down (polling.md §8).
///
/// The network is taken to be down when failures to connect, at two hosts or more, have begun since a server answered
/// last, and none has answered in between. Where many have answered just before, it takes more hosts than two. It is up
/// again as soon as one answers.
package struct OutageDetector: Sendable {
    /// Answers of this many last milliseconds say how many hosts it takes.
    private static let window: Int64 = 120_000
    private static let slice: Int64 = 10_000
    private static let fewestHosts = 2
    private static let mostHosts = 10
    /// Answers come out of order: what failed so many milliseconds before the outage was noticed may be its work.
    private static let onset: Int64 = 600_000
    /// While the network is down, this many milliseconds lie between two probes.
    package static let probeInterval: Int64 = 60_000

    /// `Attempt` is what became of an attempt to reach a host.
    package struct Attempt: Sendable, Equatable {
        /// A hash of the host's name.
        package var host: UInt64
        /// Some answer came, whatever it said.
        package var isReached: Bool
        /// The server that answered is on a public address; nil where that is not known.
        package var isPublic: Bool?
        /// The feed has failed to connect since then; nil where it did not before.
        package var failingSince: Timestamp?

        package init(host: UInt64, isReached: Bool, isPublic: Bool? = nil, failingSince: Timestamp? = nil) {
            self.host = host
            self.isReached = isReached
            self.isPublic = isPublic
            self.failingSince = failingSince
        }
    }

    /// The network is taken to be down.
    package private(set) var isDown = false
    /// Feeds that failed to connect for the first time since then may have done so for the last outage; nil before the
    /// first one.
    package private(set) var onset: Timestamp?
    /// When a server answered last that says something of the network.
    private var reachedAt: Timestamp?
    /// Whether a server on a public address has answered: those on private ones are no proof of the network then.
    private var knowsPublic = false
    /// The answers of the last slices of the window.
    private var answers: [(start: SteadyTime, count: Int)] = []
    /// The hosts that have failed since, as many as are looked at.
    private var failing: [UInt64] = []
    private var began: Timestamp?

    /// - Parameter reachedAt: when a server answered last, as it is remembered.
    package init(reachedAt: Timestamp? = nil) {
        self.reachedAt = reachedAt
    }

    /// Takes in what became of an attempt to reach a host.
    ///
    /// - Parameters:
    ///   - now: the time of day, by which it is told what began when.
    ///   - steady: by which answers are counted.
    /// - Returns: whether that has changed what is thought of the network.
    package mutating func observe(_ attempt: Attempt, at now: Timestamp, steady: SteadyTime) -> Bool {
        if attempt.isReached { return reached(attempt, at: now, steady) }
        if isDown { return false }
        // The clock may have been set back since: then what was answered was so at this moment at the latest, from here on.
        let since = min(attempt.failingSince ?? now, now)
        if let time = reachedAt, time > now { reachedAt = now }
        if let reachedAt, since < reachedAt { return false }
        began = min(began ?? since, since)
        if failing.count < Self.mostHosts, !failing.contains(attempt.host) { failing.append(attempt.host) }
        let before = answers.reduce(0) { $0 + (steady.milliseconds(since: $1.start) < Self.window ? $1.count : 0) }
        isDown = failing.count >= min(max(before, Self.fewestHosts), Self.mostHosts)
        if isDown { onset = began.map { Timestamp(milliseconds: $0.milliseconds - Self.onset) } }
        return isDown
    }

    private mutating func reached(_ attempt: Attempt, at now: Timestamp, _ steady: SteadyTime) -> Bool {
        if attempt.isPublic ?? true {
            knowsPublic = true
        } else if knowsPublic {
            return false
        }
        reachedAt = now
        failing = []
        began = nil
        answers.removeAll { steady.milliseconds(since: $0.start) >= Self.window || $0.start > steady }
        if answers.last.map({ steady.milliseconds(since: $0.start) >= Self.slice }) ?? true {
            answers.append((steady, 0))
        }
        answers[answers.count - 1].count += 1
        defer { isDown = false }
        return isDown
    }
}
