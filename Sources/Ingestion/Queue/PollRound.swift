package import Configuration
package import FeedModel
package import Scheduling

/// `PollSelection` says which feeds a round takes beside those that are due (contract.md §1).
package enum PollSelection: String, Sendable {
    case due
    /// Those that are not due too, but for the ones whose server asked to be left alone.
    case all
    case force
}

/// `PollRound` is one round over some feeds: each is polled once, or passed over with a reason.
package final class PollRound: PollLoopOwner {
    /// Milliseconds that a round takes for a host whose requests are to be far apart.
    private static let patience: Int64 = 600_000

    private let feeds: [FeedConfiguration]
    private let rules: SkipRules
    private let poller: FeedPoller
    private let allowances: HostAllowances
    private let state: (FeedIdentifier) -> FeedState?
    private let report: (PollReport) -> Void
    private let begun: Timestamp

    /// Takes the feeds of a round, which `fill` puts in line.
    ///
    /// - Parameters:
    ///   - health: the poller's.
    ///   - now: by which it is decided what is passed over.
    ///   - report: called for each feed, skipped ones included, one call at a time.
    package init(
        feeds: [FeedConfiguration], selection: PollSelection, poller: FeedPoller, allowances: HostAllowances,
        health: HostHealth, now: Timestamp, state: @escaping (FeedIdentifier) -> FeedState?,
        report: @escaping (PollReport) -> Void
    ) {
        self.feeds = feeds
        self.poller = poller
        self.allowances = allowances
        self.state = state
        self.report = report
        begun = now
        rules = SkipRules(
            selection: selection, health: health, schedule: poller.schedule, now: begun,
            isClockDoubtful: poller.clock.doubt != nil)
    }

    /// Reports the feeds that are passed over, and puts the others in line.
    package func fill(_ loop: PollLoop) {
        var entries: [(entry: PollEntry, lateness: Double)] = []
        entries.reserveCapacity(feeds.count)
        var slow: [String: [(entry: PollEntry, lateness: Double)]] = [:]
        for (number, feed) in feeds.enumerated() {
            let state = state(feed.id)
            let (key, allowance) = allowances.allowance(for: feed, state: state)
            if let reason = rules.reasonToSkip(feed, state, host: key) {
                report(.skipped(feed, state, reason))
                continue
            }
            var entry = PollEntry(feed: number, host: key, due: begun, allowance: allowance)
            // Whoever asks for feeds that are not due waits for the delay alone, and not for what was learnt.
            if case .due = rules.selection { entry.allowance = rules.health.paced(allowance, of: key, at: begun) }
            if entry.allowance.pace > allowance.delay {
                slow[key, default: []].append((entry, lateness(state)))
            } else {
                entries.append((entry, lateness(state)))
            }
        }
        for waiting in slow.values { entries += admitted(waiting) }
        // A host may have enough in the middle of the round: it is not always the same feeds that are left then.
        if case .due = rules.selection { entries.sort(by: Self.isFirst) }
        loop.add(entries.map(\.entry))
    }

    /// How many of its intervals a feed is late.
    private func lateness(_ state: FeedState?) -> Double {
        guard let next = state?.nextPoll else { return .infinity }
        return Double(begun.milliseconds - next.milliseconds) / Double(max(1, state?.intervalSeconds ?? 3600))
    }

    /// Returns the feeds of a slow host that this round takes, those first that have waited longest, and passes over the
    /// others: a round is no service.
    private func admitted(
        _ waiting: [(entry: PollEntry, lateness: Double)]
    ) -> [(entry: PollEntry, lateness: Double)] {
        let sorted = waiting.sorted(by: Self.isFirst)
        guard let pace = sorted.first?.entry.allowance.pace else { return [] }
        let count = max(1, Int(Self.patience / pace))
        for (entry, _) in sorted.dropFirst(count) {
            let feed = feeds[entry.feed]
            report(.skipped(feed, state(feed.id), SkipRules.paced(entry.host, pace: pace)))
        }
        return Array(sorted.prefix(count))
    }

    private static func isFirst(
        _ left: (entry: PollEntry, lateness: Double), _ right: (entry: PollEntry, lateness: Double)
    ) -> Bool {
        (right.lateness, left.entry.feed) < (left.lateness, right.entry.feed)
    }

    package var executor: any TaskExecutor { poller.executor }

    package func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) {
        allowances.allowance(forHost: host)
    }

    package func poll(_ feed: Int, turn: RedirectTurn) -> @Sendable () async -> PollReport {
        let poller = poller
        let feed = feeds[feed]
        return { await poller.poll(feed, turn: turn) }
    }

    package func finished(_ feed: Int, _ report: PollReport) -> PollEntry? {
        self.report(report)
        return nil
    }

    package func passOver(_ number: Int, _ obstacle: PollObstacle) {
        let feed = feeds[number]
        let reason =
            switch obstacle {
            case .pausedHost(let host, let until): SkipRules.pausedMeanwhile(host, until)
            case .hostDelay(let host, let until): SkipRules.spaced(host, until)
            }
        report(.skipped(feed, state(feed.id), reason))
    }
}

extension PollSettings {
    /// Takes what a person has set for a feed, in seconds.
    package init(_ feed: FeedConfiguration, _ schedule: ScheduleSettings) {
        self.init()
        interval = feed.interval.map { Int($0.components.seconds) }
        initialInterval = Int(schedule.initialInterval.components.seconds)
        minInterval = Int(schedule.minInterval.components.seconds)
        maxInterval = Int(schedule.maxInterval.components.seconds)
        hours = feed.options.hours
        maxAgeCap = Int(feed.maxAgeCap.components.seconds)
        isLocal = feed.isLocalFile
    }
}
