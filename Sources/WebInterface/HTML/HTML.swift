internal import FeedModel

/// `HTML` is a piece of a page. It is made of literals, which are markup, and of what is interpolated into them, which is
/// text: there is no way to make markup of a `String`, so that nothing can be forgotten to be escaped.
///
/// Literals quote their attributes with `"`, inside which interpolated text is as harmless as between tags. What may stand in
/// a `href` is made by `PageLinks` and `OutwardLink`, which know the schemes.
struct HTML: Sendable, Equatable {
    private(set) var bytes: [UInt8]

    /// Nothing at all.
    init() { bytes = [] }

    /// The body of an article, which the sanitiser has made harmless: the one markup that is no literal.
    init(_ body: ArticleBody) { bytes = body.bytes }

    mutating func append(_ other: HTML) { bytes.append(contentsOf: other.bytes) }

    static func + (left: HTML, right: HTML) -> HTML {
        var result = left
        result.append(right)
        return result
    }

    static func += (left: inout HTML, right: HTML) { left.append(right) }

    /// As text, for tests and for what is short.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    var isEmpty: Bool { bytes.isEmpty }

    fileprivate init(bytes: [UInt8]) { self.bytes = bytes }
}

extension HTML: ExpressibleByStringInterpolation {
    init(stringLiteral value: StaticString) {
        bytes = Array(UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: StaticString) {
            bytes.append(
                contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
        }

        /// Text, between tags or between the quotes of an attribute.
        mutating func appendInterpolation(_ text: some StringProtocol) { HTMLEscaping.append(text, to: &bytes) }

        mutating func appendInterpolation(_ number: some BinaryInteger) { bytes.append(contentsOf: "\(number)".utf8) }

        mutating func appendInterpolation(_ html: HTML) { bytes.append(contentsOf: html.bytes) }

        /// Where there is nothing, nothing.
        mutating func appendInterpolation(_ html: HTML?) { if let html { bytes.append(contentsOf: html.bytes) } }

        mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { bytes.append(contentsOf: part.bytes) }
        }
    }
}

extension [HTML] {
    /// The pieces with something between each two.
    func joined(_ separator: HTML) -> HTML {
        var result = HTML()
        for (index, part) in enumerated() {
            if index > 0 { result.append(separator) }
            result.append(part)
        }
        return result
    }
}

/// `HTMLEscaping` makes text harmless in HTML, and what would lead a reader astray visible (security.md §8): controls but the
/// line feed and the tab, the separators of lines and paragraphs, and what turns the direction of text. The marks U+200E,
/// U+200F and U+061C stand, as they are part of titles in Arabic and Hebrew and change nothing but their neighbours, which
/// `dir="auto"` keeps apart from the rest.
enum HTMLEscaping {
    static func append(_ text: some StringProtocol, to bytes: inout [UInt8]) {
        // Most text has nothing in it that would have to be looked at by characters.
        var isPlain = true
        let wasPlain: Void? = text.utf8.withContiguousStorageIfAvailable { utf8 in
            for byte in utf8 where !isPlainByte(byte) {
                isPlain = false
                return
            }
            bytes.append(contentsOf: utf8)
        }
        if wasPlain != nil, isPlain { return }
        for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        // Beyond ASCII only what begins with these can be unsafe: C1, the marks, and U+2028 to U+2069.
        case 0..<0x20, 0x7f, 0xc2, 0xe2: false
        default: true
        }
    }

    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "&": bytes.append(contentsOf: "&amp;".utf8)
        case "<": bytes.append(contentsOf: "&lt;".utf8)
        case ">": bytes.append(contentsOf: "&gt;".utf8)
        case "\"": bytes.append(contentsOf: "&quot;".utf8)
        case "'": bytes.append(contentsOf: "&#39;".utf8)
        case "\n", "\t", "\u{200e}", "\u{200f}", "\u{61c}": bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
        case _ where SafeText.isUnsafe(scalar):
            bytes.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
