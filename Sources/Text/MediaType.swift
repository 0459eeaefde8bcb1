/// Content-Type taken apart (RFC 9110 §8.3), leniently.
package struct MediaType: Sendable, Equatable {
    /// `application/rss+xml`, in lower case; empty where the value has none.
    package var essence: String
    /// The charset parameter without quotes, in lower case.
    package var charset: String?

    package init(_ value: String) {
        // No server means so many; a hostile one may send thousands.
        var parts = value.split(separator: ";", maxSplits: 20)[...]
        func trimmed(_ text: Substring) -> Substring {
            text.trimming { $0.isWhitespace || $0 == "\"" || $0 == "'" }
        }
        essence = parts.popFirst().map { trimmed($0).lowercased() } ?? ""
        for part in parts {
            guard let equals = part.firstIndex(of: "="), trimmed(part[..<equals]).lowercased() == "charset" else {
                continue
            }
            let name = trimmed(part[part.index(after: equals)...]).lowercased()
            if !name.isEmpty {
                charset = name
                return
            }
        }
    }
}
