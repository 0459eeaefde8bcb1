/// Base32 of RFC 4648 in lower case, without padding.
package enum Base32 {
    package static let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyz234567"

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

    /// The bytes of such text, or nil where it holds another character or ends in the middle of a byte.
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
