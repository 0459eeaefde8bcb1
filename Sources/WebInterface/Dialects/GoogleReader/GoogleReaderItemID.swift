internal import Text

/// `GoogleReaderItemID` writes and reads the ids of items (web.md §8.3).
enum GoogleReaderItemID {
    private static let prefix = "tag:google.com,2005:reader/item/"

    /// The long form, with 16 hexadecimal digits.
    static func long(_ id: UInt64) -> String {
        let digits = String(id, radix: 16)
        return prefix + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads the long form, or a number: exactly 16 characters are hexadecimal, else it is decimal. Nil for anything else.
    static func read(_ text: String) -> UInt64? {
        if text.hasPrefix(prefix) { return hexadecimal(text.dropFirst(prefix.count)) }
        if text.utf8.count == 16 { return hexadecimal(text[...]) }
        guard !text.isEmpty, text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        return UInt64(text)
    }

    private static func hexadecimal(_ text: Substring) -> UInt64? {
        guard (1...16).contains(text.utf8.count), text.utf8.allSatisfy({ $0.hexadecimalValue != nil }) else {
            return nil
        }
        return UInt64(text, radix: 16)
    }
}
