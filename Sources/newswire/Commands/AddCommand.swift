internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Fetching
internal import Ingestion
internal import Logging

struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Finds the feed of a site, polls it, and writes a [[feed]] table for it into feeds.d/.",
        discussion: """
            URL is a feed, or a page that names one. If the page names several, the first is added and the others are \
            listed. If it declares none, five links in its text that speak of feeds are tried, then well-known paths, all \
            on its own site. The table goes into a new file in feeds.d/, beside the configuration, which is named after the \
            feed; no other file is changed, and none is written where the configuration would not include it. The feed's id, \
            its URL and the path of the file are printed. A running service is told to reload, and polls the feed from then \
            on. Where the store knows the URL by the id of a feed that was removed, the feed goes on with that history.

            EXAMPLE
              newswire add https://www.swift.org/blog/ --tag swift
              newswire add example.org --id example --title "Example"
            """)

    @Argument(help: ArgumentHelp("The URL of a feed or a page; https:// may be left out.", valueName: "URL"))
    var url: String

    @Option(
        name: .customLong("tag"), help: ArgumentHelp("Give the feed this tag. May be repeated.", valueName: "TAG"),
        completion: Completions.tags)
    var tags: [String] = []

    @Option(help: ArgumentHelp("The feed's id. Left out: made from its URL.", valueName: "ID"))
    var id: String?

    @Option(help: ArgumentHelp("The feed's title. Left out: the one that it has itself.", valueName: "TITLE"))
    var title: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let configuration = try common.loadWithContact(common.loadWithKnownFeeds)
        let address = CommonOptions.address(url)
        try refuseValues(configuration)
        try refuse(address, ifIn: configuration)
        try ConfigurationChange.checkInclude(configuration, "adding \(shown(address))")
        do throws(FeedFile.Failure) {
            try FeedFile.check(main: configuration.path)
        } catch {
            throw CommandFailure(.ioError, "adding \(shown(address)): \(error.message)")
        }
        let engine = try IngestionSession.startedEngine()
        let result: Result<Void, any Error>
        do {
            result = .success(try await add(address, engine, configuration))
        } catch {
            result = .failure(error)
        }
        await engine.shutdown()
        try result.get()
    }

    private func add(_ address: String, _ engine: FetchEngine, _ configuration: Configuration) async throws {
        let subscription = try await subscription(at: address, engine, configuration)
        for other in subscription.others.prefix(10) {
            StandardError.write("newswire: the page also names \(shown(other.url)) \(other.title ?? "")")
        }
        let logger = common.logger(configuration)
        // The store first: what cannot be polled is not added. While a service has it, the service polls.
        let store = try openStore(configuration, logger)
        defer { store?.close() }
        let (extended, feed, path) = try ConfigurationChange.exclusively(common) { try write(subscription) }
        var output = StandardOutput()
        try output.write(line: [feed.id.text, shown(feed.url), path].map(SafeText.line).joined(separator: "\t"))
        try output.flush()
        guard let store else {
            StandardError.write(
                try ConfigurationChange.tellService(configuration)
                    ? "newswire: added \(feed.id); the running service polls it from here on"
                    : "newswire: added \(feed.id); another newswire has the store, the next poll takes it")
            return
        }
        store.takeOver([feed]) { _ = store.stage($0) }
        let session = IngestionSession(
            configuration: extended, store: store, events: IngestionSession.openEvents(store, .system, logger),
            engine: engine, logger: logger)
        defer { session.events?.close() }
        let health = HostHealth(
            extended, at: SystemClock.now(), isClockDoubtful: PollClock.system.doubt != nil, store)
        let writer = session.writer()
        let report = await session.poller(.byHand(isForced: false), writer: writer, health: health).poll(
            feed, answer: subscription.answer)
        writer.flush()
        for note in report.notes { StandardError.write("newswire: \(feed.id): \(note)") }
        if let failure = report.failure { throw CommandFailure(.ioError, "polling \(feed.id): \(failure.message)") }
        let title = subscription.title.map { " (\($0))" } ?? ""
        let count = report.newArticles
        StandardError.write("newswire: added \(feed.id)\(title), \(count) article\(count == 1 ? "" : "s")")
    }

    /// Writes the file, by the configuration as it is by now: looking for the feed may have taken its time.
    private func write(
        _ subscription: FeedDiscovery.Subscription
    ) throws -> (extended: Configuration, feed: FeedConfiguration, path: String) {
        let action = "adding \(shown(subscription.url))"
        var states: [FeedState] = []
        let configuration = try ConfigurationLoader.load(
            path: ConfigurationPath.absolute(common.path()), environment: CommonOptions.environment,
            knownFeeds: { store in
                states = common.states(store)
                return states.knownFeeds
            })
        try refuse(subscription.url, ifIn: configuration)
        try ConfigurationChange.checkInclude(configuration, action)
        let former = id.flatMap {
            configuration.predecessor(of: FeedIdentifier($0), at: subscription.url, among: states)
        }
        let table = FeedTable(
            url: subscription.url, id: id, title: title, tags: tags, formerly: former.map { [$0.text] } ?? [])
        let file = FeedFile(
            table, name: id ?? FeedNaming.name(for: subscription.url), main: configuration.path,
            title: title ?? subscription.title, date: ConfigurationChange.today)
        let extended = try ConfigurationChange.loading(file, configuration, states.knownFeeds, action)
        guard let feed = extended.feeds.first(where: { $0.url == subscription.url }) else {
            throw CommandFailure(.badConfiguration, "\(action): it is no feed of the configuration")
        }
        do throws(FeedFile.Failure) {
            try file.write()
        } catch {
            throw CommandFailure(.ioError, "\(action): \(error.message)")
        }
        if let former {
            StandardError.write(
                "newswire: the store knows that URL as \(former); formerly = [\(TOMLText.quoted(former.text))] in "
                    + "\(file.path) keeps the history")
        }
        return (extended, feed, file.path)
    }

    /// What the command line says is judged before any server is asked.
    private func refuseValues(_ configuration: Configuration) throws(CommandFailure) {
        let table = FeedTable(url: "https://example.org/", id: id, title: title, tags: tags)
        var refusal = table.refusals.first
        if refusal == nil, let holder = configuration.feeds.first(where: { $0.id.text == id }) {
            refusal = "id: \(holder.source) has the id \(holder.id) already"
        }
        guard let refusal else { return }
        throw CommandFailure(.usage, "adding \(shown(CommonOptions.address(url))): \(refusal); no file was written")
    }

    private func subscription(
        at address: String, _ engine: FetchEngine, _ configuration: Configuration
    ) async throws(CommandFailure) -> FeedDiscovery.Subscription {
        let requests = RequestBuilder(configuration, version: Version.newswire, environment: CommonOptions.environment)
        let discovery = FeedDiscovery(engine: engine, requests: requests, allowances: HostAllowances(configuration))
        let search: FeedDiscovery.Search
        do throws(FeedDiscovery.Failure) {
            search = try await discovery.subscription(at: address)
        } catch {
            throw CommandFailure(.allFailed, "adding \(shown(address)): \(error.message)")
        }
        switch search {
        case .found(let subscription): return subscription
        case .inVain(let attempts):
            let answers = attempts.map { "\(shown($0.url)): \($0.failure?.message ?? "is no feed")" }
            throw CommandFailure(
                attempts.allSatisfy { $0.failure != nil } ? .allFailed : .badInput,
                "adding \(shown(address)): none of the feeds that the page names could be had: "
                    + answers.joined(separator: "; "))
        case .nothing(let elsewhere):
            let advice =
                elsewhere.isEmpty
                ? "look for a link on the site"
                : "it links to \(elsewhere.map(shown).joined(separator: ", ")) on other sites, which may be added as such"
            throw CommandFailure(
                .badInput, "adding \(shown(address)): there is no feed, and the page names none; \(advice)")
        }
    }

    private func refuse(_ url: String, ifIn configuration: Configuration) throws(CommandFailure) {
        guard let feed = configuration.feeds(at: url).first else { return }
        let state = feed.enabled ? "" : ", where it is not enabled"
        throw CommandFailure(
            .usage, "adding \(shown(url)): it is configured already, as \(feed.id) in \(feed.source)\(state)")
    }

    /// Opens the store; nil while a service has it.
    private func openStore(_ configuration: Configuration, _ logger: Logger) throws -> ArticleStore? {
        do throws(StoreError) {
            return try IngestionSession.openStore(configuration.store, logger)
        } catch {
            if error.code == .inUse { return nil }
            throw CommandFailure(error)
        }
    }

    private func shown(_ url: String) -> String { URLRedaction.redacted(url) }
}
