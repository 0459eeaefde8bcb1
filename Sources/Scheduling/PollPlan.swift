package import FeedModel

/// What a person has set for the schedule of a feed, in seconds (contract.md §2).
package struct IntervalSettings: Sendable, Equatable {
    /// The fixed interval of this feed; nil where none is set.
    package var interval: Int?
    package var initialInterval = 3600
    package var minInterval = 600
    /// How far freshness may put a poll off.
    package var maxAgeCap = 86_400

    package init() {}
}

/// How a poll ended, as far as the schedule wants to know.
package struct PollEnd: Sendable, Equatable {
    package var time: Timestamp
    package var failed: Bool
    /// Failures in a row, with this one.
    package var failures: Int
    /// How long the response is fresh, in seconds (polling.md §3).
    package var freshFor: Int?
    /// How long the server asked to be left alone, in seconds (polling.md §8).
    package var retryAfter: Int?

    package init(time: Timestamp, failed: Bool, failures: Int, freshFor: Int? = nil, retryAfter: Int? = nil) {
        self.time = time
        self.failed = failed
        self.failures = failures
        self.freshFor = freshFor
        self.retryAfter = retryAfter
    }
}

/// When a feed is polled again.
package struct PollPlan: Sendable, Equatable {
    package var next: Timestamp
    /// Seconds from one poll to the next as long as nothing puts it off.
    package var interval: Int
    /// Until then the server wants to be left alone, whatever the interval says.
    package var notBefore: Timestamp?

    /// Seconds that no wish of a server goes beyond (polling.md §8).
    static let maxRetryAfter = 7 * 86_400
    /// Seconds that a failing feed is put off at most (polling.md §8).
    static let maxBackoff = 86_400

    /// Plans the next poll: a fixed interval, doubled with each failure in a row, and never before freshness or
    /// Retry-After end.
    package static func after(_ end: PollEnd, settings: IntervalSettings) -> PollPlan {
        let interval = settings.interval ?? max(settings.initialInterval, settings.minInterval)
        var wait = interval
        if end.failed {
            let doublings = min(max(end.failures, 1), 16)
            wait = max(interval, min(interval << doublings, maxBackoff))
        }
        let freshFor = min(max(end.freshFor ?? 0, 0), settings.maxAgeCap)
        let retryAfter = min(max(end.retryAfter ?? 0, 0), maxRetryAfter)
        let floor = max(freshFor, retryAfter)
        return PollPlan(
            next: end.time.adding(seconds: max(wait, floor)), interval: interval,
            notBefore: floor > 0 ? end.time.adding(seconds: floor) : nil)
    }
}

extension Timestamp {
    package func adding(seconds: Int) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Int64(seconds) * 1000)
    }
}
