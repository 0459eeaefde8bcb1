internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Fetching
internal import Glibc
internal import Ingestion
internal import Logging

/// What polling needs: the configuration, the store open for writing, and the engine that fetches.
struct IngestionSession {
    let configuration: Configuration
    let store: ArticleStore
    /// Nil where none can be kept.
    let events: EventLog?
    let engine: FetchEngine
    let logger: Logger

    /// - Parameters:
    ///   - wanted: the configuration as it was read; its feeds get the ids that the store knows them by. The caller gives
    ///     it away, so that the feeds are in memory once, however many they are.
    ///   - clock: also the store's, and that of the age of responses.
    ///   - log: where log lines go, and `threshold` which of them, as `CommonOptions.logger` has it.
    ///   - isOfFleet: whether the store is a fleet's, to which nothing is written but through the log.
    ///   - patience: how long another newswire is waited for that has the store.
    ///   - busy: as `openStore` has it.
    static func open(
        _ wanted: consuming Configuration, _ options: CommonOptions, clock: PollClock = .system, log: LogQueue? = nil,
        threshold: LogThreshold? = nil, isOfFleet: Bool = false, patience: Duration = .zero,
        busy: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> IngestionSession {
        var configuration = wanted
        let logger = options.logger(configuration, through: log, above: threshold)
        for warning in configuration.warnings { logger.warning("\(warning)") }
        let settings = configuration.store
        let deadline = ContinuousClock.now + patience
        let store = try CommandFailure.wrapping { () throws(StoreError) in
            while true {
                do throws(StoreError) {
                    return try openStore(settings, clock: clock, isOfFleet: isOfFleet, logger, busy: busy)
                } catch {
                    guard error.code == .inUse, ContinuousClock.now < deadline else { throw error }
                    busy("waiting for another newswire, which has the store")
                    usleep(200_000)
                }
            }
        }
        // Feeds without an id keep the one that the store knows them by (contract.md §2).
        let warned = configuration.warnings.count
        try configuration.recognise(reviewing: store.knownFeeds)
        for warning in configuration.warnings.dropFirst(warned) { logger.warning("\(warning)") }
        // In a fleet that goes through the log.
        if !isOfFleet {
            store.takeOver(configuration.feeds) { _ = store.stage($0) }
            store.writeStates()
        }
        bound(&configuration, logger)
        var engineOptions = FetchEngine.Options()
        engineOptions.now = clock.now
        engineOptions.isClockDoubtful = { clock.doubt != nil }
        engineOptions.concurrency = configuration.fetch.concurrency
        return IngestionSession(
            configuration: configuration, store: store, events: openEvents(store, clock, logger),
            engine: try startedEngine(engineOptions), logger: logger)
    }

    /// Starts an engine; the caller shuts it down.
    static func startedEngine(
        _ options: FetchEngine.Options = FetchEngine.Options()
    ) throws(CommandFailure) -> FetchEngine {
        do throws(FetchEngine.StartError) {
            return try FetchEngine(options: options)
        } catch {
            throw CommandFailure(.ioError, error.description)
        }
    }

    /// Lets no more transfers run at a time than files may be open for, and says so.
    static func bound(_ configuration: inout Configuration, _ logger: Logger) {
        let most = DescriptorLimit.mostTransfers
        guard configuration.fetch.concurrency > most else { return }
        logger.warning(
            """
            [fetch] concurrency is \(configuration.fetch.concurrency), but \(most) is used, since so few files may be open; \
            raise LimitNOFILE= or ulimit -n
            """)
        configuration.fetch.concurrency = most
    }

    /// - Parameters:
    ///   - isOfFleet: opens the store of a fleet; one that is none's is refused then, and else one that is.
    ///   - busy: told now and then what takes long, now or later, by any thread; a terminal shows it too.
    static func openStore(
        _ settings: StoreSettings, clock: PollClock = .system, isOfFleet: Bool = false, _ logger: Logger,
        busy: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(StoreError) -> ArticleStore {
        var options = StoreOptions(clock: clock.now)
        options.isClockDoubtful = { clock.doubt != nil }
        options.isOfFleet = isOfFleet
        options.segmentSize = UInt64(settings.segmentSize)
        options.segmentAge = settings.keep.segmentAge
        let progress = ByteProgress("of articles read for the index")
        options.progress = { done, total in
            progress.show(done, of: total)
            busy("making the index from the articles: \(done * 100 / max(total, 1)) %")
        }
        defer { progress.clear() }
        let store = try ArticleStore.open(at: settings.directory, options: options) { event in
            progress.clear()
            logger.warning("\(event)")
        }
        clock.adopt(try? StoreReader(directory: settings.directory).timeEvidence(), release: Version.released)
        return store
    }

    /// Articles are polled also where no event can be kept.
    static func openEvents(_ store: ArticleStore, _ clock: PollClock, _ logger: Logger) -> EventLog? {
        do throws(StoreError) {
            return try EventLog(of: store, clock: clock, logger)
        } catch {
            logger.error("no events are kept: \(error)")
            return nil
        }
    }

    /// The caller calls `flush` of the writer when all polls are over: it keeps back states that no article came with.
    func writer() -> StoreWriter {
        StoreWriter(store, history: PollHistory(of: store, logger), contents: FeedContents(of: store, logger))
    }

    func poller(_ mode: PollMode, writer: StoreWriter, health: HostHealth) -> FeedPoller {
        FeedPoller(
            configuration, version: Version.newswire, environment: CommonOptions.environment, engine: engine,
            store: store, writer: writer, events: events, health: health, limiter: HostRateLimiter(clock: .system),
            mode: mode,
            clock: .system)
    }

    func close() async {
        await engine.shutdown()
        events?.close()
        store.close()
    }
}

extension CommandFailure {
    init(_ error: StoreError) {
        self.init(ExitStatus(error), error.description)
    }

    /// Runs work that may also fail for other reasons, and gives the store's errors the exit status of the contract.
    static func wrappingAll<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }

    /// Runs what works on the store and gives its errors the exit status of the contract.
    static func wrapping<Value>(_ work: () throws(StoreError) -> Value) throws(CommandFailure) -> Value {
        do throws(StoreError) {
            return try work()
        } catch {
            throw CommandFailure(error)
        }
    }
}
