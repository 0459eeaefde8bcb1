private import Text

/// Lower-case hexadecimal.
package enum Hex {
    private static let digits: StaticString = "0123456789abcdef"

    package static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var shift = 60
        while shift >= 0 {
            bytes.append(digits.utf8Start[Int((value >> UInt64(shift)) & 15)])
            shift -= 4
        }
    }

    package static func append(_ data: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in data {
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 15)])
        }
    }

    package static func string(_ data: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        append(data, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of hexadecimal text in either case, or nil for an odd length or any other character.
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
