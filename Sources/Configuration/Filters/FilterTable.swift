internal import FeedModel
internal import Querying

/// `[[filter]]`: a rule as its table has it, before it is known which feeds its ids mean.
struct FilterSettings: Sendable {
    var name: String?
    var action: FilterRule.Action.Kind?
    /// Only beside the action of that name.
    var label: String?
    var match: WrittenQuery?
    /// As a person wrote them, each once: ids that feeds have or had, or URLs, which are refused when ids are settled.
    var feeds: [FeedIdentifier]?
    var tags: [String]?
}

/// The query of a rule, and how it was written.
struct WrittenQuery: Sendable {
    let text: String
    let query: Query

    init(_ text: String) throws(QueryIssue) {
        self.text = text
        query = try Query(text, for: .rule)
    }
}

/// A rule of which everything could be read, and where it stands.
struct FilterTable: Sendable {
    let name: String
    let action: FilterRule.Action
    let query: Query
    /// What is printed of it; name, action and query are set.
    private(set) var settings: FilterSettings
    let source: SourcePlace

    /// Returns nil where something is missing.
    init?(_ settings: FilterSettings, source: SourcePlace) {
        guard let name = settings.name, let match = settings.match else { return nil }
        switch (settings.action, settings.label) {
        case (.block, nil): action = .block
        case (.keep, nil): action = .keep
        case (.label, let label?): action = .label(label)
        default: return nil
        }
        self.name = name
        query = match.query
        self.settings = settings
        self.source = source
    }

    /// The feeds that it is for by name, as a person wrote them.
    var feeds: [FeedIdentifier] { settings.feeds ?? [] }

    /// Gives a feed that it names another id.
    ///
    /// - Returns: whether it named the feed.
    mutating func rename(_ old: Set<FeedIdentifier>, to new: FeedIdentifier) -> Bool {
        guard let renamed = feeds.renaming(old, to: new) else { return false }
        settings.feeds = renamed
        return true
    }
}

extension [FeedIdentifier] {
    /// The feeds with another id for one of them, each once; nil where it is not among them.
    ///
    /// - Parameter old: all ids by which that feed is known.
    func renaming(_ old: Set<FeedIdentifier>, to new: FeedIdentifier) -> [FeedIdentifier]? {
        guard !old.isDisjoint(with: self) else { return nil }
        var known: Set<FeedIdentifier> = []
        return map { old.contains($0) ? new : $0 }.filter { known.insert($0).inserted }
    }
}
