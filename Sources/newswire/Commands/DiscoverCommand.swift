internal import ArgumentParser
internal import Configuration
internal import FeedModel
internal import Fetching
internal import Ingestion
internal import JSONText

struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Lists the feeds that a page links to.",
        discussion: """
            It prints one line for each feed: its URL, its type and its title, separated by tabs. If the URL is a feed \
            itself, that feed is printed. If the page declares none, the links in its text that lead to its own site and \
            speak of rss, atom, feed or json are asked, five at most. If there is no feed, it ends with status 65.

            EXAMPLE
              newswire discover https://www.swift.org/blog/
              newswire discover example.org --guess --json
            """)

    @Argument(help: ArgumentHelp("The URL of a page or a feed; https:// may be left out.", valueName: "URL"))
    var url: String

    @Flag(
        help: """
            If the page names no feed, ask for a few well-known paths, such as /feed and /atom.xml, then for links in its \
            text to other sites: ten more requests at most.
            """)
    var guess = false

    @Flag(help: "Print one line of JSON for each feed.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let configuration = try common.loadWithContact(common.load)
        let engine = try IngestionSession.startedEngine()
        let found = await find(engine, configuration)
        await engine.shutdown()
        try print(found.get())
    }

    private func find(
        _ engine: FetchEngine, _ configuration: Configuration
    ) async -> Result<[FeedDiscovery.Found], CommandFailure> {
        let requests = RequestBuilder(
            configuration, version: Version.newswire, environment: CommonOptions.environment)
        let discovery = FeedDiscovery(
            engine: engine, requests: requests, allowances: HostAllowances(configuration))
        do throws(FeedDiscovery.Failure) {
            let found = try await discovery.find(at: CommonOptions.address(url), guesses: guess)
            if !found.isEmpty { return .success(found) }
            let advice = guess ? "look for a link on the site" : "--guess asks a few well-known paths"
            return .failure(CommandFailure(.badInput, "discovering feeds of \(shown): the page names none; \(advice)"))
        } catch {
            return .failure(CommandFailure(.allFailed, "discovering feeds of \(shown): \(error.message)"))
        }
    }

    private var shown: String { URLRedaction.redacted(url) }

    private func print(_ feeds: [FeedDiscovery.Found]) throws(OutputError) {
        var output = StandardOutput()
        for feed in feeds {
            if json {
                var line = JSONWriter()
                line.beginObject()
                line.member("url", feed.url)
                line.member("type", feed.type)
                line.member("title", feed.title)
                line.endObject()
                try output.write(line.bytes + [UInt8(ascii: "\n")])
            } else {
                try output.write(
                    line: [feed.url, feed.type, feed.title ?? ""].map(SafeText.line).joined(separator: "\t"))
            }
        }
        try output.flush()
    }
}
