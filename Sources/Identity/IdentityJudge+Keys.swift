internal import Digest
internal import FeedModel

/// Under which further keys a record makes its article known.
extension IdentityJudge {
    /// What there is under an item's link.
    struct LinkPlace {
        var link: String
        var key: Hash128
        /// The article that has the link's key, and its record where that can be read.
        var owner: KnownArticle?
        var stored: StoredArticle?
        /// The owner has, or had, the item's title too.
        var isSameTitle = false
        /// A new item of this document has the key.
        var fresh: Int?

        /// Whether the key can be taken: nobody has it, or who has it has another link by now, or is gone.
        var isFree = false
    }

    mutating func linkPlace<Knowledge: ArticleKnowledge>(
        _ article: Article, _ item: DocumentItem, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> LinkPlace? {
        guard let link = sameness.link(article.url) else { return nil }
        var place = LinkPlace(link: link, key: matchKeys.link(link))
        if let other = fresh[place.key] {
            place.fresh = other
            place.isSameTitle = sameness.isSameTitle(articles[items[other].index], article)
            return place
        }
        place.owner = try knowledge.known(place.key)
        guard let owner = place.owner else {
            place.isFree = true
            return place
        }
        place.stored = try knowledge.stored(owner.seq)
        guard let stored = place.stored else {
            place.isFree = true
            return place
        }
        let title = sameness.title(article)
        place.isSameTitle = sameness.title(stored.article) == title
        if !place.isSameTitle {
            place.isSameTitle = try knowledge.known(matchKeys.formerTitle(link, title))?.uid == owner.uid
        }
        place.isFree = !place.isSameTitle && sameness.link(stored.article.url) != link
        return place
    }

    /// Of an article's first record.
    ///
    /// - Parameter takesVariant: no other article has the form of its id.
    mutating func newKeys<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ uid: ArticleIdentifier, _ place: LinkPlace?, takesVariant: Bool,
        isDuplicate: Bool = false, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let article = articles[item.index]
        var result: [Hash128] = []
        if uid != item.base { result.append(matchKeys.more(item.base)) }
        if takesVariant, rules.joinsVariants, let form = article.id.flatMap(URLVariant.form) {
            result.append(matchKeys.variant(form))
        }
        if let place {
            if place.isFree, !isDuplicate {
                result.append(place.key)
            } else {
                result.append(matchKeys.linkAndTitle(place.link, sameness.title(article)))
                if !isDuplicate, let shared = try sharedKey(place, knowledge) { result.append(shared) }
            }
        }
        if let key = titleAndDate(article) { result.append(key) }
        return result
    }

    /// Of the bookkeeping that lets an item's id mean another article.
    mutating func aliasKeys(_ item: DocumentItem) -> [Hash128] {
        if item.uid != item.base { return [item.uid.key, matchKeys.more(item.base)] }
        guard rules.joinsVariants, let form = articles[item.index].id.flatMap(URLVariant.form) else {
            return [item.uid.key]
        }
        return [item.uid.key, matchKeys.variant(form)]
    }

    /// Of a version: only what its article was not known by.
    mutating func changedKeys<Knowledge: ArticleKnowledge>(
        _ item: DocumentItem, _ uid: ArticleIdentifier, _ old: Article?, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let article = articles[item.index]
        var result: [Hash128] = []
        let isSameTitle = old.map { sameness.isSameTitle($0, article) } ?? false
        let isSameLink = old.map { sameness.isSameLink($0, article) } ?? false
        if let link = sameness.link(article.url), !isSameTitle || !isSameLink {
            let key = matchKeys.link(link)
            let owner = try knowledge.known(key)
            if owner == nil, fresh[key] == nil {
                result.append(key)
            } else if owner?.uid != uid {
                result.append(matchKeys.linkAndTitle(link, sameness.title(article)))
            } else if let old, isSameLink {
                // Feeds that repeat the article may still have it under this title.
                result.append(matchKeys.formerTitle(link, sameness.title(old)))
            }
        }
        if let key = titleAndDate(article), !isSameTitle || old?.published?.seconds != article.published?.seconds {
            result.append(key)
        }
        return result
    }

    private mutating func titleAndDate(_ article: Article) -> Hash128? {
        let title = sameness.title(article)
        guard !title.isEmpty, let published = article.published else { return nil }
        return matchKeys.titleAndDate(title, published)
    }

    /// Marks a link that tells no article: it has two titles, or two articles in one feed.
    private mutating func sharedKey<Knowledge: ArticleKnowledge>(
        _ place: LinkPlace, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Hash128? {
        let isOneFeed = place.fresh != nil || place.stored?.feed == rules.feed
        guard isOneFeed || !place.isSameTitle else { return nil }
        let key = matchKeys.sharedLink(place.link)
        if fresh[key] != nil { return nil }
        if try knowledge.known(key) != nil { return nil }
        return key
    }
}
