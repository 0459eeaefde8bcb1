internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import FeedParsing
internal import Fetching
internal import Glibc
internal import Ingestion
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the service: polls every feed when it is due, until it is told to stop.",
        discussion: """
            SIGTERM and SIGINT stop it. SIGHUP makes it read the configuration again.

            EXAMPLE
              newswire run --config /etc/newswire/newswire.toml
            """)

    @Option(
        name: .customLong("time-scale"),
        help: ArgumentHelp(
            "How many times as fast as real all clocks go, but for the network's timeouts.", valueName: "N",
            visibility: .hidden))
    var timeScale: Int64 = 1

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...100_000).contains(timeScale) else {
            throw ValidationError("--time-scale must be between 1 and 100000")
        }
    }

    func run() async throws {
        let log = LogQueue(LogOutput(environment: CommonOptions.environment, showsTime: true))
        do {
            try await serve(log)
        } catch {
            // What the log says of it comes before the error.
            log.drain()
            throw error
        }
        log.drain()
    }

    /// The configuration that the service starts with. What the command line says goes before it, also at a reload.
    private func loaded() throws -> Configuration {
        var configuration = try common.load()
        if let logLevel = common.logLevel { configuration.log.level = logLevel }
        return configuration
    }

    private func serve(_ log: LogQueue) async throws {
        let clock = PollClock.fast(timeScale)
        // First of all: a reload that comes early must not end the service.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let notifier = ServiceNotifier(environment: CommonOptions.environment)
        let started = try loaded()
        let threshold = LogThreshold(Logger.Level(started.log.level))
        // At an upgrade a poll from cron may have the store.
        let fleetSession = started.fleet == nil ? nil : try FleetSession(started)
        let session = try IngestionSession.open(
            started, common, clock: clock, log: log, threshold: threshold, isOfFleet: fleetSession != nil,
            patience: notifier.isHeard ? .seconds(30) : .zero, busy: notifier.busy)
        let (reloads, reload) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (store, logger) = (session.store, session.logger)
        let logLevel = common.logLevel
        let leave: @Sendable (ExitStatus) -> Void = { status in
            log.drain()
            _exit(status.rawValue)
        }
        let fleet = try fleetSession.map { try FleetService($0, store, logger, leave: leave) }
        let service = PollingService(
            configuration: session.configuration,
            reload: { () throws(ConfigurationError) in
                let path = session.configuration.path
                var configuration = try ConfigurationLoader.load(path: path, environment: CommonOptions.environment)
                try configuration.recognise(reviewing: store.knownFeeds)
                if let logLevel { configuration.log.level = logLevel }
                IngestionSession.bound(&configuration, logger)
                return configuration
            },
            adopt: { threshold.level = Logger.Level($0.log.level) }, reloadSignals: reloads, store: store,
            events: session.events, ledger: fleet?.ledger, engine: session.engine,
            about: ServiceFigures(
                version: Version.newswire, libcurl: FetchEngine.libcurlVersion, libxml2: FeedParser.libxml2Version,
                pid: getpid(), startedAt: clock.now()),
            reading: PageContent.reading,
            notifier: notifier, environment: CommonOptions.environment, logger: session.logger, clock: clock,
            leave: { reason in
                logger.error("leaving: \(reason)")
                leave(.ioError)
            }, fleet: fleet?.access)
        var quiet = session.logger
        quiet.logLevel = max(quiet.logLevel, .warning)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        // The service has a thread of its own: a file system that does not answer may hold up those that tasks share.
        try await withTaskExecutorPreference(LoopExecutor()) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    for await _ in hangups { reload.yield() }
                }
                try await group.run()
                tasks.cancelAll()
            }
        }
        await session.close()
        if let divergence = fleet?.ledger.divergence { throw CommandFailure(.badInput, divergence.description) }
    }
}
