internal import Digest
package import FeedModel

/// Tells new, known and edited items of one document apart (identity.md §3.1, §4, §8).
///
/// Pure but for the two questions that it asks of what is stored.
package struct IdentityJudge: ~Copyable {
    /// Changes in a row without a change of the publisher's own date after which an article counts as volatile.
    package static let maximumSilentChanges: UInt8 = 24
    /// How often one id may be used anew before its items count as one article that changes.
    private static let maximumGenerations = 16
    /// Two dates further apart than this belong to two articles (identity.md §3.1).
    private static let reuseDistance: Int64 = 24 * 3600 * 1000

    private var keys: ArticleKey
    private var hashes = ContentHash()

    package init(feed: FeedIdentifier) {
        keys = ArticleKey(feed: feed)
    }

    /// - Parameters:
    ///   - known: what the store knows of an identity.
    ///   - stored: the article of a record, by its seq. Asked only about items whose content differs.
    /// - Returns: a judgement for each item, without empty ones and those that say the same as an earlier one of the
    ///   document.
    package mutating func judge<Failure: Error>(
        _ articles: [Article],
        known: (ArticleIdentifier) throws(Failure) -> KnownArticle?,
        stored: (UInt64) throws(Failure) -> Article?
    ) throws(Failure) -> [Judgement] {
        var judgements: [Judgement] = []
        judgements.reserveCapacity(articles.count)
        var items = candidates(articles)
        let shared = SharedIdentifiers(items)
        var taken = Set<ArticleIdentifier>()
        for index in items.indices {
            if shared.repeats.contains(index) { continue }
            let isShared = shared.uids.contains(items[index].uid)
            if isShared { items[index].events.append(.idNotUnique) }
            let judgement = try judge(
                items[index], articles[items[index].index], isShared: isShared, taken: taken, known: known,
                stored: stored)
            // Told apart by nothing: the first of them stands for all.
            guard taken.insert(judgement.uid).inserted else { continue }
            judgements.append(judgement)
        }
        return judgements
    }

    struct Candidate {
        var index: Int
        var uid: ArticleIdentifier
        var contentHash: Hash128
        var events: [Judgement.Event] = []
    }

    private mutating func candidates(_ articles: [Article]) -> [Candidate] {
        var items: [Candidate] = []
        items.reserveCapacity(articles.count)
        // An item with nothing in it has no identity (identity.md §1).
        for (index, article) in articles.enumerated() where article.isIdentifiable {
            items.append(
                Candidate(
                    index: index, uid: keys.identifier(of: article), contentHash: hashes.hash(of: article)))
        }
        return items
    }

    private mutating func judge<Failure: Error>(
        _ item: Candidate, _ article: Article, isShared: Bool, taken: Set<ArticleIdentifier>,
        known: (ArticleIdentifier) throws(Failure) -> KnownArticle?,
        stored: (UInt64) throws(Failure) -> Article?
    ) throws(Failure) -> Judgement {
        var result = Judgement(
            index: item.index, uid: item.uid, contentHash: item.contentHash, verdict: .new, events: item.events)
        var previous = try known(item.uid)
        if let found = previous, !isShared, found.contentHash == item.contentHash {
            result.verdict = .unchanged
            return result
        }
        if isShared || previous == nil {
            // What once stood beside others of the same id was stored under a closer look, and stays found under it.
            if isShared, let found = previous, try !isSameItem(found, item, article, stored: stored) { previous = nil }
            if previous == nil || taken.contains(item.uid) {
                previous = nil
                for precision in [ArticleKey.Precision.link, .title] {
                    let uid = keys.identifier(of: article, precision: precision)
                    if isShared { result.uid = uid }
                    if taken.contains(uid) { continue }
                    if let found = try known(uid) {
                        result.uid = uid
                        previous = found
                    }
                    break
                }
            }
        }
        guard let previous else { return result }
        return try compare(result, with: previous, article, known: known, stored: stored)
    }

    private func isSameItem<Failure: Error>(
        _ found: KnownArticle, _ item: Candidate, _ article: Article, stored: (UInt64) throws(Failure) -> Article?
    ) throws(Failure) -> Bool {
        if found.contentHash == item.contentHash { return true }
        guard let old = try stored(found.seq) else { return false }
        return sameLink(old.url, article.url)
    }

    private mutating func compare<Failure: Error>(
        _ judgement: Judgement, with found: KnownArticle, _ article: Article,
        known: (ArticleIdentifier) throws(Failure) -> KnownArticle?,
        stored: (UInt64) throws(Failure) -> Article?
    ) throws(Failure) -> Judgement {
        var result = judgement
        var found = found
        var generation = 1
        while true {
            if found.contentHash == result.contentHash {
                result.verdict = .unchanged
                return result
            }
            let old = try stored(found.seq)
            guard let old, generation < Self.maximumGenerations, isReuse(old, article) else {
                result.verdict = update(of: found, from: old, to: article)
                return result
            }
            generation += 1
            result.uid = keys.identifier(of: article, generation: generation)
            guard let next = try known(result.uid) else {
                result.verdict = .new
                result.events.append(.guidReused)
                return result
            }
            found = next
        }
    }

    /// identity.md §3.1: the same id, but link and title are others, and the date is more than a day away.
    private func isReuse(_ old: Article, _ new: Article) -> Bool {
        guard new.id != nil, let oldDate = old.published, let newDate = new.published,
            abs(oldDate.milliseconds - newDate.milliseconds) > Self.reuseDistance
        else { return false }
        return !sameLink(old.url, new.url)
            && NormalizedText.title(old.title ?? "") != NormalizedText.title(new.title ?? "")
    }

    private func sameLink(_ left: String?, _ right: String?) -> Bool {
        if left == right { return true }
        guard let left, let right, let leftKey = CanonicalURL.key(left) else { return false }
        return leftKey == CanonicalURL.key(right)
    }

    private func update(of found: KnownArticle, from old: Article?, to new: Article) -> Judgement.Verdict {
        let silent = found.modified == new.modified ? found.silentChanges &+ 1 : 0
        if silent > Self.maximumSilentChanges { return .volatile }
        let changed = old.map { ChangedFields.names(from: $0, to: new) } ?? []
        return .update(version: found.version &+ 1, changed: changed, silentChanges: silent)
    }
}

/// The identities that several items of one document have.
private struct SharedIdentifiers {
    /// Identities of items that differ.
    var uids = Set<ArticleIdentifier>()
    /// Places of items that say the same as an earlier one.
    var repeats = Set<Int>()

    init(_ items: [IdentityJudge.Candidate]) {
        var first: [ArticleIdentifier: Int] = [:]
        first.reserveCapacity(items.count)
        var seen: [ArticleIdentifier: Set<Hash128>] = [:]
        for (index, item) in items.enumerated() {
            guard let earlier = first.updateValue(index, forKey: item.uid) else { continue }
            var hashes = seen[item.uid] ?? [items[earlier].contentHash]
            if hashes.insert(item.contentHash).inserted { uids.insert(item.uid) } else { repeats.insert(index) }
            seen[item.uid] = hashes
        }
    }
}
