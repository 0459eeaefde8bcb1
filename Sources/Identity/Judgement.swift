package import Digest
package import FeedModel

/// What an incoming item is.
package struct Judgement: Sendable, Equatable {
    /// Its place in the document.
    package var index: Int
    package var uid: ArticleIdentifier
    package var contentHash: Hash128
    package var verdict: Verdict
    package var events: [Event] = []

    package enum Verdict: Sendable, Equatable {
        case new
        /// A known article with other content, and the JSON names of the fields that differ.
        case update(version: UInt32, changed: [String], silentChanges: UInt8)
        case unchanged
        /// It changes all the time without saying so: no more versions are kept (identity.md §8).
        case volatile
    }

    /// Something about identities that a person may want to know.
    package enum Event: String, Sendable {
        case guidReused = "guid_reused"
        case idNotUnique = "id_not_unique"
    }
}
