internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// What the running service knows of its feeds, and what it tells of them.
final class PollingDesk: PollLoopOwner {
    /// How long a feed waits whose articles could not be stored, in seconds.
    private static let storeRetry = 10
    /// Milliseconds between two lines of status.
    private static let statusInterval: Int64 = 1000

    private let reload: () throws(ConfigurationError) -> Configuration
    private let makePoller: (Configuration) -> FeedPoller
    private let store: ArticleStore
    private let notifier: ServiceNotifier
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    private var current: Current?
    /// A feed keeps its number as long as the service runs, also while it is not configured.
    private var numbers: [FeedIdentifier: Int] = [:]
    private var failing = FailureTelling()
    private var lastStatus = Timestamp(milliseconds: 0)

    private struct Current {
        var configuration: Configuration
        var feeds: [Int: FeedConfiguration]
        var allowances: HostAllowances
        var poller: FeedPoller
    }

    init(
        reload: @escaping () throws(ConfigurationError) -> Configuration, store: ArticleStore,
        notifier: ServiceNotifier, logger: Logger, now: @escaping @Sendable () -> Timestamp,
        makePoller: @escaping (Configuration) -> FeedPoller
    ) {
        self.reload = reload
        self.store = store
        self.notifier = notifier
        self.logger = logger
        self.now = now
        self.makePoller = makePoller
    }

    var feedCount: Int { current?.feeds.count ?? 0 }

    /// From here on this is what is polled and how.
    func adopt(_ configuration: Configuration) {
        var feeds: [Int: FeedConfiguration] = [:]
        for feed in configuration.feeds where feed.enabled {
            let number = numbers[feed.id] ?? numbers.count
            numbers[feed.id] = number
            feeds[number] = feed
        }
        current = Current(
            configuration: configuration, feeds: feeds, allowances: HostAllowances(configuration),
            poller: makePoller(configuration))
        failing.keep { id in numbers[id].map { feeds[$0] != nil } ?? false }
    }

    /// Every feed's place in line, by what is remembered of it.
    func line(except running: Set<Int>) -> [PollEntry] {
        guard let current else { return [] }
        let time = now()
        let waiting = current.feeds.filter { !running.contains($0.key) }
        let plans = waiting.map { number, feed in
            (number: number, feed: feed, next: store.state(of: feed.id)?.nextPoll)
        }
        let late = plans.count { $0.next.map { $0 <= time } ?? true }
        return plans.map { plan in
            let interval = plan.feed.interval ?? current.configuration.schedule.initialInterval
            let due = DueTimes.due(
                plan.feed.id, next: plan.next, interval: interval.milliseconds, waiting: late, now: time)
            return entry(plan.number, plan.feed, due: due, current)
        }
    }

    private func entry(_ number: Int, _ feed: FeedConfiguration, due: Timestamp, _ current: Current) -> PollEntry {
        let (key, allowance) = current.allowances.allowance(for: feed, state: store.state(of: feed.id))
        return PollEntry(feed: number, host: key, due: due, allowance: allowance)
    }

    func poll(_ feed: Int) -> @Sendable () async -> PollReport {
        guard let current, let feed = current.feeds[feed] else {
            preconditionFailure("only feeds that stand in line are polled, and those are configured")
        }
        let poller = current.poller
        return { await poller.poll(feed) }
    }

    func finished(_ number: Int, _ report: PollReport) -> PollEntry? {
        tell(report)
        guard let current, let feed = current.feeds[number] else { return nil }
        let time = now()
        let soonest = time.adding(seconds: report.failure?.kind == "store" ? Self.storeRetry : 1)
        return entry(number, feed, due: max(report.nextPoll ?? soonest, soonest), current)
    }

    /// What a person wants to know, and not each time; `FailureTelling` says when.
    private func tell(_ report: PollReport) {
        // The store tells of its disk itself, and once.
        if report.failure?.kind == "store" { return }
        var fields: Logger.Metadata = ["feed": "\(report.feed)"]
        if let failure = report.failure {
            guard let line = failing.failed(report.feed, kind: failure.kind, at: now()) else { return }
            fields["class"] = "\(failure.kind)"
            fields["url"] = "\(report.url)"
            if let status = report.status { fields["status"] = "\(status)" }
            switch line {
            case .begins: logger.warning("feed fails: \(failure.message)", metadata: fields)
            case .goesOn(let failures, let since):
                fields["failures"] = "\(failures)"
                fields["since"] = "\(since)"
                logger.warning("feed still fails: \(failure.message)", metadata: fields)
            }
            return
        }
        if report.outcome == .skipped { return }
        if let before = failing.succeeded(report.feed) {
            fields["failures"] = "\(before.failures)"
            fields["since"] = "\(before.since)"
            logger.notice("feed is well again", metadata: fields)
        }
        if report.newArticles + report.updatedArticles > 0 {
            fields["new"] = "\(report.newArticles)"
            fields["updated"] = "\(report.updatedArticles)"
            logger.debug("articles stored", metadata: fields)
        }
        for note in report.notes where failing.noted(report.feed, note, at: now()) {
            logger.warning("\(note)", metadata: ["feed": "\(report.feed)", "url": "\(report.url)"])
        }
    }

    /// All or nothing: a configuration that is wrong leaves the old one in force.
    func replacement(running: Set<Int>) -> [PollEntry] {
        notifier.reloading()
        do throws(ConfigurationError) {
            let old = current?.configuration
            let new = try reload()
            adopt(new)
            let (before, after) = (Set((old?.feeds ?? []).map(\.id)), Set(new.feeds.map(\.id)))
            logger.notice(
                "configuration read anew",
                metadata: [
                    "feeds": "\(feedCount)", "added": "\(after.subtracting(before).count)",
                    "removed": "\(before.subtracting(after).count)",
                ])
        } catch {
            for diagnostic in error.diagnostics { logger.error("\(diagnostic)") }
            logger.error("the configuration is wrong; the old one stays in force")
        }
        notifier.ready(status: status(nextDue: nil))
        return line(except: running)
    }

    func heartbeat(now: Timestamp, nextDue: Timestamp?) {
        notifier.alive()
        guard now.milliseconds - lastStatus.milliseconds >= Self.statusInterval else { return }
        lastStatus = now
        notifier.status(status(nextDue: nextDue))
    }

    func status(nextDue: Timestamp?) -> String {
        if let trouble = store.trouble { return "nothing is stored: \(trouble)" }
        var text = "\(feedCount) feeds, \(failing.count) failing"
        if let nextDue {
            text += ", next in \(max(0, (nextDue.milliseconds - now().milliseconds + 999) / 1000)) s"
        }
        return text
    }
}
