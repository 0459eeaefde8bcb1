package import Digest
package import FeedModel

/// A record that has no number yet.
package struct PendingRecord: Sendable {
    /// The line up to and inside `_newswire`, without a comma at its end: `{"id":"…",…,"_newswire":{"feed_url":"…"`.
    /// Valid JSON so far, without a raw line feed.
    package var prefix: [UInt8]
    /// For an alias: the article that the keys now mean.
    package var uid: ArticleIdentifier
    package var kind: RecordKind
    package var version: UInt32
    package var isInitial: Bool
    package var contentHash: Hash128
    package var modified: Timestamp?
    package var silentChanges: UInt8
    /// Further keys under which the index finds the article; at most `maximumKeys` of them count.
    package var keys: [Hash128]

    package static let maximumKeys = 16

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
