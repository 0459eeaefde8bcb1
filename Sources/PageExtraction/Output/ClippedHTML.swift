/// HTML that is being written, and stops growing once it would be too long in the sanitizer's writing, where a quote is six
/// bytes: text is cut at a character, and every tag is still closed.
struct ClippedHTML {
    private(set) var bytes: [UInt8] = []
    /// Text was left out.
    private(set) var isCut = false

    private let maximumBytes: Int
    /// So many bytes will be put in the place of single ones.
    private var escapes = 0

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    var isFull: Bool { bytes.count + escapes >= maximumBytes }

    /// Appends tags, which are never cut.
    mutating func put(_ piece: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
    }

    mutating func endLine() { bytes.append(0x0a) }

    /// Appends text as it stands in a page, references and all.
    mutating func append(raw page: [UInt8], _ range: Range<Int>, isPreformatted: Bool) {
        page.withUnsafeBufferPointer { page in
            var index = range.lowerBound
            while index < range.upperBound {
                // Whatever needs no other writing, in one piece.
                var end = index
                while end < range.upperBound, !Self.isSpecial(page[end]) { end += 1 }
                if end > index {
                    append(run: UnsafeBufferPointer(rebasing: page[index..<end]))
                    if isCut { return }
                    index = end
                    continue
                }
                if isFull {
                    isCut = true
                    return
                }
                append(special: page[index], isPreformatted: isPreformatted)
                index += 1
            }
        }
    }

    /// Appends a value or a text without markup and references.
    mutating func append(plain text: [UInt8]) {
        for byte in text {
            if isFull, byte & 0xc0 != 0x80 {
                isCut = true
                return
            }
            switch byte {
            case UInt8(ascii: "&"): put("&amp;")
            case UInt8(ascii: "<"): put("&lt;")
            case UInt8(ascii: "\""): put("&quot;")
            default:
                if byte == UInt8(ascii: ">") { escapes += 3 }
                bytes.append(byte)
            }
        }
    }

    private mutating func append(run: UnsafeBufferPointer<UInt8>) {
        var count = min(run.count, max(0, maximumBytes - bytes.count - escapes))
        if count < run.count {
            isCut = true
            while count > 0, run[count] & 0xc0 == 0x80 { count -= 1 }
        }
        bytes.append(contentsOf: run.prefix(count))
    }

    private mutating func append(special byte: UInt8, isPreformatted: Bool) {
        switch byte {
        case UInt8(ascii: "<"): put("&lt;")
        case UInt8(ascii: "\""):
            escapes += 5
            bytes.append(byte)
        case UInt8(ascii: "&"), UInt8(ascii: ">"):
            escapes += 4
            bytes.append(byte)
        case 0x09, 0x0a, 0x0d, 0x20:
            if isPreformatted {
                bytes.append(byte)
            } else if bytes.last != 0x20 {
                bytes.append(0x20)
            }
        default: bytes.append(byte)
        }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), 0x09, 0x0a, 0x0d, 0x20: true
        default: false
        }
    }
}
