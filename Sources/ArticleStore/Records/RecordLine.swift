import Digest

/// The fixed end of a line: `,"chain":"<64>","xxh3":"<16>"}}` and a line feed.
enum RecordLine {
    /// No line is longer, the line feed included.
    static let maximumLength = 16 << 20
    /// Bytes from where `,"chain":"` begins to the end of the line.
    static let chainMember = 104
    /// Bytes from where the 64 digits of the chain begin to the end of the line.
    static let chainDigits = 94
    /// Bytes from where `,"xxh3":"` begins to the end of the line.
    static let checksumMember = 29
    static let checksumDigits = 20

    /// Whether the line is what its checksum says.
    static func isWhole(_ line: UnsafeRawBufferPointer) -> Bool {
        let count = line.count
        guard count > chainMember, line[count - 1] == 0x0a else { return false }
        var scan = BackwardScan(line)
        guard scan.take("\"}}\n"), let written = scan.takeHex64(), scan.take("\",\"xxh3\":\"") else { return false }
        return written == XXH3.hash64(UnsafeRawBufferPointer(rebasing: line[..<(count - checksumMember)]))
    }

    /// What the chain is made of, and the chain that the line claims.
    static func chained(_ line: UnsafeRawBufferPointer) -> (content: UnsafeRawBufferPointer, claim: [UInt8]?) {
        let count = line.count
        let digits = line[(count - chainDigits)..<(count - chainDigits + 64)]
        return (UnsafeRawBufferPointer(rebasing: line[..<(count - chainMember)]), Hex.bytes(digits))
    }
}

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
        guard let range = take(count: 16) else { return nil }
        var value: UInt64 = 0
        for index in range {
            let digit = bytes[index]
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
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
