/// Bytes that a URL has as `%2F`.
enum PercentEncoded {
    /// The byte that three bytes from `index` on stand for; nil where they stand for themselves.
    static func byte(in text: Slice<UnsafeBufferPointer<UInt8>>, at index: Int) -> UInt8? {
        guard text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex, let high = hexadecimal(text[index + 1]),
            let low = hexadecimal(text[index + 2])
        else { return nil }
        return high << 4 | low
    }

    static func decoded(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if let byte = byte(in: text, at: index) {
                result.append(byte)
                index += 3
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
