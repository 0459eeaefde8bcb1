private import Text

/// `Hex` writes lower-case hexadecimal, and reads it in either case.
package enum Hex {
    private static let digits: StaticString = "0123456789abcdef"

    /// Appends a number as 16 digits.
    package static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var shift = 60
        while shift >= 0 {
            bytes.append(digits.utf8Start[Int((value >> UInt64(shift)) & 15)])
            shift -= 4
        }
    }

    /// Appends two digits for each byte.
    package static func append(_ data: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in data {
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 15)])
        }
    }

    /// Returns two digits for each byte.
    package static func string(_ data: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        append(data, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns the bytes of hexadecimal text in either case, or nil for an odd length or any other character.
    package static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let nibble = character.hexadecimalValue else { return nil }
            if let first = high {
                result.append(first << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        return result
    }
}

/// `Base32` writes and reads the base32 of RFC 4648 §6 in lower case, without padding.
package enum Base32 {
    /// The alphabet has the character of each value from 0 to 31.
    package static let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyz234567"

    /// Returns the text of bytes: eight characters for five bytes.
    package static func string(_ data: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((data.count * 8 + 4) / 5)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in data {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet.utf8Start[Int(buffer >> bits & 31)])
            }
        }
        if bits > 0 { text.append(alphabet.utf8Start[Int(buffer << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns the bytes of such text, or nil where it holds another character or ends in the middle of a byte.
    package static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var data: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in text {
            let value: UInt8
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a")
            case UInt8(ascii: "2")...UInt8(ascii: "7"): value = character - UInt8(ascii: "2") + 26
            default: return nil
            }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                data.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard bits < 5, buffer & (1 << bits - 1) == 0 else { return nil }
        return data
    }
}
