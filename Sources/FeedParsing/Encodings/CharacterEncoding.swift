/// A character encoding that documents come in, under its name of the WHATWG's list.
struct CharacterEncoding: Equatable {
    enum Form: Equatable {
        case utf8
        /// Also what is called ISO-8859-1 or US-ASCII, as in browsers.
        case windows1252
        case utf16(bigEndian: Bool)
        case utf32(bigEndian: Bool)
        /// A name for iconv.
        case iconv(String)
    }

    /// In lower case, as `Feed.encoding` shows it.
    var name: String
    var form: Form

    static let utf8 = CharacterEncoding(name: "utf-8", form: .utf8)
    static let windows1252 = CharacterEncoding(name: "windows-1252", form: .windows1252)

    /// Whether a document in it begins with ASCII bytes that can be read without knowing it.
    var isASCIICompatible: Bool {
        switch form {
        case .utf16, .utf32: false
        default: true
        }
    }

    /// Whether its characters beyond ASCII take two bytes or more.
    var isMultiByte: Bool {
        ["gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr"].contains(name)
    }

    private init(name: String, form: Form) {
        self.name = name
        self.form = form
    }

    /// The encoding that a label of an XML declaration or Content-Type header means; nil where nobody knows it.
    ///
    /// - Parameter label: in any case, with or without spaces around it.
    init?(label: String) {
        // As many as a header may have; none that means anything is near it.
        guard label.utf8.count <= 256 else { return nil }
        let label = label.lowercased().filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
        guard !label.isEmpty, label.utf8.count <= 40, label.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f })
        else { return nil }
        switch label {
        case "utf-8", "utf8", "unicode-1-1-utf-8", "utf_8": self = .utf8
        case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "us": self.init(name: "us-ascii", form: .utf8)
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "iso88591", "cp819", "ibm819":
            self.init(name: "iso-8859-1", form: .windows1252)
        case "windows-1252", "cp1252", "x-cp1252", "windows1252", "ansi": self = .windows1252
        case "utf-16", "utf16", "utf_16", "u16", "unicode", "ucs-2", "iso-10646-ucs-2":
            self.init(name: "utf-16", form: .utf16(bigEndian: false))
        case "utf-16le", "utf16le", "utf_16_le", "utf-16-le":
            self.init(name: "utf-16le", form: .utf16(bigEndian: false))
        case "utf-16be", "utf16be", "utf_16_be", "utf-16-be":
            self.init(name: "utf-16be", form: .utf16(bigEndian: true))
        case "utf-32", "utf32", "utf_32", "u32", "ucs-4", "iso-10646-ucs-4":
            self.init(name: "utf-32", form: .utf32(bigEndian: false))
        case "utf-32le", "utf32le", "utf_32_le": self.init(name: "utf-32le", form: .utf32(bigEndian: false))
        case "utf-32be", "utf32be", "utf_32_be": self.init(name: "utf-32be", form: .utf32(bigEndian: true))
        case "gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "gb18030", "windows-936", "euc-cn":
            self.init(name: "gb18030", form: .iconv("GB18030"))
        case "big5", "big-5", "big5-hkscs", "cn-big5", "x-x-big5", "cp950":
            self.init(name: "big5", form: .iconv("BIG5-HKSCS"))
        case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932", "ms932":
            self.init(name: "shift_jis", form: .iconv("CP932"))
        case "euc-jp", "eucjp", "x-euc-jp": self.init(name: "euc-jp", form: .iconv("EUC-JP"))
        case "iso-2022-jp", "csiso2022jp": self.init(name: "iso-2022-jp", form: .iconv("ISO-2022-JP"))
        case "euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "windows-949", "cp949", "uhc", "ks_c_5601":
            self.init(name: "euc-kr", form: .iconv("CP949"))
        case "iso-8859-9", "latin5", "windows-1254", "cp1254":
            self.init(name: label.hasPrefix("iso") ? "iso-8859-9" : "windows-1254", form: .iconv("CP1254"))
        case "iso-8859-11", "tis-620", "tis620", "windows-874", "cp874":
            self.init(name: label.hasPrefix("tis") ? "tis-620" : label, form: .iconv("CP874"))
        case "koi8-r", "koi8r", "koi8", "koi": self.init(name: "koi8-r", form: .iconv("KOI8-R"))
        case "macintosh", "mac", "x-mac-roman", "macroman": self.init(name: "macintosh", form: .iconv("MACINTOSH"))
        case "x-mac-cyrillic", "x-mac-ukrainian", "maccyrillic":
            self.init(name: "x-mac-cyrillic", form: .iconv("MAC-CYRILLIC"))
        case "cp866", "ibm866", "866", "dos-866": self.init(name: "ibm866", form: .iconv("CP866"))
        default:
            if let usual = EncodingLabel.usual(label), usual != label {
                guard let known = CharacterEncoding(label: usual) else { return nil }
                self = known
                return
            }
            // A name that iconv does not know shows when the converter is opened.
            guard Self.isSingleByteFamily(label) else { return nil }
            self.init(name: label, form: .iconv(label.hasPrefix("windows-125") ? "CP" + label.dropFirst(8) : label))
            guard let converter = IconvConverter(name: iconvName) else { return nil }
            _ = consume converter
        }
    }

    private var iconvName: String {
        guard case .iconv(let name) = form else { return "" }
        return name
    }

    /// Only families that are supersets of ASCII: with others (EBCDIC, UTF-7) markup could hide from what looks at
    /// the bytes.
    private static func isSingleByteFamily(_ label: String) -> Bool {
        ["iso-8859-", "windows-125", "koi8-", "ibm8", "cp8", "tcvn", "viscii"].contains { label.hasPrefix($0) }
    }

    static func utf16(bigEndian: Bool) -> CharacterEncoding {
        CharacterEncoding(name: bigEndian ? "utf-16be" : "utf-16le", form: .utf16(bigEndian: bigEndian))
    }

    static func utf32(bigEndian: Bool) -> CharacterEncoding {
        CharacterEncoding(name: bigEndian ? "utf-32be" : "utf-32le", form: .utf32(bigEndian: bigEndian))
    }
}

/// The many spellings of the labels that families of encodings have.
enum EncodingLabel {
    private static let families: [(name: String, spellings: [String])] = [
        ("windows-125", ["windows-125", "windows125", "win-125", "win125", "cp-125", "cp125", "ansi-125"]),
        ("iso-8859-", ["iso-8859-", "iso8859-", "iso-8859", "iso8859", "8859-", "8859"]),
    ]

    /// The parts of ISO 8859 by the numbers of Latin alphabets, from 1 on.
    private static let latin = [1, 2, 3, 4, 9, 10, 13, 14, 15, 16]

    private static let alphabets = ["arabic": 6, "cyrillic": 5, "greek": 7, "hebrew": 8]

    /// The spelling of IANA's registry for what is of one of the families; nil for anything else.
    ///
    /// - Parameter label: in lower case.
    static func usual(_ label: String) -> String? {
        var label = String(label.map { $0 == "_" ? "-" : $0 })
        // ISO_8859-1:1987, x-cp1252, csISOLatin1.
        if let colon = label.firstIndex(of: ":") { label = String(label[..<colon]) }
        if label.hasPrefix("x-") || label.hasPrefix("cs") { label = String(label.dropFirst(2)) }
        for family in families {
            for spelling in family.spellings where label.hasPrefix(spelling) {
                // What follows the number, such as the order in which Hebrew is written, changes no character.
                let number = number(label.dropFirst(spelling.count))
                return number.isEmpty ? nil : family.name + number
            }
        }
        for spelling in ["isolatin", "latin-", "latin", "l"] where label.hasPrefix(spelling) {
            guard let alphabet = Int(number(label.dropFirst(spelling.count))), alphabet >= 1, alphabet <= latin.count
            else { return nil }
            return "iso-8859-\(latin[alphabet - 1])"
        }
        return alphabets[label].map { "iso-8859-\($0)" }
    }

    private static func number(_ text: Substring) -> Substring {
        text.prefix { $0 >= "0" && $0 <= "9" }
    }
}
