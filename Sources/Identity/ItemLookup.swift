internal import Digest
internal import FeedModel

/// `ItemLookup` finds which known articles the ids of a document's items mean (identity.md §3.1, §4).
///
/// It sets `found` of each item and takes the articles in the document's claims. An item whose content is that of the
/// article that its id means costs one question.
struct ItemLookup {
    private let rules: IdentityRules
    private let comparison: ArticleComparison

    init(_ rules: IdentityRules) {
        self.rules = rules
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
    }

    func findAll<Knowledge: ArticleKnowledge>(
        _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        if knowledge.readsAhead { knowledge.prepare(items.uidKeys) }
        for place in items.places { items.setFound(try knowledge.known(items[place].uid.key), at: place) }
        try findByOtherIDs(&items, knowledge)
        var open: [Int] = []
        for place in items.places where items[place].found?.contentHash != items[place].hash { open.append(place) }
        if knowledge.readsAhead { knowledge.prepare(moreKeys(open, &items)) }
        for place in open {
            items.setFound(try closer(place, items[place].found, onlyFree: false, &items, knowledge), at: place)
        }
        let dropped = try settle(&items, knowledge)
        if !dropped.isEmpty { items.remove(dropped) }
    }

    /// Finds articles that were stored while the feed had another of its ids.
    private func findByOtherIDs<Knowledge: ArticleKnowledge>(
        _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) {
        for id in rules.otherIDs {
            var keys = ArticleKey(feed: id, ownHosts: rules.ownHosts)
            for place in items.unfound {
                let item = items[place]
                let uid = keys.identifier(
                    of: items.article(place), precision: item.precision, content: item.hash)
                items.setFound(try knowledge.known(uid.key), at: place)
            }
        }
    }

    /// The keys that `closerSingle` asks for first.
    private func moreKeys(_ places: [Int], _ items: inout DocumentItems) -> [Hash128] {
        var keys: [Hash128] = []
        for place in places where !items[place].isShared { keys.append(items.matchKeys.more(items[place].base)) }
        return keys
    }

    // MARK: - One item

    /// The article that an item is where its identity means one that says something else, or none.
    ///
    /// - Parameters:
    ///   - own: the article that the item's identity means.
    ///   - onlyFree: articles that another item of the document is do not count.
    private func closer<Knowledge: ArticleKnowledge>(
        _ place: Int, _ own: KnownArticle?, onlyFree: Bool, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        items[place].isShared
            ? try closerShared(place, own, onlyFree: onlyFree, &items, knowledge)
            : try closerSingle(place, own, onlyFree: onlyFree, &items, knowledge)
    }

    private func closerSingle<Knowledge: ArticleKnowledge>(
        _ place: Int, _ own: KnownArticle?, onlyFree: Bool, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let item = items[place]
        // Others may have the same id: a later one, or some that once stood beside each other.
        guard let newest = try knowledge.known(items.matchKeys.more(item.base)) else { return own }
        items.setNewestUse(newest, at: place)
        if newest.contentHash == item.hash, !(onlyFree && items.claims.isTaken(newest.uid)) { return newest }
        var closest: KnownArticle?
        for precision in [ArticleKey.Precision.content, .published, .title, .link] {
            guard let closer = try known(place, precision, onlyFree: onlyFree, &items, knowledge) else { continue }
            if closer.contentHash == item.hash { return closer }
            closest = closest ?? closer
        }
        if let later = try laterUse(place, onlyFree: onlyFree, &items, knowledge) { return later }
        let dated = items.identifier(place, precision: .published)
        if try knowledge.known(items.matchKeys.more(dated)) != nil {
            // Nothing but their content tells such articles apart, and no one has this.
            items.setIdentity(items.identifier(place, precision: .content), .content, at: place)
            items.split(place)
            return nil
        }
        return closest ?? own
    }

    /// Does what `closer` does for an item whose id others of the document have too.
    private func closerShared<Knowledge: ArticleKnowledge>(
        _ place: Int, _ own: KnownArticle?, onlyFree: Bool, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let item = items[place]
        // It may have been stored when it took less, or more, to tell it from the others.
        var others: [(precision: ArticleKey.Precision, known: KnownArticle)] = []
        for precision in ArticleKey.Precision.allCases.reversed() where precision != item.precision {
            guard let known = try known(place, precision, onlyFree: onlyFree, &items, knowledge) else { continue }
            if known.contentHash == item.hash { return known }
            others.append((precision, known))
        }
        if let later = try laterUse(place, onlyFree: onlyFree, &items, knowledge) ?? own { return later }
        for (precision, known) in others {
            if precision > item.precision { return known }
            if let stored = try knowledge.stored(known.seq),
                comparison.isSame(stored.article, items.article(place), at: item.precision)
            {
                return known
            }
        }
        return nil
    }

    /// The article that has the identity which a look of this precision gives the item.
    private func known<Knowledge: ArticleKnowledge>(
        _ place: Int, _ precision: ArticleKey.Precision, onlyFree: Bool, _ items: inout DocumentItems,
        _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let item = items[place]
        let uid = precision == item.precision ? item.uid : items.identifier(place, precision: precision)
        guard let known = try knowledge.known(uid.key) else { return nil }
        return onlyFree && items.claims.isTaken(known.uid) ? nil : known
    }

    /// The later article with the item's id that says what the item says. Earlier stores have them, counted
    /// (identity.md §3.1).
    private func laterUse<Knowledge: ArticleKnowledge>(
        _ place: Int, onlyFree: Bool, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let item = items[place]
        var generation = 2
        while true {
            let uid = items.identifier(place, precision: item.precision, generation: generation)
            guard let known = try knowledge.known(uid.key) else { return nil }
            if known.contentHash == item.hash, !(onlyFree && items.claims.isTaken(known.uid)) { return known }
            generation += 1
        }
    }

    // MARK: - All items together

    /// Sees to it that no two items are one article. An item that loses its article to another becomes the next article
    /// that its id means and that no item is yet, or else an article of its own.
    ///
    /// - Returns: the places of items that say what another item says.
    private func settle<Knowledge: ArticleKnowledge>(
        _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Set<Int> {
        var left: [(place: Int, uid: ArticleIdentifier)] = []
        items.claims.reserveCapacity(articles: items.count)
        for place in items.places {
            guard let found = items[place].found else { continue }
            guard let other = items.claims.take(found.uid, for: place) else { continue }
            let isNearer = isNearer(place, than: other, items)
            items.claims.take(found.uid, for: isNearer ? place : other)
            left.append((isNearer ? other : place, found.uid))
        }
        if left.isEmpty { return [] }
        left.sort { items.isBefore($0.place, $1.place) }
        var dropped = Set<Int>()
        for (place, uid) in left {
            let item = items[place]
            if let kept = items.claims.item(being: uid).map({ items[$0] }),
                item.hash == kept.hash || item.uid == kept.uid
            {
                dropped.insert(place)
                continue
            }
            let free = try foundFree(place, &items, knowledge)
            items.setFound(free, at: place)
            if let free { items.claims.take(free.uid, for: place) } else { items.split(place) }
        }
        return dropped
    }

    /// The article that an item is, of those that no other item of the document is.
    private func foundFree<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let own = try known(place, items[place].precision, onlyFree: true, &items, knowledge)
        if let own, own.contentHash == items[place].hash { return own }
        return try closer(place, own, onlyFree: true, &items, knowledge)
    }

    /// Of two items that mean one article the one that has its identity itself is nearer, else the one that has not
    /// changed.
    private func isNearer(_ place: Int, than other: Int, _ items: borrowing DocumentItems) -> Bool {
        func rank(_ item: DocumentItem) -> Int {
            (item.isFoundAsItself ? 2 : 0) + (item.found?.contentHash == item.hash ? 1 : 0)
        }
        let (rank, otherRank) = (rank(items[place]), rank(items[other]))
        return rank == otherRank ? items.isBefore(place, other) : rank > otherRank
    }
}
