package import FeedModel

/// `PauseRules` says how long a server is left alone that is too busy to answer (polling.md §8).
package enum PauseRules {
    /// The first pause of a server that does not say how long lasts this many seconds.
    static let first = 600
    /// A pause that the server has not measured out lasts this many seconds at most.
    static let longest = 86_400
    /// The same for a host: feeds that are refused back off by themselves, and others do not wait for longer than this.
    static let longestOfHost = 3600
    /// No server is left alone for more seconds than these, whatever it asks for.
    package static let maxRetryAfter = 7 * 86_400
    /// Refusals are forgotten after this many seconds without another one, also where nothing was answered in between.
    package static let forgiven = 86_400

    /// Returns the pause that a refusal at this time begins, which never ends before one that is in force.
    ///
    /// - Parameters:
    ///   - previous: the last pause of the same host, or of the feed, if there was no answer since.
    ///   - retryAfter: seconds that the server has asked for. Where it refuses again after these, they were too few.
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
        var seconds = 0
        let measured = retryAfter.map { min($0, maxRetryAfter) } ?? 0
        let doublings = measured > 0 ? incidents - 2 : incidents - 1
        if doublings >= 0 {
            seconds = min(first << min(doublings, 16), coversHost ? longestOfHost : longest)
            seconds += Int(Double(seconds) / 10 * min(max(spread, 0), 1))
        }
        var until = now.adding(seconds: max(seconds, measured))
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

/// `PaceRules` says how far apart a host has its requests that has refused some (polling.md §8).
package enum PaceRules {
    /// No host has its requests further apart than this many seconds.
    package static let longest = 3600
    /// A host of so many feeds that they could not all be asked within a day has them no further apart than this.
    static let longestOfMany = 120
    /// A pace begins at no fewer milliseconds than these.
    private static let shortest: Int64 = 1000
    /// Requests that were further apart than this many milliseconds were no more than these apart, for all a refusal shows.
    private static let widestGap: Int64 = 600_000
    /// Each day without a refusal, the pace loses this part of itself.
    private static let shrinking = 8

    /// Returns the longest pace of a host with so many feeds, in seconds: each is to be asked daily where that can be.
    package static func longest(feeds: Int) -> Int {
        min(longest, max(longestOfMany, 86_400 / max(1, feeds)))
    }

    /// Returns the milliseconds between two requests that a pace comes to by now; it shrinks with each day.
    package static func milliseconds(_ pace: FeedState.HostPace, at now: Timestamp) -> Int64 {
        var milliseconds = Int64(min(Int(pace.seconds), longest)) * 1000
        // One from a clock that was ahead has just begun.
        let days = max(0, now.seconds - pace.since.seconds) / 86_400
        for _ in 0..<min(days, 100) { milliseconds -= milliseconds / Int64(shrinking) }
        return milliseconds > shortest ? milliseconds : 0
    }

    /// Returns the pace after a refusal: twice as slow as before.
    ///
    /// - Parameters:
    ///   - previous: the host's last pace.
    ///   - delay: milliseconds that lie between its requests anyway.
    ///   - gap: milliseconds between the request that was refused and the one before; nil where that is not known.
    ///   - quota: seconds for each request by the host's own word; nil where it has not said.
    ///   - feeds: how many the host has.
    static func widened(
        _ previous: FeedState.HostPace?, delay: Int64, gap: Int64?, quota: Int?, feeds: Int, at now: Timestamp
    ) -> FeedState.HostPace? {
        let current = max(previous.map { milliseconds($0, at: now) } ?? 0, delay, shortest)
        let gap = max(gap ?? 0, 0)
        // Who refuses the only request of an hour does so for another reason.
        if gap >= Int64(longest) * 1000, quota == nil { return previous }
        let doubled = 2 * max(current, min(gap, widestGap))
        let wanted = max(doubled, Int64(min(quota ?? 0, longest)) * 1000)
        let seconds = min((wanted + 999) / 1000, Int64(longest(feeds: feeds)))
        guard seconds * 1000 > delay else { return previous }
        return FeedState.HostPace(seconds: UInt16(seconds), since: now)
    }
}
