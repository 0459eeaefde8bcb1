package import Digest
package import FeedModel

/// A record that has no number yet.
package struct PendingRecord: Sendable {
    /// The line up to and inside `_newswire`, without a comma at its end: `{"id":"…",…,"_newswire":{"feed_url":"…"`.
    /// Valid JSON so far, without a raw line feed.
    package var prefix: [UInt8]
    /// For an alias: the article that the keys now mean.
    package var uid: ArticleIdentifier
    /// What the record is.
    package var kind: RecordKind
    /// The version of the article, from 1.
    package var version: UInt32
    /// Whether the article was in its feed already when that was first polled.
    package var isInitial: Bool
    /// The hash of the content (identity.md §8).
    package var contentHash: Hash128
    /// The publisher's date of change, where there is one.
    package var modified: Timestamp?
    /// How many edits in a row did not move that date.
    package var silentChanges: UInt8
    /// Further keys under which the index finds the article; at most `maximumKeys` of them count.
    package var keys: [Hash128]

    /// How many further keys of a record count.
    package static let maximumKeys = 16

    /// A record as a poll has made it; whether a line can hold it is looked at when it is committed.
    package init(
        prefix: [UInt8], uid: ArticleIdentifier, kind: RecordKind, version: UInt32, isInitial: Bool,
        contentHash: Hash128, modified: Timestamp? = nil, silentChanges: UInt8 = 0, keys: [Hash128] = []
    ) {
        self.prefix = prefix
        self.uid = uid
        self.kind = kind
        self.version = version
        self.isInitial = isInitial
        self.contentHash = contentHash
        self.modified = modified
        self.silentChanges = silentChanges
        self.keys = keys
    }
}
