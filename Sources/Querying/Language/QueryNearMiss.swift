/// `QueryNearMiss` knows words that are operators elsewhere, and are looked for here (filters.md §1.2).
enum QueryNearMiss {
    private static let dashes: Set<Unicode.Scalar> = [
        "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2212}", "\u{ff0d}",
    ]

    /// Says what a word that stands without a field was perhaps meant to be; nil where it is only a word.
    ///
    /// - Parameter rest: of the query, behind the word.
    static func message(of word: String, before rest: ArraySlice<UInt8>) -> String? {
        switch word {
        case "or", "not":
            return "\(word) is a word to look for here; the operator is \(word.uppercased()), and \"\(word)\" the word"
        case "and": return "and is a word to look for here; a blank is enough, and \"and\" the word"
        default: break
        }
        let name = quoted(word)
        guard let first = word.unicodeScalars.first else { return nil }
        if first == "!" || dashes.contains(first) {
            return
                "\(name) is looked for, and not left out: what is not wanted has a - before it, the hyphen of the keyboard"
        }
        if first == "'" || first == "\u{2018}", closes(first, word, rest) {
            return "\(name) begins with a single quotation mark, which joins no words: use \"several words\""
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, QueryField(rawValue: String(parts[0])) != nil {
            return "\(name) is looked for as words; a field has a colon, \(parts[0]):"
        }
        if word.contains("|") || hasListComma(word) {
            return "\(name) means its parts side by side: a blank between them asks for all, OR for one of them"
        }
        return nil
    }

    /// Whether a quotation that a word begins ends behind this word.
    private static func closes(_ quote: Unicode.Scalar, _ word: String, _ rest: ArraySlice<UInt8>) -> Bool {
        let end = Array((quote == "'" ? "'" : "\u{2019}").utf8)
        if word.utf8.count > end.count, word.utf8.suffix(end.count).elementsEqual(end) { return false }
        return rest.split { $0 <= 0x20 || $0 == UInt8(ascii: ")") }.contains { $0.suffix(end.count).elementsEqual(end) }
    }

    /// Whether a comma parts words, and not digits as in 10,000.
    private static func hasListComma(_ word: String) -> Bool {
        let parts = word.split(separator: ",", omittingEmptySubsequences: true)
        return zip(parts, parts.dropFirst()).contains { !($0.last?.isNumber == true && $1.first?.isNumber == true) }
    }
}
