import Testing

@testable import ArticleStore

@Suite struct RecordLineTests {
    private func hex(_ digits: [UInt8]) -> UInt64? {
        digits.withUnsafeBytes { bytes in
            var scan = BackwardScan(bytes)
            return scan.takeHex64()
        }
    }

    @Test("Sixteen digits are a number")
    func numbers() {
        for text in ["0000000000000000", "0123456789abcdef", "ffffffffffffffff", "9f86d081884c7d65"] {
            #expect(hex(Array(text.utf8)) == UInt64(text, radix: 16))
        }
        #expect(hex(Array("0123456789abcde".utf8)) == nil)
    }

    @Test("Any other byte is no digit, wherever it stands")
    func otherBytes() {
        for place in 0..<16 {
            for byte in UInt8.min...UInt8.max {
                for digit in "0f".utf8 {
                    var digits = [UInt8](repeating: digit, count: 16)
                    digits[place] = byte
                    let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                    let expected = isDigit ? UInt64(String(decoding: digits, as: UTF8.self), radix: 16) : nil
                    if hex(digits) != expected { Issue.record("\(byte) at \(place)") }
                }
            }
        }
    }
}
