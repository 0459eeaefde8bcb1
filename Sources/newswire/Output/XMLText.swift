internal import FeedModel

/// Writes XML: elements whose names need no escaping, text and attributes that do.
struct XMLText {
    private(set) var bytes: [UInt8] = []

    typealias Attributes = [(name: StaticString, value: String)]

    mutating func begin(_ name: StaticString, _ attributes: Attributes = []) {
        open(name, attributes)
        append(">\n")
    }

    mutating func end(_ name: StaticString) {
        append("</")
        append(name)
        append(">\n")
    }

    /// An element that holds text; nothing where that is nil.
    mutating func element(_ name: StaticString, _ text: String?, _ attributes: Attributes = []) {
        guard let text else { return }
        open(name, attributes)
        append(">")
        escape(text)
        end(name)
    }

    /// An element that holds nothing.
    mutating func empty(_ name: StaticString, _ attributes: Attributes) {
        open(name, attributes)
        append("/>\n")
    }

    private mutating func open(_ name: StaticString, _ attributes: Attributes) {
        append("<")
        append(name)
        for attribute in attributes {
            append(" ")
            append(attribute.name)
            append("=\"")
            escape(attribute.value)
            append("\"")
        }
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// What XML 1.0 has no place for becomes U+FFFD. What could steer a terminal is written as its number, which means the
    /// same to whoever reads XML.
    private mutating func escape(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": append("&amp;")
            case "<": append("&lt;")
            case ">": append("&gt;")
            case "\"": append("&quot;")
            // Otherwise a reader makes a line feed of it, and a space of either in an attribute.
            case "\r": append("&#13;")
            case "\n", "\t": bytes.append(UInt8(scalar.value))
            case "\u{0}"..<" ", "\u{fffe}", "\u{ffff}": append("\u{fffd}")
            case _ where SafeText.isUnsafe(scalar): bytes.append(contentsOf: "&#\(scalar.value);".utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}

/// What a value must look like where Atom's schema asks for more than text.
extension XMLText {
    /// A URL whose characters are all allowed in an IRI (RFC 3987): the others are percent-encoded.
    static func iri(_ url: String) -> String {
        var result: [UInt8] = []
        let bytes = Array(url.utf8)
        func isHex(_ place: Int) -> Bool {
            place < bytes.count && Character(Unicode.Scalar(bytes[place])).isHexDigit && bytes[place] < 0x80
        }
        var hasFragment = false
        for (place, byte) in bytes.enumerated() {
            let isAllowed =
                switch byte {
                case UInt8(ascii: "%"): isHex(place + 1) && isHex(place + 2)
                // One fragment, no more.
                case UInt8(ascii: "#"): !hasFragment
                case 0...0x20, 0x7f, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                    UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                    false
                default: true
                }
            if byte == UInt8(ascii: "#") { hasFragment = true }
            if isAllowed {
                result.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result.append(contentsOf: "%\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// By the pattern of RFC 4287's schema, and without what would need quoting.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains { $0.isWhitespace }
    }

    /// `type/subtype`, with parameters or without.
    static func isMediaType(_ text: String) -> Bool {
        let parts = text.prefix { $0 != ";" }.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy { byte in
                        Character(Unicode.Scalar(byte)).isLetter && byte < 0x80
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "!#$&-^_.+".utf8.contains(byte)
                    }
            }
    }

    /// A language tag (BCP 47), as far as its letters and digits tell.
    static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            (1...8).contains(part.utf8.count)
                && part.utf8.allSatisfy { byte in
                    byte < 0x80
                        && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                }
        } && parts.first?.utf8.allSatisfy { Character(Unicode.Scalar($0)).isLetter } == true
    }
}
