/// What came of a simulated time.
package struct SimulationResult: Sendable {
    package var feeds = 0
    package var hosts = 0
    package var days = 0
    package var requests = 0
    /// Of bodies, and of headers at 400 bytes an answer.
    package var bytes = 0
    package var failures = 0
    package var items = 0
    /// Items that had left the document before it was asked for.
    package var missed = 0
    /// The same of feeds whose document holds ten items.
    package var missedOfTen = 0
    package var possibleGaps = 0
    /// From publishing to storing, of all feeds and of those that publish hourly or more often.
    package var delay = DelayHistogram()
    package var hourlyDelay = DelayHistogram()
    package var hourlyFeeds = 0
    package var hourlyRequests = 0
    /// The most requests in any one second.
    package var busiestSecond = 0
    /// The longest run of requests to one host, each as soon as its delay allowed.
    package var longestBurst = Burst()
    /// Requests by host, the busiest first; as many as were asked for.
    package var busiestHosts: [(host: String, requests: Int)] = []

    package struct Burst: Sendable {
        package var host = ""
        package var requests = 0
        package var seconds = 0
    }

    package var requestsPerFeedAndDay: Double {
        feeds > 0 && days > 0 ? Double(requests) / Double(feeds) / Double(days) : 0
    }
}

/// Delays in seconds, counted by length.
package struct DelayHistogram: Sendable {
    /// By the second up to an hour, by the minute up to 30 days.
    private var seconds = [Int](repeating: 0, count: 3600)
    private var minutes: [Int] = []
    package private(set) var count = 0

    package mutating func add(_ delay: Int) {
        count += 1
        if delay < seconds.count {
            seconds[max(0, delay)] += 1
        } else {
            let minute = min(delay / 60, 30 * 24 * 60)
            while minutes.count <= minute { minutes.append(0) }
            minutes[minute] += 1
        }
    }

    /// The delay that so large a part of them does not exceed; nil where there are none.
    package func quantile(_ part: Double) -> Int? {
        guard count > 0 else { return nil }
        var left = max(1, Int((Double(count) * part).rounded(.up)))
        for (delay, number) in seconds.enumerated() {
            left -= number
            if left <= 0 { return delay }
        }
        for (minute, number) in minutes.enumerated() {
            left -= number
            if left <= 0 { return minute * 60 }
        }
        return nil
    }
}
