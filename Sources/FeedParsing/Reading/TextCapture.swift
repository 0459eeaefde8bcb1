/// Gathers the text of one element as bytes, and writes elements inside it out as HTML.
struct TextCapture {
    /// How the text of an element has to be taken.
    enum Mode {
        /// As text, until an element inside it shows that it is markup.
        case text
        /// The text is HTML with one more layer of escaping.
        case escapedHTML
        /// The elements inside are the HTML.
        case inlineHTML
        case base64
    }

    private(set) var element = Element.unknown
    private(set) var depth = 0
    private(set) var isActive = false
    private(set) var mode = Mode.text
    /// There was an element inside.
    private(set) var holdsMarkup = false
    private(set) var isCut = false
    private(set) var bytes: [UInt8] = []
    private var limit = 0

    mutating func begin(_ element: Element, mode: Mode = .text, depth: Int, limit: Int) {
        self.element = element
        self.mode = mode
        self.depth = depth
        self.limit = limit
        isActive = true
        holdsMarkup = false
        isCut = false
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func end() {
        isActive = false
    }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        if mode == .inlineHTML {
            appendEscaped(text)
        } else {
            appendRaw(text)
        }
    }

    private mutating func appendRaw(_ text: UnsafeBufferPointer<UInt8>) {
        guard bytes.count + text.count > limit else {
            bytes.append(contentsOf: text)
            return
        }
        guard !isCut else { return }
        isCut = true
        var end = max(0, limit - bytes.count)
        // Never inside a character.
        while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<end]))
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, inAttribute: Bool = false) {
        var start = 0
        for index in 0..<text.count {
            let replacement: StaticString
            switch text[index] {
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "\"") where inAttribute: replacement = "&quot;"
            default: continue
            }
            appendRaw(UnsafeBufferPointer(rebasing: text[start..<index]))
            append(replacement)
            start = index + 1
        }
        appendRaw(UnsafeBufferPointer(rebasing: text[start...]))
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { appendRaw($0) }
    }

    // MARK: - Elements inside

    mutating func startTag(
        _ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?, attributes: XMLAttributes, bases: BaseURLs,
        depth: Int
    ) {
        if mode == .base64 { return }
        if mode == .text { becomeMarkup() }
        holdsMarkup = true
        append("<")
        append(name)
        let resolves = bases.changes(below: self.depth)
        for index in 0..<attributes.count where !attributes.isXML(index) {
            guard let attribute = attributes.name(index) else { continue }
            append(" ")
            if let prefix = attributes.prefix(index) {
                append(prefix)
                append(":")
            }
            append(attribute)
            append("=\"")
            if resolves, Self.holdsURL(attribute),
                var url = URLResolution.resolve(
                    String(decoding: attributes.value(index), as: UTF8.self), base: bases.current)
            {
                url.withUTF8 { appendEscaped($0, inAttribute: true) }
            } else {
                appendEscaped(attributes.value(index), inAttribute: true)
            }
            append("\"")
        }
        append(Self.isVoid(name) ? " />" : ">")
    }

    mutating func endTag(_ name: UnsafePointer<UInt8>) {
        if mode == .base64 || Self.isVoid(name) { return }
        append("</")
        append(name)
        append(">")
    }

    /// The text so far was text after all; unless it has tags of its own, it is escaped like what follows.
    private mutating func becomeMarkup() {
        mode = .inlineHTML
        if bytes.contains(UInt8(ascii: "<")) {
            mode = .escapedHTML
            return
        }
        guard bytes.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ">") }) else { return }
        let text = bytes
        bytes.removeAll(keepingCapacity: true)
        text.withUnsafeBufferPointer { appendEscaped($0) }
    }

    private mutating func append(_ name: UnsafePointer<UInt8>) {
        var length = 0
        while name[length] != 0 { length += 1 }
        appendRaw(UnsafeBufferPointer(start: name, count: length))
    }

    private static func holdsURL(_ name: UnsafePointer<UInt8>) -> Bool {
        let names: [StaticString] = ["href", "src", "cite", "action", "longdesc", "poster", "data", "background"]
        return names.contains { Optional(name).equalsIgnoringCase($0) }
    }

    private static func isVoid(_ name: UnsafePointer<UInt8>) -> Bool {
        let names: [StaticString] = [
            "br", "img", "hr", "input", "area", "base", "col", "embed", "link", "meta", "param", "source", "track",
            "wbr",
        ]
        return names.contains { Optional(name).equalsIgnoringCase($0) }
    }
}
