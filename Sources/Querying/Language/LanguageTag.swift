private import Text

/// `LanguageTag` is a language as BCP 47 writes it, in lower case: `zh-tw`.
package struct LanguageTag {
    package let text: String

    package init(_ text: String) {
        self.text = String(decoding: text.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
            .lowercased()
    }

    /// Whether it could be one: parts of one to eight letters and digits.
    var isPlausible: Bool {
        text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).allSatisfy { part in
            (1...8).contains(part.count) && part.allSatisfy(\.isASCIIAlphanumeric)
        }
    }

    /// All that it is within: each start of its parts that can be asked for, as far as anybody asks.
    package var surroundings: [String] {
        var found: [String] = []
        let bytes = Array(text.utf8.prefix(256))
        for end in 1...max(1, bytes.count)
        where end == bytes.count || end < bytes.count && bytes[end] == UInt8(ascii: "-") {
            let start = String(decoding: bytes[..<end], as: UTF8.self)
            // Nor is a longer one plausible.
            guard LanguageTag(start).isPlausible else { break }
            if isWithin(start) { found.append(start) }
        }
        return found
    }

    /// Whether it is this language, or one that is told apart more closely.
    func isWithin(_ other: String) -> Bool {
        text.hasPrefix(other) && (text.utf8.count == other.utf8.count || text.dropFirst(other.count).hasPrefix("-"))
    }
}
