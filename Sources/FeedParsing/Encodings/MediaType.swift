/// What is needed of a Content-Type header.
enum MediaType {
    /// The value of the `charset` parameter, unquoted; nil where there is none.
    static func charset(_ header: String) -> String? {
        guard header.utf8.count <= 4096 else { return nil }
        for parameter in header.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "charset" else { continue }
            let value = trimmed(pair[1])
            return value.isEmpty ? nil : value
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace || first == "\"" || first == "'" { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace || last == "\"" || last == "'" { text = text.dropLast() }
        return String(text)
    }
}
