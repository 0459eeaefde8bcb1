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

/// The words of a text as hashes: in lower case, cut at what is no letter or digit, apostrophes left out. Texts are compared by
/// them, and phrases looked up.
struct HashedWords {
    private(set) var words: [UInt64] = []
    /// For each word whether a colon stands behind it.
    private(set) var hasColon: [Bool] = []

    /// - Parameter limit: no more words are read than that.
    init(_ text: String, atMost limit: Int = .max) {
        var hash = WordHash()
        var isInWord = false
        func end(_ words: inout [UInt64], _ colons: inout [Bool]) {
            if isInWord {
                words.append(hash.value)
                colons.append(false)
            }
            (hash, isInWord) = (WordHash(), false)
        }
        for scalar in text.unicodeScalars {
            let isLetter: Bool
            if scalar.value < 0x80 {
                let byte = UInt8(scalar.value)
                if byte == UInt8(ascii: "'") { continue }
                isLetter = byte.isASCIIAlphanumeric
                if isLetter, words.count < limit { hash.add(byte.asciiLowercased) }
            } else {
                // A no-break space, quotes and dashes are most of what is not ASCII in English.
                if scalar == "\u{2019}" { continue }
                let isSign = scalar.value >= 0x2000 && scalar.value < 0x2070 || scalar.value == 0xa0
                isLetter = !isSign && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                if isLetter, words.count < limit {
                    for byte in scalar.properties.lowercaseMapping.utf8 { hash.add(byte) }
                }
            }
            if isLetter {
                if words.count == limit { return }
                isInWord = true
            } else {
                end(&words, &hasColon)
                if scalar == ":", !words.isEmpty { hasColon[words.count - 1] = true }
            }
        }
        end(&words, &hasColon)
    }
}
