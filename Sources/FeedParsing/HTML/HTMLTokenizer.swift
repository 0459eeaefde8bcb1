private import Text

/// Cuts HTML into tags and what stands between them, by the rules of WHATWG HTML §13.2.5 that tell where a tag ends.
///
/// It reads each byte a few times at most, whatever it is given, allocates nothing and builds no tree: what is nested in
/// what is no concern of it. Contents of `script`, `style` and the other elements without markup come as one piece of text.
package struct HTMLTokenizer {
    package enum Token {
        case text(Range<Int>)
        /// Text of a `script`, `style`, ...: no markup and no references in it.
        case rawText(Range<Int>)
        case tag(Tag)
        /// A tag that is not closed before the end, and other such markup where that is kept.
        case unclosedTag(Range<Int>)
        /// Comment, doctype, processing instruction, CDATA mark: nothing to be seen.
        case markup(Range<Int>)
    }

    package struct Tag {
        /// From `<` to behind `>`.
        package var range: Range<Int>
        package var name: Range<Int>
        /// Between the name and `>`, or `/>`.
        package var attributes: Range<Int>
        package var isEnd: Bool
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    /// The name of the element whose raw text comes next.
    private var rawElement: Range<Int>?

    /// How many `svg` and `math` are open. In them a tag that ends with `/>` has no content, and so no raw text either
    /// (HTML §13.2.6.5). Nothing else ends them here, so that what is not known is shown and not hidden.
    private var foreignDepth = 0

    private let readsFrames: Bool
    private let readsScripts: Bool
    private let keepsUnclosed: Bool
    /// A comment was not closed, so that none behind it is.
    private var hasUnclosedComment = false

    /// - Parameters:
    ///   - readsFrames: `iframe`, `noembed` and `noframes` hold markup like any other element.
    ///   - readsScripts: so do all elements.
    ///   - keepsUnclosed: a comment that is not closed ends at the next `>`, and what has none of those is no markup.
    package init(
        _ bytes: UnsafeBufferPointer<UInt8>, readsFrames: Bool = false, readsScripts: Bool = false,
        keepsUnclosed: Bool = false
    ) {
        self.bytes = bytes
        self.readsFrames = readsFrames
        self.readsScripts = readsScripts
        self.keepsUnclosed = keepsUnclosed
    }

    /// The next piece, nil at the end.
    package mutating func next() -> Token? {
        if let element = rawElement {
            rawElement = nil
            let start = offset
            offset = endOfRawText(of: element)
            if offset > start { return .rawText(start..<offset) }
        }
        guard offset < bytes.count else { return nil }
        let start = offset
        if let token = markup() { return token }
        // Text up to the next thing that opens markup.
        offset = start + 1
        while let open = bytes.first(UInt8(ascii: "<"), from: offset) {
            offset = open
            if opensMarkup(at: open) { return .text(start..<open) }
            offset += 1
        }
        offset = bytes.count
        return .text(start..<offset)
    }

    /// Goes on at the next end tag of that name, whatever stands before it; where there is none, nothing changes.
    ///
    /// - Parameter name: the name of a tag that came from here.
    /// - Returns: whether there is one. Each call that finds none reads the rest of the bytes.
    package mutating func skip(toEndOf name: Range<Int>) -> Bool {
        let end = endOfRawText(of: name)
        guard end < bytes.count else { return false }
        rawElement = nil
        offset = end
        return true
    }

    private func opensMarkup(at index: Int) -> Bool {
        guard index + 1 < bytes.count else { return false }
        switch bytes[index + 1] {
        case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "/"): return true
        case let byte: return byte.isASCIILetter
        }
    }

    private mutating func markup() -> Token? {
        let start = offset
        guard bytes[start] == UInt8(ascii: "<"), opensMarkup(at: start) else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "!"):
            if let end = endOfDeclaration(from: start) { return markup(from: start, to: end) }
            hasUnclosedComment = keepsUnclosed
            return markup(from: start, to: keepsUnclosed ? behind(UInt8(ascii: ">"), from: start + 2) : nil)
        case UInt8(ascii: "?"):
            return markup(from: start, to: behind(UInt8(ascii: ">"), from: start + 2))
        case UInt8(ascii: "/"):
            guard start + 2 < bytes.count, bytes[start + 2].isASCIILetter else {
                // `</>` is nothing, `</3` a comment.
                return markup(from: start, to: behind(UInt8(ascii: ">"), from: start + 2))
            }
            return tag(from: start, nameStart: start + 2, isEnd: true)
        default:
            return tag(from: start, nameStart: start + 1, isEnd: false)
        }
    }

    /// - Parameter end: nil where it is not closed.
    private mutating func markup(from start: Int, to end: Int?) -> Token {
        offset = end ?? bytes.count
        return end == nil && keepsUnclosed ? .unclosedTag(start..<offset) : .markup(start..<offset)
    }

    private mutating func tag(from start: Int, nameStart: Int, isEnd: Bool) -> Token {
        var index = nameStart
        while index < bytes.count, !Self.endsName(bytes[index]) { index += 1 }
        let name = nameStart..<index
        guard let close = endOfTag(from: index) else {
            offset = bytes.count
            return .unclosedTag(start..<offset)
        }
        offset = close + 1
        let isSelfClosing = !isEnd && bytes[close - 1] == UInt8(ascii: "/")
        if isForeign(name) {
            if !isSelfClosing { foreignDepth = max(0, foreignDepth + (isEnd ? -1 : 1)) }
        } else if !isEnd, !(isSelfClosing && foreignDepth > 0), isRawElement(name) {
            rawElement = name
        }
        return .tag(Tag(range: start..<offset, name: name, attributes: index..<close, isEnd: isEnd))
    }

    /// The place of the `>` that ends the tag: one that is not inside a quoted value.
    private func endOfTag(from start: Int) -> Int? {
        var index = start
        // Without a name before it an equals sign is the first character of one, as `HTMLAttributes` has it too.
        var hasName = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: ">"): return index
            case UInt8(ascii: "/"):
                hasName = false
                index += 1
            case UInt8(ascii: "=") where hasName:
                hasName = false
                index += 1
                while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
                guard index < bytes.count else { return nil }
                let quote = bytes[index]
                if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                    guard let close = bytes.first(quote, from: index + 1) else { return nil }
                    index = close + 1
                } else {
                    // An unquoted value may hold `=` and quotes.
                    while index < bytes.count, !Self.isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">") {
                        index += 1
                    }
                }
            case let byte:
                if !Self.isSpace(byte) { hasName = true }
                index += 1
                // Letters lie behind all that ends a name.
                while hasName, index < bytes.count, bytes[index] > UInt8(ascii: ">") { index += 1 }
            }
        }
        return nil
    }

    /// Behind `<!-- -->`, `<![CDATA[` or any other `<! >`; nil for what is not closed.
    private func endOfDeclaration(from start: Int) -> Int? {
        func begins(_ text: StaticString) -> Bool {
            start + text.utf8CodeUnitCount <= bytes.count
                && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
        }
        // Only the marks of a CDATA section are markup; what is in it is content, which authors want to be seen.
        if begins("<![CDATA[") { return start + 9 }
        guard begins("<!--") else { return behind(UInt8(ascii: ">"), from: start + 2) }
        var index = start + 4
        if index < bytes.count, bytes[index] == UInt8(ascii: ">") { return index + 1 }
        if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] == UInt8(ascii: ">") {
            return index + 2
        }
        while !hasUnclosedComment, let close = bytes.first(UInt8(ascii: ">"), from: index) {
            let dash = { (back: Int) in close - back >= start + 4 && bytes[close - back] == UInt8(ascii: "-") }
            if dash(1), dash(2) { return close + 1 }
            if close - 3 >= start + 4, bytes[close - 1] == UInt8(ascii: "!"), dash(2), dash(3) { return close + 1 }
            index = close + 1
        }
        return nil
    }

    private func behind(_ byte: UInt8, from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        return bytes.first(byte, from: start).map { $0 + 1 }
    }

    /// Where `</name` stands that ends the raw text, or the end of everything.
    private func endOfRawText(of element: Range<Int>) -> Int {
        var index = offset
        while let open = bytes.first(UInt8(ascii: "<"), from: index) {
            let name = open + 2
            let end = name + element.count
            if end <= bytes.count, bytes[open + 1] == UInt8(ascii: "/"),
                element.indices.allSatisfy({
                    bytes[name + $0 - element.lowerBound] | 0x20 == bytes[$0] | 0x20
                }), end == bytes.count || Self.endsName(bytes[end])
            {
                return open
            }
            index = open + 1
        }
        return bytes.count
    }

    private func isForeign(_ name: Range<Int>) -> Bool {
        let element: StaticString
        switch name.count {
        case 3: element = "svg"
        case 4: element = "math"
        default: return false
        }
        return name.allSatisfy { bytes[$0] | 0x20 == element.utf8Start[$0 - name.lowerBound] }
    }

    private func isRawElement(_ name: Range<Int>) -> Bool {
        if readsScripts { return false }
        // Most names are none of these by their length or first letter.
        guard name.count >= 3, name.count <= 8 else { return false }
        switch bytes[name.lowerBound] | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "x"), UInt8(ascii: "i"), UInt8(ascii: "n"): break
        default: return false
        }
        return switch HTMLName(bytes, name) {
        case .script, .style, .textarea, .title, .xmp: true
        case .iframe, .noembed, .noframes: !readsFrames
        default: false
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d && byte != 0x0b) }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }
}

/// Goes through the attributes of a tag that `HTMLTokenizer` found.
package struct HTMLAttributes: IteratorProtocol {
    package struct Attribute {
        package var name: Range<Int>
        /// Without its quotes; empty where there is none.
        package var value: Range<Int>
        /// The quote around the value, nil for an unquoted value and for none.
        package var quote: UInt8?
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index: Int
    private let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, of tag: HTMLTokenizer.Tag) {
        self.init(bytes, in: tag.attributes)
    }

    /// - Parameter range: `Tag.attributes` of a tag of these bytes.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    package mutating func next() -> Attribute? {
        while index < end, HTMLTokenizer.isSpace(bytes[index]) || bytes[index] == UInt8(ascii: "/") { index += 1 }
        guard index < end else { return nil }
        let nameStart = index
        // An equals sign in front belongs to the name.
        index += 1
        // Letters lie behind all that ends a name.
        while index < end, bytes[index] > UInt8(ascii: "=") || !endsName(bytes[index]) { index += 1 }
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
            while index < end, bytes[index] > 0x20 || !HTMLTokenizer.isSpace(bytes[index]) { index += 1 }
            return Attribute(name: name, value: start..<index, quote: nil)
        }
        let start = index + 1
        index = UnsafeBufferPointer(rebasing: bytes[..<end]).first(quote, from: start) ?? end
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
