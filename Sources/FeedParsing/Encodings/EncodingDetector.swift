private import CUchardet

/// Finds the encoding of a document that names none and is not UTF-8 (encodings.md §3).
///
/// uchardet always has an answer. What it says is believed only where the text is as texts in that encoding are, so that
/// text in windows-1252, which is what else such a document is read as, stays that.
enum EncodingDetector {
    /// How much is shown to uchardet, which has dozens of models for each byte.
    private static let sampleBytes = 8 * 1024

    private enum Letters {
        /// Of an alphabet beside the Latin one, or of Chinese, Japanese and Korean: words are bytes above ASCII throughout.
        case other
        /// Latin letters with marks, one here and there.
        case latin
    }

    /// What uchardet can say and is believed, by its names. Left out is what it finds in texts of windows-1252 and what no
    /// feeds are in.
    private static let encodings: [String: (label: String, letters: Letters)] = [
        "WINDOWS-1251": ("windows-1251", .other), "KOI8-R": ("koi8-r", .other), "IBM866": ("ibm866", .other),
        "ISO-8859-5": ("iso-8859-5", .other), "WINDOWS-1253": ("windows-1253", .other),
        "ISO-8859-7": ("iso-8859-7", .other), "WINDOWS-1255": ("windows-1255", .other),
        "ISO-8859-8": ("windows-1255", .other), "WINDOWS-1256": ("windows-1256", .other),
        "TIS-620": ("tis-620", .other), "ISO-8859-11": ("iso-8859-11", .other), "GB18030": ("gb18030", .other),
        "BIG5": ("big5", .other), "SHIFT_JIS": ("shift_jis", .other), "EUC-JP": ("euc-jp", .other),
        "EUC-KR": ("euc-kr", .other), "UHC": ("euc-kr", .other),
        // Text in small letters is the same in both but for one letter, and what is in this one is in the other.
        "MAC-CYRILLIC": ("windows-1251", .other),
        "WINDOWS-1250": ("windows-1250", .latin), "ISO-8859-2": ("iso-8859-2", .latin),
        "WINDOWS-1257": ("windows-1257", .latin), "ISO-8859-13": ("iso-8859-13", .latin),
        "ISO-8859-9": ("iso-8859-9", .latin), "ISO-8859-16": ("iso-8859-16", .latin),
    ]

    /// The code pages that have the same letters and punctuation where a part of ISO 8859 has control characters.
    private static let codePages = [
        "iso-8859-2": "windows-1250", "iso-8859-7": "windows-1253", "iso-8859-9": "windows-1254",
        "iso-8859-13": "windows-1257", "iso-8859-16": "windows-1250",
    ]

    /// Nil where nothing is sure.
    ///
    /// - Parameter window: the beginning of the document, which may cut its last character.
    static func encoding(of window: UnsafeBufferPointer<UInt8>) -> CharacterEncoding? {
        let text = Text(window)
        guard let letter = text.firstLetter else { return nil }
        // With what stands in front of it, so that a word begins as words do.
        let sample = window[max(0, letter - 64)...].prefix(sampleBytes)
        guard let found = encodings[name(UnsafeBufferPointer(rebasing: sample))] else { return nil }
        switch found.letters {
        case .other: guard text.letters >= 8, text.letters >= 2 * text.runs else { return nil }
        case .latin: guard text.letters >= 10, 100 * text.letters >= 3 * text.asciiLetters else { return nil }
        }
        var label = found.label
        if text.hasControls { label = codePages[label] ?? label }
        // The letters of Ukrainian stand where Russian's encoding has lines for drawing boxes.
        if label == "koi8-r", text.hasUkrainian { label = "koi8-u" }
        guard let encoding = CharacterEncoding(label: label), case .iconv(let name) = encoding.form,
            let converter = IconvConverter(name: name)
        else { return nil }
        var output: [UInt8] = []
        return converter.convert(window, isFinal: false, into: &output).errors == 0 ? encoding : nil
    }

    private static func name(_ sample: UnsafeBufferPointer<UInt8>) -> String {
        guard let detector = uchardet_new() else { return "" }
        defer { uchardet_delete(detector) }
        let isRead = sample.withMemoryRebound(to: CChar.self) {
            uchardet_handle_data(detector, $0.baseAddress, $0.count) == 0
        }
        uchardet_data_end(detector)
        guard isRead, let name = uchardet_get_charset(detector) else { return "" }
        return String(cString: name)
    }

    /// What is counted of a text.
    private struct Text {
        /// Where the first byte above ASCII is.
        var firstLetter: Int?
        /// Bytes above ASCII, and the runs that they stand in.
        var letters = 0
        var runs = 0
        /// Outside of tags.
        var asciiLetters = 0
        /// Whether there is a byte that ISO 8859 has a control character at.
        var hasControls = false
        var hasUkrainian = false

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            var isTag = false
            var isRun = false
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case 0x80...:
                    if firstLetter == nil { firstLetter = index }
                    letters += 1
                    if !isRun { runs += 1 }
                    if byte < 0xa0 { hasControls = true }
                    if Self.isUkrainian(byte) { hasUkrainian = true }
                case UInt8(ascii: "<"): isTag = true
                case UInt8(ascii: ">"): isTag = false
                case 0x41...0x5a, 0x61...0x7a: if !isTag { asciiLetters += 1 }
                default: break
                }
                isRun = byte >= 0x80
            }
        }

        private static func isUkrainian(_ byte: UInt8) -> Bool {
            switch byte {
            case 0xa4, 0xa6, 0xa7, 0xad, 0xb4, 0xb6, 0xb7, 0xbd: true
            default: false
            }
        }
    }
}
