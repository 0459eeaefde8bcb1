package import FeedModel
private import Text

/// What the feeds of a configuration have to do with those that the store knows (contract.md §2).
extension Configuration {
    /// Says where another line would keep a feed's history, and what `formerly` says that cannot be.
    ///
    /// - Parameter known: the feeds of the state; empty where they are not known, and then only what the configuration
    ///   itself says is looked at.
    /// - Returns: warnings, and errors on which nothing may run.
    package func review(_ known: [FeedIDResolver.Known]) -> [Diagnostic] {
        let review = KnownFeedReview(feeds: feeds, known: known)
        return review.renamedFeeds() + review.newURLs() + review.otherIDs()
    }
}

extension Configuration {
    /// Returns the feed whose history one of a new id goes on with at a URL: one that is not configured any more, and that
    /// the store knows there, in whatever way of writing it; nil where there is none, or more than one.
    ///
    /// Where the URL has a secret, it has to be the same.
    package func predecessor(
        of id: FeedIdentifier, at url: String, among states: [FeedState]
    ) -> FeedIdentifier? {
        guard !states.contains(where: { $0.feed == id }) else { return nil }
        let claimed = Set(feeds.lazy.map(\.id)).union(feeds.lazy.flatMap(\.formerly))
        let handedOn = Set(states.lazy.flatMap(\.formerly))
        let isOpen = URLRedaction.redacted(url) == url
        let form = FeedIDResolver.looseForm(url)
        let found = states.filter { state in
            guard !claimed.contains(state.feed), !handedOn.contains(state.feed.text) else { return false }
            return isOpen ? state.knownURLs.contains { FeedIDResolver.looseForm($0) == form } : state.isOf(url)
        }
        return found.count == 1 ? found[0].feed : nil
    }
}

private struct KnownFeedReview {
    private let feeds: [FeedConfiguration]
    private let known: [FeedIDResolver.Known]
    /// The URL of each feed of the state, where it has not led elsewhere.
    private let knownURLs: [FeedIdentifier: String]
    /// What a feed had before is nobody's any more.
    private let formerIDs: Set<FeedIdentifier>

    init(feeds: [FeedConfiguration], known: [FeedIDResolver.Known]) {
        self.feeds = feeds
        self.known = known
        // A feed's own URL stands before where it leads.
        knownURLs = Dictionary(known.lazy.map { ($0.id, $0.url) }, uniquingKeysWith: { first, _ in first })
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
        if known.isEmpty || knownURLs[old] != nil { return nil }
        let nearest = EditDistance.nearest(to: old.text, among: knownURLs.keys.map(\.text).sorted())
        let advice =
            nearest.map { "did you mean \(TOMLText.quoted($0))?" } ?? "`newswire feeds` lists those that are there"
        let message = "the store knows no feed \(TOMLText.quoted(old.text)); \(advice)"
        return knownURLs[feed.id] != nil ? warning("[[feed]] formerly: \(message)", feed) : error(message, feed)
    }

    // MARK: What was not said

    /// Feeds whose URL nobody knows, and that may have had another.
    func newURLs() -> [Diagnostic] {
        if known.isEmpty { return [] }
        let candidates = feeds.map { FeedIDResolver.Candidate(url: $0.url, id: $0.hasExplicitID ? $0.id : nil) }
        let known = known.filter { !formerIDs.contains($0.id) }
        return FeedIDResolver.suggestions(candidates, ids: feeds.map(\.id), known: known).compactMap { index, known in
            let feed = feeds[index]
            guard feed.formerly.isEmpty else { return nil }
            let ids = known.map { "id = \(TOMLText.quoted($0.id.text))" }.joined(separator: " or ")
            return warning(
                "\(URLRedaction.redacted(feed.url)) is a new feed; if it is \(known.map(\.url).joined(separator: " or ")) "
                    + "at another address, \(ids) keeps its history", feed)
        }
    }

    /// Feeds whose URL is known by another id than theirs: of a feed that has gone, or that has another URL here.
    func otherIDs() -> [Diagnostic] {
        if known.isEmpty { return [] }
        // Only those are looked at whose place has changed; most feeds never have.
        let changed = feeds.filter { feed in
            knownURLs[feed.id].map { $0 != feed.url && $0 != URLRedaction.redacted(feed.url) } ?? true
        }
        if changed.isEmpty { return [] }
        let configured = Set(feeds.lazy.map(\.id))
        let changedForms = Dictionary(
            changed.lazy.map { ($0.id, FeedIDResolver.looseForm(URLRedaction.redacted($0.url))) },
            uniquingKeysWith: { first, _ in first })
        // By the form of their URLs, the feeds that are known there and have gone, or have another place here.
        var owners: [String: [FeedIdentifier]] = [:]
        var targets: Set<[String]> = []
        var met: Set<FeedIdentifier> = []
        for entry in known {
            let isRedirect = !met.insert(entry.id).inserted
            if configured.contains(entry.id), changedForms[entry.id] == nil { continue }
            if formerIDs.contains(entry.id) { continue }
            let form = FeedIDResolver.looseForm(entry.url)
            if changedForms[entry.id] == form { targets.insert([entry.id.text, form]) }
            // Where a feed leads that is still there, another one may well be.
            if isRedirect, configured.contains(entry.id) { continue }
            if changedForms[entry.id] != form { owners[form, default: []].append(entry.id) }
        }
        return changed.compactMap { feed in
            guard let form = changedForms[feed.id], !targets.contains([feed.id.text, form]), feed.formerly.isEmpty
            else {
                return nil
            }
            let others = Set(owners[form] ?? []).sorted()
            let gone = others.filter { !configured.contains($0) }
            if !gone.isEmpty, knownURLs[feed.id] == nil { return feed.hasExplicitID ? newID(feed, gone) : nil }
            guard let other = others.first(where: { changedForms[$0] != nil }) ?? gone.first else { return nil }
            return changedID(feed, other, changedForms[other].map { owners[$0]?.contains(feed.id) ?? false } ?? false)
        }
    }

    private func newID(_ feed: FeedConfiguration, _ gone: [FeedIdentifier]) -> Diagnostic {
        let lines = gone.prefix(3).map { "formerly = [\(TOMLText.quoted($0.text))]" }.joined(separator: " or ")
        return warning(
            "\(TOMLText.quoted(feed.id.text)) is a new id for a URL that the store knows; \(lines) keeps the history, "
                + "and without it all articles come as new", feed)
    }

    /// - Parameter isExchange: whether each of the two has the URL that the other is known by.
    private func changedID(_ feed: FeedConfiguration, _ other: FeedIdentifier, _ isExchange: Bool) -> Diagnostic {
        let (own, known) = (TOMLText.quoted(feed.id.text), TOMLText.quoted(other.text))
        let place = feeds.first { $0.id == other }.map { " (in \($0.source))" } ?? ""
        let what =
            isExchange
            ? "\(own) and \(known)\(place) have exchanged their URLs or their ids: the store knows "
                + "\(URLRedaction.redacted(feed.url)) as \(known)"
            : "\(own) has a URL that the store knows as \(known)\(place)"
        return warning(
            "\(what); id = \(known) here keeps its history, and without it its articles come as new under \(own)", feed)
    }

    private func error(_ message: String, _ feed: FeedConfiguration) -> Diagnostic {
        Diagnostic(.error, file: feed.source.file, line: feed.source.line, "[[feed]] formerly: \(message)")
    }

    private func warning(_ message: String, _ feed: FeedConfiguration) -> Diagnostic {
        Diagnostic(.warning, file: feed.source.file, line: feed.source.line, message)
    }
}
