/// Finds what would cost libxml2 far more than reading it: it compares each attribute of a tag with all others, and looks
/// through all namespaces that are declared for each name.
enum OPMLBounds {
    /// Between two angle brackets.
    private static let mostAttributes = 512
    /// In the whole document.
    private static let mostNamespaces = 512

    /// The line that has too many; nil where there is none, as in all documents that programs write.
    static func firstLineBeyond(_ bytes: [UInt8]) -> Int? {
        var line = 1
        var attributes = 0
        var namespaces = 0
        // An equals sign, then a quote, with nothing but white space between; NULs are half of what UTF-16 has.
        var followsEquals = false
        var matched = 0
        for byte in bytes where byte != 0 {
            matched = byte == xmlns[matched] ? matched + 1 : byte == xmlns[0] ? 1 : 0
            if matched == xmlns.count {
                matched = 0
                namespaces += 1
                if namespaces > mostNamespaces { return line }
            }
            switch byte {
            case UInt8(ascii: "="): followsEquals = true
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if followsEquals { attributes += 1 }
                if attributes > mostAttributes { return line }
                followsEquals = false
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                attributes = 0
                followsEquals = false
            case 0x0a: line += 1
            case 0...0x20: break
            default: followsEquals = false
            }
        }
        return nil
    }

    private static let xmlns = Array("xmlns".utf8)
}
