private import Text

/// A word in a date, without regard to case and accents, in integers that are compared at once.
struct DateWord {
    /// The first four letters, sixteen bits each, from the top.
    private(set) var letters: UInt64 = 0
    /// Up to eight letters of ASCII, the last one lowest; 0 for a longer word or one with other letters.
    private(set) var ascii: UInt64 = 0
    private(set) var count = 0
    private var isASCII = true

    init() {}

    /// For tables.
    init(_ text: StaticString) {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var index = 0
        while let (scalar, length) = Self.scalar(bytes, at: index) {
            append(scalar)
            index += length
        }
    }

    mutating func append(_ scalar: UInt32) {
        // Combining accents.
        if scalar >= 0x300, scalar < 0x370 { return }
        let letter = Self.folded(scalar)
        if count < 4 { letters |= UInt64(letter) << (48 - 16 * UInt64(count)) }
        count += 1
        if scalar >= 0x80 || count > 8 { isASCII = false }
        ascii = isASCII ? ascii << 8 | UInt64(letter) : 0
    }

    /// The scalar at a place and its length; U+FFFD for a byte that is no UTF-8; nil at the end.
    static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int)? {
        guard index < bytes.count else { return nil }
        let first = bytes[index]
        let length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
        guard length > 0, index + length <= bytes.count else { return (0xfffd, 1) }
        if length == 1 { return (UInt32(first), 1) }
        var value = UInt32(first) & (0x7f >> UInt32(length))
        for next in bytes[index + 1..<index + length] {
            guard next & 0xc0 == 0x80 else { return (0xfffd, 1) }
            value = value << 6 | UInt32(next & 0x3f)
        }
        return (value, length)
    }

    /// Whether it belongs in a word: any letter of any script, as far as dates have them.
    static func isLetter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x41...0x5a, 0x61...0x7a: true
        case 0..<0xc0, 0xd7, 0xf7, 0x2000..<0x2070, 0x3000..<0x3040, 0xff00..<0xff20, 0xfffd...: false
        default: true
        }
    }

    /// Lower case, without accents.
    private static func folded(_ scalar: UInt32) -> UInt16 {
        switch scalar {
        case 0x41...0x5a: return UInt16(scalar) + 0x20
        case 0..<0xc0: return UInt16(scalar)
        case 0xc0..<0x180: return latin(scalar)
        // Greek with tonos or dialytika, then capitals.
        case 0x386, 0x3ac: return 0x3b1
        case 0x388, 0x3ad: return 0x3b5
        case 0x389, 0x3ae: return 0x3b7
        case 0x38a, 0x390, 0x3aa, 0x3af, 0x3ca: return 0x3b9
        case 0x38c, 0x3cc: return 0x3bf
        case 0x38e, 0x3ab, 0x3b0, 0x3cb, 0x3cd: return 0x3c5
        case 0x38f, 0x3ce: return 0x3c9
        case 0x391...0x3a9: return UInt16(scalar) + 0x20
        // Cyrillic capitals.
        case 0x400...0x40f: return UInt16(scalar) + 0x50
        case 0x410...0x42f: return UInt16(scalar) + 0x20
        default: return UInt16(clamping: scalar)
        }
    }

    private static func latin(_ scalar: UInt32) -> UInt16 {
        let letter: UInt8 =
            switch scalar {
            case 0xc0...0xc5, 0xe0...0xe5, 0x100...0x105: UInt8(ascii: "a")
            case 0xc7, 0xe7, 0x106...0x10d: UInt8(ascii: "c")
            case 0x10e...0x111: UInt8(ascii: "d")
            case 0xc8...0xcb, 0xe8...0xeb, 0x112...0x11b: UInt8(ascii: "e")
            case 0x11c...0x123: UInt8(ascii: "g")
            case 0xcc...0xcf, 0xec...0xef, 0x128...0x131: UInt8(ascii: "i")
            case 0x139...0x142: UInt8(ascii: "l")
            case 0xd1, 0xf1, 0x143...0x148: UInt8(ascii: "n")
            case 0xd2...0xd6, 0xd8, 0xf2...0xf6, 0xf8, 0x14c...0x151: UInt8(ascii: "o")
            case 0x154...0x159: UInt8(ascii: "r")
            case 0x15a...0x161: UInt8(ascii: "s")
            case 0x162...0x167: UInt8(ascii: "t")
            case 0xd9...0xdc, 0xf9...0xfc, 0x168...0x173: UInt8(ascii: "u")
            case 0xdd, 0xfd, 0xff, 0x176...0x178: UInt8(ascii: "y")
            case 0x179...0x17e: UInt8(ascii: "z")
            default: 0
            }
        return letter > 0 ? UInt16(letter) : UInt16(scalar)
    }
}

/// Names of months, by their first three or four letters.
enum DateMonth {
    /// The month from 1 to 12 that the word begins like, in any of the languages below.
    static func number(_ word: DateWord) -> Int? {
        guard word.count >= 3 else { return nil }
        if word.count == 3, let english = EnglishMonth.number(packed: word.ascii) { return english }
        return find(word.letters) ?? find(word.letters & ~0xffff)
    }

    private static func find(_ key: UInt64) -> Int? {
        table.binarySearch(key) { $0.key }?.month
    }

    /// 0 marks a word that begins like a month and is none: the Tuesdays `martes`, `mardi`, `martedì`.
    private static let table: [(key: UInt64, month: Int)] = {
        // English, German, French, Spanish, Italian, Portuguese, Dutch, Nordic, Polish, Romanian, Turkish, Hungarian;
        // then Russian, Ukrainian, Bulgarian; then Greek.
        let names: [(Int, [StaticString])] = [
            (0, ["mart", "mard"]),
            (1, ["jan", "ene", "gen", "sty", "ian", "oca", "янв", "яну", "січ", "ιαν"]),
            (2, ["feb", "fev", "lut", "sub", "фев", "лют", "φεβ"]),
            (3, ["mar", "mrz", "maa", "mrt", "мар", "бер", "μαρ"]),
            (4, ["apr", "avr", "abr", "kwi", "nis", "апр", "кві", "απρ"]),
            (5, ["may", "mai", "mag", "maj", "mei", "мая", "май", "тра", "μαι"]),
            (6, ["jun", "juin", "giu", "cze", "iun", "haz", "июн", "чер", "юни", "ιουν", "ιον"]),
            (7, ["jul", "juil", "lug", "lip", "iul", "tem", "июл", "лип", "юли", "ιουλ", "ιολ"]),
            (8, ["aug", "ago", "aou", "sie", "agu", "авг", "серп", "αυγ"]),
            (9, ["sep", "set", "wrz", "szep", "eyl", "сен", "вер", "сеп", "σεπ"]),
            (10, ["oct", "okt", "ott", "out", "paz", "eki", "окт", "жов", "οκτ"]),
            (11, ["nov", "lis", "noi", "kas", "ноя", "лис", "ное", "νοε"]),
            (12, ["dec", "dez", "dic", "des", "gru", "ara", "дек", "гру", "δεκ"]),
        ]
        return names.flatMap { month, names in names.map { (key: DateWord($0).letters, month: month) } }
            .sorted { $0.key < $1.key }
    }()
}

/// Names of time zones as they stand in dates.
enum DateZone {
    /// No zone is further from Greenwich.
    static let maximumHours = 15

    /// Minutes east of Greenwich; nil for a name that is unknown.
    ///
    /// The letters of the military zones, Z aside, mean nothing: RFC 822 had their signs wrong (RFC 5322 §4.3). Where
    /// several zones share a name, it means the one that RFC 822 or, failing that, most feeds mean.
    static func minutes(_ word: DateWord) -> Int? {
        switch word.ascii {
        // GMT, UTC, UT, Z.
        case 0x676d74, 0x757463, 0x7574, 0x7a: return 0
        case 0: return nil
        default: return table.binarySearch(word.ascii) { $0.name }?.minutes
        }
    }

    private static let table: [(name: UInt64, minutes: Int)] = {
        let zones: [(Int, [StaticString])] = [
            (-720, ["idlw"]), (-660, ["sst"]), (-600, ["hst"]), (-540, ["akst", "hdt"]), (-480, ["pst", "pt", "akdt"]),
            (-420, ["pdt", "mst", "mt"]), (-360, ["mdt", "cst", "ct"]), (-300, ["cdt", "est", "et", "pet", "cot"]),
            (-240, ["edt", "ast", "vet", "clt"]), (-210, ["nst"]), (-180, ["adt", "brt", "art", "clst", "uyt"]),
            (-150, ["ndt"]), (-120, ["brst"]), (0, ["wet", "utz", "gmz", "zulu", "azost"]),
            (60, ["cet", "met", "mez", "bst", "west", "wat"]),
            (120, ["cest", "mest", "mesz", "eet", "sast", "cat"]), (180, ["eest", "msk", "eat", "trt"]),
            (240, ["msd", "samt", "gst"]), (270, ["aft"]), (300, ["pkt", "yekt", "uzt"]), (330, ["ist"]),
            (345, ["npt"]),
            (360, ["omst", "almt"]), (390, ["mmt"]), (420, ["ict", "wib", "krat", "novt"]),
            (480, ["awst", "sgt", "hkt", "myt", "pht", "wita", "irkt"]), (540, ["jst", "kst", "wit", "yakt"]),
            (570, ["acst"]), (600, ["aest", "vlat"]), (630, ["acdt"]), (660, ["aedt", "magt"]),
            (720, ["nzst", "pett"]),
            (780, ["nzdt"]),
        ]
        return zones.flatMap { minutes, names in names.map { (name: DateWord($0).ascii, minutes: minutes) } }
            .sorted { $0.name < $1.name }
    }()
}
