private import Glibc

/// Turns the bytes of a document into valid UTF-8 without characters that XML forbids, piece by piece.
struct TextDecoder: ~Copyable {
    let encoding: CharacterEncoding
    private let converter: IconvConverter?
    /// The beginning of a character whose rest has not come yet.
    private var carry: [UInt8] = []
    /// Output of `converter` that is still to be looked at, kept for its memory.
    private var converted: [UInt8] = []
    private var highSurrogate: UInt32?
    private(set) var findings = UTF8Text.Findings()
    /// Characters that could not be read in the document's encoding.
    private(set) var unreadable = 0

    init(_ encoding: CharacterEncoding) {
        self.encoding = encoding
        if case .iconv(let name) = encoding.form { converter = IconvConverter(name: name) } else { converter = nil }
    }

    /// Appends what `bytes` says to `output`.
    mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8]) {
        guard carry.isEmpty else {
            // The carry is never longer than a character, so that joining costs little.
            var joined = carry
            carry.removeAll(keepingCapacity: true)
            joined.append(contentsOf: bytes)
            joined.withUnsafeBufferPointer { decodeJoined($0, isFinal: isFinal, into: &output) }
            return
        }
        decodeJoined(bytes, isFinal: isFinal, into: &output)
    }

    private mutating func decodeJoined(
        _ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8]
    ) {
        let consumed: Int
        switch encoding.form {
        case .utf8:
            consumed = UTF8Text.appendMended(bytes, isFinal: isFinal, into: &output, findings: &findings)
        case .windows1252:
            decodeSingleByte(bytes, into: &output)
            consumed = bytes.count
        case .utf16(let bigEndian):
            consumed = decodeUTF16(bytes, bigEndian: bigEndian, isFinal: isFinal, into: &output)
        case .utf32(let bigEndian):
            consumed = decodeUTF32(bytes, bigEndian: bigEndian, isFinal: isFinal, into: &output)
        case .iconv:
            consumed = decodeWithConverter(bytes, isFinal: isFinal, into: &output)
        }
        if consumed < bytes.count { carry.append(contentsOf: bytes[consumed...]) }
    }

    private mutating func decodeSingleByte(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        var start = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte < 0x80, byte >= 0x20 || byte == 0x0a || byte == 0x09 || byte == 0x0d { continue }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
            start = index + 1
            if byte < 0x80 {
                findings.controls += 1
            } else {
                if byte < 0xa0 { findings.foreignBytes += 1 }
                Windows1252.append(byte, to: &output)
            }
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func decodeUTF16(
        _ bytes: UnsafeBufferPointer<UInt8>, bigEndian: Bool, isFinal: Bool, into output: inout [UInt8]
    ) -> Int {
        var index = 0
        while index + 1 < bytes.count {
            let unit =
                bigEndian
                ? UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
                : UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index])
            index += 2
            if let high = highSurrogate {
                highSurrogate = nil
                if unit & 0xfc00 == 0xdc00 {
                    append(0x1_0000 + (high & 0x3ff) << 10 + (unit & 0x3ff), to: &output)
                    continue
                }
                unreadable += 1
                append(0xfffd, to: &output)
            }
            if unit & 0xfc00 == 0xd800 {
                highSurrogate = unit
            } else {
                if unit & 0xfc00 == 0xdc00 { unreadable += 1 }
                append(unit, to: &output)
            }
        }
        if isFinal, index < bytes.count || highSurrogate != nil {
            // An odd last byte is half a line end more often than anything else.
            unreadable += 1
            index = bytes.count
        }
        return index
    }

    private mutating func decodeUTF32(
        _ bytes: UnsafeBufferPointer<UInt8>, bigEndian: Bool, isFinal: Bool, into output: inout [UInt8]
    ) -> Int {
        var index = 0
        while index + 3 < bytes.count {
            var scalar: UInt32 = 0
            for offset in 0..<4 { scalar = scalar << 8 | UInt32(bytes[index + (bigEndian ? offset : 3 - offset)]) }
            index += 4
            if scalar > 0x10_ffff { unreadable += 1 }
            append(scalar, to: &output)
        }
        if isFinal, index < bytes.count {
            unreadable += 1
            index = bytes.count
        }
        return index
    }

    private mutating func decodeWithConverter(
        _ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8]
    ) -> Int {
        converted.removeAll(keepingCapacity: true)
        guard let (consumed, errors) = converter?.convert(bytes, isFinal: isFinal, into: &converted) else {
            // Cannot happen for an encoding that its label made, which opens a converter to know.
            return UTF8Text.appendMended(bytes, isFinal: isFinal, into: &output, findings: &findings)
        }
        unreadable += errors
        _ = converted.withUnsafeBufferPointer {
            UTF8Text.appendMended($0, isFinal: true, into: &output, findings: &findings)
        }
        return consumed
    }

    private mutating func append(_ scalar: UInt32, to output: inout [UInt8]) {
        if scalar >= 0xd800 && scalar < 0xe000 || scalar > 0x10_ffff {
            UTF8Text.append(0xfffd, to: &output)
        } else if UTF8Text.isXMLCharacter(scalar), scalar != 0xfeff {
            if scalar >= 0x80 { findings.hasNonASCII = true }
            UTF8Text.append(scalar, to: &output)
        } else {
            findings.controls += 1
        }
    }
}

/// Converts a legacy code page to UTF-8 piece by piece; what it cannot read becomes U+FFFD.
struct IconvConverter: ~Copyable {
    private let handle: iconv_t

    /// Nil where the system's iconv does not know the name.
    init?(name: String) {
        // iconv_open answers (iconv_t)-1 for an unknown name.
        guard let handle = iconv_open("UTF-8", name), Int(bitPattern: handle) != -1 else { return nil }
        self.handle = handle
    }

    deinit { iconv_close(handle) }

    /// Appends the UTF-8 of as much of `input` as is complete.
    ///
    /// - Parameter isFinal: an incomplete character at the end becomes U+FFFD too.
    /// - Returns: how many bytes were taken, and how many places could not be read.
    func convert(
        _ input: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8]
    ) -> (consumed: Int, errors: Int) {
        guard let base = input.baseAddress else { return (0, 0) }
        var errors = 0
        var position = 0
        while position < input.count {
            var source: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(
                mutating: UnsafeRawPointer(base + position).assumingMemoryBound(to: CChar.self))
            var sourceLeft = input.count - position
            var failure: Int32 = 0
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { room in
                var target = room.baseAddress
                var targetLeft = room.count
                if iconv(handle, &source, &sourceLeft, &target, &targetLeft) == Int.max.bitPatternOfFailure {
                    failure = errno
                }
                output.append(
                    contentsOf: UnsafeRawBufferPointer(start: room.baseAddress, count: room.count - targetLeft))
            }
            position = input.count - sourceLeft
            switch failure {
            case 0, E2BIG: continue
            case EINVAL where !isFinal: return (position, errors)
            default:
                errors += 1
                output.append(contentsOf: [0xef, 0xbf, 0xbd])
                position = failure == EINVAL ? input.count : position + 1
            }
        }
        return (position, errors)
    }
}

extension Int {
    /// What iconv returns when it stops early: (size_t)-1.
    fileprivate var bitPatternOfFailure: Int { -1 }
}

/// The code page that most text which claims to be Latin-1, or fails to be UTF-8, is really in.
enum Windows1252 {
    /// What 0x80 to 0x9f mean; the five that mean nothing stay the control characters that they are.
    private static let punctuation: [UInt16] = [
        0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,
        0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0x9d, 0x017e, 0x0178,
    ]

    /// The scalar that a byte stands for.
    static func scalar(_ byte: UInt8) -> UInt32 {
        byte >= 0x80 && byte < 0xa0 ? UInt32(punctuation[Int(byte) - 0x80]) : UInt32(byte)
    }

    /// Appends the UTF-8 of one byte above ASCII.
    static func append(_ byte: UInt8, to output: inout [UInt8]) {
        UTF8Text.append(scalar(byte), to: &output)
    }
}
