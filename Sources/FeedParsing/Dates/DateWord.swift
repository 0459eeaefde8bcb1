private import Text

/// A word in a date, without regard to case and accents, in integers that are compared at once.
struct DateWord {
    /// The first twelve letters, four in each, sixteen bits a letter, from the top.
    private(set) var letters: InlineArray<3, UInt64> = .init(repeating: 0)
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
        if Self.isMark(scalar) { return }
        let letter = Self.folded(scalar)
        if count < 12 { letters[count / 4] |= UInt64(letter) << (48 - 16 * UInt64(count % 4)) }
        count += 1
        if scalar >= 0x80 || count > 8 { isASCII = false }
        ascii = isASCII ? ascii << 8 | UInt64(letter) : 0
    }

    /// The letters from a place on, which moves behind them. Stops inside of abbreviations as มิ.ย. and π.μ. are passed
    /// over.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, at index: inout Int) -> DateWord {
        var word = DateWord()
        word.append(bytes, at: &index)
        return word
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, at index: inout Int) {
        while let (scalar, length) = Self.scalar(bytes, at: index) {
            if Self.isLetter(scalar) || Self.isMark(scalar) {
                append(scalar)
            } else if scalar != 0x2e || isASCII || !isStopInside(bytes, at: index) {
                break
            }
            index += length
        }
    }

    private func isStopInside(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        guard let (next, _) = Self.scalar(bytes, at: index + 1) else { return false }
        return next >= 0x370 && Self.isLetter(next)
    }

    /// Whether it comes before another one in the order of tables.
    func precedes(_ other: DateWord) -> Bool {
        for index in letters.indices where letters[index] != other.letters[index] {
            return letters[index] < other.letters[index]
        }
        return count < other.count
    }

    /// Whether its first letters are those of another word.
    func begins(with other: DateWord) -> Bool {
        guard count >= other.count else { return false }
        var left = min(other.count, 12)
        for index in letters.indices where left > 0 {
            let mask = left >= 4 ? UInt64.max : ~(UInt64.max >> UInt64(16 * left))
            if letters[index] & mask != other.letters[index] { return false }
            left -= 4
        }
        return true
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
        // Commas, stops and hyphens of Hebrew, Arabic and Hindi.
        case 0x5be, 0x60c, 0x61b, 0x61c, 0x61f, 0x66a...0x66d, 0x6d4, 0x964, 0x965: false
        default: digit(scalar) == nil
        }
    }

    /// The value of a digit of Arabic, Persian, Hindi, Thai, or of full width.
    static func digit(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x660...0x669: scalar - 0x660
        case 0x6f0...0x6f9: scalar - 0x6f0
        case 0x966...0x96f: scalar - 0x966
        case 0xe50...0xe59: scalar - 0xe50
        case 0xff10...0xff19: scalar - 0xff10
        default: nil
        }
    }

    static func isThai(_ scalar: UInt32) -> Bool { scalar >= 0xe00 && scalar < 0xe80 }

    /// Whether it only marks another letter, or how it is drawn: accents, vowels of Hebrew and Arabic, joiners.
    static func isMark(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0x2bc: false
        case 0x2bc, 0x300..<0x370, 0x591...0x5bd, 0x5bf...0x5c7, 0x5f3, 0x5f4, 0x640, 0x64b...0x65f, 0x670, 0x93c,
            0x970:
            true
        case 0x200c...0x200f: true
        default: false
        }
    }

    /// Lower case, without accents.
    private static func folded(_ scalar: UInt32) -> UInt16 {
        switch scalar {
        case 0x41...0x5a: return UInt16(scalar) + 0x20
        case 0..<0xc0: return UInt16(scalar)
        case 0xc0..<0x220, 0x1ea0..<0x1f00: return latin(scalar)
        // Greek with tonos or dialytika, then capitals.
        case 0x386, 0x3ac: return 0x3b1
        case 0x388, 0x3ad: return 0x3b5
        case 0x389, 0x3ae: return 0x3b7
        case 0x38a, 0x390, 0x3aa, 0x3af, 0x3ca: return 0x3b9
        case 0x38c, 0x3cc: return 0x3bf
        case 0x38e, 0x3ab, 0x3b0, 0x3cb, 0x3cd: return 0x3c5
        case 0x38f, 0x3ce: return 0x3c9
        case 0x391...0x3a9: return UInt16(scalar) + 0x20
        case 0x3c2: return 0x3c3
        // Cyrillic with breve or diaeresis, then capitals.
        case 0x419, 0x439: return 0x438
        case 0x401, 0x451: return 0x435
        case 0x407, 0x457: return 0x456
        case 0x40e, 0x45e: return 0x443
        case 0x400...0x40f: return UInt16(scalar) + 0x50
        case 0x410...0x42f: return UInt16(scalar) + 0x20
        default: return scalar < 0x600 ? UInt16(scalar) : eastern(scalar)
        }
    }

    /// Letters of Arabic, Persian and Hindi that differ in a hamza, a dot or a nukta.
    private static func eastern(_ scalar: UInt32) -> UInt16 {
        switch scalar {
        case 0x622, 0x623, 0x625, 0x671: return 0x627
        case 0x624: return 0x648
        case 0x626, 0x649, 0x6cc: return 0x64a
        case 0x629, 0x6c0: return 0x647
        case 0x6a9: return 0x643
        case 0x958...0x95a: return UInt16(scalar) - 0x43
        case 0x95b: return 0x91c
        case 0x95e: return 0x92b
        default: return UInt16(clamping: scalar)
        }
    }

    private static func latin(_ scalar: UInt32) -> UInt16 {
        let letter: UInt8 =
            switch scalar {
            case 0xc0...0xc5, 0xe0...0xe5, 0x100...0x105, 0x1ea0...0x1eb7: UInt8(ascii: "a")
            case 0xc7, 0xe7, 0x106...0x10d: UInt8(ascii: "c")
            case 0x10e...0x111: UInt8(ascii: "d")
            case 0xc8...0xcb, 0xe8...0xeb, 0x112...0x11b, 0x1eb8...0x1ec7: UInt8(ascii: "e")
            case 0x11c...0x123: UInt8(ascii: "g")
            case 0xcc...0xcf, 0xec...0xef, 0x128...0x131, 0x1ec8...0x1ecb: UInt8(ascii: "i")
            case 0x139...0x142: UInt8(ascii: "l")
            case 0xd1, 0xf1, 0x143...0x148: UInt8(ascii: "n")
            case 0xd2...0xd6, 0xd8, 0xf2...0xf6, 0xf8, 0x14c...0x151, 0x1a0, 0x1a1, 0x1ecc...0x1ee3: UInt8(ascii: "o")
            case 0x154...0x159: UInt8(ascii: "r")
            case 0x15a...0x161, 0x218, 0x219: UInt8(ascii: "s")
            case 0x162...0x167, 0x21a, 0x21b: UInt8(ascii: "t")
            case 0xd9...0xdc, 0xf9...0xfc, 0x168...0x173, 0x1af, 0x1b0, 0x1ee4...0x1ef1: UInt8(ascii: "u")
            case 0xdd, 0xfd, 0xff, 0x176...0x178, 0x1ef2...0x1ef9: UInt8(ascii: "y")
            case 0x179...0x17e: UInt8(ascii: "z")
            default: 0
            }
        if letter > 0 { return UInt16(letter) }
        // Æ, Ð and Þ.
        return scalar < 0xdf && scalar != 0xd7 ? UInt16(scalar) + 0x20 : UInt16(scalar)
    }
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
