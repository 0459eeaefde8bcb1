internal import ArticleStore
internal import Configuration
private import FeedModel
internal import Fleet
internal import Locking
internal import Logging
private import Scheduling

/// `FleetSeat` is a running service's place in its fleet: what it may poll, and who keeps it in.
struct FleetSeat: Sendable {
    /// Milliseconds between two looks whether the lease lasts.
    private static let watch: Int64 = 250
    /// Milliseconds that leaving may take, of the time that the service has to end.
    private static let farewell = 5000

    let territory: Territory
    let consumers: ConsumerDesk
    private let trimming: LogTrimming
    private let access: FleetAccess
    private let member: FleetMember
    private let about: Locked<NodeAbout>

    init(
        _ access: FleetAccess, _ writer: StoreWriter, _ control: PollLoop.Control, _ health: HostHealth,
        _ store: ArticleStore, _ figures: ServiceFigures, _ logger: Logger, _ clock: PollClock
    ) {
        let steady: @Sendable () -> Int64 = { SystemClock.steady().milliseconds }
        let about = Locked(NodeAbout(version: figures.version, configuration: "", feeds: 0))
        let territory = Territory(
            Territory.Surroundings(
                steady: steady, sleep: PollClock.system.sleep, applied: access.applied, settle: writer.afterFlush,
                changed: { control.send(.replace) }), visits: access.visits)
        member = FleetMember(
            access, territory: territory,
            FleetMember.Surroundings(
                steady: steady, timeOfDay: { SystemClock.now().milliseconds }, applied: access.applied,
                about: { about.withLock { $0 } }, isIll: { health.isNetworkDown || store.trouble != nil },
                tell: { news in
                    news.log(logger)
                    if case .ended(.nameIsTaken) = news { access.end(.nameIsTaken) }
                }))
        consumers = ConsumerDesk(
            machine: access.machine.name,
            cursors: { () throws(StoreError) in try Cursors(directory: store.path) }, logger: logger,
            standing: { [member] in
                let figures = member.figures
                return figures.run.map { ConsumerDesk.Standing(run: $0, isLeased: steady() < figures.until) }
            }, connect: access.consumers)
        trimming = LogTrimming(
            keep: access.logKeep, machine: access.machine.name, logger: logger, connect: access.trimming)
        self.access = access
        self.about = about
        self.territory = territory
        access.bell.answer(
            FleetBell.Hearers(
                putOut: { [member] in member.learnedPutOut() }, changed: { control.send(.heard($0)) }))
    }

    /// Takes in what is polled by a configuration from now on.
    func adopt(_ configuration: Configuration) {
        let (hash, feeds) = (configuration.pollingHash, configuration.feeds.count(where: \.enabled))
        about.withLock { about in
            about.configuration = hash
            about.feeds = feeds
        }
    }

    /// Joins, and watches over the lease until the task is cancelled.
    func run() async {
        member.start()
        consumers.open()
        trimming.open()
        while !Task.isCancelled {
            try? await PollClock.system.sleep(milliseconds: Self.watch)
            territory.tick()
        }
    }

    /// Leaves the fleet, once no poll runs any more and all is written. Blocks for a few seconds at most.
    func leave() {
        trimming.close()
        consumers.close()
        member.leave(within: Self.farewell)
        access.halt()
    }

    /// Tells how this machine stands in its fleet.
    var standing: @Sendable () -> FleetFigures {
        { [member, territory, access] in
            var figures = member.figures
            figures.applied = access.applied()
            figures.appends = access.appends()
            figures.visits = territory.visitCount
            return figures
        }
    }
}
