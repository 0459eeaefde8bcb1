private import Text

/// A set of words that is asked without making a `String` of what is looked up.
struct WordTable<Value: Sendable>: Sendable {
    /// The hashes are their own places, for they are of words that the program has: nobody can fill the table up.
    private var slots: [(hash: UInt64, value: Value?)]

    init(_ groups: [(Value, String)]) {
        let words = groups.flatMap { value, words in words.split(separator: " ").map { (WordHash.of($0.utf8), value) } }
        var size = 16
        while size < 4 * words.count { size *= 2 }
        slots = Array(repeating: (0, nil), count: size)
        for (hash, value) in words { slots[slot(of: hash)] = (hash, value) }
    }

    subscript(hash: UInt64) -> Value? { slots[slot(of: hash)].value }

    /// Where the hash stands, or is to be put.
    private func slot(of hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
        while slots[slot].value != nil, slots[slot].hash != hash { slot = (slot + 1) & mask }
        return slot
    }
}

/// FNV-1a with 64 bits, of words in lower case. That two words of a page and of the tables have the same does not happen by
/// chance, and would do no harm but to the page that made it happen.
struct WordHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = WordHash()
        for byte in bytes { hash.add(byte.asciiLowercased) }
        return hash.value
    }
}

/// The words of a text as hashes: in lower case, cut at what is no letter or digit, apostrophes left out. Texts are compared by
/// them, and phrases looked up.
struct HashedWords {
    private(set) var words: [UInt64] = []
    /// For each word whether a colon stands behind it.
    private(set) var hasColon: [Bool] = []

    /// - Parameter limit: no more words are read than that.
    init(_ text: String, atMost limit: Int = .max) {
        var text = text
        (words, hasColon) = text.withUTF8 { Self.read($0, atMost: limit) }
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, atMost limit: Int
    ) -> (words: [UInt64], hasColon: [Bool]) {
        var words: [UInt64] = []
        var hasColon: [Bool] = []
        var hash = WordHash()
        var isInWord = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let isLetter: Bool
            if byte < 0x80 {
                index += 1
                if byte == UInt8(ascii: "'") { continue }
                isLetter = byte.isASCIIAlphanumeric
                if isLetter, words.count < limit { hash.add(byte.asciiLowercased) }
            } else {
                let (scalar, length) = WideScalar.read(bytes, at: index)
                index += length
                if scalar == "\u{2019}" { continue }
                isLetter = WideScalar.isLetterOrNumber(scalar)
                if isLetter, words.count < limit { WideScalar.forEachByteInLowercase(scalar) { hash.add($0) } }
            }
            if isLetter {
                if words.count == limit { return (words, hasColon) }
                isInWord = true
            } else {
                if isInWord {
                    words.append(hash.value)
                    hasColon.append(false)
                    (hash, isInWord) = (WordHash(), false)
                }
                if byte == UInt8(ascii: ":"), !words.isEmpty { hasColon[words.count - 1] = true }
            }
        }
        if isInWord {
            words.append(hash.value)
            hasColon.append(false)
        }
        return (words, hasColon)
    }
}
