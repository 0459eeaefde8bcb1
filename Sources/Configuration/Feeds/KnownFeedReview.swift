private import FeedModel

/// What the feeds of a configuration have to do with those that the store knows (contract.md §2).
extension Configuration {
    /// Says where another line would keep a feed's history, and what `formerly` says that cannot be.
    ///
    /// - Parameter known: the feeds of the state; empty where they are not known, and then only what the configuration
    ///   itself says is looked at.
    /// - Returns: warnings, and errors on which nothing may run.
    package func review(_ known: [FeedIDResolver.Known]) -> [Diagnostic] {
        let review = KnownFeedReview(feeds: feeds, known: known)
        return review.renamedFeeds() + review.newURLs() + review.newIDs()
    }
}

private struct KnownFeedReview {
    private let feeds: [FeedConfiguration]
    private let known: [FeedIDResolver.Known]
    private let knownIDs: Set<FeedIdentifier>
    /// What a feed had before is nobody's any more.
    private let formerIDs: Set<FeedIdentifier>

    init(feeds: [FeedConfiguration], known: [FeedIDResolver.Known]) {
        self.feeds = feeds
        self.known = known
        knownIDs = Set(known.lazy.map(\.id))
        formerIDs = Set(feeds.lazy.flatMap(\.formerly))
    }

    // MARK: formerly

    func renamedFeeds() -> [Diagnostic] {
        let renamed = feeds.filter { !$0.formerly.isEmpty }
        if renamed.isEmpty { return [] }
        // As long as the store is not asked, the ids that are made from URLs may be others.
        let settled = known.isEmpty ? feeds.filter(\.hasExplicitID) : feeds
        let places = Dictionary(settled.map { ($0.id, $0.source) }, uniquingKeysWith: { first, _ in first })
        var claims: [FeedIdentifier: SourcePlace] = [:]
        return renamed.flatMap { feed in
            feed.formerly.compactMap { old -> Diagnostic? in
                defer { claims[old] = claims[old] ?? feed.source }
                let shown = TOMLText.quoted(old.text)
                if old == feed.id { return error("\(shown) is the id that it has", feed) }
                if let place = places[old] {
                    return error(
                        "\(shown) is the id of the feed in \(place); a feed that is still there keeps its history", feed
                    )
                }
                if let place = claims[old] {
                    return error("\(shown) is a former id of the feed in \(place), too", feed)
                }
                return unknown(old, of: feed)
            }
        }
    }

    /// A slip would have all articles come as new. Once the feed is known by its new id, that has happened or not.
    private func unknown(_ old: FeedIdentifier, of feed: FeedConfiguration) -> Diagnostic? {
        if known.isEmpty || knownIDs.contains(old) { return nil }
        let nearest = EditDistance.nearest(to: old.text, among: knownIDs.map(\.text).sorted())
        let advice =
            nearest.map { "did you mean \(TOMLText.quoted($0))?" } ?? "`newswire feeds` lists those that are there"
        let message = "the store knows no feed \(TOMLText.quoted(old.text)); \(advice)"
        return knownIDs.contains(feed.id) ? warning("[[feed]] formerly: \(message)", feed) : error(message, feed)
    }

    // MARK: What was not said

    /// Feeds whose URL nobody knows, and that may have had another.
    func newURLs() -> [Diagnostic] {
        if known.isEmpty { return [] }
        let candidates = feeds.map { FeedIDResolver.Candidate(url: $0.url, id: $0.hasExplicitID ? $0.id : nil) }
        let known = known.filter { !formerIDs.contains($0.id) }
        return FeedIDResolver.suggestions(candidates, ids: feeds.map(\.id), known: known).compactMap { index, names in
            let feed = feeds[index]
            guard feed.formerly.isEmpty else { return nil }
            let names = names.map { "id = \(TOMLText.quoted($0.text))" }.joined(separator: " or ")
            return warning(
                "\(URLRedaction.redacted(feed.url)) is a new feed; if it is one that had another URL, \(names) keeps its "
                    + "history", feed)
        }
    }

    /// Feeds whose URL is known, by another id.
    func newIDs() -> [Diagnostic] {
        let fresh = feeds.filter { $0.hasExplicitID && $0.formerly.isEmpty && !knownIDs.contains($0.id) }
        if fresh.isEmpty || known.isEmpty { return [] }
        let configured = Set(feeds.map(\.id))
        let orphans = known.filter { !configured.contains($0.id) && !formerIDs.contains($0.id) }
        let ids = Dictionary(grouping: orphans) { FeedIDResolver.looseForm(URLRedaction.redacted($0.url)) }
        return fresh.compactMap { feed in
            let names = Set(ids[FeedIDResolver.looseForm(URLRedaction.redacted(feed.url))]?.map(\.id.text) ?? [])
                .sorted()
            guard !names.isEmpty else { return nil }
            let lines = names.prefix(3).map { "formerly = [\(TOMLText.quoted($0))]" }.joined(separator: " or ")
            return warning(
                "\(TOMLText.quoted(feed.id.text)) is a new id for a URL that the store knows; \(lines) keeps the history, "
                    + "and without it all articles come as new", feed)
        }
    }

    private func error(_ message: String, _ feed: FeedConfiguration) -> Diagnostic {
        Diagnostic(.error, file: feed.source.file, line: feed.source.line, "[[feed]] formerly: \(message)")
    }

    private func warning(_ message: String, _ feed: FeedConfiguration) -> Diagnostic {
        Diagnostic(.warning, file: feed.source.file, line: feed.source.line, message)
    }
}
