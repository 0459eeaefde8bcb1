internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Fetching
internal import Glibc
internal import Ingestion
internal import JSONText
internal import UnixSignals

struct PollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll",
        abstract: "Polls the feeds that are due, or those that are named, once.",
        discussion: """
            EXAMPLE
              # poll every feed, due or not
              newswire poll --all
              # from cron, which mails what is said
              newswire poll --quiet
              # poll one feed, and print what happened as JSON
              newswire poll example --json
            """)

    @Argument(
        help: ArgumentHelp(
            "A feed to poll: its id, its URL or the start of its id. Left out: all that are due.", valueName: "FEED"),
        completion: Completions.feeds)
    var feeds: [String] = []

    @Flag(help: "Poll only feeds whose last poll failed, due or not.")
    var failing = false

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("Poll only feeds with this tag, due or not. May be repeated.", valueName: "TAG"),
        completion: Completions.tags)
    var tags: [String] = []

    @Flag(help: "Poll feeds that are not due as well, except those whose server asked to be left alone.")
    var all = false

    @Flag(help: "Poll even feeds whose server asked to be left alone; paused feeds stay paused.")
    var force = false

    @Flag(name: .customLong("dry-run"), help: "Show what would be requested and stored, and write nothing.")
    var dryRun = false

    @Flag(help: "Print one line of JSON for each feed.")
    var json = false

    @Flag(help: "Say nothing but what a person has to mend: failures that last, once a day.")
    var quiet = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let configuration = try common.load()
        if let service = try ServiceSession.open(configuration) {
            if let failure = try ask(service, common.loadWithKnownFeeds()) { throw failure }
            return
        }
        if configuration.fleet != nil {
            throw CommandFailure(
                .inUse,
                "polling: in a fleet the service polls, and none runs here; `systemctl start newswire` starts it")
        }
        let session = try IngestionSession.open(consume configuration, common)
        let round = try await poll(session)
        await session.close()
        if let failure = round { throw failure }
    }

    /// Whether a person has said which feeds are meant: then each that is skipped is named, and why.
    private var isChoice: Bool { !feeds.isEmpty || !tags.isEmpty || failing }

    private var selection: PollSelection { force ? .force : all || isChoice ? .all : .due }

    /// The feeds that are meant.
    ///
    /// - Parameter state: what is remembered of a feed.
    private func choose(
        from configuration: Configuration, state: (FeedIdentifier) throws -> FeedState?
    ) throws -> [FeedConfiguration] {
        var chosen = try FeedSelection.choose(feeds, tags: tags, from: configuration)
        if failing { chosen = try chosen.filter { try $0.enabled && state($0.id)?.failure != nil } }
        if chosen.isEmpty {
            let none = failing ? "no feed is failing" : "no feeds are configured in \(configuration.path)"
            if !quiet { StandardError.write("newswire: \(none)") }
        }
        return chosen
    }

    private func printer(total: Int) -> PollPrinter {
        PollPrinter(
            json: json, dryRun: dryRun, total: total, showsProgress: !json && !quiet && Terminal.isErrorTerminal,
            saysSkipped: isChoice, isQuiet: quiet)
    }

    /// The service on this store does the polling. It goes on when this command is stopped.
    ///
    /// - Returns: why the command ends with another status than 0.
    private func ask(_ service: consuming ServiceSession, _ configuration: Configuration) throws -> CommandFailure? {
        var states: [FeedIdentifier: FeedState] = [:]
        if failing { states = configuration.remembered(try StoredFeeds(configuration).states()) }
        let chosen = try choose(from: configuration) { states[$0] }
        if chosen.isEmpty, isChoice { return nil }
        let printer = printer(total: chosen.count)
        // Without names all feeds of the service are meant, also where its configuration is older than the file.
        let ids = isChoice ? chosen.map(\.id) : []
        var other: String?
        var elsewhere = (count: 0, machines: Set<String>())
        let take = { (line: JSONValue) in
            if let report = PollReport(line) { printer.add(report) }
            if let path = line["configuration"]?.string, path != configuration.path {
                other = path
            }
            if let count = line["elsewhere"]?.integer {
                elsewhere.count += Int(count)
                elsewhere.machines.formUnion(line["machines"]?.array?.compactMap(\.string) ?? [])
            }
        }
        let requests = ControlRequest.polls(of: ids, selection: selection, isDryRun: dryRun)
        try service.ask(requests[0], take: take)
        for request in requests.dropFirst() {
            guard let next = try ServiceSession.open(configuration) else {
                throw CommandFailure(.ioError, "polling: the service has ended in between; poll again without it")
            }
            try next.ask(request, take: take)
        }
        if let other {
            StandardError.write(
                "newswire: the running service polls by its own configuration, \(other), and not by "
                    + "\(configuration.path)")
        }
        let failure = try printer.finish(stopped: false)
        if elsewhere.count == 0 { return failure }
        let feeds = elsewhere.count == 1 ? "1 feed is" : "\(elsewhere.count) feeds are"
        let machines =
            elsewhere.machines.isEmpty ? "other machines" : elsewhere.machines.sorted().joined(separator: ", ")
        if isChoice {
            return failure ?? CommandFailure(.inUse, "\(feeds) polled by \(machines) of the fleet; poll there")
        }
        if !quiet { StandardError.write("newswire: \(feeds) polled by \(machines) of the fleet") }
        return failure
    }

    /// - Returns: why the command ends with another status than 0.
    private func poll(_ session: IngestionSession) async throws -> CommandFailure? {
        let chosen = try choose(from: session.configuration) { session.store.state(of: $0) }
        if chosen.isEmpty { return nil }
        let printer = printer(total: chosen.count)
        let mode = PollMode(selection, isDryRun: dryRun)
        let clock = PollClock.system
        session.store.setRight(session.configuration, by: clock)
        let health = HostHealth(
            session.configuration, at: clock.now(), isClockDoubtful: clock.doubt != nil, session.store)
        let writer = session.writer()
        defer { writer.flush() }
        let round = PollRound(
            feeds: chosen, selection: selection, poller: session.poller(mode, writer: writer, health: health),
            allowances: HostAllowances(session.configuration), health: health, now: clock.now(),
            state: { session.store.state(of: $0) }, report: { printer.add($0) })
        let loop = PollLoop(
            concurrency: session.configuration.fetch.concurrency, clock: clock)
        round.fill(loop)
        let control = loop.control
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let stopped = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals {
                    control.send(.stop)
                    return true
                }
                return false
            }
            await loop.run(round: round)
            group.cancelAll()
            return await group.next() ?? false
        }
        session.events?.trim(session.configuration.events.keep, now: clock.trusted)
        // The next round knows by it when the clock last counted; losing it costs a doubt.
        if !dryRun, let now = clock.confirmed { try? session.store.keep(trusted: now) }
        return try printer.finish(stopped: stopped)
    }
}
