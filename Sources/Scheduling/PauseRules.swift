package import FeedModel

/// `PauseRules` says how long a server is left alone that is too busy to answer (polling.md §8).
package enum PauseRules {
    /// The first pause of a server that does not say how long lasts this many seconds.
    static let first = 600
    /// A pause that the server has not measured out lasts this many seconds at most.
    static let longest = 86_400
    /// No server is left alone for more seconds than these, whatever it asks for.
    package static let maxRetryAfter = 7 * 86_400
    /// Incidents are forgiven after this many seconds without another one.
    package static let forgiven = 86_400

    /// Returns the pause that a failure at this time begins, which never ends before one that is in force.
    ///
    /// - Parameters:
    ///   - previous: the last pause of the same host, or of the feed.
    ///   - retryAfter: seconds that the server has asked for.
    ///   - spread: 0 to 1; how much of a tenth is added to a pause that the server has not measured out.
    package static func pause(
        after previous: FeedState.Pause?, retryAfter: Int?, coversHost: Bool, spread: Double, at now: Timestamp
    ) -> FeedState.Pause {
        let previous = previous.map { believable($0, at: now) }
        var incidents = 1
        if let previous, isRemembered(previous, at: now) {
            // A request that was under way when the pause began is no further incident.
            incidents = Int(previous.incidents) + (previous.until > now ? 0 : 1)
        }
        incidents = min(max(incidents, 1), Int(UInt8.max))
        var seconds: Int
        if let retryAfter, retryAfter > 0 {
            seconds = min(retryAfter, maxRetryAfter)
        } else {
            seconds = min(first << min(incidents - 1, 16), longest)
            seconds += Int(Double(seconds) / 10 * min(max(spread, 0), 1))
        }
        var until = now.adding(seconds: seconds)
        if let previous, previous.until > until { until = previous.until }
        return FeedState.Pause(until: until, incidents: UInt8(incidents), since: now, coversHost: coversHost)
    }

    /// Clocks differ by this many milliseconds, and a moment takes as long.
    package static let clockTolerance: Int64 = 60_000

    /// Returns the pause as it can be: one that a clock which was ahead has begun counts from now, and none is longer
    /// than any server is left alone.
    package static func believable(_ pause: FeedState.Pause, at now: Timestamp) -> FeedState.Pause {
        var pause = pause
        if pause.since.milliseconds > now.milliseconds + clockTolerance {
            let length = pause.until.seconds - pause.since.seconds
            pause.until = now.adding(seconds: Int(min(max(length, 0), Int64(maxRetryAfter))))
            pause.since = now
        }
        pause.until = min(pause.until, now.adding(seconds: maxRetryAfter))
        return pause
    }

    /// Tells whether an incident still makes the next one worse.
    package static func isRemembered(_ pause: FeedState.Pause, at now: Timestamp) -> Bool {
        pause.until > now || now.milliseconds - max(pause.since, pause.until).milliseconds < Int64(forgiven) * 1000
    }
}

/// `HostPauses` remembers the hosts that are to be left alone, by the key of their allowance (polling.md §8).
package struct HostPauses: Sendable {
    /// This many hosts are remembered; beyond that, those whose incidents would be forgiven are dropped.
    private static let remembered = 1024

    private var pauses: [String: FeedState.Pause] = [:]

    package init() {}

    /// Returns the last pause of a host, which may be over. One from a clock that was ahead counts from when that is
    /// first seen.
    package mutating func pause(of host: String, at now: Timestamp) -> FeedState.Pause? {
        guard let pause = pauses[host] else { return nil }
        let believable = PauseRules.believable(pause, at: now)
        if believable != pause { pauses[host] = believable }
        return believable
    }

    /// Returns when the pause of a host ends; nil where none is in force.
    package mutating func until(_ host: String, at now: Timestamp) -> Timestamp? {
        guard let pause = pause(of: host, at: now), pause.until > now else { return nil }
        return pause.until
    }

    /// Takes in a pause of a feed that was asked now, or one that was remembered: the longer and the worse one counts.
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

    /// Returns the hosts whose pause is in force, by name.
    package mutating func active(at now: Timestamp) -> [(host: String, until: Timestamp)] {
        for host in pauses.keys { _ = pause(of: host, at: now) }
        return pauses.filter { $0.value.until > now }.map { (host: $0.key, until: $0.value.until) }
            .sorted { $0.host < $1.host }
    }
}
