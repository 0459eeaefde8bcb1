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
    /// Keys that new items of this document will have, and the place of the item.
    var fresh: [Hash128: Int] = [:]

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
        for place in items.indices {
            items[place].found =
                items[place].isShared ? try findShared(items[place], knowledge) : try find(items[place], knowledge)
        }
        settle()
    }

    /// The keys of the links that new items may have: while they are judged and stored, no other feed may store an
    /// article under one of them. None where nothing is new.
    package mutating func linkKeys() -> Set<Hash128> {
        var result = Set<Hash128>()
        for item in items where item.found == nil {
            if let link = sameness.link(articles[item.index].url) { result.insert(matchKeys.link(link)) }
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
        var judgements: [Judgement] = []
        judgements.reserveCapacity(items.count)
        for place in items.indices {
            let item = items[place]
            var judgement: Judgement
            if let found = item.found {
                judgement = try compare(place, with: found, knowledge)
            } else if let match = matches[place] {
                guard let decided = try decide(place, match, knowledge) else { continue }
                judgement = decided
            } else {
                continue
            }
            if isMigration, judgement.alias != nil { judgement.events.append(.idMigration) }
            if item.isShared, judgement.isStored { judgement.events.insert(.idNotUnique, at: 0) }
            judgements.append(judgement)
        }
        return judgements
    }

    // MARK: - Looking up

    private mutating func find<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let known = try knowledge.known(item.base.key)
        if let known, known.contentHash == item.hash { return known }
        // Others may have the same id: a later one, or some that once stood beside each other.
        guard let newest = try knowledge.known(matchKeys.more(item.base)) else { return known }
        if newest.contentHash == item.hash { return newest }
        for precision in [ArticleKey.Precision.published, .title, .link] {
            let uid = keys.identifier(of: articles[item.index], precision: precision)
            if let closer = try knowledge.known(uid.key) { return closer }
        }
        return known
    }

    /// For an item whose id others of the document have too.
    private mutating func findShared<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        if let known = try knowledge.known(item.uid.key) { return known }
        let article = articles[item.index]
        // It may have been stored when it took less, or more, to tell it from the others.
        for precision in ArticleKey.Precision.allCases.reversed() where precision != item.precision {
            let uid = keys.identifier(of: article, precision: precision)
            guard let known = try knowledge.known(uid.key) else { continue }
            if precision > item.precision || known.contentHash == item.hash { return known }
            guard let stored = try knowledge.stored(known.seq) else { continue }
            if sameness.isSame(stored.article, article, at: item.precision) { return known }
        }
        return nil
    }

    /// Sees to it that no two items are one article: the one that has its identity itself is, else the one that has not
    /// changed, else the first.
    private mutating func settle() {
        var dropped = Set<Int>()
        present.reserveCapacity(items.count)
        for place in items.indices {
            guard let found = items[place].found else { continue }
            guard let other = present.updateValue(place, forKey: found.uid) else { continue }
            let (kept, left) = rank(items[place]) > rank(items[other]) ? (place, other) : (other, place)
            present[found.uid] = kept
            if items[left].hash == items[kept].hash || items[left].uid == items[kept].uid {
                dropped.insert(left)
            } else {
                items[left].isSplit = true
                items[left].found = nil
            }
        }
        if dropped.isEmpty { return }
        var places: [Int: Int] = [:]
        for place in items.indices where !dropped.contains(place) { places[place] = places.count }
        items = items.indices.filter { !dropped.contains($0) }.map { items[$0] }
        present = present.compactMapValues { places[$0] }
    }

    private func rank(_ item: DocumentItem) -> Int {
        (item.isFoundAsItself ? 2 : 0) + (item.found?.contentHash == item.hash ? 1 : 0)
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
