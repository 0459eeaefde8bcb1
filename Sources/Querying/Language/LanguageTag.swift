private import Text

/// A language as BCP 47 writes it, in lower case: `zh-tw`.
struct LanguageTag {
    let text: String

    init(_ text: String) {
        self.text = String(decoding: text.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
            .lowercased()
    }

    /// Whether it could be one: parts of one to eight letters and digits.
    var isPlausible: Bool {
        text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).allSatisfy { part in
            (1...8).contains(part.count) && part.allSatisfy(\.isASCIIAlphanumeric)
        }
    }

    /// Whether it is this language, or one that is told apart more closely.
    func isWithin(_ other: String) -> Bool {
        text.hasPrefix(other) && (text.utf8.count == other.utf8.count || text.dropFirst(other.count).hasPrefix("-"))
    }
}
