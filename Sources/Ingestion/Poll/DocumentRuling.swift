internal import ArticleStore
internal import Configuration
package import FeedModel
internal import Identity
package import Querying

/// `DocumentRuling` asks the rules of the configuration about the articles of one document (filters.md §2.3).
///
/// It is asked on the thread that has read the document, and its answers depend on nothing but the document, the feed and
/// the time that it was made with.
package struct DocumentRuling: Sendable {
    private let rules: FilterRules
    private let articles: [Article]
    private let feed: FeedIdentifier
    private let tags: Set<TagKey>
    private let language: String?
    private let now: Timestamp
    private let trusted: Timestamp?
    private let isFirst: Bool

    /// - Parameters:
    ///   - now: when the document came.
    ///   - trusted: the time of day where the clock counts. While it does not, all articles are as old as their records,
    ///     which are being made: by a clock that is years ahead a rule for old articles would block everything.
    ///   - isFirst: the feed has not been read to the end before, so that new articles are initial.
    init(
        _ rules: FilterRules, _ document: Feed, of feed: FeedConfiguration, now: Timestamp, trusted: Timestamp?,
        isFirst: Bool
    ) {
        self.init(
            rules, document, of: feed.id, tags: Set(feed.tags.map { TagKey($0) }), now: now, trusted: trusted,
            isFirst: isFirst)
    }

    /// The same of a feed by its id and its configured tags.
    package init(
        _ rules: FilterRules, _ document: Feed, of feed: FeedIdentifier, tags: Set<TagKey>, now: Timestamp,
        trusted: Timestamp?, isFirst: Bool = false
    ) {
        self.rules = rules
        articles = document.articles
        self.feed = feed
        self.tags = tags
        language = document.language
        self.now = now
        self.trusted = trusted
        self.isFirst = isFirst
    }

    /// Judges an article by its index in the document.
    ///
    /// - Parameter isUpdate: it is a version of an article that is known.
    func verdict(on index: Int, isUpdate: Bool) -> FilterVerdict {
        rules.verdict(on: queried(index, isUpdate: isUpdate))
    }

    /// Judges an article that is not known yet, and says what each rule that is for its feed says.
    package func findings(on index: Int) -> (verdict: FilterVerdict, findings: [FilterFinding]) {
        rules.findings(on: queried(index, isUpdate: false))
    }

    private func queried(_ index: Int, isUpdate: Bool) -> QueriedArticle {
        let article = articles[index]
        var queried = QueriedArticle(
            article, feed: feed, tags: tags, feedLanguage: language, storedAt: now, now: now)
        if let trusted {
            queried.hasFlaggedDate = PublishedDate.effective(of: article, firstSeen: now, now: trusted) != nil
        } else {
            queried.hasFlaggedDate = true
        }
        if isUpdate {
            queried.states.insert(.update)
        } else if isFirst {
            queried.states.insert(.initial)
        }
        return queried
    }
}

extension RecordStanding {
    /// What a record says of a verdict.
    ///
    /// - Parameters:
    ///   - verdict: nil where there are no rules.
    ///   - version: what is known of the versions before; nil for an article's first.
    init(_ verdict: FilterVerdict?, after version: Judgement.Version?) {
        let isOfHidden = version?.isOfHidden ?? false
        if let rule = verdict?.blockedBy {
            self = .blocked(by: rule, wasShown: version != nil && !isOfHidden)
        } else {
            self = isOfHidden ? .released : .passed
        }
    }
}

/// `UndecidedRules` counts the articles of one document of which a rule's /regex/ could not be told within its limits.
struct UndecidedRules {
    private var counts: [String: Int] = [:]

    mutating func add(_ names: [String]) {
        for name in names { counts[name, default: 0] += 1 }
    }

    /// A line for each rule, in the order of their names.
    var notes: [String] {
        counts.sorted { $0.key < $1.key }.map { name, count in
            "filter_undecided: a /regex/ of the rule \(name) took too long for \(count) article\(count == 1 ? "" : "s"), so"
                + " that it did nothing there; a shorter pattern, or one that looks at the title alone, takes less"
        }
    }
}

/// `OmittedLabels` counts the articles of one document that had more labels to get than they may have.
struct OmittedLabels {
    /// Labels that a line tells.
    private static let shown = 5

    private var articles = 0
    private var labels: Set<String> = []

    mutating func add(_ labels: [String]) {
        if labels.isEmpty { return }
        articles += 1
        self.labels.formUnion(labels)
    }

    /// One line where there is such an article.
    var notes: [String] {
        if articles == 0 { return [] }
        let more = labels.count > Self.shown ? " and \(labels.count - Self.shown) more" : ""
        return [
            "filter_labels: \(articles) article\(articles == 1 ? "" : "s") would have more than \(FilterRules.labelLimit) labels;"
                + " left out: \(labels.sorted().prefix(Self.shown).joined(separator: ", "))\(more)"
        ]
    }
}
