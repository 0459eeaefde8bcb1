/// `AgreementMarks` are what two texts about the same thing have in common: words by their first letters, which inflection
/// leaves as they are, and in scripts that put no spaces between words a few characters in a row.
enum AgreementMarks {
    /// So many marks of a feed's title and teaser are looked for, the first.
    private static let most = 60
    /// With fewer words that tell, shorter ones are asked, too.
    private static let (tellingLetters, fewestLetters) = (4, 2)
    /// Behind so many letters words are inflected, short ones and longer ones.
    private static let (shortStem, shortWord, stem) = (4, 6, 5)

    /// The first marks of a text that tell what it is about: words of four letters and more, and where there are none, of
    /// two. Empty where it has no letters.
    static func telling(in text: String) -> Set<String> {
        for letters in [tellingLetters, fewestLetters] {
            var marks: Set<String> = []
            each(in: text, letters: letters) { mark in
                marks.insert(mark)
                return marks.count < most
            }
            if !marks.isEmpty { return marks }
        }
        return []
    }

    /// Calls `body` for each mark of a text until it returns false.
    ///
    /// - Parameter letters: shorter words are left out.
    static func each(in text: String, letters: Int = fewestLetters, _ body: (String) -> Bool) {
        var word = String.UnicodeScalarView()
        var run: [Unicode.Scalar] = []
        var runLength = 0
        func endWord() -> Bool {
            let whole = String(word)
            word = String.UnicodeScalarView()
            let count = whole.count
            guard count >= letters else { return true }
            return body(String(whole.lowercased().prefix(count <= shortWord ? shortStem : stem)))
        }
        // A run that is shorter than what marks are made of is a mark itself.
        func endRun() -> Bool {
            let rest = run
            run = []
            return rest.isEmpty || rest.count >= runLength || body(String(String.UnicodeScalarView(rest)))
        }
        for scalar in text.unicodeScalars {
            if let length = unspacedLength(scalar) {
                guard word.isEmpty || endWord() else { return }
                if length != runLength, !endRun() { return }
                runLength = length
                run.append(scalar)
                if run.count > length { run.removeFirst() }
                if run.count == length, !run.allSatisfy(isHiragana), !body(String(String.UnicodeScalarView(run))) {
                    return
                }
                continue
            }
            // Where a word may be broken, and what joins letters, is no end of it.
            if scalar == "\u{ad}" || scalar == "\u{200c}" || scalar == "\u{200d}" { continue }
            if !run.isEmpty, !endRun() { return }
            let isMark = scalar.properties.generalCategory == .nonspacingMark
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || isMark && !word.isEmpty {
                word.append(scalar)
            } else if !word.isEmpty, !endWord() {
                return
            }
        }
        if word.isEmpty || endWord() { _ = endRun() }
    }

    /// How many characters in a row tell something in a script without spaces, and nil for the others: two of Chinese,
    /// Japanese and Korean, whose words change at their ends, four of those with few letters, such as Thai.
    private static func unspacedLength(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar.value {
        case ..<0x0e00: nil
        case 0x0e01...0x0e4e, 0x0e80...0x0ecd, 0x1000...0x1049, 0x1780...0x17d3: 4
        case 0x3041...0x30ff, 0x31f0...0x31ff, 0x3400...0x9fff, 0xac00...0xd7af, 0xf900...0xfaff, 0x2_0000...0x3_ffff: 2
        default: nil
        }
    }

    /// What Japanese writes between and behind its words, in every text.
    private static func isHiragana(_ scalar: Unicode.Scalar) -> Bool { (0x3041...0x309f).contains(scalar.value) }
}
