private import Text

/// What Cache-Control says to a private cache (RFC 9111 §5.2.2), read as polling.md §3 has it.
struct CacheControl: Equatable {
    /// Seconds of the first max-age; 0 where it is no non-negative integer.
    var maxAge: Int?
    /// `no-store`, or `no-cache` without a list of fields.
    var forbidsReuse = false

    /// - Parameter values: the Cache-Control fields in the order in which they came.
    init(_ values: [String]) {
        for value in values {
            for directive in Self.directives(value) {
                let parts = directive.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                switch Self.trimmed(parts[0]).lowercased() {
                case "max-age" where maxAge == nil:
                    maxAge = parts.count > 1 ? Self.seconds(parts[1]) ?? 0 : 0
                case "no-store": forbidsReuse = true
                case "no-cache" where parts.count == 1: forbidsReuse = true
                default: break
                }
            }
        }
    }

    /// The parts between commas that stand outside quotes.
    private static func directives(_ value: String) -> [Substring] {
        var isQuoted = false
        return value.split(maxSplits: 100) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        text.trimming { $0 == " " || $0 == "\t" }
    }

    private static func seconds(_ text: Substring) -> Int? {
        var text = trimmed(text)
        if text.first == "\"", text.last == "\"", text.count >= 2 { text = text.dropFirst().dropLast() }
        return DeltaSeconds.parse(text)
    }
}

/// Non-negative whole seconds (RFC 9111 §1.2.2).
enum DeltaSeconds {
    /// RFC 9111 lets a number too large to count in be 2^31.
    static let greatest = 1 << 31

    static func parse(_ text: Substring) -> Int? {
        guard !text.isEmpty else { return nil }
        var value = 0
        for byte in text.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), greatest)
        }
        return value
    }
}
