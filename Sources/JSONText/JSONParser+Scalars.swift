// MARK: - Numbers and strings

extension JSONParser {
    mutating func number() throws(JSONError) -> String {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            try digits()
        }
        guard offset - start <= limits.numberLength else { throw error(.badNumber) }
        return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while offset < bytes.count, bytes[offset] >= UInt8(ascii: "0"), bytes[offset] <= UInt8(ascii: "9") {
            offset += 1
        }
        guard offset > start else { throw error(.badNumber) }
    }

    mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        passPlainText()
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        if bytes[offset] == UInt8(ascii: "\\") { return try escapedString(from: start) }
        defer { offset += 1 }
        return text(UnsafeBufferPointer(rebasing: bytes[start..<offset]))
    }

    /// Goes on to the next quote or backslash, or to the end.
    private mutating func passPlainText() {
        var index = offset
        let end = bytes.count
        var holdsControls = false
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            if byte < 0x20 { holdsControls = true }
            index &+= 1
        }
        offset = index
        if holdsControls { findings.controlCharacters = true }
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<offset]))
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return scratch.withUnsafeBufferPointer { String(whole: $0) }
                    ?? replacingInvalid()
            case UInt8(ascii: "\\"):
                offset += 1
                try escape()
            default:
                let start = offset
                passPlainText()
                scratch.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<offset]))
            }
        }
        throw error(.unexpectedEnd)
    }

    private mutating func replacingInvalid() -> String {
        findings.invalidUTF8 = true
        return String(decoding: scratch, as: UTF8.self)
    }

    private mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) -> String {
        if let text = String(whole: utf8) { return text }
        findings.invalidUTF8 = true
        return String(decoding: utf8, as: UTF8.self)
    }

    private mutating func escape() throws(JSONError) {
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0c)
        case UInt8(ascii: "n"): scratch.append(0x0a)
        case UInt8(ascii: "r"): scratch.append(0x0d)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"): scratch.append(contentsOf: String(try unicodeEscape()).utf8)
        default:
            offset -= 1
            throw error(.badEscape)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate counts only together with a low one right behind it.
        if first < 0xdc00, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let before = offset
            offset += 2
            let second = try fourHexDigits()
            if second >= 0xdc00, second < 0xe000,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
            {
                return scalar
            }
            offset = before
        }
        findings.loneSurrogates = true
        return "\u{fffd}"
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count else { throw error(.unexpectedEnd) }
            switch bytes[offset] {
            case let digit where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
                value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
            case let digit where digit | 0x20 >= UInt8(ascii: "a") && digit | 0x20 <= UInt8(ascii: "f"):
                value = value << 4 | UInt32(digit | 0x20 - UInt8(ascii: "a") + 10)
            default: throw error(.badEscape)
            }
            offset += 1
        }
        return value
    }
}

extension String {
    /// Makes the text of bytes; nil where they are not UTF-8. `String(validating:)` does the same for any encoding, and
    /// looks its types up at each call, which is most of the work for a short text.
    fileprivate init?(whole utf8: UnsafeBufferPointer<UInt8>) {
        guard let text = try? UTF8Span(validating: utf8.span) else { return nil }
        self.init(copying: text)
    }
}
