package import Digest

/// `ArticleIdentifier` is the identity of an article, the same in every version of it: 160 bits of SHA-256
/// (identity.md §2).
package struct ArticleIdentifier: Sendable, CustomStringConvertible {
    /// An identity has this many bytes.
    package static let byteCount = 20

    /// Indexes use the first 128 bits as their key.
    package let key: Hash128
    /// The other 32 bits.
    package let rest: UInt32

    package init(key: Hash128, rest: UInt32) {
        self.key = key
        self.rest = rest
    }

    /// Takes the first 20 of the bytes; there must be as many.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count >= Self.byteCount)
        (key, rest) = bytes.withUnsafeBytes { bytes in
            func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Value {
                Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
            return (Hash128(high: number(0, UInt64.self), low: number(8, UInt64.self)), number(16, UInt32.self))
        }
    }

    /// Takes the first 160 bits of SHA-256 of the bytes.
    package init(hashing bytes: [UInt8]) {
        (key, rest) = bytes.withUnsafeBytes { SHA256.first160(of: $0) }
    }

    /// The identity as 20 bytes, the most significant first.
    package var bytes: [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        return bytes(key.high) + bytes(key.low) + bytes(rest)
    }

    /// The identity in base32, 32 characters in lower case.
    package var description: String {
        String(unsafeUninitializedCapacity: 32) { text in
            copyText(to: text)
            return 32
        }
    }

    /// Appends the 32 bytes of `description`, without making a text.
    package func appendDescription(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { text in
            copyText(to: text)
            bytes.append(contentsOf: text)
        }
    }

    /// Writes the 32 bytes of `description` into a buffer, which must have room for them.
    package func copyText(to text: UnsafeMutableBufferPointer<UInt8>) {
        let digits = Base32.alphabet.utf8Start
        // 160 bits are 32 digits of 5: taken from the top, the rest shifted up.
        var (high, middle, low) = (key.high, key.low, UInt64(rest) << 32)
        for index in 0..<32 {
            text[index] = digits[Int(high >> 59)]
            high = high << 5 | middle >> 59
            middle = middle << 5 | low >> 59
            low <<= 5
        }
    }

    /// Reads what `description` gives; nil for any other text.
    package init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = Base32.bytes(text.utf8), bytes.count == Self.byteCount else {
            return nil
        }
        self.init(bytes)
    }
}

extension ArticleIdentifier: Hashable {
    @inlinable
    package static func == (left: ArticleIdentifier, right: ArticleIdentifier) -> Bool {
        left.key == right.key && left.rest == right.rest
    }

    @inlinable
    package func hash(into hasher: inout Hasher) { key.hash(into: &hasher) }
}

/// `KnownArticle` is what the store's index knows of an article.
package struct KnownArticle: Sendable, Equatable {
    /// The article has this identity.
    package var uid: ArticleIdentifier
    /// The newest record of the article has this number.
    package var seq: UInt64
    /// That record has this version; the first is 1.
    package var version: UInt32
    /// That version's content has this hash (identity.md §8).
    package var contentHash: Hash128
    /// That version has this date of change, as its publisher says.
    package var modified: Timestamp?
    /// So many versions are spent of those that are kept close upon each other (identity.md §8).
    package var recentChanges: UInt8
    /// Rules have blocked every version so far, so that nobody has been given the article (filters.md §2.4, §2.5).
    package var isHidden: Bool

    package init(
        uid: ArticleIdentifier, seq: UInt64, version: UInt32, contentHash: Hash128, modified: Timestamp?,
        recentChanges: UInt8, isHidden: Bool = false
    ) {
        self.uid = uid
        self.seq = seq
        self.version = version
        self.contentHash = contentHash
        self.modified = modified
        self.recentChanges = recentChanges
        self.isHidden = isHidden
    }
}

/// `RecordKind` is what a record of the store is (contract.md §3).
package enum RecordKind: String, Sendable, CaseIterable {
    case new, update, duplicate, alias
    /// The page of an article as it was fetched, which changes nothing of the article.
    case fulltext

    /// Tells whether such a record is a version of its article, and not something that is said of it.
    package var isVersion: Bool {
        switch self {
        case .new, .update, .duplicate: true
        case .alias, .fulltext: false
        }
    }
}

/// `FeedIdentifier` is the name that a feed keeps for life, through changes of its URL (contract.md §2).
package struct FeedIdentifier: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as the configuration has it.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    package static func < (left: FeedIdentifier, right: FeedIdentifier) -> Bool { left.text < right.text }
}
