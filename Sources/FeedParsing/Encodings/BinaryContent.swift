/// `BinaryContent` tells files of other kinds from text: pictures, archives, programs and documents, which servers now and
/// then send as pages. Text that such a file has somewhere in it is no article.
package enum BinaryContent {
    /// Places of a file that are looked at, and how much of it there.
    private static let windowCount = 4
    private static let windowBytes = 4 << 10

    /// Whether the bytes begin as a file of another kind does, or are no text in any encoding.
    ///
    /// A page with some NULs in it is a page: only where more than one byte of twenty is a control character it is none. It
    /// costs the same for every length, since only some places are looked at.
    package static func isBinary(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            if isOfOtherKind(bytes) { return true }
            if let (encoding, skipped) = wideEncoding(bytes) {
                return isUnreadable(
                    UnsafeBufferPointer(rebasing: bytes[skipped...].prefix(windowCount * windowBytes)), encoding)
            }
            var controls = 0
            var all = 0
            for window in windows(of: bytes) {
                all += window.count
                controls += self.controls(in: window)
            }
            return 20 * controls > all
        }
    }

    /// Whether so much of a text in UTF-8 is U+FFFD that nobody could read it: more than every tenth character.
    package static func isGarbled(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            var lost = 0
            var all = 0
            for window in windows(of: text) {
                all += window.count
                var index = 0
                while let found = window.first(0xef, from: index) {
                    index = found + 1
                    if found + 2 < window.count, window[found + 1] == 0xbf, window[found + 2] == 0xbd { lost += 1 }
                }
            }
            return 10 * lost > all - 2 * lost
        }
    }

    /// ELF, PDF, PostScript, archives, pictures, sounds, fonts, databases. Those of older formats are full of control
    /// characters, and need no signature.
    private static let signatures: [StaticString] = [
        "\u{7f}ELF", "%PDF-", "%!PS-", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{7}\u{8}", "Rar!\u{1a}", "!<arch>\n",
        "GIF87a",
        "GIF89a", "RIFF", "OggS", "fLaC", "wOFF", "wOF2", "SQLite format 3\0",
    ]
    private static let otherSignatures: [[UInt8]] = [
        [0x1f, 0x8b], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x28, 0xb5, 0x2f, 0xfd],
        [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x37, 0x7a, 0xbc, 0xaf], [0xd0, 0xcf, 0x11, 0xe0], [0xca, 0xfe, 0xba, 0xbe],
        [0xcf, 0xfa, 0xed, 0xfe],
    ]

    private static func isOfOtherKind(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        signatures.contains { bytes.hasPrefix($0) } || otherSignatures.contains { bytes.starts(with: $0) }
    }

    /// All that stands in no text; an escape begins the letters of another alphabet in some encodings of Japanese.
    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x09 || byte > 0x0d && byte < 0x20 && byte != 0x1b
    }

    private static func controls(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var index = 0
        while index < bytes.count {
            if bytes.count - index >= 8, let base = bytes.baseAddress {
                // Eight bytes of which none is below 0x20 have none to be looked at.
                let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
                if (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080 == 0 {
                    index += 8
                    continue
                }
            }
            for byte in bytes[index..<min(index + 8, bytes.count)] where isControl(byte) { count += 1 }
            index += 8
        }
        return count
    }

    private static func windows(of bytes: UnsafeBufferPointer<UInt8>) -> [UnsafeBufferPointer<UInt8>] {
        guard bytes.count > windowCount * windowBytes else { return [bytes] }
        return (0..<windowCount).map { number in
            let start = (bytes.count - windowBytes) / (windowCount - 1) * number
            return UnsafeBufferPointer(rebasing: bytes[start..<start + windowBytes])
        }
    }

    // MARK: UTF-16 and UTF-32

    private static func wideEncoding(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> (encoding: CharacterEncoding, skipped: Int)? {
        if let (encoding, skipped) = EncodingDecision.byteOrderMark(bytes) {
            return encoding.isASCIICompatible ? nil : (encoding, skipped)
        }
        return EncodingDecision.detected(bytes).map { ($0, 0) }
    }

    private static func isUnreadable(_ bytes: UnsafeBufferPointer<UInt8>, _ encoding: CharacterEncoding) -> Bool {
        var decoder = TextDecoder(encoding)
        var text: [UInt8] = []
        decoder.decode(bytes, isFinal: false, into: &text)
        return 20 * (decoder.unreadable + decoder.findings.controls) > bytes.count / 2
    }
}
