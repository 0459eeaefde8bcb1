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
}
