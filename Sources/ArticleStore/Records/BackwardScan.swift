/// Reads a line from its end, where the members that the store itself wrote stand in a fixed order.
struct BackwardScan {
    private let bytes: UnsafeRawBufferPointer
    /// What is left: the bytes before this.
    private(set) var end: Int

    init(_ bytes: UnsafeRawBufferPointer, end: Int? = nil) {
        self.bytes = bytes
        self.end = end ?? bytes.count
    }

    /// Passes over the text if it stands at the end.
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end >= count else { return false }
        for index in 0..<count where bytes[end - count + index] != text.utf8Start[index] { return false }
        end -= count
        return true
    }

    /// Passes over so many bytes, whatever they are.
    mutating func take(count: Int) -> Range<Int>? {
        guard end >= count else { return nil }
        end -= count
        return end..<(end + count)
    }

    /// A number without leading zeros.
    mutating func takeNumber() -> UInt64? {
        var start = end
        while start > 0, bytes[start - 1] >= UInt8(ascii: "0"), bytes[start - 1] <= UInt8(ascii: "9") {
            guard end - start < 20 else { return nil }
            start -= 1
        }
        guard start < end, bytes[start] != UInt8(ascii: "0") || end - start == 1 else { return nil }
        var value: UInt64 = 0
        for index in start..<end {
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[index] - UInt8(ascii: "0")))
            if high || carry { return nil }
            value = sum
        }
        end = start
        return value
    }

    /// 16 lower-case hexadecimal digits.
    mutating func takeHex64() -> UInt64? {
        guard let range = take(count: 16), let high = hex32(range.lowerBound), let low = hex32(range.lowerBound + 8)
        else { return nil }
        return high << 32 | low
    }

    /// The value of 8 such digits, all at once: each line has 176 of them.
    private func hex32(_ place: Int) -> UInt64? {
        let digits = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let ones: UInt64 = 0x0101_0101_0101_0101
        // A letter has bit 6, and its low bits count from 1.
        let values = digits & (ones * 0x0f) + 9 * (digits >> 6 & ones)
        // What is no digit has a greater value, or is not what its value is written as.
        guard values & (ones * 0xf0) == 0, values + ones * 0x30 + 0x27 * ((values + ones * 6) >> 4 & ones) == digits
        else { return nil }
        let pairs = (values | values >> 4) & 0x00ff_00ff_00ff_00ff
        let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff
        return (fours | fours >> 16) & 0xffff_ffff
    }

    /// The content of a JSON string whose closing quote was taken, and its opening quote.
    mutating func takeStringContent(limit: Int) -> Range<Int>? {
        let close = end
        var index = end
        while index > 0, close - index <= limit {
            index -= 1
            // Inside a string every quote has a backslash before it.
            if bytes[index] == UInt8(ascii: "\""), index == 0 || bytes[index - 1] != UInt8(ascii: "\\") {
                end = index
                return (index + 1)..<close
            }
        }
        return nil
    }
}
