/// Characters beyond ASCII, asked as Unicode answers, with the commonest scripts known by their ranges: the standard library
/// looks each one up in a table, and makes a `String` of each that it lowers.
enum WideScalar {
    /// The scalar that begins at a byte from 0x80 on of valid UTF-8, and how many bytes it has.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (scalar: Unicode.Scalar, length: Int) {
        func rest(_ offset: Int) -> UInt32 {
            index + offset < bytes.count ? UInt32(bytes[index + offset]) & 0x3f : 0
        }
        let first = UInt32(bytes[index])
        let (value, length): (UInt32, Int) =
            switch first {
            case ..<0xe0: ((first & 0x1f) << 6 | rest(1), 2)
            case ..<0xf0: ((first & 0x0f) << 12 | rest(1) << 6 | rest(2), 3)
            default: ((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
            }
        return (Unicode.Scalar(value) ?? "\u{fffd}", length)
    }

    static func isLetterOrNumber(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // A no-break space, quotes and dashes are most of what is not ASCII in English.
        case 0xa0, 0x2000..<0x2070: false
        case 0xc0...0xff: scalar.value != 0xd7 && scalar.value != 0xf7
        case 0x100...0x17f, 0x400...0x481, 0x3041...0x3096, 0x30a1...0x30fa, 0x4e00...0x9fa5, 0xac00...0xd7a3: true
        default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    /// Calls `body` with the bytes of the scalar's lower case in UTF-8.
    static func forEachByteInLowercase(_ scalar: Unicode.Scalar, _ body: (UInt8) -> Void) {
        let lower: UInt32
        switch scalar.value {
        case 0xc0...0xde where scalar.value != 0xd7, 0x410...0x42f: lower = scalar.value + 0x20
        case 0x400...0x40f: lower = scalar.value + 0x50
        case 0xdf...0xff, 0x430...0x45f, 0x3041...0x3096, 0x30a1...0x30fa, 0x4e00...0x9fa5, 0xac00...0xd7a3:
            lower = scalar.value
        default:
            for byte in scalar.properties.lowercaseMapping.utf8 { body(byte) }
            return
        }
        for byte in UTF8.encode(Unicode.Scalar(lower) ?? scalar) ?? .init() { body(byte) }
    }
}
