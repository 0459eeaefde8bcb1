private import Text

/// Looks for the phrases of `NoticePhraseTable` in short texts.
enum NoticePhrases {
    struct Phrase {
        var kind: PageNotice
        /// It says by itself what the page is, and not only as all of a title.
        var isSentence: Bool
        var words: Int
    }

    /// The phrases in the first words of a text, in their order, and how many words were looked at.
    static func phrases(in text: String, words limit: Int) -> (found: [Phrase], words: Int) {
        let read = HashedWords(text, atMost: limit).words
        var found: [Phrase] = []
        for (place, word) in read.enumerated() {
            guard let entries = table[word] else { continue }
            if let entry = entries.first(where: { read[place...].starts(with: $0.words) }) {
                found.append(entry.phrase)
            }
        }
        // Scripts without spaces have no words to go by.
        if text.utf8.contains(where: { $0 >= 0xe3 }) {
            let bytes = Array(text.utf8.prefix(4096))
            for entry in unspaced where contains(bytes, entry.bytes) { found.append(entry.phrase) }
        }
        return (found, read.count)
    }

    private static func contains(_ text: [UInt8], _ phrase: [UInt8]) -> Bool {
        guard let first = phrase.first, text.count >= phrase.count else { return false }
        return (0...text.count - phrase.count).contains { text[$0] == first && text[$0...].starts(with: phrase) }
    }

    private struct Entry {
        var words: [UInt64]
        var phrase: Phrase
    }

    /// By the hash of the first word, longest first.
    private static let table: [UInt64: [Entry]] = {
        var table: [UInt64: [Entry]] = [:]
        for (kind, isSentence, phrases) in NoticePhraseTable.phrases {
            for phrase in phrases.split(separator: "|") {
                let words = HashedWords(String(phrase)).words
                guard let first = words.first else { continue }
                let phrase = Phrase(kind: kind, isSentence: isSentence, words: words.count)
                table[first, default: []].append(Entry(words: words, phrase: phrase))
            }
        }
        return table.mapValues { $0.sorted { $0.words.count > $1.words.count } }
    }()

    private static let unspaced: [(bytes: [UInt8], phrase: Phrase)] = NoticePhraseTable.unspaced.flatMap {
        kind, isSentence, phrases in
        phrases.split(separator: "|").map {
            (Array($0.utf8), Phrase(kind: kind, isSentence: isSentence, words: 1))
        }
    }
}
