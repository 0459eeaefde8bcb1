internal import Digest
internal import FeedModel

/// `KeyAssigner` says under which further keys a record makes its article known.
struct KeyAssigner {
    private let feed: FeedIdentifier
    private let comparison: ArticleComparison

    init(_ rules: IdentityRules) {
        feed = rules.feed
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
    }

    /// Gives a new article's first record its keys.
    ///
    /// - Parameters:
    ///   - link: what there is under the item's link.
    ///   - variant: the key of the form of the item's id, where no other article has that.
    func newKeys<Knowledge: ArticleKnowledge>(
        _ place: Int, _ uid: ArticleIdentifier, _ link: LinkCandidate?, variant: Hash128?, isDuplicate: Bool = false,
        _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let base = items[place].base
        var result: [Hash128] = []
        result.reserveCapacity(4)
        if uid != base { result.append(items.matchKeys.more(base)) }
        if let variant { result.append(variant) }
        if let link {
            if link.isFree, !isDuplicate {
                result.append(link.key)
            } else {
                let title = items.title(place)
                result.append(items.matchKeys.linkAndTitle(link.form, title))
                if !isDuplicate, let shared = try sharedKey(link, &items, knowledge) { result.append(shared) }
            }
        }
        if let key = items.titleAndDateKey(place) { result.append(key) }
        return items.claims.takeFree(result, for: place)
    }

    /// The key that marks a link as one that tells no article, because it has two titles, or two articles in one feed;
    /// nil where it tells one, or is marked.
    private func sharedKey<Knowledge: ArticleKnowledge>(
        _ link: LinkCandidate, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Hash128? {
        let isOneFeed = link.isInDocument || link.stored?.feed == feed
        guard isOneFeed || !link.isSameTitle else { return nil }
        let key = items.matchKeys.sharedLink(link.form)
        if items.claims.isTaken(key) { return nil }
        if try knowledge.known(key) != nil { return nil }
        return key
    }

    /// Gives a further version the keys by which its article was not known so far.
    ///
    /// - Parameter old: the version before, where it can be read.
    func changedKeys<Knowledge: ArticleKnowledge>(
        _ place: Int, _ uid: ArticleIdentifier, _ old: Article?, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let article = items.article(place)
        var result: [Hash128] = []
        let isSameTitle = old.map { comparison.isSameTitle($0, article) } ?? false
        let isSameLink = old.map { comparison.isSameLink($0, article) } ?? false
        if !isSameTitle || !isSameLink, let link = items.link(place) {
            let owner = try knowledge.known(link.key)
            if owner == nil, !items.claims.isTaken(link.key) {
                result.append(link.key)
            } else if owner?.uid != uid {
                let title = items.title(place)
                result.append(items.matchKeys.linkAndTitle(link.form, title))
            } else if let old, isSameLink {
                // Feeds that repeat the article may still have it under this title.
                result.append(items.matchKeys.formerTitle(link.form, comparison.title(old)))
            }
        }
        if let key = items.titleAndDateKey(place),
            !isSameTitle || old?.published?.seconds != article.published?.seconds
        {
            result.append(key)
        }
        return items.claims.takeFree(result, for: place)
    }

    /// The keys by which an alias record lets the item's id mean another article.
    ///
    /// - Parameter variant: the key of the form of the item's id, where no other article has that.
    func aliasKeys(_ place: Int, variant: Hash128?, _ items: inout DocumentItems) -> [Hash128] {
        let item = items[place]
        if item.uid != item.base { return [item.uid.key, items.matchKeys.more(item.base)] }
        return [item.uid.key] + (variant.map { [$0] } ?? [])
    }
}
