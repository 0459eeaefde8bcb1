private import Glibc
private import Text

/// Which encoding a document is read in, and why (encodings.md).
///
/// The byte order mark comes first, then the HTTP header, then the document's own declaration (RFC 7303 §3, as browsers do
/// it); but bytes that are plainly something else outweigh a label.
struct EncodingDecision {
    var encoding = CharacterEncoding.utf8
    /// Length of the byte order mark.
    var skipped = 0
    /// Whether a mark, the bytes of UTF-16 or UTF-32, or a label that was believed has named it.
    private(set) var isNamed = false
    var warnings: [String] = []

    /// How many bytes of most documents are enough to decide.
    static let prefixBytes = 4096
    /// How many are looked at where those are not.
    static let windowBytes = 64 * 1024

    /// Nil where the bytes that follow may still tell more.
    ///
    /// - Parameter window: the beginning of the document.
    /// - Parameter isLast: whether that is all of it, or all that is looked at.
    /// - Parameter contentType: the value of the HTTP header.
    init?(window: UnsafeBufferPointer<UInt8>, isLast: Bool, contentType: String?) {
        if let (encoding, length) = Self.byteOrderMark(window) {
            self.encoding = encoding
            skipped = length
            isNamed = true
            return
        }
        let prefix = UnsafeBufferPointer(rebasing: window.prefix(Self.prefixBytes))
        let seen = Self.detected(prefix)
        if let seen { encoding = seen }
        let header = contentType.flatMap { MediaType($0).charset }
        let declared = seen == nil ? Self.declaredLabel(prefix) : nil
        let isDecided: Bool
        if let header, adopt(label: header, from: "the HTTP header", detected: seen) {
            isNamed = true
            isDecided = weigh(declared.flatMap { CharacterEncoding(label: $0) }, window: window, isLast: isLast)
        } else if seen != nil {
            isNamed = true
            isDecided = true
        } else if let declared, adopt(label: declared, from: "the document", detected: nil) {
            isNamed = true
            isDecided = weigh(nil, window: window, isLast: isLast)
        } else {
            isDecided = detect(in: window, isLast: isLast)
        }
        guard isDecided else { return nil }
    }

    /// Takes the encoding of a label, unless nobody knows it or the bytes show that it is wrong.
    private mutating func adopt(label: String, from place: String, detected: CharacterEncoding?) -> Bool {
        guard let named = CharacterEncoding(label: label) else {
            warnings.append("The encoding \"\(label.prefix(40))\" that \(place) names is unknown.")
            return false
        }
        guard named.isASCIICompatible == (detected == nil) else {
            // "utf-16" says nothing of the byte order, which the bytes have shown.
            if !named.isASCIICompatible, detected != nil { return true }
            warnings.append("The encoding \"\(named.name)\" that \(place) names cannot be right.")
            return false
        }
        encoding = named
        return true
    }

    /// Holds the label that was adopted against the bytes; false where more of them may tell more.
    ///
    /// - Parameter declared: what the document calls itself, where the label is the HTTP header's.
    private mutating func weigh(
        _ declared: CharacterEncoding?, window: UnsafeBufferPointer<UInt8>, isLast: Bool
    ) -> Bool {
        guard encoding.isASCIICompatible else { return true }
        guard encoding.form == .utf8 else {
            let evidence = UTF8Evidence(window)
            guard isLast || evidence.foreign > 0 else { return false }
            // Where the document says that it is UTF-8 and is, a server's default is wrong.
            let isAgreed = declared?.form == .utf8 && evidence.foreign == 0 && !evidence.isASCII
            if isAgreed || evidence.outweighs(encoding) {
                warnings.append("The document is UTF-8, although it is said to be \(encoding.name).")
                encoding = .utf8
            }
            return true
        }
        // A header that says UTF-8 for a document which declares a code page and is not UTF-8 comes from a server's
        // default, too: the declaration is believed.
        guard let declared, declared.isASCIICompatible, declared.form != .utf8 else { return true }
        let evidence = UTF8Evidence(window)
        guard isLast || !evidence.isASCII else { return false }
        if !evidence.isMostlyUTF8 {
            warnings.append(
                "The HTTP header names \(encoding.name), but the document is not; it was read as \(declared.name), as it "
                    + "declares.")
            encoding = declared
        }
        return true
    }

    /// Decides about a document that names no encoding; false where more bytes may tell more.
    private mutating func detect(in window: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Bool {
        let evidence = UTF8Evidence(window)
        if evidence.isMostlyUTF8 { return isLast || !evidence.isASCII }
        guard isLast else { return false }
        if let found = EncodingDetector.encoding(of: window) {
            warnings.append("The document names no encoding that it could be in; it was detected as \(found.name).")
            encoding = found
        }
        return true
    }

    static func byteOrderMark(_ bytes: UnsafeBufferPointer<UInt8>) -> (CharacterEncoding, Int)? {
        if starts(bytes, [0xef, 0xbb, 0xbf]) { return (.utf8, 3) }
        if starts(bytes, [0, 0, 0xfe, 0xff]) { return (.utf32(bigEndian: true), 4) }
        // FF FE 00 00 is UTF-16 with a NUL as its first character only in theory.
        if starts(bytes, [0xff, 0xfe, 0, 0]) { return (.utf32(bigEndian: false), 4) }
        if starts(bytes, [0xfe, 0xff]) {
            // A mark of the wrong order before text of the other shows in the character after it.
            return (.utf16(bigEndian: !(bytes.count >= 4 && bytes[2] == 0x3c && bytes[3] == 0)), 2)
        }
        if starts(bytes, [0xff, 0xfe]) {
            return (.utf16(bigEndian: bytes.count >= 4 && bytes[2] == 0 && bytes[3] == 0x3c), 2)
        }
        return nil
    }

    /// UTF-16 and UTF-32 without a mark, by the NULs around the first characters, which are ASCII in any feed.
    static func detected(_ bytes: UnsafeBufferPointer<UInt8>) -> CharacterEncoding? {
        guard bytes.count >= 4 else { return nil }
        switch (bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0) {
        case (true, true, true, false): return .utf32(bigEndian: true)
        case (false, true, true, true): return .utf32(bigEndian: false)
        case (true, false, true, false): return .utf16(bigEndian: true)
        case (false, true, false, true): return .utf16(bigEndian: false)
        default: return nil
        }
    }

    /// The label in `<?xml … encoding="…"?>`, which may have junk before it.
    private static func declaredLabel(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard let start = bytes.firstRange(of: "<?xml"), let end = bytes.firstRange(of: ">", from: start.upperBound),
            let name = bytes.firstRange(of: "encoding", from: start.upperBound), name.upperBound <= end.lowerBound
        else { return nil }
        var index = name.upperBound
        func skipSpace() {
            while index < end.lowerBound, bytes[index] <= 0x20 { index += 1 }
        }
        skipSpace()
        guard index < end.lowerBound, bytes[index] == UInt8(ascii: "=") else { return nil }
        index += 1
        skipSpace()
        guard index < end.lowerBound, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
            return nil
        }
        let quote = bytes[index]
        let valueStart = index + 1
        index = valueStart
        while index < end.lowerBound, bytes[index] != quote { index += 1 }
        return index > valueStart ? String(decoding: bytes[valueStart..<index], as: UTF8.self) : nil
    }

    private static func starts(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: [UInt8]) -> Bool {
        bytes.count >= mark.count && zip(bytes, mark).allSatisfy(==)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first occurrence of a short ASCII text, byte for byte.
    func firstRange(of text: StaticString, from start: Int = 0) -> Range<Int>? {
        let length = text.utf8CodeUnitCount
        guard let base = baseAddress, length > 0, start >= 0 else { return nil }
        var index = start
        while index <= count - length {
            guard let found = memchr(base + index, Int32(text.utf8Start[0]), count - length + 1 - index) else {
                return nil
            }
            index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + index, text.utf8Start, length) == 0 { return index..<index + length }
            index += 1
        }
        return nil
    }

    /// Where a byte is met next, if it is.
    @inline(__always)
    func first(_ byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start >= 0, start < count,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Whether they are a text, byte for byte.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<count where self[offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// Whether the bytes begin with a text.
    func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes from `start` on are a text, letters compared without regard to case.
    ///
    /// - Parameter text: in lower case.
    func hasPrefixIgnoringCase(_ text: StaticString, at start: Int = 0) -> Bool {
        let length = text.utf8CodeUnitCount
        guard start >= 0, count - start >= length else { return false }
        for offset in 0..<length {
            if self[start + offset].asciiLowercased != text.utf8Start[offset] { return false }
        }
        return true
    }
}
