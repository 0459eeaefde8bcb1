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
}
