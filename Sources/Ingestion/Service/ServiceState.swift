internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// `ServiceState` is what the running service knows, put together from parts that each have one job, and what it answers
/// the poll loop. All of it belongs to the loop.
final class ServiceState: PollLoopService {
    /// Seconds for which a feed waits whose articles could not be stored.
    private static let storeRetry = 10

    /// `Parts` are what the service works with, and its surroundings.
    struct Parts {
        let store: ArticleStore
        let writer: StoreWriter
        /// Nil where none can be kept.
        let events: EventLog?
        let retention: RetentionJob
        let survey: DiskSurvey
        let metrics: MetricsJob
        /// Those of the fleet; nil where this machine is in none.
        var consumers: ConsumerDesk?
        /// What fetches the pages of articles.
        let pages: PageDesk
        /// What this machine of a fleet may poll; nil for a machine alone.
        let territory: Territory?
        /// How it stands in its fleet; nil for a machine alone.
        let fleet: (@Sendable () -> FleetFigures)?
        let reload: ConfigurationReload
        let notifier: ServiceNotifier
        let logger: Logger
        let health: HostHealth
        let clock: PollClock
        /// The program and its start.
        let about: ServiceFigures
        /// To be called from any thread when feeds have got other places in line; the loop asks for `replacement` then.
        let lineChanges: @Sendable () -> Void
        /// Told of each configuration that is put in force after the first.
        let adopt: @Sendable (Configuration) -> Void
        let makePoller: (Configuration) -> FeedPoller
    }

    let parts: Parts
    var roster: FeedRoster
    private var poller: FeedPoller
    /// The configuration of the start, without feeds: some of it stays in force until the next.
    private let started: Configuration
    var planned = PlannedTimes()
    var manualPolls = ManualPolls()
    var reloads = ReloadRequests()
    private(set) var counters = PollCounters()
    var reports = ReportLog()
    var digest: PollDigest
    var signs = SignsOfLife()
    var serviceEvents = ServiceEvents()
    var delayTelling = DelayTelling()
    var nextDue: Timestamp?
    private var wasClockDoubtful = false

    init(_ configuration: Configuration, _ parts: Parts) {
        self.parts = parts
        roster = FeedRoster(configuration)
        poller = parts.makePoller(configuration)
        var started = configuration
        started.feeds = []
        self.started = started
        digest = PollDigest(since: parts.clock.steady())
    }

    func now() -> Timestamp { parts.clock.now() }

    func outlook(of feed: FeedConfiguration) -> FeedOutlook? { parts.store.outlook(of: feed.id, at: feed.url) }

    // MARK: The line

    /// Gives every feed's first place in line. What a clock that was ahead has left is put right on the way, so that all
    /// that is remembered of the feeds is read once.
    func firstLine() -> [PollEntry] {
        // In a fleet nothing is this machine's yet: what is, is put right when it comes into line (`ownMemory`).
        let trusted = parts.territory == nil ? parts.clock.trusted : nil
        return line(except: [], isHurried: true) { [parts, schedule = roster.configuration.schedule] feed in
            let outlook = parts.store.outlook(of: feed.id, at: feed.url)
            guard let trusted, let right = parts.store.rightState(of: feed, outlook, schedule, at: trusted) else {
                return outlook
            }
            try? parts.writer.keep(right)
            return FeedOutlook(right, at: feed.url)
        }
    }

    /// Gives every feed's place in line, by what is remembered of it, and counts the feeds by their condition.
    private func line(except running: Set<Int>, isHurried: Bool = true) -> [PollEntry] {
        let memory: FeedRoster.Memory = parts.territory == nil ? outlook : ownMemory(roster.configuration.schedule)
        return line(except: running, isHurried: isHurried, memory: memory)
    }

    private func line(except running: Set<Int>, isHurried: Bool, memory: FeedRoster.Memory) -> [PollEntry] {
        let time = now()
        let schedule = roster.configuration.schedule
        var waiting: [DueTimes.Feed] = []
        waiting.reserveCapacity(roster.feedCount)
        var moved: [Int: String] = [:]
        // The roster is being counted meanwhile, and not to be asked.
        let allowances = roster.allowances
        roster.countAll(at: time, memory: memory) { number, feed, outlook in
            if running.contains(number) { return }
            if let outlook, !outlook.isPolled(at: time) { return }
            let url = outlook?.adoptedURL
            if let territory = parts.territory {
                guard territory.mayPoll(feed, adoptedURL: url) else { return }
                if let outlook { learn(outlook, of: feed, at: time, allowances) }
            }
            if let url { moved[number] = url }
            waiting.append(DueTimes.Feed(number: number, feed, outlook, schedule))
        }
        planned.removeAll(count: roster.allNumbers.count)
        let plan = DueTimes(now: time, maxInterval: schedule.maxInterval.milliseconds).plan(
            waiting, isHurried: isHurried)
        var entries: [PollEntry] = []
        entries.reserveCapacity(plan.count)
        for (number, due) in plan {
            guard let feed = roster.feed(number) else { continue }
            entries.append(entry(number, feed, movedTo: moved[number], due: due))
        }
        return entries
    }

    private func entry(_ number: Int, _ feed: FeedConfiguration, movedTo url: String?, due: Timestamp) -> PollEntry {
        let (key, allowance) = roster.allowances.allowance(for: feed, adoptedURL: url)
        var due = due
        if let territory = parts.territory {
            // The machine that had it before may have asked its host a moment ago.
            let rest = territory.rest(of: Territory.shard(of: feed, adoptedURL: url), delay: allowance.delay) ?? 0
            due = max(due, now().adding(milliseconds: rest))
        }
        planned.plan(number, at: due)
        return PollEntry(
            feed: number, host: key, due: due, allowance: parts.health.paced(allowance, of: key, at: now()))
    }

    func line(after interruption: PollInterruption, except running: Set<Int>) -> [PollEntry] {
        switch interruption {
        case .suspended(let seconds):
            parts.logger.notice("nothing ran for a while; late feeds are spread", metadata: ["seconds": "\(seconds)"])
        case .networkDown:
            parts.logger.notice("the network is up again; late feeds are spread")
            let onset = parts.health.outageOnset
            return line(except: running, isHurried: false) { outlook(of: $0)?.afterOutage(since: onset) }
        case .diskStuck: parts.logger.notice("the disk takes articles again; late feeds are spread")
        }
        return line(except: running, isHurried: false)
    }

    // MARK: Polls

    var executor: any TaskExecutor { poller.executor }

    var concurrency: Int { roster.configuration.fetch.concurrency }

    var isStuck: Bool { parts.writer.trouble != nil }

    func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) {
        let (key, allowance) = roster.allowances.allowance(forHost: host)
        return (key, parts.health.paced(allowance, of: key, at: now()))
    }

    func poll(_ number: Int, turn: RedirectTurn) -> @Sendable () async -> PollReport {
        guard let feed = roster.feed(number) else {
            preconditionFailure("only feeds that stand in line are polled, and those are configured")
        }
        if let lateness = planned.begin(number, at: now()) { counters.began(lateBy: lateness) }
        let poller = manualPolls.begin(number).map(poller.polling) ?? poller
        guard let territory = parts.territory else { return { await poller.poll(feed, turn: turn) } }
        let shard = Territory.shard(of: feed, adoptedURL: outlook(of: feed)?.adoptedURL)
        return { [store = parts.store] in
            let report = await territory.run(shard, on: poller.executor) { await poller.poll(feed, turn: turn) }
            return report ?? .skipped(feed, store.state(of: feed.id), territory.reason(shard))
        }
    }

    func finished(_ number: Int, _ report: PollReport) -> PollEntry? {
        let time = now()
        counters.add(report)
        if report.storedArticles > 0 { parts.pages.look() }
        digest.add(report)
        for line in reports.lines(for: report, isNetworkDown: parts.health.isNetworkDown, at: time) {
            parts.logger.log(line)
        }
        // Whoever has asked finds in the files what he is told.
        let isWanted = manualPolls.end(number, report, after: parts.writer.afterFlush)
        guard let feed = roster.feed(number) else { return nil }
        let outlook = outlook(of: feed)
        roster.count(feed, outlook, at: time)
        let url = outlook?.adoptedURL
        if isWanted, parts.territory?.mayPoll(feed, adoptedURL: url) ?? true {
            var entry = entry(number, feed, movedTo: url, due: time)
            entry.urgency = manualPolls.urgency(of: number)
            return entry
        }
        if let outlook, !outlook.isPolled(at: time) { return nil }
        // It comes into line again with the shard.
        if let territory = parts.territory, !territory.mayPoll(feed, adoptedURL: url) { return nil }
        let soonest = time.adding(seconds: report.failure?.kind == .store ? Self.storeRetry : 1)
        let schedule = roster.configuration.schedule
        let due = DueTimes(now: time, maxInterval: schedule.maxInterval.milliseconds).due(
            DueTimes.Feed(number: number, feed, outlook, schedule), notBefore: soonest)
        return entry(number, feed, movedTo: url, due: due)
    }

    // MARK: The configuration

    /// What came of reading the configuration is put in force, all or nothing: one that is wrong leaves the old one.
    func replacement(running: Set<Int>) -> [PollEntry] {
        let outcome = parts.reload.take()
        let old = roster.configuration
        if case .success(let new) = outcome { adopt(new) }
        // It counts the feeds, too, and what is said of the reload has those figures.
        let entries = line(except: running)
        switch outcome {
        case .success(let new):
            if let line = digest.lineNow(at: parts.clock.steady(), failing: roster.conditions[.failing] ?? 0) {
                parts.logger.log(line)
            }
            let effects = ReloadEffects(from: old, to: new, startedWith: started).diagnostics
            tell(effects)
            endReload(ReloadOutcome(feeds: roster.feedCount, warnings: new.warnings + effects))
        case .failure(let error):
            tell(error.diagnostics)
            parts.logger.error("the configuration is wrong; the old one stays in force")
            endReload(ReloadOutcome(error))
        case nil: break
        }
        return entries
    }

    private func tell(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            let level: Logger.Level =
                switch diagnostic.severity {
                case .error: .error
                case .warning: .warning
                case .note: .notice
                }
            parts.logger.log(level: level, "\(diagnostic)")
        }
    }

    /// From here on this is what is polled and how.
    private func adopt(_ new: Configuration) {
        let old = roster.configuration
        parts.store.takeOver(new.feeds) { try? parts.writer.keep($0) }
        roster.adopt(new)
        poller = parts.makePoller(new)
        reports.keep(where: roster.isPolled)
        if let path = old.status.textfile, path != new.status.textfile { parts.metrics.remove(path) }
        parts.adopt(new)
        tell(new.warnings)
        let changes = ConfigurationChanges(from: old, to: new)
        parts.logger.notice(
            "configuration read anew",
            metadata: [
                "feeds": "\(roster.feedCount)", "added": "\(changes.added)", "removed": "\(changes.removed)",
                "changed": "\(changes.changed)",
            ])
    }

    /// The configuration is to be read anew.
    func beginReload() {
        parts.notifier.reloading()
        parts.reload.begin()
    }

    private func endReload(_ outcome: ReloadOutcome) {
        tell(outcome, to: reloads.end(outcome, isReadAgain: parts.reload.isReading, at: now()))
    }

    /// The file system of the configuration does not answer.
    func giveUpReload(_ delay: DiskDelay) {
        let outcome = ReloadOutcome(delay)
        guard let replies = reloads.giveUp(outcome, at: now()) else { return }
        parts.logger.error("the configuration cannot be read; the old one stays in force")
        tell(outcome, to: replies)
    }

    /// systemd first: a command that it runs for the reload ends with the answer.
    private func tell(_ outcome: ReloadOutcome, to replies: [ControlReply]?) {
        guard let replies else { return }
        parts.notifier.ready(status: status(nextDue: nil))
        for reply in replies { outcome.answer(reply) }
    }

    /// What a clock that was ahead has left is put right once the clock counts again.
    func followClock() {
        planned.follow(now: now(), steady: parts.clock.steady())
        guard parts.clock.doubt == nil else { return wasClockDoubtful = true }
        guard wasClockDoubtful else { return }
        wasClockDoubtful = false
        if parts.territory == nil {
            parts.store.setRight(roster.configuration, by: parts.clock)
        } else {
            // Making the line anew puts right what is this machine's.
            parts.lineChanges()
        }
    }

    /// Nothing is polled any more.
    func close() {
        manualPolls.giveUp("the service was stopped")
        reloads.close()
        if let path = roster.configuration.status.textfile { parts.metrics.removeNow(path) }
    }
}

extension FeedOutlook {
    /// Whether the feed is polled by itself at all.
    func isPolled(at time: Timestamp) -> Bool {
        if isHeld(at: time), schedule.heldUntil == FeedState.Schedule.forGood { return false }
        return !schedule.isGoneForGood || !isOfURL
    }
}
