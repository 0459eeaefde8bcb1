package import Digest
package import FeedModel

/// What is stored, as far as identity asks for it: questions about keys and records, answered by whoever keeps them.
package protocol ArticleKnowledge {
    associatedtype Failure: Error

    /// The article that has this key: the key of its `uid`, or one of those that its records carry.
    func known(_ key: Hash128) throws(Failure) -> KnownArticle?

    /// Whether it takes long to find a key, and less for many at a time.
    var readsAhead: Bool { get }

    /// Takes in which keys are going to be asked for; asked only where it `readsAhead`.
    func prepare(_ keys: [Hash128])

    /// What a record holds; nil where its segment was removed. Asked only about items that are not what they were.
    func stored(_ seq: UInt64) throws(Failure) -> StoredArticle?
}

/// A record as identity looks at it.
package struct StoredArticle: Sendable, Equatable {
    package var article: Article
    package var feed: FeedIdentifier
    /// Its content was left out, because another feed had it (identity.md §9).
    package var isShort: Bool
    /// The article's first record, and when that was stored.
    package var first: UInt64
    package var firstSeen: Timestamp?

    package init(
        article: Article, feed: FeedIdentifier, isShort: Bool = false, first: UInt64, firstSeen: Timestamp? = nil
    ) {
        self.article = article
        self.feed = feed
        self.isShort = isShort
        self.first = first
        self.firstSeen = firstSeen
    }
}

/// What holds for all items of a feed.
package struct IdentityRules: Sendable {
    package var feed: FeedIdentifier
    /// Hosts of the feed and of its site, in lower case (identity.md §7: `ref`).
    package var ownHosts: [String] = []
    /// Whether ids that differ only in scheme, `www.`, default port or a trailing slash are one (identity.md §3.2).
    package var joinsVariants = true
    /// Whether edits are wanted.
    package var keepsUpdates = true
    /// Whether what another feed had already becomes a short record (identity.md §9).
    package var findsDuplicates = true

    package init(feed: FeedIdentifier) {
        self.feed = feed
    }
}

/// What is known of a document beside its items.
package struct DocumentFacts: Sendable {
    /// Nothing may be concluded from what is missing in a document that is not whole.
    package var isWhole = true
    /// How many articles the document before this one had; nil where that is not known.
    package var previousCount: Int?
    /// The program that made it, or the URL that it came from, is another than the last time (identity.md §5).
    package var isArmed = false

    package init() {}
}
