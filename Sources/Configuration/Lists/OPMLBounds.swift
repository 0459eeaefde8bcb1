/// What would cost libxml2 far more than reading it: it compares each attribute of a tag with all others, looks through all
/// namespaces that are declared for each name, and from each ampersand looks for the next semicolon, however far.
enum OPMLBounds {
    /// Between two angle brackets.
    private static let mostAttributes = 512
    /// In the whole document.
    private static let mostNamespaces = 512
    /// Bytes between ampersands and the semicolons behind them, for each byte of the document.
    private static let mostSearching = 256

    /// The line that has too many of them; nil where there is none, as in all documents that programs write.
    static func firstLineBeyond(_ bytes: [UInt8]) -> Int? {
        var line = 1
        var attributes = 0
        var namespaces = 0
        // An equals sign, then a quote, with nothing but white space between; NULs are half of what UTF-16 has.
        var followsEquals = false
        var matched = 0
        var ampersands = 0
        var searching = 0
        let xmlns = Self.xmlns
        let mostSearching = Self.mostSearching * max(bytes.count, 65_536)
        for byte in bytes where byte != 0 {
            searching += ampersands
            matched = byte == xmlns[matched] ? matched + 1 : byte == xmlns[0] ? 1 : 0
            if matched == xmlns.count {
                matched = 0
                namespaces += 1
            }
            switch byte {
            case UInt8(ascii: "&"): ampersands += 1
            case UInt8(ascii: ";"): ampersands = 0
            case UInt8(ascii: "="): followsEquals = true
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if followsEquals { attributes += 1 }
                followsEquals = false
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                attributes = 0
                followsEquals = false
            case 0x0a: line += 1
            case 0...0x20: break
            default: followsEquals = false
            }
            if attributes > mostAttributes || namespaces > mostNamespaces { return line }
            if searching > mostSearching { return line }
        }
        return nil
    }

    private static let xmlns = Array("xmlns".utf8)

    /// The document with each ampersand that begins no reference written as one, as programs should have; nil where there
    /// is none, and in UTF-16.
    static func withReferences(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.prefix(4).contains(0) || bytes.first ?? 0 >= 0xfe { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var result: [UInt8] = []
            var copied = 0
            var index = 0
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: "<"), isAt(index, "<![CDATA[", bytes) {
                    // There an ampersand is one.
                    index = end(ofSection: index, bytes)
                    continue
                }
                index += 1
                guard bytes[index - 1] == UInt8(ascii: "&"), !isReference(index, bytes) else { continue }
                result.append(contentsOf: bytes[copied..<index])
                result.append(contentsOf: "amp;".utf8)
                copied = index
            }
            if copied == 0 { return nil }
            result.append(contentsOf: bytes[copied...])
            return result
        }
    }

    private static func isAt(_ index: Int, _ text: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count - index >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[index + offset] != text.utf8Start[offset] { return false }
        return true
    }

    private static func end(ofSection start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = start + 9
        while index < bytes.count, !isAt(index, "]]>", bytes) { index += 1 }
        return index
    }

    /// Whether a name or number and a semicolon follow, as near as in any reference.
    private static func isReference(_ start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = start
        while index < bytes.count, index - start <= 40 {
            switch bytes[index] {
            case UInt8(ascii: ";"): return index > start
            case UInt8(ascii: "#") where index == start: break
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                break
            default: return false
            }
            index += 1
        }
        return false
    }
}
