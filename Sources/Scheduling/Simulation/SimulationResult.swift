/// `SimulationResult` is what came of a simulated time, in figures.
package struct SimulationResult: Sendable {
    /// Counts the feeds that were polled.
    package var feeds = 0
    /// Counts the hosts of the feeds.
    package var hosts = 0
    /// Counts the days that passed.
    package var days = 0
    /// Counts the requests that were made.
    package var requests = 0
    /// Bodies, and headers at 400 bytes an answer, had this many bytes.
    package var bytes = 0
    /// Counts the requests that failed.
    package var failures = 0
    /// Counts the requests that a host refused because they came too soon.
    package var refused = 0
    /// Counts those of the refused requests that came after the first day.
    package var refusedLater = 0
    /// The longest that a feed of a host with a limit was not served, in seconds.
    package var longestUnserved = 0
    /// Counts the items that were published.
    package var items = 0
    /// Counts the items that had left the document before it was asked for.
    package var missed = 0
    /// Counts those of the missed items that were of feeds whose document holds ten.
    package var missedOfTen = 0
    /// Counts the documents that had nothing of the document before.
    package var possibleGaps = 0
    /// Tells how long it took from publishing to storing, for all feeds.
    package var delay = DelayHistogram()
    /// Tells how long it took from publishing to storing, for feeds that publish hourly or more often.
    package var hourlyDelay = DelayHistogram()
    /// Counts the feeds that publish hourly or more often.
    package var hourlyFeeds = 0
    /// Counts the requests that were for these feeds.
    package var hourlyRequests = 0
    /// Counts the most requests that came in any one second.
    package var busiestSecond = 0
    /// The longest run of requests to one host, each as soon as its delay allowed.
    package var longestBurst = Burst()
    /// The hosts with the most requests, the busiest first; as many as were asked for.
    package var busiestHosts: [(host: String, requests: Int)] = []

    /// `Burst` is a run of requests to one host.
    package struct Burst: Sendable {
        /// The key of the host's allowance.
        package var host = ""
        /// The run had this many requests.
        package var requests = 0
        /// The run took this many seconds.
        package var seconds = 0
    }

    /// Each feed was asked so often a day on average; 0 where there is no feed or no day.
    package var requestsPerFeedAndDay: Double {
        feeds > 0 && days > 0 ? Double(requests) / Double(feeds) / Double(days) : 0
    }
}

/// `DelayHistogram` counts delays by their length in seconds.
package struct DelayHistogram: Sendable {
    /// Delays are counted by the second up to an hour, by the minute up to 30 days.
    private var seconds = [Int](repeating: 0, count: 3600)
    private var minutes: [Int] = []
    /// Tells how many delays were counted.
    package private(set) var count = 0

    /// Counts a delay of this many seconds.
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

    /// Returns the delay in seconds that so large a part of the delays, 0 to 1, does not exceed; nil where there are
    /// none.
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
