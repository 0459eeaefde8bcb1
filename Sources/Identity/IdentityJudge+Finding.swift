internal import Digest
internal import FeedModel

/// Which known articles the ids of a document mean (identity.md §3.1, §4).
extension IdentityJudge {
    mutating func findAll<Knowledge: ArticleKnowledge>(_ knowledge: Knowledge) throws(Knowledge.Failure) {
        if knowledge.readsAhead { knowledge.prepare(items.map(\.uid.key)) }
        for place in items.indices { items[place].found = try knowledge.known(items[place].uid.key) }
        let open = items.indices.filter { items[$0].found?.contentHash != items[$0].hash }
        if knowledge.readsAhead { knowledge.prepare(moreKeys(open)) }
        for place in open { items[place].found = try closer(items[place], items[place].found, knowledge) }
        let dropped = try settle(knowledge)
        if dropped.isEmpty { return }
        var places: [Int: Int] = [:]
        for place in items.indices where !dropped.contains(place) { places[place] = places.count }
        items = items.indices.filter { !dropped.contains($0) }.map { items[$0] }
        present = present.compactMapValues { places[$0] }
    }

    /// What an item is, of what no other item of the document is.
    private mutating func foundFree<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let own = try known(item, item.precision, onlyFree: true, knowledge)
        if let own, own.contentHash == item.hash { return own }
        return try closer(item, own, onlyFree: true, knowledge)
    }

    /// - Parameters:
    ///   - own: what the item's identity means; it says something else.
    ///   - onlyFree: what another item of the document is does not count.
    private mutating func closer<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ own: KnownArticle?, onlyFree: Bool = false, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        item.isShared
            ? try closerShared(item, own, onlyFree: onlyFree, knowledge)
            : try closerSingle(item, own, onlyFree: onlyFree, knowledge)
    }

    private func isTaken(_ known: KnownArticle, _ onlyFree: Bool) -> Bool { onlyFree && present[known.uid] != nil }

    private mutating func moreKeys(_ places: [Int]) -> [Hash128] {
        var keys: [Hash128] = []
        for place in places where !items[place].isShared { keys.append(matchKeys.more(items[place].base)) }
        return keys
    }

    private mutating func closerSingle<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ own: KnownArticle?, onlyFree: Bool, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        // Others may have the same id: a later one, or some that once stood beside each other.
        guard let newest = try knowledge.known(matchKeys.more(item.base)) else { return own }
        if newest.contentHash == item.hash, !isTaken(newest, onlyFree) { return newest }
        var closest: KnownArticle?
        for precision in [ArticleKey.Precision.published, .title, .link] {
            guard let closer = try known(item, precision, onlyFree: onlyFree, knowledge) else { continue }
            if closer.contentHash == item.hash { return closer }
            closest = closest ?? closer
        }
        return try laterUse(item, onlyFree: onlyFree, knowledge) ?? closest ?? own
    }

    /// For an item whose id others of the document have too.
    private mutating func closerShared<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ own: KnownArticle?, onlyFree: Bool, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        // It may have been stored when it took less, or more, to tell it from the others.
        var others: [(precision: ArticleKey.Precision, known: KnownArticle)] = []
        for precision in ArticleKey.Precision.allCases.reversed() where precision != item.precision {
            guard let known = try known(item, precision, onlyFree: onlyFree, knowledge) else { continue }
            if known.contentHash == item.hash { return known }
            others.append((precision, known))
        }
        if let later = try laterUse(item, onlyFree: onlyFree, knowledge) ?? own { return later }
        for (precision, known) in others {
            if precision > item.precision { return known }
            if try isSame(known, as: item, knowledge) { return known }
        }
        return nil
    }

    /// The article that has the identity which a look of that precision gives the item.
    private mutating func known<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ precision: ArticleKey.Precision, onlyFree: Bool, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let uid =
            precision == item.precision
            ? item.uid : keys.identifier(of: articles[item.index], precision: precision)
        guard let known = try knowledge.known(uid.key), !isTaken(known, onlyFree) else { return nil }
        return known
    }

    /// The later article with the item's id (identity.md §3.1) that says what the item says.
    private mutating func laterUse<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, onlyFree: Bool, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        for generation in 2...Self.maximumGenerations {
            let uid = keys.identifier(
                of: articles[item.index], precision: item.precision, generation: generation)
            guard let known = try knowledge.known(uid.key) else { return nil }
            if known.contentHash == item.hash, !isTaken(known, onlyFree) { return known }
        }
        return nil
    }

    /// Whether a look that tells the item from those of its id sees no difference.
    mutating func isSame<Knowledge: ArticleKnowledge>(
        _ known: KnownArticle, as item: DocumentItem, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Bool {
        guard let stored = try knowledge.stored(known.seq) else { return false }
        return sameness.isSame(stored.article, articles[item.index], at: item.precision)
    }

    /// Sees to it that no two items are one article. Who is left over is what else its id means, if that is nobody yet,
    /// or an article of its own.
    ///
    /// - Returns: places of items that say what another says.
    private mutating func settle<Knowledge: ArticleKnowledge>(
        _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Set<Int> {
        var left: [(place: Int, uid: ArticleIdentifier)] = []
        present.reserveCapacity(items.count)
        for place in items.indices {
            guard let found = items[place].found else { continue }
            guard let other = present.updateValue(place, forKey: found.uid) else { continue }
            let isNearer = isNearer(place, than: other)
            present[found.uid] = isNearer ? place : other
            left.append((isNearer ? other : place, found.uid))
        }
        if left.isEmpty { return [] }
        var dropped = Set<Int>()
        for (place, uid) in left.sorted(by: { isBefore($0.place, $1.place) }) {
            if let kept = present[uid], items[place].hash == items[kept].hash || items[place].uid == items[kept].uid {
                dropped.insert(place)
                continue
            }
            items[place].found = try foundFree(items[place], knowledge)
            if let found = items[place].found {
                present[found.uid] = place
            } else {
                items[place].isSplit = true
            }
        }
        return dropped
    }

    /// Of two items that mean one article: the one that has its identity itself is nearer, else the one that has not
    /// changed.
    private func isNearer(_ place: Int, than other: Int) -> Bool {
        func rank(_ item: DocumentItem) -> Int {
            (item.isFoundAsItself ? 2 : 0) + (item.found?.contentHash == item.hash ? 1 : 0)
        }
        let (rank, otherRank) = (rank(items[place]), rank(items[other]))
        return rank == otherRank ? isBefore(place, other) : rank > otherRank
    }

    /// An order of the items that is not the document's, so that nothing depends on that one.
    func isBefore(_ place: Int, _ other: Int) -> Bool {
        let (hash, otherHash) = (items[place].hash, items[other].hash)
        if hash != otherHash { return (hash.high, hash.low) < (otherHash.high, otherHash.low) }
        let (key, otherKey) = (items[place].base.key, items[other].base.key)
        return (key.high, key.low) < (otherKey.high, otherKey.low)
    }
}
