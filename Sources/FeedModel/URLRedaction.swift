/// A URL as it may be shown and stored: without what lets others in (security.md §12).
package enum URLRedaction {
    private static let secretNames: Set<String> = [
        "key", "token", "auth", "sig", "signature", "password", "passwd", "pass", "pwd", "secret", "apikey", "api_key",
        "api-key", "access_token", "auth_token", "authtoken", "accesskey", "access_key", "session", "sessionid",
    ]

    /// Replaces userinfo and the values of query keys that hold secrets with `***`; all else stays as it is.
    package static func redacted(_ url: String) -> String {
        var text = Substring(url)
        var result = ""
        if let scheme = text.range(ofText: "//") {
            result += text[..<scheme.upperBound]
            text = text[scheme.upperBound...]
            let authorityEnd = text.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
            if let at = text[..<authorityEnd].lastIndex(of: "@") {
                result += "***"
                text = text[at...]
            }
        }
        guard let question = text.firstIndex(of: "?") else { return result + text }
        result += text[...question]
        var rest = text[text.index(after: question)...]
        var fragment: Substring = ""
        if let hash = rest.firstIndex(of: "#") {
            fragment = rest[hash...]
            rest = rest[..<hash]
        }
        let pairs = rest.split(separator: "&", omittingEmptySubsequences: false).map { pair -> Substring in
            guard let equals = pair.firstIndex(of: "="), isSecret(pair[..<equals]) else { return pair }
            return pair[...equals] + "***"
        }
        return result + pairs.joined(separator: "&") + fragment
    }

    private static func isSecret(_ name: Substring) -> Bool {
        let name = name.lowercased()
        return secretNames.contains(name) || name.hasSuffix("_token") || name.hasSuffix("_key")
            || name.hasSuffix("-key")
            || name.hasSuffix("-token") || name.hasSuffix("_secret")
    }
}

extension Substring {
    /// The first occurrence of a short text.
    fileprivate func range(ofText text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
