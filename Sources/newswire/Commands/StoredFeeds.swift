internal import ArticleStore
internal import Configuration
internal import FeedModel

/// The feeds that a dump may be of: those of the configuration, and those that the store remembers from before.
struct StoredFeeds {
    private struct Known {
        var id: FeedIdentifier
        /// Redacted, where it is the store that knows it.
        var url: String
        /// nil for a feed of before.
        var configuredURL: String?
    }

    private let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// - Parameter names: ids, URLs or unambiguous starts of ids. One that nothing is known by is taken for an id: a copy of
    ///   the articles knows no feeds.
    func resolve(_ names: [String]) throws -> [FeedIdentifier] {
        if names.isEmpty { return [] }
        let known = try known()
        return try names.map { try resolve($0, known) }
    }

    private func known() throws -> [Known] {
        let states = try StoreReader.ifThere(directory: configuration.store.directory)?.states() ?? []
        // Feeds without an id of their own have the one that the store knows them by.
        let feeds = states.isEmpty ? configuration.feeds : configuration.recognising(states.knownFeeds).feeds
        let configured = Dictionary(feeds.map { ($0.id, $0.url) }, uniquingKeysWith: { first, _ in first })
        var known = states.map { Known(id: $0.feed, url: $0.url, configuredURL: configured[$0.feed]) }
        let ids = Set(known.map(\.id))
        known += feeds.filter { !ids.contains($0.id) }.map { Known(id: $0.id, url: $0.url, configuredURL: $0.url) }
        return known
    }

    private func resolve(_ name: String, _ known: [Known]) throws -> FeedIdentifier {
        if let feed = known.first(where: { $0.id.text == name }) { return feed.id }
        if let feed = known.first(where: { $0.configuredURL == name }) { return feed.id }
        // Feeds whose URLs differ only in a secret look alike here.
        let url = URLRedaction.redacted(name)
        let alike = Set(known.filter { URLRedaction.redacted($0.url) == url }.map(\.id))
        if alike.count == 1, let id = alike.first { return id }
        if alike.count > 1 {
            let ids = alike.map(\.text).sorted().prefix(5).joined(separator: ", ")
            throw CommandFailure(.usage, "\(url) is the URL of \(alike.count) feeds; write an id: \(ids)")
        }
        let matches = known.filter { $0.id.text.hasPrefix(name) }.map(\.id.text).sorted()
        if matches.count == 1 { return FeedIdentifier(matches[0]) }
        if matches.isEmpty {
            StandardError.write("newswire: no feed is known by \(url); `newswire feeds` lists them")
            return FeedIdentifier(name)
        }
        let shown = matches.prefix(5).joined(separator: ", ") + (matches.count > 5 ? ", …" : "")
        throw CommandFailure(.usage, "\(name) is the start of \(matches.count) ids (\(shown)); write more of it")
    }
}
