/// `SafeText` makes text from outside fit for a terminal: no control codes, nothing that turns the direction of text
/// (security.md §8). Formats with escapes of their own ask `isUnsafe` for those characters. JSON alone does not:
/// `JSONEscaping` looks for them in bytes, because all that is stored passes through it, and lets the marks U+200E,
/// U+200F and U+061C stand, which change the direction of nothing but their neighbours.
package enum SafeText {
    /// Returns the text on one line: line breaks and tabs become spaces, everything unsafe `\u{…}`. What comes from
    /// outside can write no lines in newswire's name then.
    package static func line(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\r" || $0 == "\t" ? " " : nil }
    }

    /// Returns the text on one line, of which tabs separate the columns. Columns that come from outside have gone
    /// through `line`.
    package static func columns(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\r" ? " " : $0 == "\t" ? "\t" : nil }
    }

    /// Returns the text with its line breaks and tabs: for what has no more than its own lines to be mistaken for.
    package static func lines(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\t" ? $0 : nil }
    }

    /// Tells whether a terminal or a reader may be led astray by the character: C0 and C1 controls and DEL, the line
    /// and paragraph separators, and the controls of bidirectional text.
    package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x61c: true
        default: false
        }
    }

    private static func escaped(_ text: String, keeping kept: (Unicode.Scalar) -> Unicode.Scalar?) -> String {
        if !text.unicodeScalars.contains(where: isUnsafe) { return text }
        // Scalar by scalar: what belongs to one character on the screen is of no concern to a terminal. Bytes, because a
        // string may be copied whole by what appends to one of its views.
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            let replacement = kept(scalar)
            if replacement == nil, isUnsafe(scalar) {
                result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
            } else {
                result.append(
                    contentsOf: Unicode.UTF8.encode(replacement ?? scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
