/// Goes through the attributes of a tag that `HTMLTokenizer` found.
struct HTMLAttributes: IteratorProtocol {
    struct Attribute {
        var name: Range<Int>
        /// Without its quotes; empty where there is none.
        var value: Range<Int>
        /// The quote around the value, nil for an unquoted value and for none.
        var quote: UInt8?
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index: Int
    private let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, of tag: HTMLTokenizer.Tag) {
        self.bytes = bytes
        index = tag.attributes.lowerBound
        end = tag.attributes.upperBound
    }

    mutating func next() -> Attribute? {
        while index < end, HTMLTokenizer.isSpace(bytes[index]) || bytes[index] == UInt8(ascii: "/") { index += 1 }
        guard index < end else { return nil }
        let nameStart = index
        // An equals sign in front belongs to the name.
        index += 1
        while index < end, !endsName(bytes[index]) { index += 1 }
        let name = nameStart..<index
        skipSpace()
        guard index < end, bytes[index] == UInt8(ascii: "=") else {
            return Attribute(name: name, value: index..<index, quote: nil)
        }
        index += 1
        skipSpace()
        guard index < end else { return Attribute(name: name, value: index..<index, quote: nil) }
        let quote = bytes[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = index
            while index < end, !HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
            return Attribute(name: name, value: start..<index, quote: nil)
        }
        let start = index + 1
        index = bytes[start..<end].firstIndex(of: quote) ?? end
        let value = start..<index
        index = min(index + 1, end)
        return Attribute(name: name, value: value, quote: quote)
    }

    private mutating func skipSpace() {
        while index < end, HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
    }

    private func endsName(_ byte: UInt8) -> Bool {
        HTMLTokenizer.isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=")
    }
}
