package import ArticleStore
package import Configuration
package import FeedModel
package import Fetching
package import Logging
internal import ServiceLifecycle

/// `newswire run`: polls every feed at its own time until it is told to stop.
package struct PollingService: Service {
    private let configuration: Configuration
    private let reload: @Sendable () throws(ConfigurationError) -> Configuration
    private let reloadSignals: AsyncStream<Void>
    private let store: ArticleStore
    private let engine: FetchEngine
    private let version: String
    private let environment: [String: String]
    private let notifier: ServiceNotifier
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - reload: reads the configuration anew.
    ///   - reloadSignals: an element each time that is wanted (SIGHUP).
    ///   - store: open for writing; the caller closes it.
    ///   - engine: the caller shuts it down.
    package init(
        configuration: Configuration, reload: @escaping @Sendable () throws(ConfigurationError) -> Configuration,
        reloadSignals: AsyncStream<Void>, store: ArticleStore, engine: FetchEngine, version: String,
        environment: [String: String], logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.reload = reload
        self.reloadSignals = reloadSignals
        self.store = store
        self.engine = engine
        self.version = version
        self.environment = environment
        notifier = ServiceNotifier(environment: environment)
        self.logger = logger
        self.now = now
    }

    /// Returns when the service was told to stop and nothing runs any more.
    package func run() async {
        let writer = StoreWriter(store)
        let loop = PollLoop(
            concurrency: configuration.fetch.concurrency, staysOpen: true, heartbeat: heartbeat, now: now)
        let retention = RetentionDuty(store, keep: configuration.store.keep, logger: logger, now: now)
        let desk = PollingDesk(
            reload: { () throws(ConfigurationError) in
                let configuration = try reload()
                retention.adopt(configuration.store.keep)
                return configuration
            }, store: store, notifier: notifier, logger: logger, now: now
        ) { configuration in
            FeedPoller(
                engine: engine, store: store, writer: writer,
                requests: RequestBuilder(configuration, version: version, environment: environment),
                allowances: HostAllowances(configuration), schedule: configuration.schedule, now: now)
        }
        desk.adopt(configuration)
        for entry in desk.line(except: []) { loop.add(entry) }
        notifier.ready(status: desk.status(nextDue: nil))
        logger.notice("started", metadata: ["feeds": "\(desk.feedCount)", "articles": "\(store.lastSeq)"])
        let control = loop.control
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in reloadSignals { control.send(.replace) }
            }
            group.addTask { await retention.run() }
            await withGracefulShutdownHandler {
                await loop.run(desk)
            } onGracefulShutdown: {
                control.send(.stop)
            }
            group.cancelAll()
        }
        notifier.stopping()
        logger.notice("stopped", metadata: ["articles": "\(store.lastSeq)"])
    }

    /// Often enough for systemd's watchdog, and for a clock that was set.
    private var heartbeat: Duration {
        guard let limit = notifier.watchdogMicroseconds else { return .seconds(30) }
        return min(.seconds(30), .microseconds(limit / 3))
    }
}
