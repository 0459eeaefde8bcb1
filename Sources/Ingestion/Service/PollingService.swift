package import ArticleStore
internal import CShims
package import Configuration
private import Dispatch
internal import FeedModel
package import Fetching
internal import Fleet
private import Locking
package import Logging
internal import ServiceLifecycle

/// `PollingService` is `newswire run`: it polls every feed at its own time until it is told to stop.
package struct PollingService: Service {
    private let configuration: Configuration
    private let reload: @Sendable () throws(ConfigurationError) -> Configuration
    private let adopt: @Sendable (Configuration) -> Void
    private let reloadSignals: AsyncStream<Void>
    private let store: ArticleStore
    private let events: EventLog?
    private let ledger: FleetLedger?
    private let engine: FetchEngine
    private let about: ServiceFigures
    private let reading: PageReading
    private let environment: [String: String]
    private let notifier: ServiceNotifier
    private let logger: Logger
    private let clock: PollClock
    private let leave: @Sendable (_ reason: String) -> Void
    private let fleet: FleetAccess?

    /// Seconds that the service has to end once it was told to. What it leaves undone then costs nothing but a longer
    /// start: all that is stored is stored.
    private static let grace = 10

    /// Makes a service that does nothing before `run`.
    ///
    /// - Parameters:
    ///   - reload: reads the configuration anew.
    ///   - adopt: told of each configuration that is put in force, by the loop; returns at once.
    ///   - reloadSignals: an element each time that is wanted (SIGHUP).
    ///   - store: open for writing; the caller closes it.
    ///   - events: of the store; the caller closes them. Nil where they cannot be kept.
    ///   - ledger: of the store, where that is a fleet's; it follows the log from `run` on.
    ///   - engine: the caller shuts it down.
    ///   - about: the program, for who asks how the service is.
    ///   - reading: takes articles out of pages.
    ///   - leave: ends the process, on any thread: it was told to stop, and a file system does not let it.
    ///   - fleet: by which this machine shares its polling with others; nil for a machine alone.
    package init(
        configuration: Configuration, reload: @escaping @Sendable () throws(ConfigurationError) -> Configuration,
        adopt: @escaping @Sendable (Configuration) -> Void, reloadSignals: AsyncStream<Void>, store: ArticleStore,
        events: EventLog?, ledger: FleetLedger? = nil,
        engine: FetchEngine, about: ServiceFigures, reading: @escaping PageReading,
        notifier: ServiceNotifier, environment: [String: String], logger: Logger, clock: PollClock,
        leave: @escaping @Sendable (_ reason: String) -> Void, fleet: FleetAccess? = nil
    ) {
        self.configuration = configuration
        self.reload = reload
        self.adopt = adopt
        self.reloadSignals = reloadSignals
        self.store = store
        self.events = events
        self.ledger = ledger
        self.engine = engine
        self.about = about
        self.reading = reading
        self.environment = environment
        self.notifier = notifier
        self.logger = logger
        self.clock = clock
        self.leave = leave
        self.fleet = fleet
    }

    /// Returns when the service was told to stop and nothing runs any more.
    package func run() async {
        let writer = StoreWriter(
            store, history: PollHistory(of: store, logger), contents: FeedContents(of: store, logger), ledger: ledger)
        // What is remembered under former ids is in the log for all machines; in a store of its own it was taken over when it
        // was opened.
        if ledger != nil { store.takeOver(configuration.feeds) { try? writer.keep($0) } }
        let loop = PollLoop(
            concurrency: configuration.fetch.concurrency, heartbeat: heartbeat, clock: clock)
        let health = HostHealth(configuration, at: clock.now(), store)
        let control = loop.control
        let seat = fleet.map { FleetSeat($0, writer, control, health, store, about, logger, clock) }
        let retention = RetentionJob(
            store, keep: configuration.store.keep, logger: logger, clock: clock, consumers: seat?.consumers)
        var hearers = FleetLedger.Hearers()
        hearers.diverged = { [logger] error in
            logger.critical("\(error)")
            control.send(.stop)
        }
        if let fleet {
            hearers.putOut = fleet.bell.putOut
            hearers.changed = fleet.bell.changed
        }
        ledger?.run(telling: hearers)
        let reloading = ConfigurationReload(
            path: configuration.path,
            read: { () throws(ConfigurationError) in
                let configuration = try reload()
                retention.adopt(configuration.store.keep)
                return configuration
            }, hasEnded: { control.send(.replace) })
        let survey = DiskSurvey(store: store.path) { [store] in
            StatusFigures.onDisk(store: store.path, lastSeq: store.lastSeq)
        }
        let limiter = HostRateLimiter(clock: clock, territory: seat?.territory)
        let archive = PageArchive(store: store.path, version: about.version, logger: logger, clock: clock)
        let pages = PageDesk(
            store: store, writer: writer, reading: reading, gate: HostGate(control), health: health, logger: logger,
            clock: clock, archive: archive, territory: seat?.territory)
        let parts = ServiceState.Parts(
            store: store, writer: writer, events: events, retention: retention, survey: survey,
            metrics: MetricsJob(logger), consumers: seat?.consumers, pages: pages, territory: seat?.territory,
            fleet: seat?.standing,
            reload: reloading, notifier: notifier, logger: logger, health: health, clock: clock, about: about,
            lineChanges: { control.send(.replace) }, adopt: adopt,
            makePoller: { configuration in
                engine.expect(concurrency: configuration.fetch.concurrency)
                seat?.adopt(configuration)
                pages.adopt(
                    configuration, engine: engine,
                    requests: RequestBuilder(configuration, version: about.version, environment: environment),
                    limiter: limiter)
                return FeedPoller(
                    configuration, version: about.version, environment: environment, engine: engine, store: store,
                    writer: writer, events: events, health: health, limiter: limiter, clock: clock)
            })
        let state = ServiceState(configuration, parts)
        pages.open()
        loop.add(state.firstLine())
        for pause in state.pauses { loop.pause(host: pause.host, until: pause.until) }
        // Reading everything has taken several times what it has left.
        newswire_give_memory_back()
        notifier.ready(status: state.status(nextDue: nil))
        logger.notice("started", metadata: ["feeds": "\(state.roster.feedCount)", "articles": "\(store.lastSeq)"])
        let server = listen(control)
        let watches = state.watches
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in reloadSignals {
                    notifier.reloading()
                    reloading.begin()
                }
            }
            group.addTask { await retention.run() }
            group.addTask { await archive.run() }
            if let seat { group.addTask { await seat.run() } }
            // Nothing of it may hold up the loop.
            group.addTask(executorPreference: globalConcurrentExecutor) { await pages.run() }
            await withGracefulShutdownHandler {
                await loop.run(service: state)
            } onGracefulShutdown: {
                control.send(.stop)
                ledger?.stop()
                leaveLate(watches)
            }
            group.cancelAll()
        }
        writer.flush()
        seat?.leave()
        archive.close()
        state.close()
        server?.stop()
        notifier.stopping()
        logger.notice("stopped", metadata: ["articles": "\(store.lastSeq)"])
    }

    /// Whatever does not answer, the process ends when it is told to.
    private func leaveLate(_ watches: [DiskWatch]) {
        DispatchQueue(label: "newswire.leaving").asyncAfter(deadline: .now() + .seconds(Self.grace)) { [leave] in
            let delays = watches.compactMap(\.delay).map(\.description)
            leave(
                "not all of it has ended \(Self.grace) s after it was told to stop"
                    + (delays.isEmpty ? "" : ": ") + delays.joined(separator: "; "))
        }
    }

    /// Commands can ask from here on. Without a socket the service polls all the same.
    private func listen(_ control: PollLoop.Control) -> ControlServer? {
        let path = ControlPath.ofService(store: store.path, environment: environment)
        ControlPath.removeLink(store: store.path)
        do throws(ControlServer.Failure) {
            guard let identity = StoreIdentity(directory: store.path) else {
                throw ControlServer.Failure(description: "cannot look at the directory \(store.path)")
            }
            let site = ServiceSite(configuration: configuration.path, store: store.path)
            return try ControlServer(
                at: path, store: identity, handler: site.handler { control.send(.ask($0, $1)) })
        } catch {
            logger.warning("\(error); `newswire poll`, `status`, `pause` and `store expire` cannot reach this service")
            return nil
        }
    }

    /// Often enough for the metrics, systemd's watchdog, and a clock that was set.
    private var heartbeat: Duration {
        let longest = Duration.seconds(15)
        return notifier.watchdogMicroseconds.map { min(longest, .microseconds($0 / 3)) } ?? longest
    }
}

extension PollingService: CustomStringConvertible {
    /// The service group calls it by this name; by itself it would write out the whole configuration.
    package var description: String { "polling" }
}
