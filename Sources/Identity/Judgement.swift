package import Digest
package import FeedModel

/// `Judgement` says what an item of a document is: new, known, edited or a repetition, and what its record carries.
package struct Judgement: Sendable, Equatable {
    /// The item stands here in the document; counts from 0.
    package var index: Int
    /// The item is this article.
    package var uid: ArticleIdentifier
    /// The hash of the item's content, which its record carries.
    package var contentHash: Hash128
    /// What the item is decides whether it is stored.
    package var verdict: Verdict
    /// The item's id means an article that was stored under another one; nil where it does not.
    package var alias: Alias?
    /// These things happened to the article's identity.
    package var events: [Event] = []
    /// So many documents in a row brought other content for all items that only their content tells apart, where the
    /// item is one of those and new (identity.md §4).
    package var rounds: UInt8 = 0
    /// A duplicate that says nothing beyond what is stored, so that its record does without content (identity.md §9).
    package var leavesOutContent = false
    /// A feed that is farther from the link's host had the new article before: that article's first record (identity.md §9).
    package var supersedes: UInt64?
    /// What is `volatile` is kept from then on; nil where that is not known.
    package var heldUntil: Timestamp?
    /// These parts of an article change time and again, in words for people.
    package var moves: [String] = []
    /// The record carries these keys beside its `uid`, so that the article is found by them.
    package var keys: [Hash128] = []

    /// `Verdict` says what an item is.
    package enum Verdict: Sendable, Equatable {
        case new
        /// New, under an id that the article of that record had before (identity.md §3.1).
        case reusing(UInt64)
        case update(Version)
        /// New to its feed, but stored from another one with the same link and title (identity.md §9): that article's
        /// first record.
        case duplicate(of: UInt64)
        case unchanged
        /// It has changed so often that it is not kept before some time has passed (identity.md §8).
        case volatile
        /// An edit, of which the feed's configuration wants none.
        case ignored
    }

    /// `Version` is a known article with other content (identity.md §8).
    package struct Version: Sendable, Equatable {
        /// The version counts from 1; the first edit is 2.
        package var number: UInt32
        /// The record of the version before has this number.
        package var previous: UInt64
        /// The article's first record has this number.
        package var first: UInt64
        /// The article's first record was stored then; nil where that is not known.
        package var firstSeen: Timestamp?
        /// The fields with these JSON names differ; none where the version before cannot be read.
        package var changed: [String]
        /// So many versions are spent with this one, of those that are kept close upon each other (`VersionBudget`).
        package var recentChanges: UInt8
        /// Rules have blocked all versions before it, so that nobody has been given the article (filters.md §2.5).
        package var isOfHidden = false
        /// It is the first version that rules let through, of an article that was given out from another feed meanwhile:
        /// that article's first record.
        package var repeats: UInt64?
    }

    /// `Alias` says that an item's id means an article that was stored under another id.
    package struct Alias: Sendable, Equatable {
        /// `Reason` is the rule of identity.md by which two ids are one article; records carry its word.
        package enum Reason: String, Sendable {
            /// §3.2
            case variant = "url_variant"
            /// §3.3
            case linkAndTitle = "link_and_title"
            /// §3.4
            case revision
            /// §3.4
            case titleAndDate = "title_and_date"
            /// §3.4
            case textAndDate = "text_and_date"
            /// §5
            case migration

            /// Whether an id that changes at every poll may be the reason.
            var mayBeChurn: Bool { self != .variant && self != .revision }
        }

        /// The id means this article.
        package var of: KnownArticle
        /// This rule says so.
        package var reason: Reason
        /// These keys lead to the article from now on: that of the identity which the item's own id gives, and others.
        package var keys: [Hash128]
    }

    /// `Event` is something about an article's identity that a person may want to know; records carry its word.
    package enum Event: String, Sendable, CaseIterable {
        case guidReused = "guid_reused"
        case idNotUnique = "id_not_unique"
        case idMigration = "id_migration"
        /// After this version a further one is kept only when some time has passed.
        case volatile
        /// Items that only their content tells apart have other content at every poll: of what they bring no more is kept
        /// than one document a day (identity.md §4).
        case volatileGroup = "volatile_group"
        /// The same item came under another id in each of the last documents: no more of it is kept than one a day
        /// (identity.md §5.5).
        case replayed
    }

    /// Tells whether the article gets a record of its own.
    package var isStored: Bool {
        switch verdict {
        case .new, .reusing, .update, .duplicate: true
        case .unchanged, .volatile, .ignored: false
        }
    }
}

/// `ArticleKnowledge` answers what is stored, as far as identity asks for it.
///
/// A judge asks it from one thread, and only while `read` and `judge` run.
package protocol ArticleKnowledge {
    associatedtype Failure: Error

    /// Returns the article that has this key: the key of its `uid`, or one of those that its records carry.
    func known(_ key: Hash128) throws(Failure) -> KnownArticle?

    /// Tells whether it takes long to find a key, and less for many at a time.
    var readsAhead: Bool { get }

    /// Takes in which keys are going to be asked for. It is called only where it `readsAhead`.
    func prepare(_ keys: [Hash128])

    /// Returns what a record holds; nil where its segment was removed. It is asked only about items that have changed.
    func stored(_ seq: UInt64) throws(Failure) -> StoredArticle?
}

/// `StoredArticle` is a record as identity looks at it.
package struct StoredArticle: Sendable, Equatable {
    /// The record holds this much of the article.
    package var article: Article
    /// The article belongs to this feed.
    package var feed: FeedIdentifier
    /// The feed has its document from here.
    package var site: FeedSite
    /// The content was left out, because another feed had it (identity.md §9).
    package var isShort: Bool
    /// The article's first record has this number.
    package var first: UInt64
    /// The article's first record was stored then; nil where that is not known.
    package var firstSeen: Timestamp?
    /// The record was stored then; nil where that is not known.
    package var storedAt: Timestamp?

    package init(
        article: Article, feed: FeedIdentifier, site: FeedSite = FeedSite(), isShort: Bool = false, first: UInt64,
        firstSeen: Timestamp? = nil, storedAt: Timestamp? = nil
    ) {
        self.article = article
        self.feed = feed
        self.site = site
        self.isShort = isShort
        self.first = first
        self.firstSeen = firstSeen
        self.storedAt = storedAt
    }
}

/// `IdentityRules` is what holds for all items of one feed, by its configuration.
package struct IdentityRules: Sendable {
    /// The items are this feed's, by the first id that it had.
    package var feed: FeedIdentifier
    /// The other ids that it has had, under which articles of it may be known as well (contract.md §2).
    package var otherIDs: [FeedIdentifier] = []
    /// The feed has its document from here; what it says of itself does not count (identity.md §9).
    package var site = FeedSite()
    /// These are the hosts of the feed and of its site, in lower case (identity.md §7: `ref`).
    package var ownHosts: [String] = []
    /// Ids that differ only in scheme, `www.`, default port or a slash at the end are one (identity.md §3.2).
    package var joinsVariants = true
    /// Edits are stored as versions.
    package var keepsUpdates = true
    /// An article that another feed had already becomes a duplicate (identity.md §9).
    package var findsDuplicates = true
    /// A duplicate keeps its content where it says more or otherwise than what is stored (identity.md §9).
    package var keepsDifferences = true
    /// Edits of articles that have spent their versions are not looked at before this time; nil for at once.
    package var editsHeldUntil: Timestamp?
    /// This is known of the feed's ids and links from its documents before (identity.md §5).
    package var churn: FeedState.Churn?

    package init(feed: FeedIdentifier) {
        self.feed = feed
    }
}

/// `DocumentFacts` is what is known of a document beside its items.
package struct DocumentFacts: Sendable {
    /// The document did not end early. Nothing may be concluded from what is missing in one that did.
    package var isWhole = true
    /// These articles stand in the document as they are stored, and are not among the items that are judged.
    package var others: [ArticleIdentifier] = []
    /// The document before this one had this many articles; nil where that is not known.
    package var previousCount: Int?
    /// The program that made the document, or the URL that it came from, is another than the last time
    /// (identity.md §5).
    package var isArmed = false
    /// When the document came; nil where that does not matter.
    package var time: Timestamp?
    /// Tells whether rules block an item, by its index in the document, as a new article or as a version of one that is
    /// known. It is asked only where nobody has been given what is stored, since nothing else depends on it (filters.md
    /// §2.3–2.5); one item has one answer.
    package var isBlocked: @Sendable (_ index: Int, _ isUpdate: Bool) -> Bool = { _, _ in false }

    package init() {}
}
