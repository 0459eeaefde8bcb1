private import Text

/// The five parts of a URL reference (RFC 3986 §3), as places in its bytes.
///
/// Any bytes can be taken apart so: what is neither scheme, authority, query nor fragment is path.
struct URLParts {
    /// Without the colon.
    var scheme: Range<Int>?
    /// Without the two slashes.
    var authority: Range<Int>?
    var path: Range<Int>
    /// Without the question mark.
    var query: Range<Int>?
    /// Without the number sign.
    var fragment: Range<Int>?

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var rest = 0
        var end = bytes.count
        if let length = Self.schemeLength(bytes) {
            scheme = 0..<length
            rest = length + 1
        }
        if let hash = bytes.first(UInt8(ascii: "#"), from: rest) {
            fragment = hash + 1..<end
            end = hash
        }
        if let question = bytes.first(UInt8(ascii: "?"), from: rest), question < end {
            query = question + 1..<end
            end = question
        }
        if rest + 1 < end, bytes[rest] == UInt8(ascii: "/"), bytes[rest + 1] == UInt8(ascii: "/") {
            let start = rest + 2
            rest = bytes.first(UInt8(ascii: "/"), from: start).map { min($0, end) } ?? end
            authority = start..<rest
        }
        path = rest..<end
    }

    /// How many bytes in front of the first colon are a scheme: a letter, then letters, digits, `+`, `-` and `.`.
    static func schemeLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var length = 0
        while length < bytes.count {
            let byte = bytes[length]
            switch byte {
            case _ where byte.isASCIILetter: break
            case _ where byte.isASCIIDigit, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if length == 0 { return nil }
            case UInt8(ascii: ":"): return length > 0 ? length : nil
            default: return nil
            }
            length += 1
        }
        return nil
    }
}

/// What newswire thinks of a URL's scheme.
enum URLScheme {
    /// http and https: what articles link to.
    case web
    case mailto
    /// Any other: text only, never opened (security.md §10).
    case other

    /// The scheme of a URL or nil for a relative reference. Letters count in either case.
    init?(of url: UnsafeBufferPointer<UInt8>) {
        guard let length = URLParts.schemeLength(url) else { return nil }
        func matches(_ name: StaticString) -> Bool {
            guard length == name.utf8CodeUnitCount else { return false }
            return (0..<length).allSatisfy { url[$0] | 0x20 == name.utf8Start[$0] }
        }
        if matches("http") || matches("https") {
            self = .web
        } else if matches("mailto") {
            self = .mailto
        } else {
            self = .other
        }
    }
}
