internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import Scheduling

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops polling feeds, for a while or until they are resumed.",
        discussion: """
            The feed and its articles stay as they are. While it is paused, `poll` skips it, even with --force.

            EXAMPLE
              # until `newswire resume example`
              newswire pause example
              # for two hours, and another for ten minutes
              newswire pause example 2h example.org-feed 10m
              # every feed, for half an hour
              newswire pause --all 30m
            """)

    @Argument(
        help: ArgumentHelp(
            """
            Feeds, each by its id, its URL or the start of its id; and behind them for how long, such as 30m, 2h or 7d, which \
            holds for those that have no span yet.
            """,
            valueName: "FEED|SPAN"), completion: Completions.feeds)
    var words: [String] = []

    @Flag(help: "Pause every feed of the configuration.")
    var all = false

    @OptionGroup var common: CommonOptions

    /// Feeds that are paused for the same time, until resumed where there is no span.
    private struct Wish {
        var feeds: [String] = []
        var span: SpanArgument?
    }

    private func wishes() -> [Wish] {
        var wishes: [Wish] = []
        var wish = Wish()
        for word in words {
            // The first word is a feed, whatever it looks like.
            if let span = SpanArgument(argument: word), !wish.feeds.isEmpty || all {
                wish.span = span
                wishes.append(wish)
                wish = Wish()
            } else {
                wish.feeds.append(word)
            }
        }
        return wish.feeds.isEmpty ? wishes : wishes + [wish]
    }

    func validate() throws {
        if all {
            guard words.count <= 1, words.allSatisfy({ SpanArgument(argument: $0) != nil }) else {
                throw ValidationError("With --all, write nothing but a span such as 30m, 2h or 7d.")
            }
        } else if words.isEmpty {
            throw ValidationError("Name a feed, or write --all; a span such as 2h behind it ends the pause by itself.")
        }
    }

    func run() throws {
        // All of them are found before any is paused.
        let holds = try (words.isEmpty ? [Wish()] : wishes()).map { (try Hold(common, named: $0.feeds), $0.span) }
        for (hold, span) in holds {
            let until = span.map { SystemClock.now().adding(seconds: Int($0.seconds)) }
            try hold.set(until: until ?? FeedState.Schedule.forGood)
            let end = until.map { "until \(Timestamp(seconds: $0.seconds))" } ?? "until resumed"
            StandardError.write("newswire: paused \(end): \(hold.names)")
        }
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Ends the pause of feeds.",
        discussion: """
            EXAMPLE
              newswire resume example
              newswire resume --all
            """)

    @Argument(
        help: ArgumentHelp("The feed's id, its URL or the start of its id.", valueName: "FEED"),
        completion: Completions.feeds)
    var feeds: [String] = []

    @Flag(help: "Resume every feed of the configuration.")
    var all = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard feeds.isEmpty == all else { throw ValidationError("Name a feed, or write --all.") }
    }

    func run() throws {
        let hold = try Hold(common, named: feeds)
        let paused = hold.pausedFeeds
        try hold.set(until: nil)
        let (disabled, enabled) = (hold.feeds.filter { !$0.enabled }, paused.filter(\.enabled))
        if !enabled.isEmpty { StandardError.write("newswire: resumed: \(Hold.names(enabled))") }
        let ids = Set(paused.map(\.id))
        let others = hold.feeds.filter { $0.enabled && !ids.contains($0.id) }
        if !others.isEmpty, !all || enabled.isEmpty {
            StandardError.write("newswire: not paused before: \(Hold.names(others))")
        }
        if !disabled.isEmpty, !all || !paused.allSatisfy(\.enabled) {
            StandardError.write(
                "newswire: not polled all the same, by enabled = false in the configuration: \(Hold.names(disabled))")
        }
    }
}

/// A pause by hand, set through the service where one runs, else in the store.
private struct Hold {
    private let configuration: Configuration
    let feeds: [FeedConfiguration]
    private let isAll: Bool
    private let common: CommonOptions

    /// - Parameter names: none meaning all feeds.
    init(_ common: CommonOptions, named names: [String]) throws {
        configuration = try common.loadWithKnownFeeds()
        feeds = try FeedSelection.choose(names, from: configuration)
        isAll = names.isEmpty
        self.common = common
    }

    /// The feeds that it is for, as a sentence names them.
    var names: String { isAll ? Self.count(feeds) : Self.names(feeds) }

    static func names(_ feeds: [FeedConfiguration]) -> String {
        feeds.count > 10 ? count(feeds) : feeds.map(\.id.text).joined(separator: ", ")
    }

    private static func count(_ feeds: [FeedConfiguration]) -> String {
        "\(feeds.count) feed\(feeds.count == 1 ? "" : "s")"
    }

    /// The feeds that somebody has paused; all of them where the store does not tell.
    var pausedFeeds: [FeedConfiguration] {
        do throws(StoreError) {
            let stored = try StoreReader.ifThere(directory: configuration.store.directory)?.states() ?? []
            let states = configuration.remembered(stored)
            let now = SystemClock.now()
            return feeds.filter { states[$0.id]?.isHeld(at: now) ?? false }
        } catch {
            return feeds
        }
    }

    /// - Parameter until: nil ends the pause.
    func set(until: Timestamp?) throws {
        if let service = try ServiceSession.open(configuration) {
            // The names of very many feeds would not fit into a request.
            let ids = isAll ? [] : feeds.map(\.id)
            try service.ask(until.map { .pause(feeds: ids, until: $0) } ?? .resume(feeds: ids))
        } else {
            let logger = common.logger(configuration)
            try CommandFailure.wrapping { () throws(StoreError) in
                let store = try IngestionSession.openStore(configuration.store, logger)
                defer { store.close() }
                try store.hold(feeds, until: until)
            }
        }
    }
}
