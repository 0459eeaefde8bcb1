package import ArgumentParser
internal import ArticleStore
package import Configuration
internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Logging

/// `CommonOptions` are what every command takes.
package struct CommonOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Read this configuration file and not the usual one.", valueName: "FILE"),
        completion: .file())
    package var config: String?

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("Log what is at least as serious as this.", valueName: "LEVEL"))
    package var logLevel: LogSettings.Level?

    package init() {}

    /// The environment of the process.
    package static let environment = readEnvironment()

    private static func readEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }

    /// The configuration, checked.
    func load() throws -> Configuration {
        try ConfigurationLoader.load(path: path(), environment: Self.environment)
    }

    /// The configuration of a command that needs no more of it than where the store is. Where it is wrong, that is taken
    /// from the service that runs by it, else from what can be read, and said; the feeds are those that can be read, and
    /// the warnings have the errors.
    ///
    /// - Parameter environment: where the store is may stand there.
    func loadForStore(environment: [String: String] = Self.environment) throws -> Configuration {
        let path = try path()
        do throws(ConfigurationError) {
            return try ConfigurationLoader.load(path: path, environment: environment)
        } catch {
            guard let (readable, source) = Self.substitute(for: path, error) else { throw error }
            var configuration = readable
            configuration.warnings = error.diagnostics
            configuration.sources = error.sources
            StandardError.write(
                "newswire: the configuration is wrong: \(error.first); going on with the store "
                    + "\(configuration.store.directory), which \(source); `newswire check` says all")
            return configuration
        }
    }

    /// - Returns: what can be read of a wrong configuration, with the place of the store, and who says that that is it;
    ///   nil where nobody does.
    static func substitute(
        for path: String, _ error: ConfigurationError
    ) -> (configuration: Configuration, source: String)? {
        let readable = error.readable
        let known = readable?.store.directory ?? ""
        let sites = ServiceSession.sites(store: known.isEmpty ? nil : known)
        if let site = sites.first(where: { $0.runs(by: path) }) {
            var configuration = readable ?? Configuration(path: path, store: StoreSettings(directory: site.store))
            configuration.store.directory = site.store
            return (configuration, "the running service has")
        }
        guard let readable, !known.isEmpty else { return nil }
        return (readable, "is what can be read of it")
    }

    /// Where a configuration says that the store is, whatever else is wrong with it; nil where that cannot be read.
    static func storeDirectory(_ path: String) -> String? {
        do throws(ConfigurationError) {
            return try ConfigurationLoader.load(path: path, environment: environment).store.directory
        } catch {
            return error.readable.flatMap { $0.store.directory.isEmpty ? nil : $0.store.directory }
        }
    }

    /// The configuration, checked, with the ids by which the store knows feeds, and a warning where another id would
    /// keep a history.
    func loadWithKnownFeeds() throws -> Configuration {
        try ConfigurationLoader.load(path: path(), environment: Self.environment, knownFeeds: knownFeeds)
    }

    /// The configuration of a command that asks servers for pages, which nobody does without saying who asks.
    func loadWithContact(_ load: () throws -> Configuration) throws -> Configuration {
        let configuration = try load()
        guard configuration.contact != nil else {
            throw CommandFailure(
                .badConfiguration,
                "\(configuration.path): contact is not set; publishers must be able to reach whoever asks them")
        }
        return configuration
    }

    /// A URL as people type it: `https://` may be left out.
    static func address(_ text: String) -> String { text.contains("://") ? text : "https://\(text)" }

    /// The feeds that the store knows. One that is not there, or not readable, knows nothing.
    func knownFeeds(_ store: StoreSettings) -> [FeedIDResolver.Known] {
        states(store).knownFeeds
    }

    /// What the store remembers of feeds. One that is not there, or not readable, knows nothing.
    func states(_ store: StoreSettings) -> [FeedState] {
        (try? StoreReader(directory: store.directory).states()) ?? []
    }

    /// Returns the path of the configuration. Throws a `CommandFailure` where there is none.
    package func path() throws -> String {
        switch ConfigurationPath.find(option: config, environment: Self.environment) {
        case .found(let path): return path
        case .missing(let tried):
            throw CommandFailure(
                .badConfiguration,
                "looking for a configuration: none of \(tried.joined(separator: ", ")) exists; write one or name it with --config"
            )
        }
    }

    /// A logger at the level of the command line, else of the configuration.
    ///
    /// - Parameters:
    ///   - queue: where lines go that nobody is to wait for; without one each is written at once.
    ///   - threshold: gives the level in place of those, now and later.
    func logger(_ configuration: Configuration, through queue: LogQueue? = nil, above threshold: LogThreshold? = nil)
        -> Logger
    {
        let threshold = threshold ?? LogThreshold(Logger.Level(logLevel ?? configuration.log.level))
        let write = queue.map { $0.write } ?? LogOutput(environment: Self.environment).write
        return Logger(label: "newswire") { _ in NewswireLogHandler(write, above: threshold) }
    }
}

extension LogSettings.Level: ExpressibleByArgument {}

extension Logger.Level {
    init(_ level: LogSettings.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
    }
}

/// The feeds that a person named on the command line (contract.md §1).
enum FeedSelection {
    /// - Parameters:
    ///   - names: ids, URLs or unambiguous starts of ids; all feeds where there are none.
    ///   - isWhole: whether the start of an id is not enough.
    static func choose(
        _ names: [String], from configuration: Configuration, isWhole: Bool = false
    ) throws(CommandFailure) -> [FeedConfiguration] {
        if names.isEmpty { return configuration.feeds }
        var chosen: [FeedConfiguration] = []
        for name in names {
            let feed = try find(name, in: configuration, isWhole)
            if !chosen.contains(where: { $0.id == feed.id }) { chosen.append(feed) }
        }
        return chosen
    }

    /// The feeds that are named, and have one of the tags; of no tags, whatever theirs are.
    static func choose(
        _ names: [String], tags: [String], from configuration: Configuration
    ) throws -> [FeedConfiguration] {
        let named = try choose(names, from: configuration)
        if tags.isEmpty { return named }
        try StoredFeeds(configuration).check(tags: tags, alsoStored: false)
        let wanted = Set(tags.map(TagKey.init))
        return named.filter { feed in feed.tags.contains { wanted.contains(TagKey($0)) } }
    }

    /// An unset variable of a script would be the start of every id.
    static var nameIsEmpty: CommandFailure {
        CommandFailure(.usage, "an empty name means no feed; write an id, a URL or the start of an id")
    }

    private static func find(
        _ name: String, in configuration: Configuration, _ isWhole: Bool
    ) throws(CommandFailure) -> FeedConfiguration {
        if name.isEmpty { throw nameIsEmpty }
        if let feed = configuration.feeds.first(where: { $0.id.text == name }) { return feed }
        if let feed = configuration.feeds.first(where: { $0.formerly.contains(FeedIdentifier(name)) }) { return feed }
        if let feed = try one(of: configuration.feeds(at: name), at: name) { return feed }
        let matches = configuration.feeds.filter { $0.id.text.hasPrefix(name) }
        switch matches.count {
        case 1 where !isWhole: return matches[0]
        case 1: throw CommandFailure(.usage, "\(name) is the start of an id; write all of it: \(matches[0].id)")
        case 0:
            if let feed = try one(of: configuration.feeds(at: CommonOptions.address(name)), at: name) { return feed }
            throw CommandFailure(
                .usage,
                "no feed of \(configuration.path) has the id or URL \(URLRedaction.redacted(name)); "
                    + "`newswire feeds` lists them")
        default:
            let ids = matches.prefix(5).map(\.id.text).joined(separator: ", ")
            throw CommandFailure(
                .usage,
                "\(name) is the start of \(matches.count) ids (\(ids)\(matches.count > 5 ? ", …" : "")); write more of it"
            )
        }
    }

    private static func one(
        of feeds: [FeedConfiguration], at url: String
    ) throws(CommandFailure) -> FeedConfiguration? {
        guard feeds.count > 1 else { return feeds.first }
        throw severalFeeds(feeds.map(\.id), at: url)
    }

    static func severalFeeds(_ ids: some Collection<FeedIdentifier>, at url: String) -> CommandFailure {
        let shown = ids.map(\.text).sorted().prefix(5).joined(separator: ", ")
        return CommandFailure(
            .usage, "\(URLRedaction.redacted(url)) is the URL of \(ids.count) feeds; write an id: \(shown)")
    }
}
