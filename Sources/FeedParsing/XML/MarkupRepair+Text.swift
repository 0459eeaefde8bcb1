private import Text

extension MarkupRepair {
    /// Sets text aside, if there is much of it before the next `<`.
    ///
    /// - Returns: where what was taken ends; nil where nothing was.
    mutating func longText(
        _ input: UnsafeBufferPointer<UInt8>, _ start: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        guard input.count - start >= AsideText.shortest, input[start] != UInt8(ascii: "<") else { return nil }
        let end = input.first(UInt8(ascii: "<"), from: start) ?? input.count
        guard end - start >= AsideText.shortest else { return nil }
        flush(input, upTo: start, &output)
        // Held apart while it grows, so that references can be read meanwhile.
        var aside = AsideText()
        swap(&aside, &self.aside)
        var index = start
        aside.add(to: &output) { index = decode(input, start..<end, isFinal, into: &$0) }
        swap(&aside, &self.aside)
        copied = index
        return index > start ? index : nil
    }

    /// Appends text with its references decoded and its line ends made one (XML 1.0 §2.11).
    ///
    /// - Returns: where it ends, or where more input is needed.
    private mutating func decode(
        _ input: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ isFinal: Bool, into text: inout [UInt8]
    ) -> Int {
        var index = range.lowerBound
        while true {
            index = input.appendPlain(index..<range.upperBound, to: &text)
            guard index < range.upperBound else { return index }
            if input[index] == UInt8(ascii: "\r") {
                guard index + 1 < input.count || isFinal else { return index }
                index += 1
                if index == input.count || input[index] != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
            } else {
                guard let found = reference(input, index, isFinal) else { return index }
                if found.isKept {
                    Self.appendDecoded(UnsafeBufferPointer(rebasing: input[index..<found.end]), to: &text)
                } else {
                    replacement.withUnsafeBufferPointer { Self.appendDecoded($0, to: &text) }
                }
                index = found.end
            }
        }
    }

    /// Appends text in which the only references are XML's own five and numbers of characters that XML allows.
    static func appendDecoded(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            if bytes[index] != UInt8(ascii: "&") {
                text.append(bytes[index])
                index += 1
            } else if let (byte, length) = bytes.predefined(at: index) {
                text.append(byte)
                index += length
            } else {
                index += 2
                let isHexadecimal = index < bytes.count && bytes[index] == UInt8(ascii: "x")
                if isHexadecimal { index += 1 }
                var scalar: UInt32 = 0
                while index < bytes.count, let digit = bytes[index].digit(radix: isHexadecimal ? 16 : 10) {
                    // No more than 12 digits of at most 10FFFF, as `reference` has seen.
                    scalar = scalar &* (isHexadecimal ? 16 : 10) &+ digit
                    index += 1
                }
                UTF8Text.append(scalar, to: &text)
                index += 1
            }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The byte that one of XML's own references stands for, and the reference's length.
    fileprivate func predefined(at index: Int) -> (byte: UInt8, length: Int)? {
        let available = count - index
        guard available >= 4 else { return nil }
        switch (self[index + 1], self[index + 2], self[index + 3]) {
        case (UInt8(ascii: "l"), UInt8(ascii: "t"), UInt8(ascii: ";")): return (UInt8(ascii: "<"), 4)
        case (UInt8(ascii: "g"), UInt8(ascii: "t"), UInt8(ascii: ";")): return (UInt8(ascii: ">"), 4)
        case (UInt8(ascii: "a"), UInt8(ascii: "m"), UInt8(ascii: "p")):
            return available >= 5 && self[index + 4] == UInt8(ascii: ";") ? (UInt8(ascii: "&"), 5) : nil
        case (UInt8(ascii: "q"), UInt8(ascii: "u"), UInt8(ascii: "o")):
            let isWhole = available >= 6 && self[index + 4] == UInt8(ascii: "t") && self[index + 5] == UInt8(ascii: ";")
            return isWhole ? (UInt8(ascii: "\""), 6) : nil
        case (UInt8(ascii: "a"), UInt8(ascii: "p"), UInt8(ascii: "o")):
            let isWhole = available >= 6 && self[index + 4] == UInt8(ascii: "s") && self[index + 5] == UInt8(ascii: ";")
            return isWhole ? (UInt8(ascii: "'"), 6) : nil
        default: return nil
        }
    }

    /// Appends what is in the range up to a carriage return or a reference that is none of XML's own five, which are
    /// decoded. Text is copied while it is looked at, eight bytes at a time.
    ///
    /// - Returns: where that is, or the end of the range.
    fileprivate func appendPlain(_ range: Range<Int>, to text: inout [UInt8]) -> Int {
        guard let base = baseAddress else { return range.upperBound }
        @inline(__always)
        func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 }
        var index = range.lowerBound
        // A reference is longer than what it stands for, so that there is room for all of it.
        text.append(addingCapacity: range.count) { span in
            span.withUnsafeMutableBufferPointer { output, count in
                guard let start = output.baseAddress else { return }
                var target = start
                while index < range.upperBound {
                    if range.upperBound &- index >= 8 {
                        let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
                        UnsafeMutableRawPointer(target).storeBytes(of: word, as: UInt64.self)
                        let hits = zeros(word ^ 0x2626_2626_2626_2626) | zeros(word ^ 0x0d0d_0d0d_0d0d_0d0d)
                        let clean = hits == 0 ? 8 : hits.littleEndian.trailingZeroBitCount / 8
                        index &+= clean
                        target += clean
                        if hits == 0 { continue }
                    } else if base[index] != 0x26, base[index] != 0x0d {
                        target.pointee = base[index]
                        index &+= 1
                        target += 1
                        continue
                    }
                    guard base[index] == 0x26, let (byte, length) = predefined(at: index) else { break }
                    target.pointee = byte
                    target += 1
                    index &+= length
                }
                count = target - start
            }
        }
        return index
    }

    /// Whether the bytes of the range mean the same in a CDATA section and outside.
    func isPlainText(_ range: Range<Int>) -> Bool {
        for index in range {
            switch self[index] {
            case UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: ">"), UInt8(ascii: "]"), UInt8(ascii: "\r"):
                return false
            default: break
            }
        }
        return true
    }
}

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
    /// The value of a digit of the number in a reference, which is decimal or hexadecimal.
    func digit(radix: UInt32) -> UInt32? {
        (radix == 16 ? hexadecimalValue : decimalValue).map(UInt32.init)
    }
}

/// `&#226;&#128;&#166;` or `&acirc;&#128;&brvbar;`: UTF-8 that somebody took for Latin-1 and escaped byte by byte.
enum ByteReferences {
    /// No such run of references is longer, in bytes of the document.
    static let longest = 48

    /// Whether a character may be the first byte of a sequence.
    static func mayBegin(_ scalar: UInt32) -> Bool { scalar >= 0xc2 && scalar <= 0xf4 }

    /// The character that `first` and the references after it make; nil where they are no sequence of UTF-8, or one of
    /// ASCII's or Latin-1's own control characters.
    static func character(
        _ first: UInt32, _ input: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (scalar: UInt32, end: Int)? {
        let following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
        var scalar = first & (following == 3 ? 0x07 : following == 2 ? 0x0f : 0x1f)
        var end = start
        for _ in 0..<following {
            guard let (byte, next) = byte(input, end), byte >= 0x80, byte <= 0xbf else { return nil }
            scalar = scalar << 6 | byte & 0x3f
            end = next
        }
        let lowest: UInt32 = following == 3 ? 0x1_0000 : following == 2 ? 0x800 : 0xa0
        guard scalar >= lowest, UTF8Text.isXMLCharacter(scalar) else { return nil }
        return (scalar, end)
    }

    /// The reference at `start`, if it is one to a character of Latin-1.
    private static func byte(_ input: UnsafeBufferPointer<UInt8>, _ start: Int) -> (UInt32, Int)? {
        guard start < input.count, input[start] == UInt8(ascii: "&"),
            let end = input[start..<min(input.count, start + 12)].firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let body = UnsafeBufferPointer(rebasing: input[start + 1..<end])
        if body.first == UInt8(ascii: "#") {
            let digits = String(decoding: body.dropFirst(), as: UTF8.self)
            let isHexadecimal = digits.first == "x" || digits.first == "X"
            guard
                let value = UInt32(isHexadecimal ? String(digits.dropFirst()) : digits, radix: isHexadecimal ? 16 : 10)
            else { return nil }
            return (value, end + 1)
        }
        guard let scalar = HTMLEntities.scalarText(named: body)?.unicodeScalars.first?.value else { return nil }
        return (scalar, end + 1)
    }
}
