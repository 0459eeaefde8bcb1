internal import ArgumentParser
internal import Configuration
internal import FeedModel

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Takes feeds out of the configuration; their articles stay.",
        discussion: """
            The [[feed]] table goes from its file, and a file that `newswire add` has made goes with it. Nothing else is \
            changed: where comments stand in the table, or a list names the feed, the command says what to do by hand and \
            ends with status 65. The id, the URL and the file of each feed are printed. A running service is told to \
            reload. What is stored stays, and is known again if the feed comes back. A rule that names the feed stays as it is, \
            and is said.

            EXAMPLE
              newswire remove example
              newswire remove https://example.org/feed.xml
            """)

    @Argument(help: ArgumentHelp("The feed's whole id, or its URL.", valueName: "FEED"), completion: Completions.feeds)
    var feeds: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
        let count = try FeedChange(common, named: feeds, isWhole: true).make(.remove) {
            [$0.id.text, URLRedaction.redacted($0.url), $0.source.file]
        }
        StandardError.write("newswire: \(count) feed\(count == 1 ? "" : "s") removed; the articles stay in the store")
    }
}

struct RenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Gives a feed another id; its history goes on.",
        discussion: """
            It writes `id` into the [[feed]] table, in the file where that is, and the id that the feed had into \
            `formerly`, by which its articles stay known. In [[filter]] tables the new id takes the place of the old one in \
            `feeds`; a rule that asks for the feed in its `match` has to be changed first. Nothing else is changed: where \
            that cannot be, the command says what to write by hand and ends with status 65. A running service is told \
            to reload.

            EXAMPLE
              newswire rename example.org-feed-xml example
            """)

    @Argument(
        help: ArgumentHelp("The feed's whole id, or its URL.", valueName: "FEED"), completion: Completions.feeds)
    var feed: String

    @Argument(help: ArgumentHelp("The id that it gets.", valueName: "ID"))
    var id: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        try FeedChange(common, named: [feed], isWhole: true).make(.rename(to: FeedIdentifier(id))) {
            [$0.id.text, URLRedaction.redacted($0.url), $0.source.file]
        }
    }
}

struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Gives feeds tags, and takes tags from them.",
        discussion: """
            It writes `tags` of the [[feed]] table, in the file where that is. Nothing else is changed: where comments \
            stand in `tags`, or a list names the feed, the command says what to write by hand and ends with status 65. \
            The id and the tags of each feed are printed, which is all it does without + and -. A running service is told \
            to reload. Articles keep the tags with which they were stored.

            EXAMPLE
              newswire tag example +naval -old
              newswire tag example.org-feed example.com-feed "+Middle East"
            """)

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Feeds, each by its id, its URL or the start of its id; then +TAG for one they get, -TAG for one they lose.",
            valueName: "FEED|+TAG|-TAG"), completion: Completions.feedsAndTags)
    var words: [String]

    @OptionGroup var common: CommonOptions

    private func tags(_ sign: String) -> [String] {
        words.filter { $0.hasPrefix(sign) }.map { String($0.dropFirst()) }
    }

    func validate() throws {
        guard words.contains(where: { !$0.hasPrefix("+") && !$0.hasPrefix("-") }) else {
            throw ValidationError("Name a feed; then +TAG for a tag it gets, -TAG for one it loses.")
        }
        if let option = words.first(where: { $0.hasPrefix("--") }) {
            throw ValidationError("Unknown option '\(option)'")
        }
        if words.contains("+") || words.contains("-") { throw ValidationError("Write the tag right behind + or -.") }
    }

    func run() throws {
        let names = words.filter { !$0.hasPrefix("+") && !$0.hasPrefix("-") }
        try FeedChange(common, named: names, isWhole: false)
            .make(.retag(adding: tags("+"), removing: tags("-"))) { [$0.id.text] + $0.tags }
    }
}

/// A change of the tables of feeds that are named on the command line.
private struct FeedChange {
    private let common: CommonOptions
    private let names: [String]
    private let isWhole: Bool

    /// - Parameter isWhole: whether the start of an id is not enough.
    init(_ common: CommonOptions, named names: [String], isWhole: Bool) {
        self.common = common
        self.names = names
        self.isWhole = isWhole
    }

    /// Changes the files, prints a line for each feed, and tells a running service.
    ///
    /// - Parameter fields: what is printed of a feed, separated by tabs.
    /// - Returns: how many feeds it was.
    @discardableResult
    func make(_ change: FeedEdit.Change, _ fields: (FeedConfiguration) -> [String]) throws -> Int {
        let (edit, configuration) = try ConfigurationChange.exclusively(common) { try write(change) }
        var output = StandardOutput()
        for feed in edit.feeds { try output.write(line: fields(feed).map(SafeText.line).joined(separator: "\t")) }
        try output.flush()
        for note in edit.notes { StandardError.write("newswire: \(note)") }
        try ConfigurationChange.tellService(configuration)
        return edit.feeds.count
    }

    private func write(_ change: FeedEdit.Change) throws -> (FeedEdit, Configuration) {
        var known: [FeedIDResolver.Known] = []
        let configuration = try ConfigurationLoader.load(
            path: ConfigurationPath.absolute(common.path()), environment: CommonOptions.environment,
            knownFeeds: { store in
                known = common.knownFeeds(store)
                return known
            })
        let feeds = try FeedSelection.choose(names, from: configuration, isWhole: isWhole)
        do throws(FeedEdit.Failure) {
            let edit = try FeedEdit(
                change, of: feeds, in: configuration, environment: CommonOptions.environment, known: known)
            try edit.write()
            return (edit, configuration)
        } catch {
            switch error {
            case .refused(let messages):
                for message in messages { StandardError.write("newswire: \(message)") }
                throw CommandFailure(.badInput, "changing \(configuration.path): no file was changed, as said above")
            case .unwritten(let message): throw CommandFailure(.ioError, message)
            }
        }
    }
}
