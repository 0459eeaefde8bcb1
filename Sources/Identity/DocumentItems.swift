import Digest
import FeedModel

/// `DocumentItem` is an item of a document, with its own identity and the article that was found under it.
struct DocumentItem {
    /// The item stands here in the document.
    let index: Int
    /// The item's link in the form in which links are compared, the feed's own hosts left out of account; nil where it is
    /// no http or https link.
    let link: String?
    /// The item's id alone gives this identity.
    let base: ArticleIdentifier
    /// The item gets this identity where it is new: by a closer look than `base` where several items have one id.
    fileprivate(set) var uid: ArticleIdentifier
    fileprivate(set) var precision = ArticleKey.Precision.id
    let hash: Hash128
    /// Other items of the document have the same id.
    fileprivate(set) var isShared = false
    /// The item's identity means this article in the store.
    fileprivate(set) var found: KnownArticle?
    /// Another item of the document is the article that this item's id means, so this one is an article of its own.
    fileprivate(set) var isSplit = false

    /// Whether `found` was stored under this item's own identity, not an alias.
    var isFoundAsItself: Bool { found.map { $0.uid == base || $0.uid == uid } ?? false }
}

/// `DocumentItems` owns the items of one document and all that can be said of each without asking the store: its
/// identity, the forms in which it is compared, and the keys that these give.
///
/// The items are told apart when it is made (identity.md §1, §4): empty ones are left out, and those that say what
/// another says. Items are named by their place, which counts from 0 and is not their place in the document.
struct DocumentItems: ~Copyable {
    /// A link in the form in which links are compared, and its key.
    struct Link {
        let form: String
        let key: Hash128
    }

    /// The forms of one item, as far as anybody has asked; only items that are new or edited are asked about.
    private struct Forms {
        var link: Link??
        var title: String?
        var titleAndDateKey: Hash128??
    }

    /// The articles and keys that items have taken, so that no two of them take the same.
    var claims = DocumentClaims()
    var matchKeys: MatchKeys
    private let articles: [Article]
    private let comparison: ArticleComparison
    private var articleKeys: ArticleKey
    /// The newest of the further articles that have an item's id, by the identity that the id alone gives.
    private var newestUses: [ArticleIdentifier: KnownArticle] = [:]
    private var items: [DocumentItem] = []
    /// The forms by place; empty as long as nobody has asked.
    private var forms: [Forms] = []
    /// How many items were published in each second; empty as long as nobody has asked.
    private var seconds: [Int64: Int] = [:]
    /// Whether a date of the document is no quarter of an hour, so that its dates are times and not days; known with
    /// `seconds`.
    private var datesAreTimes = false
    /// The parameters that have one value in all links; nil as long as nobody has asked.
    private var common: Set<String>?
    /// Whether the document has two links; nil as long as nobody has asked.
    private var hasLinks: Bool?

    init(_ articles: [Article], _ rules: IdentityRules) {
        self.articles = articles
        comparison = ArticleComparison(ownHosts: rules.ownHosts)
        articleKeys = ArticleKey(feed: rules.feed, ownHosts: rules.ownHosts)
        matchKeys = MatchKeys(feed: rules.feed)
        items.reserveCapacity(articles.count)
        for group in collect() { tellApart(group) }
    }

    var count: Int { items.count }
    var places: Range<Int> { 0..<items.count }
    /// The places of the items that are not known under their ids.
    var unfound: [Int] { items.indices.filter { items[$0].found == nil } }
    var unfoundCount: Int { items.count { $0.found == nil } }
    /// The keys of the items' own identities.
    var uidKeys: [Hash128] { items.map(\.uid.key) }

    subscript(place: Int) -> DocumentItem { items[place] }

    func article(_ place: Int) -> Article { articles[items[place].index] }

    /// The places of the items that were found: first those that say what they said, then the others in an order that is
    /// not the document's.
    func found() -> [Int] {
        var result: [Int] = []
        var changed: [Int] = []
        for place in items.indices {
            guard let found = items[place].found else { continue }
            if found.contentHash == items[place].hash { result.append(place) } else { changed.append(place) }
        }
        changed.sort { isBefore($0, $1) }
        return result + changed
    }

    /// An order of the items that is not the document's, so that nothing depends on that one.
    func isBefore(_ place: Int, _ other: Int) -> Bool {
        let (hash, otherHash) = (items[place].hash, items[other].hash)
        if hash != otherHash { return (hash.high, hash.low) < (otherHash.high, otherHash.low) }
        let (key, otherKey) = (items[place].base.key, items[other].base.key)
        return (key.high, key.low) < (otherKey.high, otherKey.low)
    }

    // MARK: - What look-up finds

    mutating func setFound(_ known: KnownArticle?, at place: Int) { items[place].found = known }

    /// The newest of the further articles that have the item's id; nil where there is none.
    func newestUse(_ place: Int) -> KnownArticle? {
        newestUses.isEmpty ? nil : newestUses[items[place].base]
    }

    mutating func setNewestUse(_ known: KnownArticle, at place: Int) { newestUses[items[place].base] = known }

    /// Makes an item an article of its own, because another item is the article that its id means.
    mutating func split(_ place: Int) { items[place].isSplit = true }

    mutating func setIdentity(_ uid: ArticleIdentifier, _ precision: ArticleKey.Precision, at place: Int) {
        items[place].uid = uid
        items[place].precision = precision
    }

    /// Takes items out; those behind them move up.
    mutating func remove(_ dropped: Set<Int>) {
        var places: [Int: Int] = [:]
        for place in items.indices where !dropped.contains(place) { places[place] = places.count }
        items = items.indices.filter { !dropped.contains($0) }.map { items[$0] }
        forms = []
        seconds = [:]
        hasLinks = nil
        claims.renumber(places)
    }

    // MARK: - Identities, forms and keys

    /// The identity that a look of this precision gives the item.
    mutating func identifier(
        _ place: Int, precision: ArticleKey.Precision, generation: Int = 1
    ) -> ArticleIdentifier {
        let item = items[place]
        return articleKeys.identifier(
            of: articles[item.index], precision: precision, content: item.hash, generation: generation)
    }

    /// Nil where the item has no http or https link.
    mutating func link(_ place: Int) -> Link? {
        prepareForms()
        if let link = forms[place].link { return link }
        let link = linkForm(place).map { Link(form: $0, key: matchKeys.link($0)) }
        forms[place].link = .some(link)
        return link
    }

    /// The title in the form in which titles are compared.
    mutating func title(_ place: Int) -> String {
        prepareForms()
        if let title = forms[place].title { return title }
        let title = comparison.title(articles[items[place].index])
        forms[place].title = title
        return title
    }

    /// The key of the item's title and date of publishing, or of its title alone where it has no date; nil where it has no
    /// title.
    mutating func titleAndDateKey(_ place: Int) -> Hash128? {
        prepareForms()
        if let key = forms[place].titleAndDateKey { return key }
        let title = title(place)
        var key: Hash128?
        if !title.isEmpty {
            let published = articles[items[place].index].published
            key = published.map { matchKeys.titleAndDate(title, $0) } ?? matchKeys.title(title)
        }
        forms[place].titleAndDateKey = .some(key)
        return key
    }

    /// Whether the item was published in a second that no other item of the document has, and that is not midnight, which
    /// stands for a day.
    mutating func hasOwnSecond(_ place: Int) -> Bool {
        guard let second = articles[items[place].index].published?.seconds, second % 86_400 != 0 else { return false }
        if seconds.isEmpty {
            seconds.reserveCapacity(items.count)
            for item in items {
                guard let second = articles[item.index].published?.seconds else { continue }
                seconds[second, default: 0] += 1
                if second % 900 != 0 { datesAreTimes = true }
            }
        }
        return seconds[second] == 1
    }

    /// Whether the item's own second cannot stand for a day either that begins somewhere: zones differ by quarters of an
    /// hour.
    mutating func hasOwnTime(_ place: Int) -> Bool { hasOwnSecond(place) && datesAreTimes }

    /// What the document says of the item's date, for a comparison with an article under another id.
    mutating func renameFacts(_ place: Int) -> RenameFacts {
        var facts = RenameFacts()
        facts.hasOwnSecond = hasOwnSecond(place)
        facts.hasOwnTime = hasOwnTime(place)
        return facts
    }

    /// The key of the second in which the item was published, where that is its own.
    mutating func secondKey(_ place: Int) -> Hash128? {
        guard hasOwnSecond(place), let published = articles[items[place].index].published else { return nil }
        return matchKeys.second(published)
    }

    /// The key under which the item is found by its date once it is stored: that of its second, else that of its title and
    /// date.
    mutating func dateKey(_ place: Int) -> Hash128? { secondKey(place) ?? titleAndDateKey(place) }

    /// The key of the item's title, text and file; nil where it has neither title nor text.
    mutating func contentKey(_ place: Int) -> Hash128? {
        let article = article(place)
        let (title, text) = (title(place), TextWords(of: article))
        if title.isEmpty, text.words.isEmpty { return nil }
        let file = article.attachments.first?.url ?? ""
        return matchKeys.content(title, text, file: comparison.link(file) ?? file)
    }

    /// Whether several items have one date of publishing and none another, so that it is the document's.
    func haveOneDate() -> Bool {
        guard count >= 2, let first = article(0).published?.seconds else { return false }
        return places.allSatisfy { article($0).published?.seconds == first }
    }

    /// The parameters of links that have one value in the whole document, so that none of them is an article's number.
    mutating func commonParameters() -> Set<String> {
        if let common { return common }
        let result = VolatileParameters.common(in: items.map { articles[$0.index] })
        common = result
        return result
    }

    /// Whether the document has two links, so that they lead to articles and not to one page for all.
    mutating func hasTwoLinks() -> Bool {
        if let hasLinks { return hasLinks }
        let first = items.first { $0.link != nil }?.link
        let result = items.contains { $0.link != nil && $0.link != first }
        hasLinks = result
        return result
    }

    /// The form of the item's id by which variants of a URL are one, where it is a URL (identity.md §3.2); nil for any other id.
    func idForm(_ place: Int) -> String? { articles[items[place].index].id.flatMap(URLVariant.form) }

    mutating func isSameTitle(_ place: Int, _ other: Int) -> Bool {
        articles[items[place].index].title == articles[items[other].index].title || title(place) == title(other)
    }

    private func linkForm(_ place: Int) -> String? {
        guard let link = items[place].link else { return nil }
        // The feed's own hosts matter to parameters alone.
        return link.utf8.contains(UInt8(ascii: "?")) ? comparison.link(articles[items[place].index].url) : link
    }

    private mutating func prepareForms() {
        if forms.isEmpty { forms = Array(repeating: Forms(), count: items.count) }
    }

    // MARK: - Telling items of one id apart

    /// `Payload` makes two items of one document the same where it is equal.
    private struct Payload: Hashable {
        var base: ArticleIdentifier
        /// The publisher chooses it, so both halves count.
        var hash: (high: UInt64, low: UInt64)

        init(_ item: DocumentItem) {
            base = item.base
            hash = (item.hash.high, item.hash.low)
        }

        static func == (left: Payload, right: Payload) -> Bool { left.base == right.base && left.hash == right.hash }

        func hash(into hasher: inout Hasher) {
            base.hash(into: &hasher)
            hasher.combine(hash.high)
            hasher.combine(hash.low)
        }
    }

    /// - Returns: the places of items that have one id, a group for each such id.
    private mutating func collect() -> [[Int]] {
        var hashes = ContentHash()
        var first: [ArticleIdentifier: Int] = [:]
        first.reserveCapacity(articles.count)
        var groups: [ArticleIdentifier: [Int]] = [:]
        var payloads = Set<Payload>()
        // An item with nothing in it has no identity.
        for (index, article) in articles.enumerated() where article.isIdentifiable {
            let link = article.url.flatMap { CanonicalURL.key($0) }
            let uid = articleKeys.identifier(of: article)
            let hash = hashes.hash(of: article, link: link)
            let item = DocumentItem(index: index, link: link, base: uid, uid: uid, hash: hash)
            if let earlier = first[uid] {
                if groups[uid] == nil { payloads.insert(Payload(items[earlier])) }
                guard payloads.insert(Payload(item)).inserted else { continue }
                groups[uid, default: [earlier]].append(items.count)
            } else {
                first[uid] = items.count
            }
            items.append(item)
        }
        return Array(groups.values)
    }

    /// Each item of a group gets the identity of the first look that tells it from all others, whatever their order.
    private mutating func tellApart(_ group: [Int]) {
        var rest = group
        for place in group { items[place].isShared = true }
        for precision in [ArticleKey.Precision.link, .title, .published, .content] {
            var seen: [ArticleIdentifier: Int] = [:]
            for place in rest {
                let uid = identifier(place, precision: precision)
                setIdentity(uid, precision, at: place)
                seen[uid, default: 0] += 1
            }
            rest.removeAll { seen[items[$0].uid] == 1 }
        }
    }
}
