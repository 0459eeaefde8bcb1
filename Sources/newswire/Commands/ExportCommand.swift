internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints the configured feeds as OPML, for other feed readers.",
        discussion: """
            The first tag of a feed becomes its folder. Local files, passwords and headers are left out. A URL is \
            printed as it is configured, with the token that may be in it.

            EXAMPLE
              newswire export >subscriptions.opml
              newswire export --tag defence >defence.opml
            """)

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("Print only feeds with this tag, in any case. May be repeated.", valueName: "TAG"),
        completion: Completions.tags)
    var tags: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        var configuration = try common.loadWithKnownFeeds()
        try StoredFeeds(configuration).check(tags: tags, alsoStored: false)
        let keys = Set(tags.map(TagKey.init))
        if !keys.isEmpty { configuration.feeds.removeAll { !$0.tags.contains { keys.contains(TagKey($0)) } } }
        addKnownTitles(to: &configuration)
        let local = configuration.feeds.count { $0.isLocalFile }
        if local > 0 {
            StandardError.write("newswire: \(local) local file\(local == 1 ? " is" : "s are") left out")
        }
        let secrets = configuration.feeds.count { !$0.isLocalFile && URLRedaction.redacted($0.url) != $0.url }
        if secrets > 0 {
            StandardError.write(
                "newswire: \(secrets) URL\(secrets == 1 ? " holds" : "s hold") a token; take care whom you give the list to"
            )
        }
        var output = StandardOutput()
        try output.write(OPMLDocument(exporting: configuration, title: "newswire").xml())
        try output.flush()
    }

    /// Gives feeds without a title in the configuration their own, if the store knows it.
    private func addKnownTitles(to configuration: inout Configuration) {
        guard let states = try? StoreReader(directory: configuration.store.directory).states() else { return }
        let known = configuration.remembered(states)
        for index in configuration.feeds.indices where configuration.feeds[index].title == nil {
            configuration.feeds[index].title = known[configuration.feeds[index].id]?.title
        }
    }
}
