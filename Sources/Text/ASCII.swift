/// What a byte is in ASCII, whatever the text around it. Inlined where parsers ask it of every byte.
extension UInt8 {
    /// Tells whether it is one of `0` to `9`.
    @inlinable package var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// Tells whether it is a letter of ASCII in either case.
    @inlinable package var isASCIILetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7a }

    /// Tells whether it is a letter of ASCII in either case, or a digit.
    @inlinable package var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }

    /// Tells whether it is a space or a control character, which feeds and servers have where a space should be.
    @inlinable package var isASCIISpaceOrControl: Bool { self <= 0x20 }

    /// The lower case of a letter of ASCII; any other byte is itself.
    @inlinable package var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5a ? self | 0x20 : self }

    /// The value of a decimal digit; nil for any other byte.
    @inlinable package var decimalValue: UInt8? { isASCIIDigit ? self - 0x30 : nil }

    /// The value of a hexadecimal digit in either case; nil for any other byte.
    @inlinable package var hexadecimalValue: UInt8? {
        if isASCIIDigit { return self - 0x30 }
        let lower = self | 0x20
        return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : nil
    }
}

extension BidirectionalCollection {
    /// Returns the part that is left without the elements at either end that are noise.
    @inlinable package func trimming(where isNoise: (Element) -> Bool) -> SubSequence {
        var (start, end) = (startIndex, endIndex)
        while start < end, isNoise(self[start]) { formIndex(after: &start) }
        while start < end {
            let last = index(before: end)
            guard isNoise(self[last]) else { break }
            end = last
        }
        return self[start..<end]
    }
}

extension Sequence<UInt8> {
    /// Returns the number that these decimal digits write, and `greatest` for a larger one; nil where there are none, or
    /// anything beside them.
    @inlinable package func decimalNumber(atMost greatest: Int = 1 << 31) -> Int? {
        var number: Int?
        for byte in self {
            guard byte.isASCIIDigit else { return nil }
            number = Swift.min((number ?? 0) * 10 + Int(byte - 0x30), greatest)
        }
        return number
    }
}
