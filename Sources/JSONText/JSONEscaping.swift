/// Which bytes of UTF-8 may stand in a JSON string as they are.
enum JSONEscaping {
    /// No escape is longer: `\u0000`.
    static let longestEscape = 6

    private static let hexDigits: StaticString = "0123456789abcdef"

    /// The next byte of valid UTF-8 that has to be escaped, and how long what it begins is; the end and 0 where none is
    /// left.
    static func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (index: Int, length: Int) {
        var index = start
        while true {
            index = indexOfSuspect(text, from: index)
            guard index < text.count else { return (index, 0) }
            let length = escapedLength(text, at: index)
            if length > 0 { return (index, length) }
            index += 1
        }
    }

    /// Writes the escape of a scalar of that length in UTF-8.
    ///
    /// - Parameter output: room for `longestEscape` bytes.
    /// - Returns: how many bytes were written.
    static func write(_ text: UnsafePointer<UInt8>, length: Int, to output: UnsafeMutablePointer<UInt8>) -> Int {
        output[0] = UInt8(ascii: "\\")
        switch text[0] {
        case 0x22, 0x5c: output[1] = text[0]
        case 0x0a: output[1] = UInt8(ascii: "n")
        case 0x0d: output[1] = UInt8(ascii: "r")
        case 0x09: output[1] = UInt8(ascii: "t")
        default:
            let scalar =
                switch length {
                case 1: UInt16(text[0])
                case 2: UInt16(text[1])
                default: 0x2000 | UInt16(text[1] & 0x3f) << 6 | UInt16(text[2] & 0x3f)
                }
            output[1] = UInt8(ascii: "u")
            for digit in 0..<4 { output[2 + digit] = hexDigits.utf8Start[Int(scalar >> UInt16(12 - 4 * digit) & 15)] }
            return longestEscape
        }
        return 2
    }

    /// The next byte that may have to be escaped: a control character, a quote, a backslash, or a byte that C1 controls,
    /// line separators or the controls of bidirectional text begin with.
    private static func indexOfSuspect(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = text.baseAddress else { return text.count }
        var index = start
        let end = text.count
        // Eight bytes at once, by the bit trick that finds a zero byte: each test leaves the highest bit of a byte set.
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while end &- index >= 8 {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self).littleEndian
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5c)
            let delete = word ^ (ones &* 0x7f)
            let control = (word &- ones &* 0x20) & ~word
            let special =
                (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (delete &- ones) & ~delete | control
            let latin = word ^ (ones &* 0xc2)
            let punctuation = word ^ (ones &* 0xe2)
            let lead = (latin &- ones) & ~latin | (punctuation &- ones) & ~punctuation
            let found = (special | lead) & highs
            // The first hit is exact, those above it need not be.
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end {
            let byte = base[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f || byte == 0xc2 || byte == 0xe2 {
                return index
            }
            index &+= 1
        }
        return end
    }

    /// The length of the scalar at `index`; 0 where it may stand as it is.
    private static func escapedLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let byte = text[index]
        if byte < 0x80 { return 1 }
        if byte == 0xc2, index + 1 < text.count, text[index + 1] < 0xa0 { return 2 }
        guard byte == 0xe2, index + 2 < text.count else { return 0 }
        // U+2028 to U+202E, and U+2066 to U+2069.
        let isUnsafe =
            switch text[index + 1] {
            case 0x80: text[index + 2] >= 0xa8 && text[index + 2] <= 0xae
            case 0x81: text[index + 2] >= 0xa6 && text[index + 2] <= 0xa9
            default: false
            }
        return isUnsafe ? 3 : 0
    }
}
