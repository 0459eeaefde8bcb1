package import Archiving
package import ArticleStore
package import Configuration
private import Dispatch
internal import FeedModel
package import Fetching
private import Locking
package import Logging
internal import Scheduling

/// `PageDesk` fetches the pages of articles for a running service: it follows the store, keeps what waits, and lets each
/// page be fetched, read and stored when its turn comes (docs/fulltext-feeds.md).
///
/// Nothing waits for it, and polls come before it. What waits survives whatever happens: see `PageLine`. `adopt`, `look`
/// and `figures` may be called from any thread.
package final class PageDesk: Sendable {
    private enum Event: Sendable {
        /// Articles were stored.
        case look
        /// Another configuration is in force.
        case adopted
        case ended(PageLine.Next, PageTask.Outcome)
        /// Somebody wants kept pages to be read again.
        case reread(PageRereader.Request)
        case tick(Timestamp)
    }

    /// What a configuration says of pages, and what fetches them by it.
    private struct Plan: Sendable {
        var feeds: [FeedIdentifier: FeedConfiguration] = [:]
        var concurrency = 0
        /// The folder of the archive.
        var archive = ""
        var fetcher: PageFetcher?
    }

    private struct Shared {
        var plan = Plan()
        var figures = PageFigures()
        var isLookPending = false
    }

    let store: ArticleStore
    private let writer: StoreWriter
    private let reading: PageReading
    private let gate: HostGate
    private let health: HostHealth
    let logger: Logger
    let clock: PollClock
    private let archive: PageArchive?
    private let territory: Territory?
    private let robots = RobotsCache()
    private let shared = Locked(Shared())
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    /// Where the disk is waited for.
    private let disk = DispatchQueue(label: "newswire.pages")

    /// Milliseconds that lie at least between two writes of what waits.
    private static let savingDelay: Int64 = 5000
    /// Milliseconds after which the store is looked through where nobody has said that anything was stored.
    private static let lookDelay: Int64 = 600_000
    /// The longest that the desk sleeps, in milliseconds, since the time of day may be set.
    private static let heartbeat: Int64 = 60_000

    /// Does nothing before `run`.
    ///
    /// - Parameters:
    ///   - store: open for writing.
    ///   - reading: takes articles out of pages.
    ///   - gate: lets requests to their hosts.
    ///   - archive: keeps pages as they came; nil where none are kept.
    ///   - territory: what this machine of a fleet polls, as the pages of others' feeds are theirs; nil for a machine alone.
    package init(
        store: ArticleStore, writer: StoreWriter, reading: @escaping PageReading, gate: HostGate, health: HostHealth,
        logger: Logger, clock: PollClock, archive: PageArchive? = nil, territory: Territory? = nil
    ) {
        self.archive = archive
        self.territory = territory
        self.store = store
        self.writer = writer
        self.reading = reading
        self.gate = gate
        self.health = health
        self.logger = logger
        self.clock = clock
        (events, continuation) = AsyncStream.makeStream(of: Event.self)
    }

    // MARK: What it is told and asked

    /// Puts a configuration in force, the first one before `open`.
    ///
    /// - Parameters:
    ///   - requests: makes its requests.
    ///   - limiter: shared by all who ask hosts.
    package func adopt(
        _ configuration: Configuration, engine: FetchEngine, requests: RequestBuilder, limiter: HostRateLimiter
    ) {
        var plan = Plan()
        for feed in configuration.feeds where feed.enabled && feed.pages.mode != .never { plan.feeds[feed.id] = feed }
        plan.concurrency = configuration.fullText.concurrency
        plan.archive = configuration.archive.folder(store: store.path)
        archive?.adopt(configuration)
        plan.fetcher = PageFetcher(
            engine: engine, requests: requests, allowances: HostAllowances(configuration), limiter: limiter,
            health: health, robots: robots, obeysRobots: configuration.fullText.robots, clock: clock)
        shared.withLock { $0.plan = plan }
        continuation.yield(.adopted)
    }

    /// Tells it that articles were stored.
    package func look() {
        let isFirst = shared.withLock { shared in
            if shared.isLookPending || shared.plan.feeds.isEmpty { return false }
            shared.isLookPending = true
            return true
        }
        if isFirst { continuation.yield(.look) }
    }

    /// What has come of pages so far; nil where no feed has any.
    package var figures: PageFigures? { shared.withLock { $0.plan.feeds.isEmpty ? nil : $0.figures } }

    /// Makes durable from which record on pages are wanted, before anything is stored. It waits for the disk.
    package func open() {
        if plan.feeds.isEmpty { return store.forgetPages() }
        _ = takeUp()
    }

    /// How much is kept of pages as they came; nil where nothing is, and nothing is to be.
    package var archiveFigures: ArchiveFigures? { archive?.figures }

    /// Reads kept pages again and stores what differs. Returns at once; the answer comes by and by.
    func reread(_ places: [ArchivePlace], by extractor: Int, _ reply: ControlReply) {
        continuation.yield(.reread(.init(places: places, extractor: extractor, reply: reply)))
    }

    private var plan: Plan { shared.withLock { $0.plan } }

    // MARK: Its loop

    /// What belongs to the loop alone.
    private struct Desk {
        var board = PageBoard()
        var savedAt: SteadyTime?
        /// When the store was last looked through.
        var lookedAt: SteadyTime?
        /// When the earliest sleeper wakes the loop up.
        var wakesAt: Timestamp?
    }

    /// Returns when its task is cancelled, with all that waits kept.
    package func run() async {
        var desk = Desk()
        await withDiscardingTaskGroup { group in
            for await event in events {
                if Task.isCancelled { break }
                if case .reread(let request) = event {
                    let rereader = PageRereader(
                        store: store, writer: writer, disk: disk, folder: plan.archive,
                        settings: plan.feeds.mapValues(\.pages))
                    group.addTask { await rereader.run(request) }
                    continue
                }
                await handle(event, &desk)
                start(&desk, in: &group)
                await keep(&desk, isLast: false)
                publish(desk.board)
            }
            group.cancelAll()
        }
        await keep(&desk, isLast: true)
    }

    private func handle(_ event: Event, _ desk: inout Desk) async {
        switch event {
        case .look: await takeIn(&desk)
        case .adopted:
            let feeds = plan.feeds
            if feeds.isEmpty {
                if desk.board.line != nil { await onDisk { $0.store.forgetPages() } }
                desk.board.line = nil
            } else {
                if desk.board.line == nil { desk.board.line = await onDisk { $0.takeUp() } }
                desk.board.keepFeeds { feeds[$0] != nil }
                await takeIn(&desk)
            }
        case .ended(let next, let outcome): end(next, outcome, &desk)
        case .reread: break
        case .tick(let time):
            if desk.wakesAt == time { desk.wakesAt = nil }
            // Retention may have removed articles whose pages wait.
            let age = desk.lookedAt.map { clock.steady().milliseconds(since: $0) } ?? 0
            if desk.board.waiting > 0, age >= Self.lookDelay { await takeIn(&desk) }
        }
    }

    private func takeIn(_ desk: inout Desk) async {
        let feeds = shared.withLock { shared in
            shared.isLookPending = false
            return shared.plan.feeds
        }
        guard let line = desk.board.line else { return }
        desk.lookedAt = clock.steady()
        let moment = clock.moment
        let intake = PageIntake(feeds: feeds, now: moment.now, trusted: moment.trusted)
        let result: (line: PageLine, dropped: Int, hasMore: Bool) = await onDisk { desk in
            var line = line
            do {
                let reader = try StoreReader(directory: desk.store.path)
                let (dropped, hasMore) = try intake.read(reader, into: &line)
                return (line, dropped, hasMore)
            } catch {
                desk.logger.warning("looking for articles whose pages are wanted: \(error)")
                return (line, 0, false)
            }
        }
        desk.board.line = result.line
        if result.dropped > 0 { shared.withLock { $0.figures.droppedWaiting += result.dropped } }
        if result.hasMore { look() }
    }

    /// Starts what may start, and sees to it that the loop wakes up for the next.
    private func start(_ desk: inout Desk, in group: inout DiscardingTaskGroup) {
        let plan = plan
        guard let fetcher = plan.fetcher, desk.board.line != nil else { return }
        let now = clock.now()
        var wake: Timestamp?
        if health.isNetworkDown || store.trouble != nil {
            if desk.board.waiting > 0 { wake = now.adding(seconds: PageBoard.outageDelay) }
        } else {
            let (pages, later) = desk.board.start(at: now, limit: plan.concurrency) { id in
                guard let territory, let feed = plan.feeds[id] else { return true }
                return territory.mayPoll(feed, adoptedURL: store.outlook(of: id, at: feed.url)?.adoptedURL)
            }
            wake = later
            for next in pages {
                guard let feed = plan.feeds[next.feed] else { continue }
                let task = PageTask(
                    next: next, feed: feed, store: store, writer: writer, fetcher: fetcher, reading: reading,
                    extractor: PageContent.extractor,
                    gate: territory == nil ? gate : gate.minding(fetcher.limiter, fetcher.allowances), disk: disk,
                    clock: clock, archive: archive)
                group.addTask { [continuation] in continuation.yield(.ended(next, await task.run())) }
            }
        }
        if desk.board.isChanged { wake = min(wake ?? .distantFuture, now.adding(milliseconds: Self.savingDelay)) }
        if let wake { sleep(until: wake, now, &desk, in: &group) }
    }

    private func sleep(
        until time: Timestamp, _ now: Timestamp, _ desk: inout Desk, in group: inout DiscardingTaskGroup
    ) {
        let wake = min(time, now.adding(milliseconds: Self.heartbeat))
        if let wakesAt = desk.wakesAt, wakesAt <= wake, wakesAt > now { return }
        desk.wakesAt = wake
        let (clock, continuation) = (clock, continuation)
        let pause = max(100, wake.milliseconds - now.milliseconds)
        group.addTask {
            try? await clock.sleep(milliseconds: pause)
            continuation.yield(.tick(wake))
        }
    }

    /// Makes the line durable, now and then.
    private func keep(_ desk: inout Desk, isLast: Bool) async {
        let now = clock.steady()
        if !isLast, let saved = desk.savedAt, now.milliseconds(since: saved) < Self.savingDelay { return }
        guard let line = desk.board.toKeep() else { return }
        desk.savedAt = now
        await onDisk { $0.save(line) }
    }

    private func publish(_ board: PageBoard) {
        let (waiting, paused) = (board.waiting, board.pausedFeeds(at: clock.now()))
        shared.withLock { shared in
            shared.figures.waiting = waiting
            shared.figures.pausedFeeds = paused
        }
    }

    private func end(_ next: PageLine.Next, _ outcome: PageTask.Outcome, _ desk: inout Desk) {
        shared.withLock { $0.figures.count(outcome) }
        let isPaused = desk.board.end(next, outcome, at: clock.now(), isNetworkDown: health.isNetworkDown)
        let feed = Logger.MetadataValue("\(next.feed)")
        if let word = outcome.word {
            logger.debug("page", metadata: ["feed": feed, "seq": "\(next.page.seq)", "result": "\(word)"])
        }
        if isPaused {
            logger.notice("pages are refused; none of this feed's is asked for within 24 h", metadata: ["feed": feed])
        }
    }

    private func onDisk<Result: Sendable>(_ body: @escaping @Sendable (PageDesk) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            disk.async { continuation.resume(returning: body(self)) }
        }
    }
}

extension Timestamp {
    fileprivate static let distantFuture = Timestamp(milliseconds: .max)
}
