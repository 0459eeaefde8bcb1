package import Digest
package import FeedModel

/// What an incoming item is.
package struct Judgement: Sendable, Equatable {
    /// Its place in the document.
    package var index: Int
    package var uid: ArticleIdentifier
    package var contentHash: Hash128
    package var verdict: Verdict
    /// The item's id means an article that was stored under another one.
    package var alias: Alias?
    package var events: [Event] = []
    /// What the record carries beside its `uid`, so that the article is found.
    package var keys: [Hash128] = []

    package enum Verdict: Sendable, Equatable {
        case new
        /// New, under an id that the article of that record had before (identity.md §3.1).
        case reusing(UInt64)
        case update(Version)
        /// New to its feed, but stored from another one with the same link and title (identity.md §9): that article's
        /// first record.
        case duplicate(of: UInt64)
        case unchanged
        /// It changes all the time without saying so: no more versions are kept (identity.md §8).
        case volatile
        /// An edit, of which the feed's configuration wants none.
        case ignored
    }

    /// A known article with other content.
    package struct Version: Sendable, Equatable {
        package var number: UInt32
        /// The record of the version before, and the article's first one.
        package var previous: UInt64
        package var first: UInt64
        package var firstSeen: Timestamp?
        /// The JSON names of the fields that differ.
        package var changed: [String]
        package var silentChanges: UInt8
    }

    package struct Alias: Sendable, Equatable {
        package enum Reason: String, Sendable {
            /// §3.2
            case variant = "url_variant"
            /// §3.3
            case linkAndTitle = "link_and_title"
            /// §5
            case migration
        }

        package var of: KnownArticle
        package var reason: Reason
        /// What leads to the article from now on: the key of the identity that the item's own id gives, and others.
        package var keys: [Hash128]
    }

    /// Something about identities that a person may want to know.
    package enum Event: String, Sendable, CaseIterable {
        case guidReused = "guid_reused"
        case idNotUnique = "id_not_unique"
        case idMigration = "id_migration"
        /// This version is the last that is kept, until the publisher's own date of change moves.
        case volatile
    }

    /// Tells whether the article gets a record of its own.
    package var isStored: Bool {
        switch verdict {
        case .new, .reusing, .update, .duplicate: true
        case .unchanged, .volatile, .ignored: false
        }
    }
}

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
