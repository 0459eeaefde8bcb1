package import FeedModel

/// The hosts that are to be left alone, by the key of their allowance (polling.md §8).
package struct HostPauses: Sendable {
    /// Hosts that are remembered; beyond that, those whose incidents would be forgiven are dropped.
    private static let remembered = 1024

    private var pauses: [String: FeedState.Pause] = [:]

    package init() {}

    /// The last pause of a host, which may be over. One from a clock that was ahead counts from when that is first seen.
    package mutating func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        guard let pause = pauses[host] else { return nil }
        let believable = PauseRules.believable(pause, at: now)
        if believable != pause { pauses[host] = believable }
        return believable
    }

    package mutating func until(_ host: String, at now: Timestamp) -> Timestamp? {
        guard let pause = pause(of: host, at: now), pause.until > now else { return nil }
        return pause.until
    }

    /// Takes a pause in, of a feed that was asked now or one that was remembered: the longer and the worse one counts.
    package mutating func add(_ pause: FeedState.Pause, host: String, at now: Timestamp) {
        let pause = PauseRules.believable(pause, at: now)
        guard pause.coversHost, PauseRules.isRemembered(pause, at: now) else { return }
        if pauses.count >= Self.remembered {
            pauses = pauses.filter { PauseRules.isRemembered($0.value, at: now) }
        }
        guard var known = self.pause(of: host, at: now) else {
            pauses[host] = pause
            return
        }
        known.until = max(known.until, pause.until)
        known.since = max(known.since, pause.since)
        known.incidents = max(known.incidents, pause.incidents)
        pauses[host] = known
    }

    /// Those in force.
    package mutating func active(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        for host in pauses.keys { _ = pause(of: host, at: now) }
        return pauses.filter { $0.value.until > now }.map { (host: $0.key, until: $0.value.until) }
            .sorted { $0.host < $1.host }
    }
}
