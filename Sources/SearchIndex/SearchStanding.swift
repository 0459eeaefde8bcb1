package import FeedModel

/// `SearchStanding` is how far the index is.
package struct SearchStanding: Sendable, Equatable {
    /// The number of the last record that is in the index; 0 where none is.
    package var lastSeq: UInt64 = 0
    /// Records before this number are not in the index yet; 0 where all that are there are.
    package var searchedFrom: UInt64 = 0
    /// When the record `searchedFrom` was stored; nil where all are there, or where none is.
    package var searchedSince: Timestamp?
    /// All records that were in the store when it was looked at last are in the index.
    package var isComplete = false
    /// The number of the first record that the store had when it was looked at last; 0 where it had none.
    package var firstSeq: UInt64 = 0
    /// Another number says that what was in the index may be gone, other, or of feeds of other ids: what was counted of it has
    /// to be counted again. What is only added leaves it.
    package var generation: UInt64 = 0
    /// The bytes of its files.
    package var bytes: UInt64 = 0
    /// Why the index is not written at present, in one line; nil while it is.
    package var trouble: String?

    package init() {}
}
