internal import ArticleStore
internal import Digest
internal import FeedModel
internal import Identity
internal import JSONText

/// Answers identity's questions from the store.
struct StoreKnowledge: ArticleKnowledge {
    let store: ArticleStore

    func known(_ key: Hash128) throws(StoreError) -> KnownArticle? { try store.known(key: key) }

    func stored(_ seq: UInt64) throws(StoreError) -> StoredArticle? {
        guard let line = try store.article(seq: seq), let json = try? JSONParser.parse(line).value else { return nil }
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
