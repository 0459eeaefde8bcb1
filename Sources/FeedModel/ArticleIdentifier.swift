package import Digest

/// The identity of an article, the same in every version of it: 160 bits of SHA-256 (identity.md §2).
package struct ArticleIdentifier: Sendable, CustomStringConvertible {
    package static let byteCount = 20

    /// The first 128 bits, which indexes use as their key.
    package let key: Hash128
    /// The other 32.
    package let rest: UInt32

    package init(key: Hash128, rest: UInt32) {
        self.key = key
        self.rest = rest
    }

    /// - Parameter bytes: at least 20 of them, of which the first 20 count.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count >= Self.byteCount)
        (key, rest) = bytes.withUnsafeBytes { bytes in
            func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Value {
                Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
            return (Hash128(high: number(0, UInt64.self), low: number(8, UInt64.self)), number(16, UInt32.self))
        }
    }

    /// The first 160 bits of SHA-256.
    package init(hashing bytes: [UInt8]) {
        (key, rest) = bytes.withUnsafeBytes { SHA256.first160(of: $0) }
    }

    package var bytes: [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        return bytes(key.high) + bytes(key.low) + bytes(rest)
    }

    /// Base32 in lower case, 32 characters.
    package var description: String {
        String(unsafeUninitializedCapacity: 32) { text in
            copyText(to: text)
            return 32
        }
    }

    /// Appends what `description` is.
    package func appendDescription(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { text in
            copyText(to: text)
            bytes.append(contentsOf: text)
        }
    }

    /// What `description` is, as 32 bytes.
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

/// What the store knows of an article that it has.
package struct KnownArticle: Sendable, Equatable {
    package var uid: ArticleIdentifier
    /// The newest record of the article.
    package var seq: UInt64
    package var version: UInt32
    /// Identity's hash of that version's content.
    package var contentHash: Hash128
    /// The publisher's own date of change in that version.
    package var modified: Timestamp?
    /// How many versions in a row came without a change of `modified` (identity.md §8).
    package var silentChanges: UInt8

    package init(
        uid: ArticleIdentifier, seq: UInt64, version: UInt32, contentHash: Hash128, modified: Timestamp?,
        silentChanges: UInt8
    ) {
        self.uid = uid
        self.seq = seq
        self.version = version
        self.contentHash = contentHash
        self.modified = modified
        self.silentChanges = silentChanges
    }
}

/// What a record of the store is (contract.md §3).
package enum RecordKind: String, Sendable, CaseIterable {
    case new, update, duplicate, alias
}

/// The name that a feed keeps for life, through changes of its URL (contract.md §2).
package struct FeedIdentifier: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    package static func < (left: FeedIdentifier, right: FeedIdentifier) -> Bool { left.text < right.text }
}
