/// `MediaType` is a Content-Type taken apart (RFC 9110 §8.3), leniently.
package struct MediaType: Sendable, Equatable {
    /// The essence is like `application/rss+xml`, in lower case; it is empty where the value has none.
    package var essence: String
    /// The charset parameter stands here without quotes, in lower case.
    package var charset: String?

    /// Reads the value of a header; no value is refused.
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
