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
    ///   - takesLink: whether the article takes over the link's key from who has it; nil for the usual rule, by which who
    ///     is nearer to the link's host does.
    ///   - isFurther: the article has an id that another one had before.
    func newKeys<Knowledge: ArticleKnowledge>(
        _ place: Int, _ uid: ArticleIdentifier, _ link: LinkCandidate?, variant: Hash128?, isDuplicate: Bool = false,
        takesLink: Bool? = nil, isFurther: Bool = false, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let base = items[place].base
        var result: [Hash128] = []
        result.reserveCapacity(4)
        if uid != base { result.append(items.matchKeys.more(base)) }
        if items[place].precision == .content {
            result.append(items.matchKeys.more(items.identifier(place, precision: .published)))
        }
        if isFurther { result += try closerKeys(place, uid, &items, knowledge) }
        if let variant { result.append(variant) }
        if let link {
            if !isDuplicate, takesLink ?? (link.isFree || link.distance == .nearer) {
                result.append(link.key)
            } else {
                let title = items.title(place)
                result.append(items.matchKeys.linkAndTitle(link.form, title))
                if !isDuplicate, let shared = try sharedKey(link, &items, knowledge) { result.append(shared) }
            }
        }
        if let key = items.dateKey(place) { result.append(key) }
        return items.claims.takeFree(result, for: place)
    }

    /// The keys under which closer looks find one of several articles with one id after its date, title or link has
    /// changed, as far as no other has them.
    private func closerKeys<Knowledge: ArticleKnowledge>(
        _ place: Int, _ uid: ArticleIdentifier, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        var result: [Hash128] = []
        for precision in [ArticleKey.Precision.link, .title, .published] {
            let key = items.identifier(place, precision: precision).key
            if key == uid.key { continue }
            if try knowledge.known(key) == nil { result.append(key) }
        }
        return result
    }

    /// The key that marks a link as one that tells no article, because it has two titles, or two articles in one feed;
    /// nil where it tells one, or is marked.
    private func sharedKey<Knowledge: ArticleKnowledge>(
        _ link: LinkCandidate, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Hash128? {
        let isOneFeed = link.isInDocument || link.stored?.feed == feed
        // What others call a page does not say that its own site has two articles there.
        guard isOneFeed || !link.isSameTitle && link.distance != .farther else { return nil }
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
        if !isSameTitle || old?.published?.seconds != article.published?.seconds, let key = items.dateKey(place) {
            result.append(key)
        }
        if uid != items[place].base, items.newestUse(place) != nil {
            result += try closerKeys(place, uid, &items, knowledge)
        }
        return items.claims.takeFree(result, for: place)
    }

    /// The keys by which an alias record lets the item's id mean another article.
    ///
    /// - Parameter variant: the key of the form of the item's id, where no other article has that.
    func aliasKeys(_ place: Int, variant: Hash128?, _ items: inout DocumentItems) -> [Hash128] {
        let item = items[place]
        if item.uid != item.base {
            // Which of several is the newest does not depend on the order in which they are stored.
            return [item.uid.key] + items.claims.takeFree([items.matchKeys.more(item.base)], for: place)
        }
        return [item.uid.key] + (variant.map { [$0] } ?? [])
    }
}
