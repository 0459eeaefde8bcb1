/// `&#226;&#128;&#166;` or `&acirc;&#128;&brvbar;`: UTF-8 that somebody took for Latin-1 and escaped byte by byte.
enum ByteReferences {
    /// No such run of references is longer, in bytes of the document.
    static let longest = 48

    /// Whether a character may be the first byte of a sequence.
    static func mayBegin(_ scalar: UInt32) -> Bool { scalar >= 0xc2 && scalar <= 0xf4 }

    /// The character that `first` and the references after it make; nil where they are no sequence of UTF-8, or one of
    /// ASCII's or Latin-1's own control characters.
    static func character(
        _ first: UInt32, _ input: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (scalar: UInt32, end: Int)? {
        let following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
        var scalar = first & (following == 3 ? 0x07 : following == 2 ? 0x0f : 0x1f)
        var end = start
        for _ in 0..<following {
            guard let (byte, next) = byte(input, end), byte >= 0x80, byte <= 0xbf else { return nil }
            scalar = scalar << 6 | byte & 0x3f
            end = next
        }
        let lowest: UInt32 = following == 3 ? 0x1_0000 : following == 2 ? 0x800 : 0xa0
        guard scalar >= lowest, UTF8Text.isXMLCharacter(scalar) else { return nil }
        return (scalar, end)
    }

    /// The reference at `start`, if it is one to a character of Latin-1.
    private static func byte(_ input: UnsafeBufferPointer<UInt8>, _ start: Int) -> (UInt32, Int)? {
        guard start < input.count, input[start] == UInt8(ascii: "&"),
            let end = input[start..<min(input.count, start + 12)].firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let body = UnsafeBufferPointer(rebasing: input[start + 1..<end])
        if body.first == UInt8(ascii: "#") {
            let digits = String(decoding: body.dropFirst(), as: UTF8.self)
            let isHexadecimal = digits.first == "x" || digits.first == "X"
            guard
                let value = UInt32(isHexadecimal ? String(digits.dropFirst()) : digits, radix: isHexadecimal ? 16 : 10)
            else { return nil }
            return (value, end + 1)
        }
        guard let scalar = HTMLEntities.scalarText(named: body)?.unicodeScalars.first?.value else { return nil }
        return (scalar, end + 1)
    }
}
