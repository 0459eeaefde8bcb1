internal import ArticleStore
internal import Configuration
internal import FeedModel
private import Querying
private import Text

/// The feeds that a dump may be of: those of the configuration, and those that the store remembers from before.
struct StoredFeeds {
    private struct Known {
        var id: FeedIdentifier
        /// Redacted, where it is the store that knows it.
        var url: String
        /// nil for a feed that is not configured any more.
        var configuredURL: String?
        var formerly: [FeedIdentifier]
    }

    private let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// What the store remembers of each feed; a store that does not exist yet knows nothing.
    func states() throws -> [FeedState] {
        try CommandFailure.wrapping { () throws(StoreError) in try store()?.states() ?? [] }
    }

    /// Finds the feeds that a person means.
    ///
    /// - Parameter names: ids, URLs or unambiguous starts of ids.
    /// - Throws: wrong usage, where neither the configuration nor the store has such a feed: a slip would pass for a feed
    ///   without articles.
    func resolve(_ names: [String]) throws -> [FeedIdentifier] {
        if names.isEmpty { return [] }
        let known = try known()
        return try names.flatMap { Self.withOtherIDs(try resolve($0, known), known) }
    }

    /// The ids with those that their feeds have now and had before. An id that nobody knows stays.
    func withOtherIDs(_ ids: [FeedIdentifier]) throws -> [FeedIdentifier] {
        if ids.isEmpty { return [] }
        let known = try known()
        var seen: Set<FeedIdentifier> = []
        return ids.flatMap { Self.withOtherIDs($0, known) }.filter { seen.insert($0).inserted }
    }

    /// The id with those that the feed has now and had before: its articles were stored under each of them.
    private static func withOtherIDs(_ id: FeedIdentifier, _ known: [Known]) -> [FeedIdentifier] {
        let feeds = known.filter { $0.id == id || $0.formerly.contains(id) }
        return [id] + Set(feeds.flatMap { [$0.id] + $0.formerly }).subtracting([id]).sorted()
    }

    /// Refuses tags that no feed of the configuration has, nor any record, nor a rule as its label, where those are asked for.
    func check(tags: [String], alsoStored: Bool = true) throws {
        if tags.isEmpty { return }
        let configured = configuration.feeds.flatMap(\.tags) + (alsoStored ? configuration.filters.labels : [])
        let known = Set(configured.map(TagKey.init))
        let unknown = tags.filter { !known.contains(TagKey($0)) }
        if unknown.isEmpty { return }
        let stored = alsoStored ? try storedTags(until: Set(unknown.map(TagKey.init))) : [:]
        for tag in unknown where stored[TagKey(tag)] == nil {
            let nearest = EditDistance.nearest(to: tag, among: (configured + stored.values).sorted())
            throw CommandFailure(
                .usage,
                "looking for the tag \(tag): no feed\(alsoStored ? " or rule" : "") of \(configuration.path)"
                    + "\(alsoStored ? " and no stored article" : "") has it"
                    + (nearest.map { "; did you mean \($0)?" } ?? "; tags are given to feeds in the configuration"))
        }
    }

    private func known() throws -> [Known] {
        let states = try states()
        // Feeds without an id of their own have the one that the store knows them by.
        let feeds = states.isEmpty ? configuration.feeds : configuration.recognising(states.knownFeeds).feeds
        let configured = Dictionary(feeds.map { ($0.id, $0.url) }, uniquingKeysWith: { first, _ in first })
        var known = states.map { state in
            Known(
                id: state.feed, url: state.url, configuredURL: configured[state.feed],
                formerly: state.formerly.map { FeedIdentifier($0) })
        }
        // Before the service has read a new line, the state does not know of it.
        let ids = Set(known.map(\.id))
        known += feeds.filter { !ids.contains($0.id) || !$0.formerly.isEmpty }.map {
            Known(id: $0.id, url: $0.url, configuredURL: $0.url, formerly: $0.formerly)
        }
        return known
    }

    private func resolve(_ name: String, _ known: [Known]) throws -> FeedIdentifier {
        if name.isEmpty { throw FeedSelection.nameIsEmpty }
        if let feed = known.first(where: { $0.id.text == name }) { return feed.id }
        // Feeds whose URLs differ only in a secret look alike in the store.
        let url = URLRedaction.redacted(name)
        let former = Set(known.flatMap(\.formerly))
        let form = FeedIDResolver.looseForm(url)
        let ways: [(Known) -> Bool] = [
            { $0.configuredURL == name }, { URLRedaction.redacted($0.url) == url },
            { FeedIDResolver.looseForm(URLRedaction.redacted($0.url)) == form },
        ]
        for isMeant in ways {
            let alike = Set(known.lazy.filter(isMeant).map(\.id)).subtracting(former)
            if alike.count > 1 { throw FeedSelection.severalFeeds(alike, at: name) }
            if let id = alike.first { return id }
        }
        // An id that a feed had before is that feed's.
        let ids = Set(known.map(\.id)).subtracting(former).map(\.text)
        if let id = try Self.one(of: ids, startingWith: name) { return id }
        // A copy of the articles alone knows no feeds, but has records of them.
        let stored = try storedFeeds()
        if stored.contains(name) { return FeedIdentifier(name) }
        if let id = try Self.one(of: Array(stored), startingWith: name) { return id }
        let nearest = EditDistance.nearest(to: name, among: stored.union(ids).sorted())
        throw CommandFailure(
            .usage,
            "looking for the feed \(url): no feed of \(configuration.path) and no stored article has that id or"
                + " URL" + (nearest.map { "; did you mean \($0)?" } ?? "; `newswire feeds` lists them"))
    }

    private static func one(of ids: [String], startingWith start: String) throws -> FeedIdentifier? {
        let matches = ids.filter { $0.hasPrefix(start) }.sorted()
        if matches.count <= 1 { return matches.first.map { FeedIdentifier($0) } }
        let shown = matches.prefix(5).joined(separator: ", ") + (matches.count > 5 ? ", …" : "")
        throw CommandFailure(.usage, "\(start) is the start of \(matches.count) ids (\(shown)); write more of it")
    }

    /// Nil where there is none yet: a follower waits for it.
    private func store() throws(StoreError) -> StoreReader? {
        try StoreReader.ifThere(directory: configuration.store.directory)
    }

    /// Reads every record until one is enough; damage is for `store verify` to tell of.
    private func read(_ isEnough: (RecordSlice) -> Bool) throws {
        try CommandFailure.wrappingAll { try store()?.read(after: 0, damage: { _ in }) { !isEnough($0) } }
    }

    /// The ids of all feeds that have records. Looks at the end of every line.
    private func storedFeeds() throws -> Set<String> {
        var ids: Set<String> = []
        try read { record in
            ids.insert(record.envelope.feed.text)
            return false
        }
        return ids
    }

    /// The tags and labels that records have. Reads every line, up to where all that are wanted have been seen.
    private func storedTags(until wanted: Set<TagKey>) throws -> [TagKey: String] {
        var tags: [TagKey: String] = [:]
        var missing = wanted
        try read { record in
            let stored = StoredRecord(line: record.bytes)
            for tag in (stored?.feedTags ?? []) + (stored?.labels ?? []) where tags[TagKey(tag)] == nil {
                tags[TagKey(tag)] = tag
                missing.remove(TagKey(tag))
            }
            return missing.isEmpty
        }
        return tags
    }
}
