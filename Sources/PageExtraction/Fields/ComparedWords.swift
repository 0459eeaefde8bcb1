/// `ComparedWords` compares titles and names as a reader would: by their words, without regard to case, accents,
/// punctuation and kinds of quotes.
enum ComparedWords {
    /// Longer texts are compared by their beginning.
    static let mostWords = 100

    /// The words of a text: runs of letters and digits in lower case, without accents. A script that is written without
    /// spaces gives one word for each run.
    static func words(_ text: String, atMost limit: Int = mostWords) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var words: [String] = []
            var word: [UInt8] = []
            func finish() {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
            }
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case 0x61...0x7a, 0x30...0x39: word.append(byte)
                case 0x41...0x5a: word.append(byte | 0x20)
                // An apostrophe parts no word.
                case 0x27: continue
                case ..<0x80: finish()
                default:
                    let (scalar, length) = WideScalar.read(bytes, at: index - 1)
                    index += length - 1
                    switch scalar.value {
                    // Nor do another apostrophe, a soft hyphen, and accents by themselves.
                    case 0x2019, 0xad, 0x300..<0x370: continue
                    default: break
                    }
                    if let letter = plainLetters[scalar] {
                        word.append(letter)
                    } else if WideScalar.isLetterOrNumber(scalar) {
                        WideScalar.forEachByteInLowercase(scalar) { word.append($0) }
                    } else {
                        finish()
                    }
                }
                if words.count == limit { return words }
            }
            finish()
            return words
        }
    }

    /// The words without anything between them: what a site's name and its host have in common.
    static func squeezed(_ text: some StringProtocol) -> String { words(String(text)).joined() }

    static func areEqual(_ left: String, _ right: String) -> Bool { left == right || words(left) == words(right) }

    /// Whether two headlines are of one article: they share most of the words of the shorter one, or one has the other in
    /// it.
    static func areAlike(_ left: String, _ right: String) -> Bool { areAlike(words(left), words(right)) }

    /// The same of words that have been taken already.
    static func areAlike(_ left: [String], _ right: [String]) -> Bool {
        guard !left.isEmpty, !right.isEmpty else { return false }
        if left == right { return true }
        let (shorter, longer) = left.count < right.count ? (left, right) : (right, left)
        let shared = shorter.count { longer.contains($0) }
        return 2 * shared > shorter.count
    }

    /// Letters of Latin with marks, by the letter without.
    private static let plainLetters: [Unicode.Scalar: UInt8] = {
        let rows: [(StaticString, String)] = [
            ("a", "àáâãäåāăą"), ("c", "çćĉċč"), ("d", "ďđ"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("i", "ìíîïĩīĭįı"),
            ("l", "ĺļľł"), ("n", "ñńņň"), ("o", "òóôõöøōŏő"), ("r", "ŕŗř"), ("s", "śŝşšș"), ("t", "ţťț"),
            ("u", "ùúûüũūŭůűų"), ("y", "ýÿ"), ("z", "źżž"),
        ]
        var letters: [Unicode.Scalar: UInt8] = [:]
        for (plain, marked) in rows {
            let letter = plain.utf8Start.pointee
            for scalar in marked.unicodeScalars { letters[scalar] = letter }
            for scalar in marked.uppercased().unicodeScalars where scalar.value >= 0x80 { letters[scalar] = letter }
        }
        return letters
    }()
}
