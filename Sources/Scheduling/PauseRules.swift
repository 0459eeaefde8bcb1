package import FeedModel

/// How long a server is left alone that is too busy to answer (polling.md §8).
package enum PauseRules {
    /// Seconds of the first pause of a server that does not say how long.
    static let first = 600
    static let longest = 86_400
    /// Seconds that no server is left alone beyond, whatever it asks for.
    package static let maxRetryAfter = 7 * 86_400
    /// Seconds without another incident after which those before are forgiven.
    package static let forgiven = 86_400

    /// - Parameters:
    ///   - previous: the last pause of the same host, or of the feed.
    ///   - spread: 0 to 1; how much of a tenth is added to a pause that the server has not measured out.
    package static func pause(
        after previous: FeedState.Pause?, retryAfter: Int?, coversHost: Bool, spread: Double, at now: Timestamp
    ) -> FeedState.Pause {
        let previous = previous.map { believable($0, at: now) }
        var incidents = 1
        if let previous, isRemembered(previous, at: now) {
            // What was under way when the pause began is no further incident.
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

    /// Milliseconds that clocks differ by, and a moment takes.
    package static let clockTolerance: Int64 = 60_000

    /// The pause as it can be: one that a clock which was ahead has begun counts from now, and none is longer than any
    /// server is left alone.
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

    /// Whether an incident still makes the next one worse.
    package static func isRemembered(_ pause: FeedState.Pause, at now: Timestamp) -> Bool {
        pause.until > now || now.milliseconds - max(pause.since, pause.until).milliseconds < Int64(forgiven) * 1000
    }
}
