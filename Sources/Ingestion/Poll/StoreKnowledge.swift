internal import ArticleStore
internal import Digest
internal import FeedModel
internal import Identity
internal import JSONText

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
        guard let json = try? JSONParser.parse(line).value else { return nil }
        return StoredArticle(record: json, seq: seq)
    }
}

extension StoredArticle {
    init(record: JSONValue, seq: UInt64) {
        let own = record["_newswire"] ?? .null
        let isFirst = own["version"]?.integer == 1
        self.init(
            article: Article(record: record), feed: FeedIdentifier(own["feed"]?.string ?? ""),
            isShort: own["kind"]?.string == RecordKind.duplicate.rawValue,
            first: own["first"]?.integer.flatMap(UInt64.init(exactly:)) ?? seq,
            firstSeen: (own["first_seen"] ?? (isFirst ? own["stored_at"] : nil))?.string
                .flatMap(Timestamp.init(rfc3339:)))
    }
}
