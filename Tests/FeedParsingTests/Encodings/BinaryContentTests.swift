import FeedParsing
import Testing

@Suite("Files of other kinds than text: docs/spec/fulltext.md §1.1")
struct BinaryContentTests {
    private static let article = String(repeating: "<p>The council has voted to close the bridge.</p>\n", count: 200)

    @Test(
        "Programs, archives, pictures and documents are known by how they begin, although there is text in them",
        arguments: [
            [0x7f, 0x45, 0x4c, 0x46], [0x1f, 0x8b, 8], [0x89, 0x50, 0x4e, 0x47], Array("%PDF-1.7\n".utf8),
            [0x50, 0x4b, 3, 4], [0xff, 0xd8, 0xff, 0xe0], Array("GIF89a".utf8), [0x28, 0xb5, 0x2f, 0xfd],
        ] as [[UInt8]])
    func signatures(_ signature: [UInt8]) {
        #expect(BinaryContent.isBinary(signature + Self.article.utf8))
    }

    @Test("What is full of control characters is no text, wherever in the file they stand")
    func controls() {
        let text = Array(Self.article.utf8)
        #expect(!BinaryContent.isBinary(text))
        #expect(!BinaryContent.isBinary([]))
        func withNULs(every count: Int) -> [UInt8] {
            text.enumerated().map { offset, byte in offset % count == 0 ? 0 : byte }
        }
        #expect(!BinaryContent.isBinary(withNULs(every: 50)), "a NUL in fifty bytes is a slip")
        #expect(BinaryContent.isBinary(withNULs(every: 10)))
        #expect(BinaryContent.isBinary(text + [UInt8](repeating: 1, count: 4 * text.count)))
    }

    @Test("Text in UTF-16 and UTF-32 is text, with a mark and without, and what is none in them is not")
    func wide() {
        var units: [UInt8] = []
        for unit in Self.article.utf16 { units += [UInt8(unit & 0xff), UInt8(unit >> 8)] }
        #expect(!BinaryContent.isBinary([0xff, 0xfe] + units))
        #expect(!BinaryContent.isBinary(units))
        var scalars: [UInt8] = []
        for scalar in Self.article.unicodeScalars { scalars += [0, 0, 0, UInt8(scalar.value & 0xff)] }
        #expect(!BinaryContent.isBinary([0, 0, 0xfe, 0xff] + scalars))
        #expect(BinaryContent.isBinary([0xff, 0xfe] + [UInt8](repeating: 0, count: 20_000)))
    }

    @Test("A text of which more than every tenth character is lost can be read by nobody")
    func garbled() {
        func text(every count: Int) -> [UInt8] {
            var text: [UInt8] = []
            for (offset, byte) in Self.article.utf8.enumerated() {
                text += offset % count == 0 ? [0xef, 0xbf, 0xbd] : [byte]
            }
            return text
        }
        #expect(BinaryContent.isGarbled(text(every: 5)))
        #expect(!BinaryContent.isGarbled(text(every: 20)))
        #expect(!BinaryContent.isGarbled([]))
    }
}
