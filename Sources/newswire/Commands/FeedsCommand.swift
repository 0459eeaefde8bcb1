internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

struct FeedsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds",
        abstract: "Shows how each feed is doing.",
        discussion: """
            Of a feed that fails the URL and the reason are shown below its line, and of feeds that are named also how \
            often they are polled, and why. Times are by how far they are away, and by the machine's clock. On a terminal \
            the columns are cut to fit.

            EXAMPLE
              newswire feeds --failing
              newswire feeds example --utc
              newswire feeds --tag naval --state ok
              newswire feeds --json | jq -r 'select(.failures > 3).url'
            """)

    @Argument(
        help: ArgumentHelp(
            "A feed to show: its id, its URL or the start of its id. Left out: all of them.", valueName: "FEED"),
        completion: Completions.feeds)
    var feeds: [String] = []

    @Flag(help: "Show only feeds whose last poll failed.")
    var failing = false

    @Flag(help: "Show only feeds from which nothing new has come for much longer than usual.")
    var silent = false

    @Option(
        name: .customLong("state"),
        help: ArgumentHelp("Show only feeds in this state. May be repeated.", valueName: "STATE"))
    var shownStates: [FeedHealth.State] = []

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("Show only feeds with this tag. May be repeated.", valueName: "TAG"),
        completion: Completions.tags)
    var tags: [String] = []

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Flag(help: "Print one line of JSON for each feed.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        var configuration = try common.loadForStore()
        let stored = try StoredFeeds(configuration).states()
        configuration = configuration.recognising(stored.knownFeeds)
        let states = configuration.remembered(stored)
        let chosen = try FeedSelection.choose(feeds, tags: tags, from: configuration)
        let wantedStates = Set(shownStates + (failing ? [.failing, .gone] : []))
        var output = StandardOutput()
        var table = TextTable(FeedHealth.columns)
        var shown = 0
        let shared = sharedURLs(configuration.feeds, states)
        let now = SystemClock.now()
        let allowances = HostAllowances(configuration)
        let hostHealth = HostHealth(configuration, at: now, states: states)
        let times = TimeText(now: now, isUTC: utc)
        let pages = PageText(configuration, now: now)
        for feed in chosen {
            let (host, allowance) = allowances.allowance(for: feed, state: states[feed.id])
            let state = states[feed.id]?.shown(at: now, of: feed, configuration.schedule)
            var health = FeedHealth(feed, state, hostPause: hostHealth.pause(of: host, at: now)?.until, now: now)
            health.sameAs = shared[feed.id] ?? []
            health.pages = (pages.waiting(feed.id), pages.pausedUntil(feed.id))
            health.hostPace = HostPaceText(host, hostHealth.paced(allowance, of: host, at: now), allowances)
            if !wantedStates.isEmpty, !wantedStates.contains(health.state) { continue }
            if silent, health.silentSince == nil { continue }
            shown += 1
            if json {
                try output.write(health.jsonLine)
            } else {
                table.add(health.cells(times), details: health.details(times, all: !feeds.isEmpty))
            }
        }
        if !json, shown > 0 {
            for line in table.lines(width: Terminal.outputWidth) { try output.write(Array("\(line)\n".utf8)) }
        }
        try output.flush()
        if configuration.feeds.isEmpty, configuration.warnings.contains(where: { $0.severity == .error }) {
            throw CommandFailure(
                .badConfiguration,
                "showing the feeds of \(configuration.path): none can be read, because the file is wrong, as said above"
            )
        }
        if !json, shown == 0 {
            let none =
                silent
                ? "no feed is silent, as far as that can be told"
                : failing ? "no feed is failing" : "no feed is in that state"
            StandardError.write("newswire: \(configuration.feeds.isEmpty ? "no feeds are configured" : none)")
        }
    }

    /// For each feed, the others whose servers say that they are to be found at the same URL (polling.md §9).
    private func sharedURLs(
        _ feeds: [FeedConfiguration], _ states: [FeedIdentifier: FeedState]
    ) -> [FeedIdentifier: [FeedIdentifier]] {
        // Feeds that were configured with one URL twice are meant so.
        guard states.values.contains(where: { $0.move.target != nil }) else { return [:] }
        let groups = Dictionary(grouping: feeds.filter(\.enabled)) { states[$0.id]?.move.target ?? $0.url }
        var result: [FeedIdentifier: [FeedIdentifier]] = [:]
        for group in groups.values where group.count > 1 && Set(group.map(\.url)).count > 1 {
            for feed in group { result[feed.id] = group.map(\.id).filter { $0 != feed.id } }
        }
        return result
    }
}
