private import Text

/// Languages as bits, in the order of `DateMonthNames`.
typealias DateLanguages = UInt64

/// What a word can mean in a date: in which languages it is a day of the week, and in which a month.
struct DateMeanings {
    fileprivate(set) var days: DateLanguages = 0
    /// The word is a day of the week, or says nothing.
    fileprivate(set) var isPassedOver = false
    /// Another word may belong to the name.
    fileprivate(set) var mayContinue = false
    /// It is a name, and not only how one begins.
    fileprivate(set) var isWhole = false
    private var months: InlineArray<12, DateLanguages> = .init(repeating: 0)

    /// Which languages have such a month.
    var languages: DateLanguages {
        var languages: DateLanguages = 0
        for month in months.indices { languages |= months[month] }
        return languages
    }

    /// The month from 1 to 12 that the word means in all of these languages that know it.
    func month(in languages: DateLanguages) -> Int? {
        var found: Int?
        for month in months.indices where months[month] & languages != 0 {
            if found != nil { return nil }
            found = month + 1
        }
        return found
    }

    /// A language in which the word is a name by itself knows no longer one that begins so: červen is June in Czech,
    /// although July, červenec, begins with it.
    fileprivate mutating func add(_ month: Int, _ languages: DateLanguages, whole: inout DateLanguages, isWhole: Bool) {
        months[month - 1] |= isWhole ? languages : languages & ~whole
        if isWhole { whole |= languages }
    }
}

/// The names of months and days in all languages together.
enum DateNames {
    /// A name has at least so many letters of a word that begins it.
    private static let fewestLetters = 3

    private struct Name {
        var word: DateWord
        /// From 1 to 12; 0 for a day of the week, and -1 for what begins a name of several words.
        var month: Int
        var languages: DateLanguages

        func precedes(_ other: Name) -> Bool {
            word.precedes(other.word) || !other.word.precedes(word) && month < other.month
        }
    }

    static let english: DateLanguages = 1

    /// The language of a tag as `sr-Latn` or `hr_HR`; none for one without names.
    static func languages(tag: String) -> DateLanguages {
        let subtag = tag.utf8.prefix { DateWord.isLetter(UInt32($0)) }
        var code = DateWord()
        for letter in subtag.prefix(4) { code.append(UInt32(letter)) }
        // Codes that are no longer used, and those of languages that share their names.
        let alias: StaticString? =
            switch code.ascii {
            // bs, sh, cnr; nb, nn; iw; in.
            case 0x6273, 0x7368, 0x636e72: "sr"
            case 0x6e62, 0x6e6e: "no"
            case 0x6977: "he"
            case 0x696e: "id"
            default: nil
            }
        if let alias { code = DateWord(alias) }
        let row = DateMonthNames.rows.firstIndex { DateWord($0.language).ascii == code.ascii }
        return row.map { 1 << UInt64($0) } ?? 0
    }

    /// What the name at a place means, of two or three words where there is such a one, and where it ends.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int
    ) -> (meanings: DateMeanings, end: Int) {
        var end = start
        var word = DateWord.read(bytes, at: &end)
        var meanings = meanings(of: word)
        var next = end
        while meanings.mayContinue, next < bytes.count, bytes[next] == 0x20 {
            next += 1
            word.append(bytes, at: &next)
            let longer = Self.meanings(of: word)
            guard longer.isWhole else { break }
            meanings = longer
            end = next
        }
        return (meanings, end)
    }

    /// Whether a word that is unknown may be a month in a language that is unknown: it is no `de` or `г.`.
    static func mayBeMonth(_ word: DateWord) -> Bool {
        word.count >= fewestLetters || word.letters[0] >> 48 >= 0x530
    }

    private static func meanings(of word: DateWord) -> DateMeanings {
        var meanings = DateMeanings()
        var whole: DateLanguages = 0
        // Names that begin with the word stand together, and itself in front.
        for name in table[table.partitionPoint { $0.word.precedes(word) }...] {
            guard name.word.begins(with: word) else { break }
            let isWhole = name.word.count == word.count
            if isWhole || word.count >= fewestLetters {
                add(name, isWhole: isWhole, to: &meanings, whole: &whole)
            }
            if !isWhole, word.count < fewestLetters { break }
        }
        return meanings
    }

    private static func add(
        _ name: Name, isWhole: Bool, to meanings: inout DateMeanings, whole: inout DateLanguages
    ) {
        if name.month < 0 {
            if isWhole { meanings.mayContinue = true }
            return
        }
        if isWhole { meanings.isWhole = true }
        if name.month == 0 {
            meanings.days |= name.languages
            meanings.isPassedOver = true
        } else {
            meanings.add(name.month, name.languages, whole: &whole, isWhole: isWhole)
        }
    }

    private static let table: [Name] = {
        var names: [Name] = []
        for (index, row) in DateMonthNames.rows.enumerated() {
            add(row.names, languages: 1 << UInt64(index), isMonths: true, to: &names)
        }
        for row in DateDayNames.rows {
            let index = DateMonthNames.rows.firstIndex { DateWord($0.language).ascii == DateWord(row.language).ascii }
            add(row.names, languages: index.map { 1 << UInt64($0) } ?? 0, isMonths: false, to: &names)
        }
        // What several languages share stands here once.
        return names.sorted { $0.precedes($1) }.reduce(into: []) { names, name in
            if let last = names.last, !last.precedes(name) {
                names[names.count - 1].languages |= name.languages
            } else {
                names.append(name)
            }
        }
    }()

    private static func add(_ text: StaticString, languages: DateLanguages, isMonths: Bool, to names: inout [Name]) {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var month = isMonths ? 1 : 0
        var word = DateWord()
        var index = 0
        while index <= bytes.count {
            let (scalar, length) = DateWord.scalar(bytes, at: index) ?? (0x20, 1)
            index += length
            if DateWord.isLetter(scalar) || DateWord.isMark(scalar) {
                word.append(scalar)
                continue
            }
            if scalar == UInt32(ascii: "_") {
                names.append(Name(word: word, month: -1, languages: 0))
                continue
            }
            if word.count > 0 { names.append(Name(word: word, month: month, languages: languages)) }
            word = DateWord()
            if scalar == UInt32(ascii: ",") { month += 1 }
        }
    }
}

extension UInt32 {
    fileprivate init(ascii: Unicode.Scalar) { self = ascii.value }
}
