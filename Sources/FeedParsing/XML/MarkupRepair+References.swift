private import Text

extension MarkupRepair {
    /// The longest name in HTML's table has 31 characters.
    private static let longestName = 32

    /// What an `&` begins: one of XML's references is kept, one of HTML's becomes the character, anything else is an
    /// ampersand.
    ///
    /// - Returns: where it ends; where it is not kept, `replacement` stands for it. Nil where more input is needed to
    ///   know, which never is so with `isFinal`.
    mutating func reference(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool
    ) -> (end: Int, isKept: Bool)? {
        if !replacement.isEmpty { replacement.removeAll(keepingCapacity: true) }
        guard index + 1 < input.count else { return isFinal ? ampersand(index) : nil }
        if input[index + 1] == UInt8(ascii: "#") { return numericReference(input, index, isFinal) }
        var end = index + 1
        while end < input.count, end - index <= Self.longestName, input[end].isASCIIAlphanumeric { end += 1 }
        if end == input.count, !isFinal, end - index <= Self.longestName { return nil }
        guard end < input.count, input[end] == UInt8(ascii: ";"), end > index + 1 else { return ampersand(index) }
        let name = UnsafeBufferPointer(rebasing: input[index + 1..<end])
        if Self.isPredefined(name) { return (end + 1, true) }
        guard let text = HTMLEntities.scalarText(named: name) else {
            findings.unknownEntities += 1
            replacement.append(contentsOf: "&amp;".utf8)
            return (index + 1, false)
        }
        if let scalar = text.unicodeScalars.first?.value, ByteReferences.mayBegin(scalar) {
            if !isFinal, input.count - index < ByteReferences.longest { return nil }
            if let end = byteReferences(scalar, input, end + 1) { return (end, false) }
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): replacement.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: "&"): replacement.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "\""): replacement.append(contentsOf: "&quot;".utf8)
            default: replacement.append(byte)
            }
        }
        return (end + 1, false)
    }

    /// References to the single bytes of UTF-8 become the character that they make.
    private mutating func byteReferences(
        _ first: UInt32, _ input: UnsafeBufferPointer<UInt8>, _ end: Int
    ) -> Int? {
        guard let found = ByteReferences.character(first, input, from: end) else { return nil }
        findings.byteReferences += 1
        UTF8Text.append(found.scalar, to: &replacement)
        return found.end
    }

    private mutating func ampersand(_ index: Int) -> (end: Int, isKept: Bool) {
        findings.bareAmpersands += 1
        replacement.append(contentsOf: "&amp;".utf8)
        return (index + 1, false)
    }

    private static func isPredefined(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        switch name.count {
        case 2: name[1] == UInt8(ascii: "t") && (name[0] == UInt8(ascii: "l") || name[0] == UInt8(ascii: "g"))
        case 3: name.equals("amp")
        case 4: name.equals("quot") || name.equals("apos")
        default: false
        }
    }

    private mutating func numericReference(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool
    ) -> (end: Int, isKept: Bool)? {
        var end = index + 2
        var radix: UInt32 = 10
        if end < input.count, input[end] | 0x20 == UInt8(ascii: "x") {
            radix = 16
            end += 1
        }
        let digits = end
        var value: UInt32 = 0
        while end < input.count, end - digits < 12, let digit = input[end].digit(radix: radix) {
            // Stays above every character once it is there.
            if value <= 0x10_ffff { value = value * radix + digit }
            end += 1
        }
        if end == input.count, !isFinal, end - digits < 12 { return nil }
        guard end > digits, end < input.count, input[end] == UInt8(ascii: ";") else { return ampersand(index) }
        if ByteReferences.mayBegin(value) {
            if !isFinal, input.count - index < ByteReferences.longest { return nil }
            if let end = byteReferences(value, input, end + 1) { return (end, false) }
        }
        if value >= 0x80, value < 0xa0 {
            // As in HTML: the character that windows-1252 has there.
            UTF8Text.append(Windows1252.scalar(UInt8(value)), to: &replacement)
        } else if UTF8Text.isXMLCharacter(value) {
            if input[index + 2] != UInt8(ascii: "X") { return (end + 1, true) }
            replacement.append(contentsOf: "&#x".utf8)
            replacement.append(contentsOf: UnsafeBufferPointer(rebasing: input[digits...end]))
        } else {
            findings.forbiddenReferences += 1
            // Control characters mean nothing; of anything else a trace is left.
            if value >= 0x20 { UTF8Text.append(0xfffd, to: &replacement) }
        }
        return (end + 1, false)
    }
}

extension UInt8 {
    func digit(radix: UInt32) -> UInt32? {
        switch self {
        case 0x30...0x39: UInt32(self - 0x30)
        case 0x41...0x46 where radix == 16: UInt32(self - 0x37)
        case 0x61...0x66 where radix == 16: UInt32(self - 0x57)
        default: nil
        }
    }
}
