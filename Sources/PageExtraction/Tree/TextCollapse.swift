private import FeedParsing

/// Text as a reader sees it, put together from pieces of a page: references decoded, white space collapsed, nothing
/// around it, no control characters.
struct TextCollapse {
    private(set) var bytes: [UInt8] = []
    private var needsSpace = false
    private var decoded: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    /// What comes next does not run together with what came before.
    mutating func separate() {
        if !bytes.isEmpty { needsSpace = true }
    }

    /// Appends text as it stands in a page.
    mutating func append(raw page: [UInt8], _ range: Range<Int>) {
        let hasReference = page[range].contains(UInt8(ascii: "&"))
        if hasReference {
            decoded.removeAll(keepingCapacity: true)
            page.withUnsafeBufferPointer {
                HTMLEntities.decode(UnsafeBufferPointer(rebasing: $0[range]), into: &decoded)
            }
            append(decoded[...])
        } else {
            append(page[range])
        }
    }

    mutating func append(_ text: ArraySlice<UInt8>) {
        var index = text.startIndex
        let end = text.endIndex
        while index < end {
            let byte = text[index]
            if byte <= 0x20 || byte == 0x7f {
                if byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) { separate() }
                index += 1
                continue
            }
            let space = Self.spaceLength(text, at: index)
            if space > 0 {
                separate()
                index += space
                continue
            }
            let invisible = Self.invisibleLength(text, at: index)
            if invisible > 0 {
                index += invisible
                continue
            }
            if needsSpace {
                bytes.append(0x20)
                needsSpace = false
            }
            let start = index
            repeat { index += 1 } while index < end && text[index] > 0x20 && text[index] < 0x7f
            bytes.append(contentsOf: text[start..<index])
        }
    }

    consuming func finish() -> String { String(decoding: bytes, as: UTF8.self) }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsSpace = false
    }

    /// A no-break space, or one of the spaces of U+2000 to U+200A, U+202F, U+2028, U+2029 and U+3000.
    static func spaceLength(_ text: ArraySlice<UInt8>, at index: Int) -> Int {
        switch text[index] {
        case 0xc2: return index + 1 < text.endIndex && text[index + 1] == 0xa0 ? 2 : 0
        case 0xe2:
            guard index + 2 < text.endIndex, text[index + 1] == 0x80 else { return 0 }
            let last = text[index + 2]
            return last <= 0x8a || last == 0xaf || last == 0xa8 || last == 0xa9 ? 3 : 0
        case 0xe3:
            return index + 2 < text.endIndex && text[index + 1] == 0x80 && text[index + 2] == 0x80 ? 3 : 0
        default: return 0
        }
    }

    /// A space of no width, a byte order mark, a control character of U+0080 to U+009F, or what turns the
    /// direction of text: nothing that anybody reads.
    private static func invisibleLength(_ text: ArraySlice<UInt8>, at index: Int) -> Int {
        switch text[index] {
        case 0xc2:
            guard index + 1 < text.endIndex else { return 0 }
            return text[index + 1] < 0xa0 ? 2 : 0
        case 0xe2:
            guard index + 2 < text.endIndex else { return 0 }
            switch (text[index + 1], text[index + 2]) {
            case (0x80, 0x8b), (0x80, 0xaa...0xae), (0x81, 0xa0), (0x81, 0xa6...0xa9): return 3
            default: return 0
            }
        case 0xef:
            return index + 2 < text.endIndex && text[index + 1] == 0xbb && text[index + 2] == 0xbf ? 3 : 0
        default: return 0
        }
    }

    /// A value without white space around it.
    static func trimmed(_ value: [UInt8]) -> String {
        var (start, end) = (0, value.count)
        while start < end, value[start] <= 0x20 { start += 1 }
        while end > start, value[end - 1] <= 0x20 { end -= 1 }
        return String(decoding: value[start..<end], as: UTF8.self)
    }
}
