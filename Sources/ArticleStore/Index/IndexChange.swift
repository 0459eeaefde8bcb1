import Digest
import FeedModel

/// What a record means for one key of the index.
struct IndexChange: Sendable {
    let key: Hash128
    let content: IndexSlot.Content
    /// It may take an article's own place, because it says that this is another article.
    var isAlias = false
    /// Whether a slot counts as taken anew that is there already: it may be there without having been counted.
    var countsOld = false

    /// What stands under the key from then on; nil where what is there is newer, or has a right to its place.
    func applied(to old: IndexSlot.Content?) -> IndexSlot.Content? {
        switch (content, old) {
        case (.article(let known), .article(let there)) where there.uid == known.uid && there.seq > known.seq: nil
        case (.link(_, let seq), .article(let there)) where !isAlias || there.seq > seq: nil
        case (.link(_, let seq), .link(_, let older)) where older > seq: nil
        default: content
        }
    }
}

extension ArticleIndex.Entry {
    /// What a record in a segment says; nil for one of another kind than those that newswire writes.
    init?(_ envelope: RecordEnvelope) {
        guard let uid = envelope.uid, let hash = envelope.contentHash else { return nil }
        let members = envelope.indexMembers
        self.init(
            kind: envelope.kind,
            known: KnownArticle(
                uid: uid, seq: envelope.seq, version: envelope.version, contentHash: hash,
                modified: members.modified, silentChanges: members.silentChanges),
            keys: members.keys)
    }

    /// - Parameter replaying: the entry may be there already.
    func forEachChange(replaying: Bool = false, _ body: (IndexChange) -> Void) {
        let isAlias = kind == .alias
        if !isAlias {
            body(IndexChange(key: known.uid.key, content: .article(known), countsOld: replaying && kind != .update))
        }
        for key in keys where key != known.uid.key {
            body(
                IndexChange(
                    key: key, content: .link(to: known.uid, seq: known.seq), isAlias: isAlias, countsOld: replaying))
        }
    }
}
