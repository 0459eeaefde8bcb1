private import Text

/// What sites write on every page, by language: a table, and what asks it (docs/spec/fulltext.md §3.13).
enum PagePhrases {
    enum Kind {
        case advertisement, readMore, subscribe, rights, credit, about, note, end
    }

    struct Phrase {
        var kind: Kind
        var words: Int
    }

    /// The phrase that a text begins with; the longest where there are several.
    static func phrase(beginning text: String) -> Phrase? {
        let read = HashedWords(text, atMost: longest)
        guard let first = read.words.first, let entries = table[first] else { return nil }
        for entry in entries where read.words.starts(with: entry.words) {
            if entry.needsColon, !read.hasColon[entry.words.count - 1] { continue }
            return Phrase(kind: entry.kind, words: entry.words.count)
        }
        return nil
    }

    private static let longest = 10

    private struct Entry {
        var words: [UInt64]
        var kind: Kind
        /// The phrase is one only before a colon.
        var needsColon: Bool
    }

    /// The phrases by the hash of their first word, longest first.
    private static let table: [UInt64: [Entry]] = {
        var table: [UInt64: [Entry]] = [:]
        for (kind, phrases) in PagePhraseTable.phrases {
            for phrase in phrases.split(separator: "|") {
                let words = HashedWords(String(phrase), atMost: longest).words
                guard let first = words.first else { continue }
                table[first, default: []].append(
                    Entry(words: words, kind: kind, needsColon: phrase.hasSuffix(":")))
            }
        }
        return table.mapValues { $0.sorted { $0.words.count > $1.words.count } }
    }()

    /// Whether it is a time and little else: "Published: 3 May 2019 at 10:15 am".
    static func isDateLine(_ text: String) -> Bool {
        // Most lines have no number.
        if text.utf8.allSatisfy({ $0 < 0x30 || $0 > 0x39 && $0 < 0x80 }) { return false }
        var (dates, others, digits, years) = (0, 0, 0, 0)
        for word in text.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }) {
            if word.allSatisfy(\.isNumber) {
                digits += 1
                if word.utf8.count == 4, word.hasPrefix("19") || word.hasPrefix("20") { years += 1 }
            } else if dateWords[WordHash.of(word.utf8)] != nil
                || word.first?.isNumber == true && word.utf8.count <= 6
            {
                dates += 1
            } else {
                others += 1
            }
        }
        guard digits > 0, dates > 0 || years > 0 && digits >= 3 else { return false }
        return digits + dates >= 2 && others == 0 || digits >= 2 && dates >= 2 && others <= 1 && digits + dates <= 9
    }

    /// Whether it begins as a byline does, and has no more than names behind that.
    static func isByline(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        guard words.count >= 2, words.count <= 14, let first = words.first else { return false }
        let opening = first.lowercased().trimming { !$0.isLetter }
        guard bylineWords[WordHash.of(opening.utf8)] != nil else { return false }
        let capitals = words.dropFirst().filter { $0.first?.isUppercase == true || $0.first?.isNumber == true }.count
        return 2 * capitals >= words.count - 1 && !(text.last == "." && words.count > 6)
    }

    private static let dateWords = WordTable<Bool>(PagePhraseTable.dateWords.map { (true, $0) })
    private static let bylineWords = WordTable<Bool>([(true, PagePhraseTable.bylineWords)])
}
