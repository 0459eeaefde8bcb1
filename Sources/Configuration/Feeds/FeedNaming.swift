private import Digest
package import FeedModel

/// The id of a feed that nobody named: made from its URL alone, so that it is the same in every run.
package enum FeedNaming {
    /// Longest name, in bytes, before a suffix.
    private static let limit = 80

    /// `https://www.example.org/news/feed.xml?cat=5` becomes `example.org-news-feed-cat-5`: letters and digits in
    /// lower case, `.`, `_` and `-`. Nothing of userinfo or of secrets in the query is in it. Of a local file only
    /// its name counts. Two URLs may have one name; `suffix` then tells them apart.
    ///
    /// - Parameter secrets: `.first` for the name that newswire 0.1.0 gave.
    package static func name(for url: String, _ secrets: URLRedaction.Names = .all) -> String {
        var shown = URLRedaction.redacted(url, secrets)
        let name = shown.withUTF8 { WordCollector.words(of: $0) }
        // What is taken for a secret by the end of its name may as well be all that tells two feeds apart, such as
        // `code=`: the name then tells them apart whichever of them is met first.
        let isGuess = secrets == .all && shown != URLRedaction.redacted(url, .first)
        guard name.utf8.count > limit || isGuess else { return name.isEmpty ? "feed" : name }
        var cut = name.prefix(limit)
        while cut.utf8.count > limit { cut.removeLast() }
        let suffix = suffix(for: isGuess ? url : shown, isExact: isGuess, secrets)
        return cut.isEmpty ? "feed-\(suffix)" : "\(cut)-\(suffix)"
    }

    /// Six letters and digits by which URLs of one name differ.
    ///
    /// - Parameter isExact: also of secrets in the URL, for URLs that differ in nothing else.
    package static func suffix(
        for url: String, isExact: Bool = false, _ secrets: URLRedaction.Names = .all
    ) -> String {
        var digest = MessageDigest(.sha256)
        digest.update(isExact ? url : URLRedaction.redacted(url, secrets))
        return String(Base32.string(Array(digest.finish().prefix(4))).prefix(6))
    }
}

/// What may be a feed's id when a person gives it.
package enum FeedName {
    /// 1 to 128 bytes: letters and digits of any script, and `. _ - @ + ~ :`; no hyphen at the start, where it
    /// would be an option on the command line. Returns why the text is no id, or nil where it is one.
    package static func refusal(_ text: String) -> String? {
        guard !text.isEmpty else { return "is empty" }
        guard text.utf8.count <= 128 else { return "is longer than 128 bytes" }
        guard text.utf8.first != UInt8(ascii: "-") else { return "begins with a hyphen, as options do" }
        let isName = text.unicodeScalars.allSatisfy { scalar in
            isWordCharacter(scalar) || "._-@+~:".unicodeScalars.contains(scalar)
        }
        return isName ? nil : "may hold letters, digits and . _ - @ + ~ : only"
    }

    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": return true
            default: return false
            }
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }
}
