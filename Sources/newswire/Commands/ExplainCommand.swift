internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import Ingestion

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why a feed is next polled when it is.",
        discussion: """
            Every term of the decision is shown: what the feed's own rhythm would say, what the feed and its server ask \
            for, what holds it back; and the last 50 polls.

            EXAMPLE
              newswire explain example                         by id, or the start of one
              newswire explain https://example.org/feed.xml    by URL
            """)

    @Argument(help: ArgumentHelp("A feed's id, the start of one, or its URL.", valueName: "FEED"))
    var subject: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadWithKnownFeeds()
        let lines = try explanation(configuration)
        var output = StandardOutput()
        for line in lines { try output.write(line: SafeText.line(line)) }
        try output.flush()
    }

    private func explanation(_ configuration: Configuration) throws -> [String] {
        let feeds = try FeedSelection.choose([subject], from: configuration)
        return try feeds.flatMap { try FeedExplanation.load($0, configuration, now: SystemClock.now()).lines }
    }
}
