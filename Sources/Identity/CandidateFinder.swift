internal import Digest
internal import FeedModel

/// `CandidateFinder` asks the store which articles an item may be whose id is not known (identity.md §3.2, §3.3, §5, §9).
///
/// It only finds; `ItemMatcher` decides. It remembers who has the links of the document for which it was made.
struct CandidateFinder {
    /// `Candidate` is an item that was not found, and what is known under its keys.
    struct Candidate {
        var place: Int
        /// The key of the form of the item's id, where it is a URL.
        var variantKey: Hash128?
        /// The article whose id is a variant of the item's.
        var variant: KnownArticle?
        /// One of the articles says what the item says.
        var isExact = false
    }

    private let rules: IdentityRules
    private let comparison: ArticleComparison
    /// The articles that have the items' links, by place; empty as long as nobody has asked.
    private var linkOwners: [KnownArticle??] = []

    init(_ rules: IdentityRules) {
        self.rules = rules
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
    }

    /// The candidates for each item that was not found, in the order in which the items are to be judged: never the
    /// document's. Where two may be one article, that which says the same comes first, wherever it stands.
    mutating func candidates<Knowledge: ArticleKnowledge>(
        _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> [Candidate] {
        let open = items.unfound
        if knowledge.readsAhead { knowledge.prepare(keys(open, &items)) }
        var candidates: [Candidate] = []
        candidates.reserveCapacity(open.count)
        for place in open { candidates.append(try candidate(place, &items, knowledge)) }
        candidates.sort { $0.isExact == $1.isExact ? items.isBefore($0.place, $1.place) : $0.isExact }
        return candidates
    }

    private func keys(_ places: [Int], _ items: inout DocumentItems) -> [Hash128] {
        var keys: [Hash128] = []
        for place in places where !items[place].isSplit {
            if let key = variantKey(place, &items) { keys.append(key) }
            if let link = items.link(place) { keys.append(link.key) }
        }
        return keys
    }

    private func variantKey(_ place: Int, _ items: inout DocumentItems) -> Hash128? {
        guard rules.joinsVariants, let form = items.idForm(place) else { return nil }
        return items.matchKeys.variant(form)
    }

    private mutating func candidate<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> Candidate {
        let item = items[place]
        var result = Candidate(place: place)
        if item.isSplit { return result }
        result.variantKey = variantKey(place, &items)
        if let key = result.variantKey { result.variant = try knowledge.known(key) }
        let owner = try linkOwner(place, &items, knowledge)
        result.isExact = result.variant?.contentHash == item.hash || owner?.contentHash == item.hash
        return result
    }

    /// The article that has the key of the item's link.
    private mutating func linkOwner<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        guard let link = items.link(place) else { return nil }
        if linkOwners.isEmpty { linkOwners = Array(repeating: nil, count: items.count) }
        if let owner = linkOwners[place] { return owner }
        let owner = try knowledge.known(link.key)
        linkOwners[place] = .some(owner)
        return owner
    }

    /// Returns what there is under the item's link; nil where it has no http or https link.
    mutating func link<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> LinkCandidate? {
        guard let link = items.link(place) else { return nil }
        if let other = items.claims.item(having: link.key) {
            return LinkCandidate(link, isInDocument: true, isSameTitle: items.isSameTitle(other, place))
        }
        guard let owner = try linkOwner(place, &items, knowledge) else { return LinkCandidate(link, isFree: true) }
        guard let stored = try knowledge.stored(owner.seq) else {
            return LinkCandidate(link, owner: owner, isFree: true)
        }
        let title = items.title(place)
        var isSameTitle = comparison.title(stored.article) == title
        if !isSameTitle {
            isSameTitle = try knowledge.known(items.matchKeys.formerTitle(link.form, title))?.uid == owner.uid
        }
        return LinkCandidate(
            link, owner: owner, stored: stored, isSameTitle: isSameTitle,
            isFree: !isSameTitle && comparison.link(stored.article.url) != link.form,
            distance: stored.feed == rules.feed ? .same : .init(rules.site, stored.site, to: link.form))
    }

    /// The article of this feed that has the link and title of the item, and is not the one that has the link's key.
    func linkAndTitle<Knowledge: ArticleKnowledge>(
        _ place: Int, _ link: LinkCandidate, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        let title = items.title(place)
        return try knowledge.known(items.matchKeys.linkAndTitle(link.form, title))
    }

    /// Announces the keys that `pair` asks for.
    func preparePairs<Knowledge: ArticleKnowledge>(
        _ places: [Int], _ items: inout DocumentItems, _ knowledge: Knowledge
    ) {
        var keys: [Hash128] = []
        for place in places {
            if let key = items.secondKey(place) { keys.append(key) }
            if let key = items.titleAndDateKey(place) { keys.append(key) }
        }
        knowledge.prepare(keys)
    }

    /// The article that was published when the item was, and is no other item of the document: in a second of its own, else
    /// under the same title.
    func sameDate<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        if let key = items.secondKey(place), let known = try knowledge.known(key) {
            return items.claims.isTaken(known.uid) ? nil : known
        }
        guard let key = items.titleAndDateKey(place), let known = try knowledge.known(key) else { return nil }
        return items.claims.isTaken(known.uid) ? nil : known
    }

    /// The article that the item may be where all ids have changed (identity.md §5): gone from the document, and with
    /// the item's link, or its title and date.
    mutating func pair<Knowledge: ArticleKnowledge>(
        _ place: Int, _ items: inout DocumentItems, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> KnownArticle? {
        var facts = items.renameFacts(place)
        if let link = try link(place, &items, knowledge), let owner = link.owner, !link.isFree,
            let stored = link.stored, stored.feed == rules.feed, !items.claims.isTaken(owner.uid)
        {
            facts.hasOwnLink = try knowledge.known(items.matchKeys.sharedLink(link.form)) == nil
            if comparison.isPair(stored, items.article(place), hasLink: true, facts) { return owner }
        }
        guard let known = try sameDate(place, &items, knowledge) else { return nil }
        if items.article(place).published == nil { facts.commonParameters = items.commonParameters() }
        // Where retention has removed it, its key is all that is known of it: the second alone is not enough.
        guard let stored = try knowledge.stored(known.seq) else { return facts.hasOwnSecond ? nil : known }
        return comparison.isPair(stored, items.article(place), hasLink: false, facts) ? known : nil
    }
}

/// `LinkCandidate` is what there is under an item's link. A class, because a stored article is a large thing to hand
/// about.
final class LinkCandidate {
    /// The link in the form in which links are compared.
    let form: String
    let key: Hash128
    /// The article that has the link's key.
    let owner: KnownArticle?
    /// The owner's record where that can be read.
    let stored: StoredArticle?
    /// The owner was given out: rules have not blocked all of its versions (filters.md §2.4).
    var isShown: Bool { !(owner?.isHidden ?? false) }
    /// An item of this document was given the key.
    let isInDocument: Bool
    /// Who has the key has, or had, the item's title too.
    let isSameTitle: Bool
    /// Which of the two is nearer to the link's host: this feed, or that of the owner.
    let distance: Distance
    /// The key can be taken: nobody has it, or who has it has another link by now, or is gone.
    let isFree: Bool

    init(
        _ link: DocumentItems.Link, owner: KnownArticle? = nil, stored: StoredArticle? = nil,
        isInDocument: Bool = false, isSameTitle: Bool = false, isFree: Bool = false, distance: Distance = .same
    ) {
        form = link.form
        key = link.key
        self.owner = owner
        self.stored = stored
        self.isInDocument = isInDocument
        self.isSameTitle = isSameTitle
        self.isFree = isFree
        self.distance = distance
    }

    /// `Distance` compares two feeds by how near they are to the host of a link (identity.md §9).
    enum Distance {
        case nearer, same, farther

        init(_ feed: FeedSite, _ other: FeedSite, to link: String) {
            let (mine, its) = (feed.nearness(to: link), other.nearness(to: link))
            self = mine == its ? .same : mine > its ? .nearer : .farther
        }
    }
}
