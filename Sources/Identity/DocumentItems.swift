import Digest
import FeedModel

/// An item of a document, with its own identity and what was found under it.
struct DocumentItem {
    /// Its place in the document.
    let index: Int
    /// Its link in the form in which links are compared, the feed's own hosts left out of account; nil where it is no
    /// http or https link.
    let link: String?
    /// The identity that its id alone gives.
    let base: ArticleIdentifier
    /// The identity that it gets where it is new: a closer look than `base` where several items have one id.
    var uid: ArticleIdentifier
    var precision = ArticleKey.Precision.id
    let hash: Hash128
    var isShared = false
    /// The article that its identity means in the store.
    var found: KnownArticle?
    /// Another item of the document is the article that its id means, so it is one of its own.
    var isSplit = false

    /// Whether `found` was stored under this item's own identity, not an alias.
    var isFoundAsItself: Bool { found.map { $0.uid == base || $0.uid == uid } ?? false }
}

/// The items of one document, told apart (identity.md §1, §4): without empty ones and those that say what another says.
struct DocumentItems {
    var items: [DocumentItem]

    init(_ articles: [Article], keys: inout ArticleKey, hashes: inout ContentHash) {
        items = []
        items.reserveCapacity(articles.count)
        var first: [ArticleIdentifier: Int] = [:]
        first.reserveCapacity(articles.count)
        var groups: [ArticleIdentifier: [Int]] = [:]
        var payloads = Set<Payload>()
        // An item with nothing in it has no identity.
        for (index, article) in articles.enumerated() where article.isIdentifiable {
            let link = article.url.flatMap { CanonicalURL.key($0) }
            let uid = keys.identifier(of: article)
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
        for group in groups.values { tellApart(group, articles, &keys) }
    }

    private struct Payload: Hashable {
        var base: ArticleIdentifier
        /// Chosen by the publisher, so that both halves count.
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

    /// Each item of a group gets the identity of the first look that tells it from all others, whatever their order.
    private mutating func tellApart(_ group: [Int], _ articles: [Article], _ keys: inout ArticleKey) {
        var rest = group
        for place in group { items[place].isShared = true }
        for precision in [ArticleKey.Precision.link, .title, .published] {
            var seen: [ArticleIdentifier: Int] = [:]
            for place in rest {
                items[place].precision = precision
                items[place].uid = keys.identifier(of: articles[items[place].index], precision: precision)
                seen[items[place].uid, default: 0] += 1
            }
            rest.removeAll { seen[items[$0].uid] == 1 }
        }
    }
}
