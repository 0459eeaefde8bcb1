/// UTF-8 as it comes: made valid, and free of what XML cannot hold.
enum UTF8Text {
    /// What was found wrong in a run of bytes.
    struct Findings {
        /// Places that no valid sequence of UTF-8 could begin at, read as windows-1252.
        var foreignBytes = 0
        /// Sequences that were cut short, now U+FFFD.
        var cutSequences = 0
        /// Control characters beyond ASCII, read as the punctuation that windows-1252 has there.
        var c1Controls = 0
        /// Characters that XML 1.0 forbids, left out.
        var controls = 0
        /// Whether there was any valid character beyond ASCII.
        var hasNonASCII = false
    }

    /// Appends the UTF-8 of a scalar; U+FFFD for what is none.
    static func append(_ scalar: UInt32, to output: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: output.append(UInt8(scalar))
        case 0x80..<0x800:
            output.append(UInt8(0xc0 | scalar >> 6))
            output.append(UInt8(0x80 | scalar & 0x3f))
        case 0xd800..<0xe000, 0x11_0000...: append(0xfffd, to: &output)
        case 0x800..<0x1_0000:
            output.append(UInt8(0xe0 | scalar >> 12))
            output.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            output.append(UInt8(0x80 | scalar & 0x3f))
        default:
            output.append(UInt8(0xf0 | scalar >> 18))
            output.append(UInt8(0x80 | scalar >> 12 & 0x3f))
            output.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            output.append(UInt8(0x80 | scalar & 0x3f))
        }
    }

    /// Whether XML 1.0 allows the character.
    static func isXMLCharacter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x1_0000...0x10_ffff: true
        default: false
        }
    }

    /// Appends `input`, mended.
    ///
    /// A byte that no valid sequence begins with is read as windows-1252, because that is where such bytes come from;
    /// a sequence that begins well and is cut short becomes U+FFFD, if there has been UTF-8 before it.
    /// - Parameter isFinal: false leaves an incomplete sequence at the end for the next call.
    /// - Returns: how many bytes were taken.
    static func appendMended(
        _ input: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8], findings: inout Findings
    ) -> Int {
        let end = input.count
        guard let bytes = input.baseAddress else { return 0 }
        var start = 0
        var index = 0
        while index < end {
            // Eight bytes at a time while they are ASCII and no control characters but line ends and tabs.
            while end - index >= 8 {
                let word = UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self)
                let below = (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080
                let found = (word & 0x8080_8080_8080_8080) | below
                if found != 0 {
                    // The first hit is exact, those above it need not be.
                    index &+= found.littleEndian.trailingZeroBitCount / 8
                    break
                }
                index &+= 8
            }
            guard index < end else { break }
            let byte = bytes[index]
            if byte < 0x80 {
                if byte >= 0x20 || byte == 0x0a || byte == 0x09 || byte == 0x0d {
                    index &+= 1
                    continue
                }
                flush(bytes, start, index, into: &output)
                findings.controls &+= 1
                index &+= 1
                start = index
                continue
            }
            let passed = passLetters(bytes, from: index, end: end)
            if passed > index {
                findings.hasNonASCII = true
                index = passed
                continue
            }
            let (length, isValid) = sequence(bytes + index, available: end &- index)
            if isValid {
                // U+FFFE and U+FFFF are the only characters of three bytes that XML forbids and UTF-8 does not;
                // a byte order mark inside the text means nothing.
                if length == 3, byte == 0xef, isDropped(bytes + index) {
                    flush(bytes, start, index, into: &output)
                    findings.controls &+= 1
                    index &+= 3
                    start = index
                    continue
                }
                if byte == 0xc2, bytes[index + 1] < 0xa0 {
                    // A C1 control character: windows-1252 that somebody took for Latin-1.
                    flush(bytes, start, index, into: &output)
                    Windows1252.append(bytes[index + 1], to: &output)
                    findings.c1Controls &+= 1
                    index &+= 2
                    start = index
                    continue
                }
                findings.hasNonASCII = true
                index &+= length
                continue
            }
            if length == 0, !isFinal { break }
            flush(bytes, start, index, into: &output)
            if length == 0 || length > 1 && findings.hasNonASCII {
                append(0xfffd, to: &output)
                findings.cutSequences &+= 1
                index = length == 0 ? end : index &+ length
            } else {
                Windows1252.append(byte, to: &output)
                findings.foreignBytes &+= 1
                index &+= 1
            }
            start = index
        }
        flush(bytes, start, index, into: &output)
        return index
    }

    /// Goes past valid sequences of two and three bytes that need no closer look, and single ASCII characters between
    /// them: text that is not in Latin letters.
    @inline(__always)
    private static func passLetters(_ bytes: UnsafePointer<UInt8>, from start: Int, end: Int) -> Int {
        var index = start
        while end &- index >= 4 {
            let byte = bytes[index]
            if byte < 0x80 {
                // With a letter of ASCII behind it the longer strides are faster.
                guard byte >= 0x20, bytes[index &+ 1] >= 0x80 else { break }
                index &+= 1
            } else if byte >= 0xc3, byte <= 0xdf {
                guard bytes[index &+ 1] & 0xc0 == 0x80 else { break }
                index &+= 2
            } else if byte >= 0xe1, byte <= 0xec {
                guard bytes[index &+ 1] & 0xc0 == 0x80, bytes[index &+ 2] & 0xc0 == 0x80 else { break }
                index &+= 3
            } else {
                break
            }
        }
        return index
    }

    @inline(__always)
    private static func flush(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, into output: inout [UInt8]) {
        if end > start { output.append(contentsOf: UnsafeBufferPointer(start: bytes + start, count: end - start)) }
    }

    private static func isDropped(_ bytes: UnsafePointer<UInt8>) -> Bool {
        (bytes[1] == 0xbf && bytes[2] >= 0xbe) || (bytes[1] == 0xbb && bytes[2] == 0xbf)
    }

    /// The sequence that begins with a byte above ASCII: its length if it is valid; if not, 1 where the byte begins
    /// nothing, the length of what belongs together where the sequence is cut short by something else, and 0 where
    /// the input ends before it.
    static func sequence(_ bytes: UnsafePointer<UInt8>, available: Int) -> (length: Int, isValid: Bool) {
        let first = bytes[0]
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xbf
        switch first {
        case 0xc2...0xdf: length = 2
        case 0xe0: (length, low) = (3, 0xa0)
        case 0xed: (length, high) = (3, 0x9f)
        case 0xe1...0xef: length = 3
        case 0xf0: (length, low) = (4, 0x90)
        case 0xf4: (length, high) = (4, 0x8f)
        case 0xf1...0xf3: length = 4
        default: return (1, false)
        }
        var index = 1
        while index < length {
            guard index < available else { return (0, false) }
            let byte = bytes[index]
            guard byte >= low, byte <= high else { return (index, false) }
            (low, high) = (0x80, 0xbf)
            index &+= 1
        }
        return (length, true)
    }
}
