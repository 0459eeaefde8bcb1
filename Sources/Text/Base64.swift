/// `Base64` writes bytes as text of 64 characters, and reads it (RFC 4648 §4).
package enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Writes bytes in one line, with padding.
    package static func string(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = min(3, bytes.count - index)
            var value = UInt32(bytes[index]) << 16
            if left > 1 { value |= UInt32(bytes[index + 1]) << 8 }
            if left > 2 { value |= UInt32(bytes[index + 2]) }
            for position in 0..<4 {
                text.append(
                    position > left
                        ? UInt8(ascii: "=") : alphabet.utf8Start[Int(value >> UInt32(18 - 6 * position) & 63)])
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads text as it comes in feeds: with line ends anywhere, with or without padding, in the alphabet of URLs too (RFC
    /// 4648 §5). Nil where there is anything else.
    package static func bytes(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in text {
            let value: UInt8
            switch byte {
            case 0x41...0x5a: value = byte - 0x41
            case 0x61...0x7a: value = byte - 0x47
            case 0x30...0x39: value = byte + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="), 0x20, 0x0a, 0x0d, 0x09: continue
            default: return nil
            }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return result
    }
}
