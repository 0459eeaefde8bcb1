internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import Scheduling

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops polling a feed, for a while or until it is resumed.",
        discussion: """
            The feed and its articles stay as they are. While it is paused, `poll` skips it, even with --force.

            EXAMPLE
              # until `newswire resume example`
              newswire pause example
              # for two hours
              newswire pause example 2h
              # every feed, for half an hour
              newswire pause --all 30m
            """)

    @Argument(
        help: ArgumentHelp(
            "The feed's id, its URL or the start of its id; then for how long, such as 30m, 2h or 7d.",
            valueName: "FEED [SPAN]"))
    var words: [String] = []

    @Flag(help: "Pause every feed of the configuration.")
    var all = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        let named = all ? 0 : 1
        guard words.count == named || words.count == named + 1 else {
            throw ValidationError("Name one feed, or --all; a span such as 2h after it ends the pause by itself.")
        }
        if words.count > named, SpanArgument(argument: words[named]) == nil {
            throw ValidationError("\(words[named]) is not a span of time; write one such as 30m, 2h or 7d.")
        }
    }

    func run() throws {
        let span = words.count > (all ? 0 : 1) ? words.last.flatMap { SpanArgument(argument: $0) } : nil
        let until = span.map { SystemClock.now().adding(seconds: Int($0.seconds)) }
        let count = try Hold(common, named: all ? [] : [words[0]]).set(until: until ?? FeedState.Schedule.forGood)
        let end = until.map { "until \(Timestamp(seconds: $0.seconds))" } ?? "until resumed"
        StandardError.write("newswire: \(count) feed\(count == 1 ? "" : "s") paused \(end)")
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Ends the pause of a feed.",
        discussion: """
            EXAMPLE
              newswire resume example
              newswire resume --all
            """)

    @Argument(help: ArgumentHelp("The feed's id, its URL or the start of its id.", valueName: "FEED"))
    var feed: String?

    @Flag(help: "Resume every feed of the configuration.")
    var all = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (feed == nil) == all else { throw ValidationError("Name one feed, or write --all.") }
    }

    func run() throws {
        let count = try Hold(common, named: feed.map { [$0] } ?? []).set(until: nil)
        StandardError.write("newswire: \(count) feed\(count == 1 ? "" : "s") resumed")
    }
}

/// A pause by hand, set through the service where one runs, else in the store.
private struct Hold {
    private let configuration: Configuration
    private let feeds: [FeedConfiguration]
    private let isAll: Bool
    private let common: CommonOptions

    /// - Parameter names: none meaning all feeds.
    init(_ common: CommonOptions, named names: [String]) throws {
        configuration = try common.loadWithKnownFeeds()
        feeds = try FeedSelection.choose(names, from: configuration)
        isAll = names.isEmpty
        self.common = common
    }

    /// - Parameter until: nil ends the pause.
    /// - Returns: how many feeds it is for.
    func set(until: Timestamp?) throws -> Int {
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
        return feeds.count
    }
}
