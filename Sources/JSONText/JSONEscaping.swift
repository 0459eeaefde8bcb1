/// Which bytes of UTF-8 may stand in a JSON string as they are.
enum JSONEscaping {
    private static let hexDigits: StaticString = "0123456789abcdef"

    /// Appends valid UTF-8 with everything escaped that `JSONWriter` promises.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        var index = 0
        let end = text.count
        while index < end {
            index = indexOfSuspect(text, from: index)
            guard index < end else { break }
            guard let (scalar, length) = escaped(text, at: index) else {
                index += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            appendEscape(scalar, to: &bytes)
            index += length
            start = index
        }
        if start < end { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end])) }
    }

    /// The next byte that may have to be escaped: a control character, a quote, a backslash, or what begins C1 controls
    /// and line separators.
    private static func indexOfSuspect(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = text.baseAddress else { return text.count }
        var index = start
        let end = text.count
        // Eight bytes at once, by the bit trick that finds a zero byte: each test leaves the highest bit of a byte set.
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while end &- index >= 8 {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5c)
            let delete = word ^ (ones &* 0x7f)
            let control = (word &- ones &* 0x20) & ~word
            let special =
                (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (delete &- ones) & ~delete | control
            let latin = word ^ (ones &* 0xc2)
            let punctuation = word ^ (ones &* 0xe2)
            let lead = (latin &- ones) & ~latin | (punctuation &- ones) & ~punctuation
            if (special | lead) & highs != 0 { break }
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

    /// The scalar at `index` and its length, if it has to be escaped.
    private static func escaped(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt16, Int)? {
        let byte = text[index]
        if byte < 0x80 { return (UInt16(byte), 1) }
        if byte == 0xc2, index + 1 < text.count, text[index + 1] < 0xa0 {
            return (UInt16(text[index + 1]), 2)
        }
        if byte == 0xe2, index + 2 < text.count, text[index + 1] == 0x80, text[index + 2] & 0xfe == 0xa8 {
            return (0x2000 | UInt16(text[index + 2] & 0x3f), 3)
        }
        return nil
    }

    private static func appendEscape(_ scalar: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x22: bytes.append(UInt8(ascii: "\""))
        case 0x5c: bytes.append(UInt8(ascii: "\\"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] as [UInt16] {
                bytes.append(hexDigits.utf8Start[Int(scalar >> shift & 15)])
            }
        }
    }
}
