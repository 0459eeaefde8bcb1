import PostgreSQL
import Testing

@Suite("Arrays in PostgreSQL's binary form")
struct BinaryArrayTests {
    @Test("Numbers and texts stand behind their lengths, whatever is in them")
    func form() {
        var texts = BinaryArray(of: 25, count: 2, size: 4)
        texts.append(text: "{\"")
        texts.append(text: "")
        let header: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1]
        #expect(texts.bytes == header + [0, 0, 0, 2, 0x7b, 0x22, 0, 0, 0, 0])
        var numbers = BinaryArray(of: 20, count: 1, size: 8)
        numbers.append(int8: -2)
        #expect(Array(numbers.bytes.suffix(12)) == [0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254])
    }

    @Test("An array without elements has no dimension")
    func empty() {
        #expect(BinaryArray(of: 25, count: 0, size: 0).bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25])
    }
}
