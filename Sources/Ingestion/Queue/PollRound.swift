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
    private let feeds: [FeedConfiguration]
    private let rules: SkipRules
    private let poller: FeedPoller
    private let allowances: HostAllowances
    private let now: @Sendable () -> Timestamp
    private let state: (FeedIdentifier) -> FeedState?
    private let report: (PollReport) -> Void
    private let begun: Timestamp
    /// Hosts that have had enough during this round.
    private var paused: [String: Timestamp] = [:]

    /// Takes the feeds of a round, which `fill` puts in line. What is passed over is decided by the time that this is
    /// called at.
    ///
    /// - Parameters:
    ///   - health: the poller's.
    ///   - report: called for each feed, skipped ones included, one call at a time.
    package init(
        feeds: [FeedConfiguration], selection: PollSelection, poller: FeedPoller, allowances: HostAllowances,
        health: HostHealth, now: @escaping @Sendable () -> Timestamp, state: @escaping (FeedIdentifier) -> FeedState?,
        report: @escaping (PollReport) -> Void
    ) {
        self.feeds = feeds
        self.poller = poller
        self.allowances = allowances
        self.now = now
        self.state = state
        self.report = report
        begun = now()
        rules = SkipRules(
            selection: selection, health: health, schedule: poller.schedule, now: begun,
            isClockDoubtful: poller.clock.doubt != nil)
    }

    /// Reports the feeds that are passed over, and puts the others in line.
    package func fill(_ loop: PollLoop) {
        var entries: [PollEntry] = []
        entries.reserveCapacity(feeds.count)
        for (number, feed) in feeds.enumerated() {
            let state = state(feed.id)
            let (key, allowance) = allowances.allowance(for: feed, state: state)
            if let reason = rules.reasonToSkip(feed, state, host: key) {
                report(.skipped(feed, state, reason))
                continue
            }
            entries.append(PollEntry(feed: number, host: key, due: begun, allowance: allowance))
        }
        loop.add(entries)
    }

    package var executor: any TaskExecutor { poller.executor }

    package func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) {
        allowances.allowance(forHost: host)
    }

    package func poll(_ feed: Int, turn: @escaping RedirectTurn) -> @Sendable () async -> PollReport {
        let poller = poller
        let feed = feeds[feed]
        let state = state(feed.id)
        let host = allowances.allowance(for: feed, state: state).key
        // A host that has had enough during this round has had enough of this round.
        if let until = paused[host], until > now() {
            let skipped = PollReport.skipped(feed, state, SkipRules.pausedMeanwhile(host, until))
            return { skipped }
        }
        return { await poller.poll(feed, turn: turn) }
    }

    package func finished(_ feed: Int, _ report: PollReport) -> PollEntry? {
        if let (host, pause) = report.hostPause { paused[host] = max(paused[host] ?? pause.until, pause.until) }
        self.report(report)
        return nil
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
        maxAgeCap = Int(feed.maxAgeCap.components.seconds)
        isLocal = feed.isLocalFile
    }
}
