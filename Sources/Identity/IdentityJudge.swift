package import Digest
package import FeedModel

/// Tells new, known, edited and repeated items of one document apart (identity.md §3–§5, §8, §9).
///
/// Pure but for what it asks of `ArticleKnowledge`. An item that is known and has not changed costs one question, and no
/// stored article is read for it.
///
/// In two steps, because what other feeds store between them would change the second: `read` looks the items up,
/// `linkKeys` says what must not change meanwhile, and `judge` decides.
package struct IdentityJudge: ~Copyable {
    /// Changes in a row without a change of the publisher's own date after which an article counts as volatile.
    package static let maximumSilentChanges: UInt8 = 24
    /// How often one id may be used anew before its items count as one article that changes.
    static let maximumGenerations = 16

    let rules: IdentityRules
    let sameness: Sameness
    var keys: ArticleKey
    var matchKeys: MatchKeys
    private var hashes = ContentHash()

    var articles: [Article] = []
    var items: [DocumentItem] = []
    /// The articles that the document has, and the place of the item that is each.
    var present: [ArticleIdentifier: Int] = [:]
    /// Keys that items of this document will have, and the place of the item.
    var fresh: [Hash128: Int] = [:]
    /// The places of the items that were not found, in the order in which they are judged: never the document's.
    var unfound: [Int] = []
    /// By place, as far as anybody has asked: only for items that were not found.
    var links: [Link??] = []
    var titles: [String?] = []
    var datedTitles: [Hash128??] = []

    package init(_ rules: IdentityRules) {
        self.rules = rules
        sameness = Sameness(ownHosts: rules.ownHosts)
        keys = ArticleKey(feed: rules.feed, ownHosts: rules.ownHosts)
        matchKeys = MatchKeys(feed: rules.feed)
    }

    /// Looks up the items of a document.
    package mutating func read<Knowledge: ArticleKnowledge>(
        _ articles: [Article], _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        self.articles = articles
        items = DocumentItems(articles, keys: &keys, hashes: &hashes).items
        present.removeAll()
        fresh.removeAll()
        try findAll(knowledge)
        links = Array(repeating: nil, count: items.count)
        titles = Array(repeating: nil, count: items.count)
        datedTitles = Array(repeating: nil, count: items.count)
    }

    /// The keys of the links that new items may have: while they are judged and stored, no other feed may store an
    /// article under one of them. None where nothing is new; the same one as often as items have it.
    package mutating func linkKeys() -> [Hash128] {
        var result: [Hash128] = []
        for place in items.indices where items[place].found == nil {
            if let link = link(place) { result.append(link.key) }
        }
        return result
    }

    /// - Returns: a judgement for each item, in the order of the document, without items that are empty, say the same
    ///   as another, or are told from another by nothing.
    package mutating func judge<Knowledge: ArticleKnowledge>(
        _ facts: DocumentFacts, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Judgement] {
        var matches = try match(facts, knowledge)
        var isMigration = false
        if mayBeMigration(facts) {
            try findPairs(&matches, facts, knowledge)
            isMigration = self.isMigration(matches, facts)
            if isMigration { matches = migrated(matches) }
        }
        var judgements: [Judgement?] = Array(repeating: nil, count: items.count)
        for place in found() {
            guard let found = items[place].found else { continue }
            judgements[place] = try compare(place, with: found, knowledge)
        }
        for place in unfound {
            guard let match = matches[place], var judgement = try decide(place, match, knowledge) else { continue }
            if isMigration, judgement.alias != nil { judgement.events.append(.idMigration) }
            judgements[place] = judgement
        }
        for place in items.indices where items[place].isShared && judgements[place]?.isStored == true {
            judgements[place]?.events.insert(.idNotUnique, at: 0)
        }
        return judgements.compactMap { $0 }
    }

    /// The places of the items that were found: those that say what they said, and the others in an order that is not the
    /// document's.
    private func found() -> [Int] {
        var result: [Int] = []
        var changed: [Int] = []
        for place in items.indices {
            guard let found = items[place].found else { continue }
            if found.contentHash == items[place].hash { result.append(place) } else { changed.append(place) }
        }
        changed.sort { isBefore($0, $1) }
        return result + changed
    }
}

extension Judgement {
    /// Whether the article gets a record of its own.
    package var isStored: Bool {
        switch verdict {
        case .new, .reusing, .update, .duplicate: true
        case .unchanged, .volatile, .ignored: false
        }
    }
}
