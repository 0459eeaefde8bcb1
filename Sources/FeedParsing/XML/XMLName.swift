private import Text

/// Which names the XML parser takes: it stops at others for good.
enum XMLName {
    /// Whether it is a name of XML 1.0 with at most one colon, and something that begins a name on both sides of it.
    static func isQualifiedName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = name.first, first.beginsName else { return false }
        var colon = -1
        var isASCII = true
        for index in 0..<name.count {
            let byte = name[index]
            if byte == UInt8(ascii: ":") {
                guard colon < 0, index + 1 < name.count, name[index + 1].beginsName else { return false }
                colon = index
            } else if byte >= 0x80 {
                isASCII = false
            } else if !byte.continuesName {
                return false
            }
        }
        return isASCII || hasNameCharacters(name)
    }

    private static func hasNameCharacters(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var begins = true
        for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x80, !allows(scalar.value, begins: begins) { return false }
            begins = scalar == ":"
        }
        return true
    }

    private static func allows(_ scalar: UInt32, begins: Bool) -> Bool {
        switch scalar {
        case 0xc0...0xd6, 0xd8...0xf6, 0xf8...0x2ff, 0x370...0x37d, 0x37f...0x1fff, 0x200c...0x200d, 0x2070...0x218f,
            0x2c00...0x2fef, 0x3001...0xd7ff, 0xf900...0xfdcf, 0xfdf0...0xfffd, 0x1_0000...0xe_ffff:
            true
        case 0xb7, 0x300...0x36f, 0x203f...0x2040: !begins
        default: false
        }
    }
}

extension UInt8 {
    /// Whether a name may begin with it; beyond ASCII that is a question for the whole character.
    var beginsName: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7a || self == 0x5f || self >= 0x80 }

    /// Whether it may stand in a qualified name.
    var continuesName: Bool {
        isASCIIAlphanumeric || self >= 0x80 || self == 0x5f || self == 0x2d || self == 0x2e || self == 0x3a
    }
}
