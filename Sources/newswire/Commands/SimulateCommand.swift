internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
internal import Scheduling

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Shows what the schedule would do with the configured feeds over some days.",
        discussion: """
            It runs the schedule on a clock of its own and contacts no server. Each feed publishes, and its server \
            answers, as it has done so far. What was never polled is made up: a tenth of such feeds publish hourly or \
            more often, half of them daily, and the rest weekly or never.

            EXAMPLE
              newswire simulate --days 7
              # made-up feeds, and other ways to schedule them
              newswire simulate --feeds 10000 --compare
            """)

    @Option(help: ArgumentHelp("Simulate this many days.", valueName: "N"))
    var days = 7

    @Option(help: ArgumentHelp("Simulate this many made-up feeds in place of the configured ones.", valueName: "N"))
    var feeds: Int?

    @Flag(
        help: """
            Run other rules on the same feeds, too: a poll every 15 minutes, a poll every 60 minutes, miniflux's \
            entry_frequency, and StormCrawler's adaptive scheduler.
            """)
    var compare = false

    @Flag(help: "Print one line of JSON for each rule.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...366).contains(days) else { throw ValidationError("--days must be between 1 and 366") }
        if let feeds, !(1...2_000_000).contains(feeds) {
            throw ValidationError("--feeds must be between 1 and 2000000")
        }
    }

    func run() throws {
        let configuration = feeds == nil ? try common.loadWithKnownFeeds() : nil
        if let configuration, configuration.feeds.isEmpty {
            return StandardError.write(
                "newswire: no feeds are configured in \(configuration.path); --feeds 1000 simulates made-up ones")
        }
        let now = SystemClock.now()
        let known = try CommandFailure.wrappingAll { try configuration.map { try SimulatedFeeds($0, now: now) } }
        var output = StandardOutput()
        for rule in compare ? IntervalRule.all : [.newswire] {
            let result = simulate(rule, known, now: known == nil ? Self.epoch : now)
            if json {
                try output.write(line(rule, result))
            } else {
                for line in text(rule, result) { try output.write(line: SafeText.line(line)) }
            }
            try output.flush()
        }
    }

    /// Made-up feeds do the same whenever they are simulated: from a Monday on.
    private static let epoch = Timestamp(year: 2026, month: 11, day: 2)

    private func simulate(_ rule: IntervalRule, _ known: SimulatedFeeds?, now: Timestamp) -> SimulationResult {
        var simulation = Simulation(rule: rule, start: now, concurrency: known?.concurrency ?? 64)
        if let known {
            known.add(to: &simulation, rule)
        } else {
            let allowance = HostAllowance(concurrency: 1, delay: 2000)
            for number in 0..<(feeds ?? 0) { simulation.add(.madeUp(number, allowance: allowance)) }
        }
        return simulation.run(days: days)
    }

    private func line(_ rule: IntervalRule, _ result: SimulationResult) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("rule", rule.name)
        json.member("days", result.days)
        json.member("feeds", result.feeds)
        json.member("hosts", result.hosts)
        json.member("requests", result.requests)
        json.member("requests_per_feed_day", rounded(result.requestsPerFeedAndDay))
        json.member("requests_per_host_day", rounded(perDay(result.requests, result.hosts)))
        json.member("bytes", result.bytes)
        json.member("failures", result.failures)
        json.member("refused", result.refused)
        json.member("items", result.items)
        json.member("missed_items", result.missed)
        json.member("missed_items_of_window_10", result.missedOfTen)
        json.member("possible_gaps", result.possibleGaps)
        json.member("delay_median_seconds", result.delay.quantile(0.5))
        json.member("delay_p95_seconds", result.delay.quantile(0.95))
        json.member("hourly_feeds", result.hourlyFeeds)
        json.member("hourly_requests_per_feed_day", rounded(perDay(result.hourlyRequests, result.hourlyFeeds)))
        json.member("hourly_delay_median_seconds", result.hourlyDelay.quantile(0.5))
        json.member("hourly_delay_p95_seconds", result.hourlyDelay.quantile(0.95))
        json.member("busiest_second_requests", result.busiestSecond)
        json.key("longest_burst")
        json.beginObject()
        json.member("host", result.longestBurst.host)
        json.member("requests", result.longestBurst.requests)
        json.member("seconds", result.longestBurst.seconds)
        json.endObject()
        json.key("busiest_hosts")
        json.beginArray()
        for (host, requests) in result.busiestHosts {
            json.beginObject()
            json.member("host", host)
            json.member("requests_per_day", rounded(perDay(requests, 1)))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func text(_ rule: IntervalRule, _ result: SimulationResult) -> [String] {
        func delays(_ histogram: DelayHistogram) -> String {
            guard let median = histogram.quantile(0.5), let late = histogram.quantile(0.95) else { return "none" }
            return "\(SpanText.text(median)) in the middle, \(SpanText.text(late)) for 95 %"
        }
        let burst = result.longestBurst
        var lines = [
            "\(rule.name): \(result.feeds) feeds of \(result.hosts) hosts, \(result.days) days",
            "  requests         \(result.requests): \(rounded(result.requestsPerFeedAndDay)) a feed and day, "
                + "\(rounded(perDay(result.requests, result.hosts))) a host and day",
            "  bytes            \(result.bytes / 1_000_000) MB",
            "  items            \(result.items), \(result.missed) missed "
                + "(\(result.missedOfTen) of feeds that show ten), \(result.possibleGaps) possible gaps seen",
            "  delay            \(delays(result.delay))",
            "  hourly feeds     \(result.hourlyFeeds): \(delays(result.hourlyDelay)), "
                + "\(rounded(perDay(result.hourlyRequests, result.hourlyFeeds))) requests a feed and day",
            "  busiest second   \(result.busiestSecond) requests",
            "  longest burst    \(burst.requests) requests to \(burst.host) in \(SpanText.text(burst.seconds))",
        ]
        if result.refused > 0 {
            lines.append("  refused          \(result.refused) by hosts that were asked too often")
        }
        let hosts = result.busiestHosts.prefix(5).map { "\($0.host) \(rounded(perDay($0.requests, 1)))" }
        lines.append("  busiest hosts    \(hosts.joined(separator: ", ")) a day")
        return lines
    }

    private func perDay(_ count: Int, _ of: Int) -> Double {
        of > 0 && days > 0 ? Double(count) / Double(of) / Double(days) : 0
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

/// The configured feeds as far as they are known, ready to be simulated.
struct SimulatedFeeds {
    private let feeds: [(model: SimulatedFeed, schedule: FeedState.Schedule?, due: Timestamp?)]
    let concurrency: Int

    init(_ configuration: Configuration, now: Timestamp) throws {
        concurrency = configuration.fetch.concurrency
        let directory = configuration.store.directory
        var states: [FeedIdentifier: FeedState] = [:]
        var history: PollHistoryReader?
        if ConfigurationPath.fileExists(directory) {
            states = configuration.remembered(try StoreReader(directory: directory).states())
            history = try PollHistoryReader(directory: directory)
        }
        let allowances = HostAllowances(configuration)
        let health = HostHealth(configuration, at: now, states: states)
        var feeds: [(model: SimulatedFeed, schedule: FeedState.Schedule?, due: Timestamp?)] = []
        for feed in configuration.feeds where feed.enabled {
            let state = states[feed.id]
            if state?.schedule.isGoneForGood ?? false { continue }
            let (key, allowance) = allowances.allowance(for: feed, state: state)
            let hash = FeedHash.of(feed.id)
            let paced = health.paced(allowance, of: key, at: now)
            var model = SimulatedFeed.madeUp(Int(truncatingIfNeeded: hash >> 16), host: key, allowance: paced)
            // A host is taken to allow what it was found to allow.
            model.hostLimit = Int(paced.pace / 1000)
            model.settings = PollSettings(feed, configuration.schedule)
            guard let state, state.lastSuccess != nil else {
                feeds.append((model, nil, state?.nextPoll))
                continue
            }
            let polls = try history?.polls(of: state, hash: UInt32(truncatingIfNeeded: hash)) ?? []
            model.take(state, polls)
            feeds.append((model, state.schedule, state.nextPoll.map { max($0, now) }))
        }
        self.feeds = feeds
    }

    func add(to simulation: inout Simulation, _ rule: IntervalRule) {
        for feed in feeds {
            // Other rules begin from nothing.
            let schedule = rule == .newswire ? feed.schedule : nil
            simulation.add(feed.model, schedule: schedule, due: rule == .newswire ? feed.due : nil)
        }
    }
}

extension SimulatedFeed {
    /// What is known in place of what was made up.
    fileprivate mutating func take(_ state: FeedState, _ polls: [PollRecord]) {
        let gaps = state.schedule.rhythm.gaps
        publisher = gaps.count >= 2 ? .known(gaps: gaps) : .dead
        items = max(1, Int(state.schedule.items))
        hints = state.hints
        hasValidators = state.validators != nil
        isBroken = state.failures >= 3
        freshFor = polls.last { $0.outcome != .failed }?.terms.freshFor ?? 0
        if let whole = polls.last(where: { $0.status == 200 && $0.bytes > 0 }) { bytes = whole.bytes }
    }
}
