/// What the bytes of a document say for and against UTF-8, whatever the document is called (encodings.md §2).
struct UTF8Evidence {
    /// Valid sequences of two bytes, but for C1 control characters, which say nothing.
    private(set) var pairs = 0
    /// Those of the pairs that stand alone beside a small letter of ASCII, as `é` does in `café`. Two bytes of Chinese seldom
    /// stand so.
    private(set) var lonePairs = 0
    /// Valid sequences of three and four bytes.
    private(set) var longer = 0
    /// Places at which no valid sequence stands. One that the end has cut short is none of them.
    private(set) var foreign = 0

    var isASCII: Bool { pairs + longer + foreign == 0 }

    /// Whether the bytes are UTF-8, but for a broken place here and there.
    var isMostlyUTF8: Bool { pairs + longer >= foreign }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        func word(_ offset: Int) -> UInt64 {
            UnsafeRawPointer(base + (index &+ offset)).loadUnaligned(as: UInt64.self)
        }
        while index < bytes.count {
            if bytes.count &- index >= 32,
                (word(0) | word(8) | word(16) | word(24)) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 32
                continue
            }
            if bytes.count &- index >= 8,
                UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 8
                continue
            }
            guard base[index] >= 0x80 else {
                index &+= 1
                continue
            }
            let (length, isValid) = UTF8Text.sequence(base + index, available: bytes.count &- index)
            guard length > 0 else { break }
            if !isValid {
                foreign &+= 1
            } else if length > 2 {
                longer &+= 1
            } else if base[index] != 0xc2 || base[index &+ 1] >= 0xa0 {
                pairs &+= 1
                let before = index > 0 ? base[index &- 1] : 0
                let behind = index &+ 2 < bytes.count ? base[index &+ 2] : 0
                if before < 0x80, behind < 0x80, Self.isSmall(before) || Self.isSmall(behind) { lonePairs &+= 1 }
            }
            index &+= length
        }
    }

    private static func isSmall(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }

    /// Whether they outweigh a label that says otherwise.
    func outweighs(_ label: CharacterEncoding) -> Bool {
        guard foreign == 0 else { return false }
        switch label.form {
        // A letter of Latin-1 and a sign behind it that are UTF-8 by chance are next to impossible.
        case .windows1252: return pairs + longer >= 1
        // Three Chinese characters are three pairs by chance more often than once in a thousand. A sequence of three
        // bytes takes rare ones, and a pair among small letters a rare place: each counts for three.
        case .iconv where label.isMultiByte: return pairs + 2 * lonePairs + 3 * longer >= 9
        default: return pairs + longer >= 3
        }
    }
}
