/// The candidates of a `srcset` attribute, by WHATWG HTML §4.8.4.2: a URL may hold commas, though not end in one.
struct SourceSet: Sequence, IteratorProtocol {
    struct Candidate {
        var url: Range<Int>
        var descriptor: Range<Int>
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func next() -> Candidate? {
        while index < bytes.count, HTMLTokenizer.isSpace(bytes[index]) || bytes[index] == UInt8(ascii: ",") {
            index += 1
        }
        guard index < bytes.count else { return nil }
        let start = index
        while index < bytes.count, !HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
        var end = index
        while end > start, bytes[end - 1] == UInt8(ascii: ",") { end -= 1 }
        // A comma at the end of the URL ends the candidate: there is no descriptor.
        if end < index { return Candidate(url: start..<end, descriptor: end..<end) }
        while index < bytes.count, HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
        let descriptor = index
        var isInParentheses = false
        while index < bytes.count, isInParentheses || bytes[index] != UInt8(ascii: ",") {
            if bytes[index] == UInt8(ascii: "(") { isInParentheses = true }
            if bytes[index] == UInt8(ascii: ")") { isInParentheses = false }
            index += 1
        }
        var last = index
        while last > descriptor, HTMLTokenizer.isSpace(bytes[last - 1]) { last -= 1 }
        return Candidate(url: start..<end, descriptor: descriptor..<last)
    }

    /// The value with nothing in it that is left out of URLs and on writing: otherwise a URL that is written may be empty
    /// or end in the comma of the next.
    static func withoutControls(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        for (index, byte) in value.enumerated() where !isPartOfC1(value, at: index) {
            if HTMLTokenizer.isSpace(byte) {
                result.append(0x20)
            } else if byte > 0x20 && byte != 0x7f {
                result.append(byte)
            }
        }
        return result
    }

    /// Whether the byte there is one of the two of a control character of U+0080 to U+009F.
    static func isPartOfC1(_ value: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        if value[index] == 0xc2 { return index + 1 < value.count && value[index + 1] < 0xa0 }
        return value[index] >= 0x80 && value[index] < 0xa0 && index > 0 && value[index - 1] == 0xc2
    }
}
