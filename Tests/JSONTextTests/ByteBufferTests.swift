import Testing

@testable import JSONText

@Suite("A byte buffer puts bytes together piece by piece")
struct ByteBufferTests {
    private func text(_ fill: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        fill(&buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test(
        "A byte buffer writes numbers with all their digits", arguments: [0, 9, 10, 1234, UInt64(Int64.max) + 1, .max])
    func decimal(number: UInt64) {
        #expect(text { $0.append(decimal: number) } == String(number))
    }

    @Test("A byte buffer writes hexadecimal numbers in lower case, with the zeros in front")
    func hexadecimal() {
        #expect(text { $0.append(hex: 0x0123_4567_89ab_cdef) } == "0123456789abcdef")
        #expect(text { $0.append(hex: UInt64(0xa)) } == "000000000000000a")
        #expect(text { $0.append(hex: [0x00, 0x9f, 0xff, 0xa0] as [UInt8]) } == "009fffa0")
        #expect(text { $0.append(hex: [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde] as [UInt8]) } == "123456789abcde")
        for value in UInt64(0)...255 {
            let digits = "0123456789abcdef".map(String.init)
            let byte = digits[Int(value >> 4)] + digits[Int(value & 15)]
            #expect(text { $0.append(hex: value * 0x0101_0101_0101_0101) } == String(repeating: byte, count: 8))
            #expect(text { $0.append(hex: [UInt8(value)]) } == byte)
        }
    }

    @Test("Bytes in a buffer stay, however far its memory has to grow", arguments: [1, 63, 64, 65, 1000, 100_000])
    func growing(length: Int) {
        let piece = [UInt8](repeating: 0x78, count: length)
        var buffer = ByteBuffer()
        buffer.append("begin ")
        buffer.append(piece)
        buffer.append(count: length) { $0.initialize(repeating: 0x79) }
        buffer.append("Ünd" as String)
        #expect(buffer.count == 6 + 2 * length + 4)
        #expect(
            buffer.bytes == Array("begin ".utf8) + piece + [UInt8](repeating: 0x79, count: length) + Array("Ünd".utf8))
        #expect(buffer.withBytes(from: 6 + 2 * length) { String(decoding: $0, as: UTF8.self) } == "Ünd")
        let capacity = buffer.capacity
        buffer.removeAll()
        #expect(buffer.count == 0 && buffer.capacity == capacity && buffer.bytes.isEmpty)
    }
}
