private import Text

/// A set of words that is asked without making a `String` of what is looked up.
struct WordTable<Value: Sendable>: Sendable {
    private var values: [UInt64: Value] = [:]

    init(_ groups: [(Value, String)]) {
        for (value, words) in groups {
            for word in words.split(separator: " ") { values[WordHash.of(word.utf8)] = value }
        }
    }

    subscript(hash: UInt64) -> Value? { values[hash] }
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
