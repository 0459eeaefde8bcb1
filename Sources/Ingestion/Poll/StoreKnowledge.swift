internal import ArticleStore
internal import Digest
internal import FeedModel
internal import Identity

/// Answers identity's questions about one document from the store.
///
/// A publisher chooses what is read: many items with the link of one long article have it read for each of them. Beyond
/// a limit records count as if they could not be read any more.
final class StoreKnowledge: ArticleKnowledge {
    private let store: ArticleStore
    private var bytesLeft: Int

    /// - Parameter limit: bytes of records that are read.
    init(store: ArticleStore, limit: Int = 128 << 20) {
        self.store = store
        bytesLeft = limit
    }

    func known(_ key: Hash128) throws(StoreError) -> KnownArticle? { try store.known(key: key) }

    var readsAhead: Bool { store.readsAhead }

    func prepare(_ keys: [Hash128]) { store.prepare(keys) }

    func stored(_ seq: UInt64) throws(StoreError) -> StoredArticle? {
        guard bytesLeft > 0, let line = try store.article(seq: seq) else { return nil }
        bytesLeft -= line.count
        return StoredRecord(line: line).map { StoredArticle($0, seq: seq) }
    }
}

extension StoredArticle {
    init(_ record: StoredRecord, seq: UInt64) {
        self.init(
            article: record.article, feed: record.feed ?? FeedIdentifier(""), isShort: record.isShort,
            first: record.first ?? seq, firstSeen: record.firstSeen ?? (record.version == 1 ? record.storedAt : nil))
    }
}
