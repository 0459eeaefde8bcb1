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
    private static func appendDecoded(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
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
