/// Text from outside as it may be shown on a terminal: no control codes, no bidirectional overrides (security.md §8).
enum SafeText {
    /// On one line: line breaks and tabs become spaces, everything dangerous `\u{…}`.
    static func line(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\r" || $0 == "\t" ? " " : nil }
    }

    /// With its line breaks and tabs.
    static func lines(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\t" ? Character($0) : nil }
    }

    private static func escaped(_ text: String, keeping kept: (Unicode.Scalar) -> Character?) -> String {
        if !text.unicodeScalars.contains(where: isDangerous) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let character = kept(scalar) {
                result.append(character)
            } else if isDangerous(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x61c: true
        default: false
        }
    }
}
