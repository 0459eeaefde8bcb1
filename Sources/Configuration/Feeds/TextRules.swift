private import FeedModel

/// What may stand in text that people write or are shown.
enum TextRules {
    /// Control characters and those that turn the direction of text.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // Marks that only say in which direction text goes on are part of titles in Arabic and Hebrew.
        case "\u{200e}", "\u{200f}", "\u{61c}": false
        case "\u{feff}": true
        default: SafeText.isUnsafe(scalar)
        }
    }

    /// Why a text cannot stand before people, or nil where it can: it has at most `limit` bytes, and nothing invisible.
    static func refusal(label text: String, limit: Int) -> String? {
        if text.utf8.count > limit { return "is longer than \(limit) bytes" }
        return text.unicodeScalars.contains(where: isInvisible) ? "holds a control character" : nil
    }

    /// Why a character in the text cannot stand in a URL or path, or nil where all can.
    static func refusal(address text: String, allowingSpace: Bool = false) -> String? {
        if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) { return nil }
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7f { return "holds a control character" }
            if byte == 0x20, !allowingSpace { return "holds a space; write %20" }
        }
        return text.unicodeScalars.contains(where: isInvisible) ? "holds an invisible character" : nil
    }
}
