import Digest
import FeedModel

/// One entry of the index: an article under its uid, or another key that leads to an article's uid.
///
/// 64 bytes in the file, little endian, so that no slot crosses a sector:
///
///      0  key (16)         16  the uid's last 4 bytes     20  version (4)      24  seq (8)
///     32  content hash; for a link the uid's first 16 bytes (16)     48  modified, or Int64.min (8)
///     56  silent changes   57  what it is (1)            58  the low 6 bytes of XXH3-64 of the 58 before
///
/// It is 1 an article, 2 a link, 3 an article that nobody was given. An earlier newswire takes a 3 for damage, and makes
/// the index again. An empty slot is all zero.
struct IndexSlot: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case article(KnownArticle)
        case link(to: ArticleIdentifier, seq: UInt64)
    }

    static let size = 64

    var key: Hash128
    var content: Content

    enum Read: Equatable {
        case empty
        case slot(IndexSlot)
        case damaged
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Read {
        func number<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
        func hash(_ offset: Int) -> Hash128 {
            Hash128(high: number(offset, as: UInt64.self), low: number(offset + 8, as: UInt64.self))
        }
        let mark = number(56, as: UInt64.self)
        if mark == 0 {
            let sum = stride(from: 0, to: 56, by: 8).reduce(0) { $0 | number($1, as: UInt64.self) }
            return sum == 0 ? .empty : .damaged
        }
        let checksum = XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[..<58])) & (1 << 48 - 1)
        guard checksum == mark >> 16 else { return .damaged }
        let key = hash(0)
        let rest = number(16, as: UInt32.self)
        let seq = number(24, as: UInt64.self)
        switch mark >> 8 & 0xff {
        case 1, 3:
            let modified = number(48, as: Int64.self)
            let known = KnownArticle(
                uid: ArticleIdentifier(key: key, rest: rest), seq: seq, version: number(20, as: UInt32.self),
                contentHash: hash(32),
                modified: modified == .min ? nil : Timestamp(milliseconds: modified),
                recentChanges: UInt8(truncatingIfNeeded: mark), isHidden: mark >> 8 & 0xff == 3)
            return .slot(IndexSlot(key: key, content: .article(known)))
        case 2:
            return .slot(
                IndexSlot(key: key, content: .link(to: ArticleIdentifier(key: hash(32), rest: rest), seq: seq)))
        default: return .damaged
        }
    }

    func write(to bytes: UnsafeMutableRawBufferPointer) {
        func put(_ value: some FixedWidthInteger, at offset: Int) {
            bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
        }
        func put(_ hash: Hash128, at offset: Int) {
            put(hash.high, at: offset)
            put(hash.low, at: offset + 8)
        }
        put(key, at: 0)
        let mark: UInt64
        switch content {
        case .article(let known):
            put(known.uid.rest, at: 16)
            put(known.version, at: 20)
            put(known.seq, at: 24)
            put(known.contentHash, at: 32)
            put(known.modified?.milliseconds ?? .min, at: 48)
            mark = (known.isHidden ? 3 : 1) << 8 | UInt64(known.recentChanges)
        case .link(let uid, let seq):
            put(uid.rest, at: 16)
            put(UInt32(0), at: 20)
            put(seq, at: 24)
            put(uid.key, at: 32)
            put(Int64.min, at: 48)
            mark = 2 << 8
        }
        put(mark, at: 56)
        let checksum = XXH3.hash64(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<58]))
        put(checksum << 16 | mark, at: 56)
    }
}

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
                modified: members.modified, recentChanges: members.recentChanges,
                isHidden: envelope.standing.isHidden),
            keys: members.keys)
    }

    /// Calls `body` with what the entry means for each of its keys.
    ///
    /// - Parameter replaying: the entry may be in the index already.
    func forEachChange<Failure: Error>(
        replaying: Bool = false, _ body: (IndexChange) throws(Failure) -> Void
    ) throws(Failure) {
        let isAlias = kind == .alias
        if kind.isVersion {
            try body(IndexChange(key: known.uid.key, content: .article(known), countsOld: replaying && kind != .update))
        }
        for key in keys where key != known.uid.key {
            try body(
                IndexChange(
                    key: key, content: .link(to: known.uid, seq: known.seq), isAlias: isAlias, countsOld: replaying))
        }
    }
}
