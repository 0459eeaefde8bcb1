package import FeedModel

/// `SimulatedPublisher` says when a made-up feed publishes: by a known feed's gaps, or at random with the hours and
/// days of people who work.
///
/// The same publisher publishes at the same times, however often it is asked.
package struct SimulatedPublisher: Sendable {
    /// `Pattern` is by what a publisher publishes.
    package enum Pattern: Sendable {
        /// Never again.
        case dead
        /// At random, so many seconds apart on average; `byDay`: hardly at night and at weekends.
        case random(gap: Int, byDay: Bool)
        /// One of these gaps after the other, in the order of chance.
        case known(gaps: [Int])
    }

    /// Items come one by one where fewer seconds than these lie between them.
    private static let oneByOne = 7200

    private let pattern: Pattern
    private let seed: UInt64
    private var drawn: UInt64 = 0
    /// Seconds since 1970 of the next item; nil where there is none any more.
    private var next: Int64?
    /// Items that come with the next one, in the minute after it.
    private var burst = 0

    /// Makes a publisher that publishes nothing before `start`.
    package init(_ pattern: Pattern, seed: UInt64, start: Timestamp) {
        self.pattern = pattern
        self.seed = seed
        next = start.seconds
        advance()
    }

    /// Calls `body` with the time of each item up to `now` that was not asked for before, the earliest first.
    package mutating func publish(upTo now: Int64, _ body: (Int64) -> Void) {
        while let time = next, time <= now {
            body(time)
            if burst > 0 {
                burst -= 1
                next = time + 1 + Int64(draw() * 15)
            } else {
                advance()
            }
        }
    }

    private mutating func draw() -> Double {
        drawn &+= 1
        return Double(Jitter.mix(seed, drawn) >> 11) / Double(1 << 53)
    }

    private mutating func advance() {
        guard let time = next else { return }
        switch pattern {
        case .dead: next = nil
        case .known(let gaps):
            if gaps.isEmpty { return next = nil }
            next = time + Int64(max(1, gaps[Int(draw() * Double(gaps.count))]))
        case .random(let gap, let byDay):
            next = random(after: time, gap: gap, byDay: byDay)
            // Who publishes now and then does so several items at a time, once in five.
            let size = draw()
            burst = gap < Self.oneByOne || size < 0.8 ? 0 : size < 0.95 ? 1 : 2 + Int(draw() * 3)
        }
    }

    private mutating func random(after time: Int64, gap: Int, byDay: Bool) -> Int64 {
        var time = Double(time)
        // By day the same number of items is published in less time.
        let peak = byDay ? Double(gap) / 2 : Double(gap)
        for _ in 0..<10_000 {
            time += max(1, -peak * Self.logarithm(max(1e-9, 1 - draw())))
            if !byDay || draw() < Self.activity(at: Int64(time)) { break }
        }
        return Int64(time)
    }

    /// How lively it is at that time, 0 to 1; half on average.
    private static func activity(at time: Int64) -> Double {
        let hour = time / 3600 % 24
        let isWeekend = [0, 6].contains((time / 86_400 + 4) % 7)
        let byHour = hour < 6 ? 0.08 : hour < 8 ? 0.4 : hour < 20 ? 0.95 : 0.3
        return isWeekend ? byHour * 0.5 : byHour
    }

    /// The natural logarithm, good enough for chance.
    private static func logarithm(_ value: Double) -> Double {
        // value = m · 2^e; ln m by the series of atanh.
        let m = value.significand
        let y = (m - 1) / (m + 1)
        let square = y * y
        let series = 2 * y * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square / 9))))
        return series + Double(value.exponent) * 0.693_147_180_559_945_3
    }
}

/// `SimulatedFeed` is a feed and its server, as far as a schedule notices them.
package struct SimulatedFeed: Sendable {
    /// The key of the feed's host.
    package var host: String
    /// The host may be asked so often.
    package var allowance: HostAllowance
    /// The feed publishes by this.
    package var publisher: SimulatedPublisher.Pattern
    /// The document holds this many items.
    package var items = 20
    /// The document has this many bytes.
    package var bytes = 20_000
    /// The document can be asked for conditionally.
    package var hasValidators = true
    /// An answer is fresh for this many seconds; 0 where it does not say.
    package var freshFor = 0
    /// The document asks this of those who poll it.
    package var hints = PollingHints()
    /// The feed's host refuses a request that comes fewer seconds than these after the last one that it served; 0 where it
    /// refuses none. Of a host's feeds, the first to be added says so.
    package var hostLimit = 0
    /// Each request fails.
    package var isBroken = false
    /// A person has set this for the feed.
    package var settings = PollSettings()
    /// The feed's chances come from this.
    package var seed: UInt64

    package init(
        host: String, allowance: HostAllowance, publisher: SimulatedPublisher.Pattern, seed: UInt64
    ) {
        self.host = host
        self.allowance = allowance
        self.publisher = publisher
        self.seed = seed
    }

    /// Returns a feed as there are many: a tenth of them publish hourly or more often, half daily, a quarter weekly,
    /// and the rest nothing any more.
    ///
    /// - Parameter number: the same number is the same feed.
    package static func madeUp(_ number: Int, host: String? = nil, allowance: HostAllowance) -> SimulatedFeed {
        let seed = Jitter.mix(UInt64(number), 0x6665_6564)
        func draw(_ index: UInt64) -> Double { Double(Jitter.mix(seed, index) >> 11) / Double(1 << 53) }
        func between(_ low: Int, _ high: Int, _ index: UInt64) -> Int { low + Int(draw(index) * Double(high - low)) }
        let kind = draw(1)
        let pattern: SimulatedPublisher.Pattern
        switch kind {
        case ..<0.10: pattern = .random(gap: between(600, 3600, 2), byDay: draw(3) < 0.7)
        case ..<0.60: pattern = .random(gap: between(43_200, 130_000, 2), byDay: true)
        case ..<0.85: pattern = .random(gap: between(400_000, 900_000, 2), byDay: true)
        default: pattern = .dead
        }
        // Four feeds share a host, and one in ten lives on a large one.
        let ownHost = draw(4) < 0.1 ? "large-\(number / 1000).example" : "h\(number / 4).example"
        var feed = SimulatedFeed(
            host: host ?? ownHost, allowance: allowance, publisher: pattern, seed: seed)
        feed.items = draw(6) < 0.4 ? 10 : between(15, 50, 7)
        // Who publishes every few minutes shows more than ten.
        if case .random(let gap, _) = pattern, gap < 1200 { feed.items = max(feed.items, between(20, 50, 7)) }
        feed.bytes = between(4000, 60_000, 8)
        // Feeds that publish often and cannot be asked conditionally hold more than ten items.
        feed.hasValidators = draw(9) < 0.9 || kind < 0.10 && feed.items == 10
        if draw(10) < 0.2 { feed.freshFor = [300, 600, 900, 1800][Int(draw(11) * 4)] }
        if draw(12) < 0.3 { feed.hints.updatePeriodSeconds = 3600 }
        if kind >= 0.10, draw(13) < 0.1 { feed.hints.ttlSeconds = 3600 }
        feed.isBroken = draw(14) < 0.02
        return feed
    }
}

/// `IntervalRule` is a way to choose the next poll that newswire's is compared with, as others have published them
/// (polling.md §5).
package enum IntervalRule: Sendable, Equatable {
    /// The policy of this program.
    case newswire
    /// Every so many seconds, whatever happens.
    case fixed(Int)
    /// miniflux's `entry_frequency`: a week divided by the number of entries of the last week, 5 minutes to a day, and not
    /// before the answer's freshness ends.
    case entryFrequency
    /// StormCrawler's adaptive scheduler with news-crawl's numbers: half as long again where nothing has changed, a fifth
    /// of the way to the minimum where something has; 90 minutes to 90 days.
    case stormCrawler

    /// The rule's name as `newswire simulate` prints it.
    package var name: String {
        switch self {
        case .newswire: "newswire"
        case .fixed(let seconds): "every \(seconds / 60) min"
        case .entryFrequency: "entry_frequency"
        case .stormCrawler: "stormcrawler"
        }
    }

    /// All rules that are compared, newswire's first.
    package static let all: [IntervalRule] = [
        .newswire, .fixed(900), .fixed(3600), .entryFrequency, .stormCrawler,
    ]

    static let week = 7 * 86_400

    /// Returns the seconds to the next poll by a rule that is not newswire's.
    ///
    /// - Parameters:
    ///   - previous: the last interval; 0 at the beginning.
    ///   - weekly: items seen in the last seven days.
    func interval(after previous: Int, hasNews: Bool, weekly: Int, freshFor: Int) -> Int {
        switch self {
        case .newswire: previous
        case .fixed(let seconds): seconds
        case .entryFrequency:
            max(freshFor, weekly == 0 ? 86_400 : min(max(Self.week / weekly, 300), 86_400))
        case .stormCrawler:
            if previous == 0 {
                5400
            } else if hasNews {
                max(5400, (previous * 4 + 5400) / 5)
            } else {
                min(previous + previous / 2, 90 * 86_400)
            }
        }
    }
}
