/// `PercentEncoding` reads and writes bytes of a URL that stand in it as `%2F` (RFC 3986 §2.1).
package enum PercentEncoding {
    private static let digits: StaticString = "0123456789ABCDEF"

    /// Returns the byte that three bytes from `index` on stand for; nil where they stand for themselves.
    @inlinable package static func byte<Text: RandomAccessCollection<UInt8>>(
        in text: Text, at index: Int
    ) -> UInt8? where Text.Index == Int {
        guard text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex,
            let high = text[index + 1].hexadecimalValue, let low = text[index + 2].hexadecimalValue
        else { return nil }
        return high << 4 | low
    }

    /// Decodes what can be; a `%` that stands for no byte stands for itself.
    package static func decodedLeniently(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
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

    /// Decodes a text; nil where a `%` is not followed by two hexadecimal digits.
    package static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let high = iterator.next()?.hexadecimalValue, let low = iterator.next()?.hexadecimalValue else {
                return nil
            }
            result.append(high << 4 | low)
        }
        return result
    }

    /// Encodes the path of a file for a URL; slashes and bytes beyond ASCII stay.
    package static func encoded(path: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        for byte in path {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "-")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "@"),
                UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "="), 0x80...:
                result.append(byte)
            default: append(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Appends the three bytes that stand for one.
    package static func append(_ byte: UInt8, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "%"))
        text.append(digits.utf8Start[Int(byte >> 4)])
        text.append(digits.utf8Start[Int(byte & 15)])
    }
}
