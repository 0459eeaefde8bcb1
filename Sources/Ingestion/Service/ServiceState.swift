internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// What the running service knows of its feeds, and what it tells of them.
final class ServiceState: PollLoopService {
    /// How long a feed waits whose articles could not be stored, in seconds.
    private static let storeRetry = 10
    /// Milliseconds between two lines of status.
    private static let statusInterval: Int64 = 1000
    /// Milliseconds between two versions of `[status] textfile`.
    static let metricsInterval: Int64 = 15_000

    let reloading: ConfigurationReload
    private let makePoller: (Configuration) -> FeedPoller
    let store: ArticleStore
    private let notifier: ServiceNotifier
    let logger: Logger
    let health: HostHealth
    let clock: PollClock
    /// The program and its start.
    let about: ServiceFigures
    let writer: StoreWriter
    let retention: RetentionJob
    let survey: DiskSurvey
    let metrics: MetricsJob
    /// To be called from any thread when feeds have got other places in line; the loop asks for `replacement` then.
    let lineChanges: @Sendable () -> Void

    var current: Current?
    /// A feed keeps its number as long as the service runs, also while it is not configured.
    var numbers: [FeedIdentifier: Int] = [:]
    var failing = FailureLog()
    var asked = ManualPolls()
    var census = FeedCensus()
    var counters = PollCounters()
    /// When the feeds in line are due, by number; `neverDue` for the others.
    var dueTimes: [Timestamp] = []
    var nextDue: Timestamp?
    var lastReload: ServiceFigures.Reload?
    /// Who waits for the configuration to be read anew.
    var reloadReplies: [ControlReply] = []
    /// When feeds that are paused for a while are not any more, by number.
    private var holdEnds: [Int: Timestamp] = [:]
    private var wasClockDoubtful = false
    /// Milliseconds from the steady clock to the time of day, as `dueTimes` have it.
    private var clockOffset: Int64?
    // On the steady clock.
    private var lastSign = Timestamp(milliseconds: .min / 2)
    private var lastStatus = Timestamp(milliseconds: .min / 2)
    var lastMetrics = Timestamp(milliseconds: .min / 2)
    var delayTelling = DelayTelling()
    /// It was said that the configuration cannot be read, though the reading has not ended.
    private var hasGivenUpReload = false

    struct Current {
        var configuration: Configuration
        /// By the numbers of the feeds that are polled: where they stand in the configuration.
        var places: [Int32?]
        var allowances: HostAllowances
        var poller: FeedPoller

        func feed(_ number: Int) -> FeedConfiguration? {
            guard places.indices.contains(number), let place = places[number] else { return nil }
            return configuration.feeds[Int(place)]
        }
    }

    static let neverDue = Timestamp(milliseconds: .max)

    init(
        reloading: ConfigurationReload, store: ArticleStore,
        notifier: ServiceNotifier, logger: Logger, health: HostHealth, about: ServiceFigures,
        writer: StoreWriter, retention: RetentionJob, survey: DiskSurvey, metrics: MetricsJob,
        lineChanges: @escaping @Sendable () -> Void, clock: PollClock,
        makePoller: @escaping (Configuration) -> FeedPoller
    ) {
        self.reloading = reloading
        self.store = store
        self.notifier = notifier
        self.logger = logger
        self.health = health
        self.about = about
        self.writer = writer
        self.retention = retention
        self.survey = survey
        self.metrics = metrics
        self.lineChanges = lineChanges
        self.clock = clock
        self.makePoller = makePoller
    }

    private(set) var feedCount = 0

    func now() -> Timestamp { clock.now() }

    /// From here on this is what is polled and how.
    func adopt(_ configuration: Configuration) {
        var places: [Int32?] = []
        let time = now()
        feedCount = 0
        census.removeAll()
        holdEnds = [:]
        numbers.reserveCapacity(configuration.feeds.count)
        for (place, feed) in configuration.feeds.enumerated() {
            let number = number(of: feed)
            note(number, feed, at: time)
            while places.count <= number { places.append(nil) }
            guard feed.enabled else { continue }
            places[number] = Int32(place)
            feedCount += 1
        }
        current = Current(
            configuration: configuration, places: places, allowances: HostAllowances(configuration),
            poller: makePoller(configuration))
        failing.keep { id in numbers[id].map { places.indices.contains($0) && places[$0] != nil } ?? false }
    }

    /// Keeps the numbers of feeds by their condition right.
    func count(_ feed: FeedConfiguration, at time: Timestamp) {
        note(number(of: feed), feed, at: time)
    }

    private func note(_ number: Int, _ feed: FeedConfiguration, at time: Timestamp) {
        let outlook = outlook(of: feed)
        census.note(number, FeedCondition(isEnabled: feed.enabled, outlook, now: time))
        holdEnds[number] = feed.enabled && outlook?.isHeld(at: time) ?? false ? outlook?.schedule.heldUntil : nil
    }

    /// Pauses that have ended are over at once, and not when the feed is polled next.
    func countEndedHolds(at time: Timestamp) {
        for (number, end) in holdEnds where end <= time {
            holdEnds[number] = nil
            if let feed = current?.feed(number) { count(feed, at: time) }
        }
    }

    /// What a clock that was ahead has left is put right once the clock counts again.
    private func followClock() {
        let offset = clock.now().milliseconds &- clock.steady().milliseconds
        // The loop goes by the steady clock: who is due when does not change, only what that is called.
        if let before = clockOffset, abs(offset &- before) >= PauseRules.clockTolerance {
            dueTimes = dueTimes.map { $0 == Self.neverDue ? $0 : $0.adding(milliseconds: offset &- before) }
        }
        clockOffset = offset
        guard clock.doubt == nil else { return wasClockDoubtful = true }
        if wasClockDoubtful, let current { store.setRight(current.configuration, by: clock) }
        wasClockDoubtful = false
    }

    private func outlook(of feed: FeedConfiguration) -> FeedOutlook? {
        store.outlook(of: feed.id, at: feed.url)
    }

    private func number(of feed: FeedConfiguration) -> Int {
        if let number = numbers[feed.id] { return number }
        numbers[feed.id] = numbers.count
        return numbers.count - 1
    }

    /// Every feed's place in line, by what is remembered of it.
    func line(except running: Set<Int>) -> [PollEntry] { line(except: running, isHurried: true) }

    private func line(except running: Set<Int>, isHurried: Bool) -> [PollEntry] {
        guard let current else { return [] }
        let time = now()
        let schedule = current.configuration.schedule
        var waiting: [DueTimes.Feed] = []
        waiting.reserveCapacity(current.places.count)
        var moved: [Int: String] = [:]
        for number in current.places.indices where !running.contains(number) {
            guard let feed = current.feed(number) else { continue }
            let outlook = outlook(of: feed)
            if let outlook, !isPolled(outlook, at: time) { continue }
            if let url = outlook?.adoptedURL { moved[number] = url }
            waiting.append(DueTimes.Feed(number: number, feed, outlook, schedule))
        }
        dueTimes = Array(repeating: Self.neverDue, count: current.places.count)
        let plan = DueTimes(now: time, maxInterval: schedule.maxInterval.milliseconds).plan(
            waiting, isHurried: isHurried)
        var entries: [PollEntry] = []
        entries.reserveCapacity(plan.count)
        for (number, due) in plan {
            guard let feed = current.feed(number) else { continue }
            entries.append(entry(number, feed, movedTo: moved[number], due: due, current))
        }
        return entries
    }

    /// Hosts that are to be left alone.
    var pauses: [(host: String, until: Timestamp)] { health.activePauses(at: now()) }

    /// Whether the feed is polled by itself at all.
    private func isPolled(_ outlook: FeedOutlook, at time: Timestamp) -> Bool {
        if outlook.isHeld(at: time), outlook.schedule.heldUntil == FeedState.Schedule.forGood { return false }
        return !outlook.schedule.isGoneForGood || !outlook.isOfURL
    }

    private func entry(
        _ number: Int, _ feed: FeedConfiguration, movedTo url: String?, due: Timestamp, _ current: Current
    ) -> PollEntry {
        let (key, allowance) = current.allowances.allowance(for: feed, adoptedURL: url)
        dueTimes[number] = due
        return PollEntry(feed: number, host: key, due: due, allowance: allowance)
    }

    var executor: (any TaskExecutor)? { current?.poller.executor }

    var concurrency: Int? { current?.configuration.fetch.concurrency }

    var isStuck: Bool { store.trouble != nil }

    func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) {
        // There is a configuration: it is what is polled.
        current?.allowances.allowance(forHost: host) ?? (host, HostAllowance(concurrency: 1, delay: 0))
    }

    func poll(_ number: Int, turn: @escaping HopTurn) -> @Sendable () async -> PollReport {
        guard let current, let feed = current.feed(number) else {
            preconditionFailure("only feeds that stand in line are polled, and those are configured")
        }
        let time = now()
        if dueTimes[number] != Self.neverDue {
            counters.began(lateBy: time.milliseconds - dueTimes[number].milliseconds)
            dueTimes[number] = Self.neverDue
        }
        let poller = asked.begin(number).map(current.poller.polling) ?? current.poller
        return { await poller.poll(feed, turn: turn) }
    }

    func finished(_ number: Int, _ report: PollReport) -> PollEntry? {
        counters.add(report)
        tell(report)
        // Whoever has asked finds in the files what he is told.
        let isWanted = asked.end(number, report, after: writer.afterFlush)
        guard let current, let feed = current.feed(number) else { return nil }
        let time = now()
        count(feed, at: time)
        let outlook = outlook(of: feed)
        let url = outlook?.adoptedURL
        if isWanted {
            var entry = entry(number, feed, movedTo: url, due: time, current)
            entry.urgency = asked.urgency(of: number)
            return entry
        }
        if let outlook, !isPolled(outlook, at: time) { return nil }
        let soonest = time.adding(seconds: report.failure?.kind == .store ? Self.storeRetry : 1)
        let held = outlook?.schedule.heldUntil ?? soonest
        return entry(
            number, feed, movedTo: url, due: max(outlook?.nextPoll ?? soonest, soonest, held), current)
    }

    /// Nothing is polled any more.
    func close() {
        asked.giveUp("the service was stopped")
        for reply in reloadReplies { reply.fail("the service was stopped") }
        if let path = current?.configuration.status.textfile { metrics.remove(path) }
    }

    func line(after interruption: PollInterruption, except running: Set<Int>) -> [PollEntry] {
        switch interruption {
        case .suspended(let seconds):
            logger.notice("nothing ran for a while; late feeds are spread", metadata: ["seconds": "\(seconds)"])
        case .networkDown: logger.notice("the network is up again; late feeds are spread")
        case .diskStuck: logger.notice("the disk takes articles again; late feeds are spread")
        }
        return line(except: running, isHurried: false)
    }

    /// What a person wants to know, and not each time; `FailureLog` says when.
    private func tell(_ report: PollReport) {
        // The store tells of its disk itself, and once.
        if report.failure?.kind == .store { return }
        var fields: Logger.Metadata = ["feed": "\(report.feed)"]
        if let pause = report.hostPause {
            let until = Timestamp(seconds: pause.until.seconds)
            logger.warning(
                "host wants to be left alone",
                metadata: fields.merging(["host": "\(pause.host)", "until": "\(until)"]) { $1 })
        }
        if report.network == .down {
            logger.warning("the network seems to be down: failures are not counted, one feed a minute is tried")
        }
        if health.isNetworkDown, report.outcome == .failed { return }
        if let failure = report.failure {
            guard let line = failing.failed(report.feed, kind: failure.kind, at: now()) else { return }
            fields["class"] = "\(failure.word)"
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

    /// What came of reading the configuration is put in force, all or nothing: one that is wrong leaves the old one.
    func replacement(running: Set<Int>) -> [PollEntry] {
        switch reloading.take() {
        case .success(let new):
            let old = current?.configuration
            adopt(new)
            let (before, after) = (Set((old?.feeds ?? []).map(\.id)), Set(new.feeds.map(\.id)))
            logger.notice(
                "configuration read anew",
                metadata: [
                    "feeds": "\(feedCount)", "added": "\(after.subtracting(before).count)",
                    "removed": "\(before.subtracting(after).count)",
                    "changed": "\(Self.changed(from: old, to: new))",
                ])
            endReload(nil)
        case .failure(let error):
            for diagnostic in error.diagnostics { logger.error("\(diagnostic)") }
            logger.error("the configuration is wrong; the old one stays in force")
            endReload(error.diagnostics.first.map { "\($0)" } ?? "the configuration is wrong")
        case nil:
            let time = now()
            for feed in current?.configuration.feeds ?? [] { count(feed, at: time) }
        }
        return line(except: running)
    }

    /// The configuration is to be read anew.
    func beginReload() {
        notifier.reloading()
        reloading.begin()
    }

    private func endReload(_ failure: String?) {
        hasGivenUpReload = false
        // Whoever has asked meanwhile may have changed something that this reading has not seen.
        if reloading.isReading { return }
        answerReload(failure)
        notifier.ready(status: status(nextDue: nil))
    }

    /// Whoever waits for the configuration is told that it cannot be read. It is put in force all the same once it was.
    func giveUpReload(_ delay: DiskDelay) {
        if hasGivenUpReload { return }
        hasGivenUpReload = true
        logger.error("the configuration cannot be read; the old one stays in force")
        answerReload(delay.description)
        notifier.ready(status: status(nextDue: nil))
    }

    /// How many feeds are in both and are not polled as before.
    private static func changed(from old: Configuration?, to new: Configuration) -> Int {
        let before = Dictionary((old?.feeds ?? []).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        return new.feeds.count { feed in
            guard let known = before[feed.id] else { return false }
            return known.url != feed.url || known.options != feed.options || known.tags != feed.tags
                || known.title != feed.title
        }
    }

    /// - Parameter failure: what is wrong with the configuration; nil where it is in force.
    private func answerReload(_ failure: String?) {
        lastReload = .init(time: now(), succeeded: failure == nil)
        for reply in reloadReplies {
            if let failure { reply.fail("\(failure); the old configuration stays in force") } else { reply.done() }
        }
        reloadReplies = []
    }

    func heartbeat(nextDue: Timestamp?, running: Int) {
        self.nextDue = nextDue
        // Not by the time of day: where that is put back, systemd would hear nothing until it has come again.
        let now = clock.steady()
        if now.milliseconds - lastSign.milliseconds >= notifier.aliveInterval {
            lastSign = now
            notifier.alive()
        }
        guard now.milliseconds - lastStatus.milliseconds >= Self.statusInterval else { return }
        lastStatus = now
        tellDelays()
        followClock()
        notifier.status(status(nextDue: nextDue))
        writeMetrics(running: running, at: now)
    }
}
