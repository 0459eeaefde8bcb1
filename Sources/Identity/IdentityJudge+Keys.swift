internal import Digest
internal import FeedModel

/// Under which further keys a record makes its article known.
extension IdentityJudge {
    /// What there is under an item's link. A class, because a stored article is a large thing to hand about.
    final class LinkPlace {
        let link: String
        let key: Hash128
        /// The article that has the link's key, and its record where that can be read.
        var owner: KnownArticle?
        var stored: StoredArticle?
        /// The owner has, or had, the item's title too.
        var isSameTitle = false
        /// A new item of this document has the key.
        var fresh: Int?

        /// Whether the key can be taken: nobody has it, or who has it has another link by now, or is gone.
        var isFree = false

        init(_ link: Link) {
            self.link = link.form
            key = link.key
        }
    }

    /// A link in the form in which links are compared.
    struct Link {
        var form: String
        var key: Hash128
        /// The article that has the key; nil as long as nobody has asked.
        var owner: KnownArticle??
    }

    /// Nil where the item has no http or https link.
    mutating func link(_ place: Int) -> Link? {
        if let link = links[place] { return link }
        let link = linkForm(place).map { Link(form: $0, key: matchKeys.link($0)) }
        links[place] = .some(link)
        return link
    }

    /// The form in which links are compared.
    func linkForm(_ place: Int) -> String? {
        guard let link = items[place].link else { return nil }
        // The feed's own hosts matter to parameters alone.
        return link.utf8.contains(UInt8(ascii: "?")) ? sameness.link(articles[items[place].index].url) : link
    }

    /// The form in which titles are compared.
    mutating func title(_ place: Int) -> String {
        if let title = titles[place] { return title }
        let title = NormalizedText.title(articles[items[place].index].title ?? "")
        titles[place] = title
        return title
    }

    /// The key of the item's title and date; nil where it lacks one of them.
    mutating func titleAndDate(_ place: Int) -> Hash128? {
        if let key = datedTitles[place] { return key }
        let title = title(place)
        let published = title.isEmpty ? nil : articles[items[place].index].published
        let key = published.map { matchKeys.titleAndDate(title, $0) }
        datedTitles[place] = .some(key)
        return key
    }

    /// The article that has the key of the item's link.
    mutating func linkOwner<Knowledge: ArticleKnowledge>(
        _ place: Int, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        guard let link = link(place) else { return nil }
        if let owner = link.owner { return owner }
        let owner = try knowledge.known(link.key)
        links[place] = Link(form: link.form, key: link.key, owner: .some(owner))
        return owner
    }

    mutating func linkPlace<Knowledge: ArticleKnowledge>(
        _ itemPlace: Int, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> LinkPlace? {
        guard let link = link(itemPlace) else { return nil }
        let place = LinkPlace(link)
        if let other = fresh[place.key] {
            place.fresh = other
            let titles = (articles[items[other].index].title, articles[items[itemPlace].index].title)
            place.isSameTitle = titles.0 == titles.1 || title(other) == title(itemPlace)
            return place
        }
        place.owner = try linkOwner(itemPlace, knowledge)
        guard let owner = place.owner else {
            place.isFree = true
            return place
        }
        place.stored = try knowledge.stored(owner.seq)
        guard let stored = place.stored else {
            place.isFree = true
            return place
        }
        let title = title(itemPlace)
        place.isSameTitle = sameness.title(stored.article) == title
        if !place.isSameTitle {
            place.isSameTitle = try knowledge.known(matchKeys.formerTitle(link.form, title))?.uid == owner.uid
        }
        place.isFree = !place.isSameTitle && sameness.link(stored.article.url) != link.form
        return place
    }

    /// Of an article's first record.
    ///
    /// - Parameter variant: the key of the form of its id, where no other article has that.
    mutating func newKeys<Knowledge: ArticleKnowledge>(
        _ itemPlace: Int, _ uid: ArticleIdentifier, _ place: LinkPlace?, variant: Hash128?,
        isDuplicate: Bool = false, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let base = items[itemPlace].base
        var result: [Hash128] = []
        result.reserveCapacity(4)
        if uid != base { result.append(matchKeys.more(base)) }
        if let variant { result.append(variant) }
        if let place {
            if place.isFree, !isDuplicate {
                result.append(place.key)
            } else {
                result.append(matchKeys.linkAndTitle(place.link, title(itemPlace)))
                if !isDuplicate, let shared = try sharedKey(place, knowledge) { result.append(shared) }
            }
        }
        if let key = titleAndDate(itemPlace) { result.append(key) }
        return result
    }

    /// Of an item's keys those that no other item of the document was given before.
    mutating func claimed(_ keys: [Hash128], for place: Int) -> [Hash128] {
        var result = keys
        // Nearly always all of them.
        if keys.contains(where: { fresh[$0] != nil }) { result.removeAll { fresh[$0] != nil } }
        for key in result { fresh[key] = place }
        return result
    }

    /// Of the bookkeeping that lets an item's id mean another article.
    ///
    /// - Parameter variant: the key of the form of its id, where no other article has that.
    mutating func aliasKeys(_ item: DocumentItem, variant: Hash128?) -> [Hash128] {
        if item.uid != item.base { return [item.uid.key, matchKeys.more(item.base)] }
        return [item.uid.key] + (variant.map { [$0] } ?? [])
    }

    /// Of a version: only what its article was not known by.
    mutating func changedKeys<Knowledge: ArticleKnowledge>(
        _ place: Int, _ uid: ArticleIdentifier, _ old: Article?, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Hash128] {
        let article = articles[items[place].index]
        var result: [Hash128] = []
        let isSameTitle = old.map { sameness.isSameTitle($0, article) } ?? false
        let isSameLink = old.map { sameness.isSameLink($0, article) } ?? false
        if let link = linkForm(place), !isSameTitle || !isSameLink {
            let key = matchKeys.link(link)
            let owner = try knowledge.known(key)
            if owner == nil, fresh[key] == nil {
                result.append(key)
            } else if owner?.uid != uid {
                result.append(matchKeys.linkAndTitle(link, title(place)))
            } else if let old, isSameLink {
                // Feeds that repeat the article may still have it under this title.
                result.append(matchKeys.formerTitle(link, sameness.title(old)))
            }
        }
        if let key = titleAndDate(place), !isSameTitle || old?.published?.seconds != article.published?.seconds {
            result.append(key)
        }
        return result
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
