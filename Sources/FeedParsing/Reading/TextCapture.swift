import FeedModel

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
    private var wrapper = WrapperDiv.none
    /// The namespaces that elements inside are known to be in.
    private var namespaces: [(uri: UnsafePointer<UInt8>, depth: Int)] = []

    /// - Parameter isXHTML: Atom's, so that one `div` stands around it.
    mutating func begin(
        _ element: Element, mode: Mode = .text, isXHTML: Bool = false, depth: Int, limit: Int
    ) {
        self.element = element
        self.mode = mode
        self.depth = depth
        self.limit = limit
        isActive = true
        wrapper = isXHTML ? .awaited : .none
        holdsMarkup = false
        isCut = false
        if !namespaces.isEmpty { namespaces.removeAll(keepingCapacity: true) }
        if !bytes.isEmpty { bytes.removeAll(keepingCapacity: true) }
    }

    mutating func end() {
        isActive = false
        switch wrapper {
        case .none, .awaited: break
        case .bare: unescapeMarkup()
        case .open(let start): bytes.removeFirst(start)
        case .closed(let inside):
            bytes.removeLast(bytes.count - inside.upperBound)
            bytes.removeFirst(inside.lowerBound)
        }
    }

    /// Where no element stood in what was said to be XHTML, and the text is markup from its first to its last character,
    /// its tags were escaped as if it were HTML.
    private mutating func unescapeMarkup() {
        let markup = bytes.withUnsafeBufferPointer { escaped -> [UInt8]? in
            let text = escaped.trimmed
            guard text.hasPrefix("&lt;"), text.count > 8,
                UnsafeBufferPointer(rebasing: text[(text.count - 4)...]).hasPrefix("&gt;")
            else { return nil }
            var markup: [UInt8] = []
            HTMLEntities.decode(text, into: &markup)
            return markup.withUnsafeBufferPointer { HTMLText.beginsWithTag($0) } ? markup : nil
        }
        if let markup { bytes = markup }
    }

    /// Gives back the memory of a long text that has been taken.
    mutating func dropLongText() {
        if bytes.count > 64 * 1024 { bytes = [] }
    }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        if mode == .inlineHTML {
            wrapper.text(text)
            appendEscaped(text)
        } else {
            appendRaw(text)
        }
    }

    private mutating func appendRaw(_ text: UnsafeBufferPointer<UInt8>) {
        // What comes after a cut would be read as its continuation.
        if isCut { return }
        if bytes.count + text.count <= limit {
            // libxml2 hands over each reference by itself.
            if text.count == 1 { bytes.append(text[0]) } else { bytes.append(contentsOf: text) }
            return
        }
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
            var length = 1
            switch text[index] {
            case UInt8(ascii: "&"):
                replacement = "&amp;"
                if inAttribute, text.hasPrefixIgnoringCase(XMLAttributes.ampersand, at: index) { length = 5 }
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "\"") where inAttribute: replacement = "&quot;"
            default: continue
            }
            appendRaw(UnsafeBufferPointer(rebasing: text[start..<index]))
            append(replacement)
            start = index + length
        }
        appendRaw(UnsafeBufferPointer(rebasing: text[start...]))
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { appendRaw($0) }
    }

    // MARK: - Elements inside

    /// What an element that begins while text is gathered means for the text.
    enum Interruption {
        /// It stands in the text, and is written out there.
        case none
        /// It stands beside the text, which was only spaces.
        case drops
        /// It stands behind the text: the end tag of that is missing.
        case ends
    }

    /// What an element that begins means for the text that is gathered.
    ///
    /// - Parameter partDepth: the depth of the element that opened the innermost part of the document.
    mutating func interruption(by next: Element, in part: DocumentPart, partDepth: Int) -> Interruption {
        if depth == partDepth {
            // A person, an image or a source: the text is only spaces between its parts.
            return next == .unknown && part != .source ? .none : .drops
        }
        // Only in a field that holds no markup is it plain that the end tag is missing.
        switch element {
        case .title, .link, .guid, .id, .published, .updated, .date, .category, .comments: break
        default: return .none
        }
        guard mode != .inlineHTML else { return .none }
        switch next {
        case .item, .link, .guid, .published, .updated, .date, .description, .content, .encoded, .enclosure, .category:
            return .ends
        default: return .none
        }
    }

    mutating func startTag(
        _ name: XMLElementName, attributes: XMLAttributes, bases: inout BaseURLs, depth: Int
    ) {
        if mode == .base64 { return }
        if mode == .text { becomeMarkup() }
        holdsMarkup = true
        append("<")
        append(name.local)
        appendNamespaces(name, attributes, depth: depth)
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
                var url = bases.resolve(attributes.text(index), base: bases.current)
            {
                url.withUTF8 { appendEscaped($0, inAttribute: true) }
            } else {
                appendEscaped(attributes.value(index), inAttribute: true)
            }
            append("\"")
        }
        append(Self.isVoid(name.local) ? " />" : ">")
        if depth == self.depth + 1 {
            wrapper.start(Optional(name.local).equalsIgnoringCase("div"), at: bytes.count)
            // What is declared on the `div` goes with it.
            if case .open = wrapper { namespaces.removeAll(keepingCapacity: true) }
        }
    }

    /// Declares the namespaces that are not HTML's where they begin: SVG, MathML, XLink.
    private mutating func appendNamespaces(_ name: XMLElementName, _ attributes: XMLAttributes, depth: Int) {
        while let last = namespaces.last, last.depth >= depth { namespaces.removeLast() }
        if let uri = name.uri, !namespaces.contains(where: { $0.uri == uri }) {
            namespaces.append((uri, depth))
            if Self.isForeign(name) { appendDeclaration(nil, uri) }
        }
        for index in 0..<attributes.count where !attributes.isXML(index) {
            guard let prefix = attributes.prefix(index), let uri = attributes.uri(index),
                !namespaces.contains(where: { $0.uri == uri })
            else { continue }
            namespaces.append((uri, depth))
            appendDeclaration(prefix, uri)
        }
    }

    private mutating func appendDeclaration(_ prefix: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>) {
        append(" xmlns")
        if let prefix {
            append(":")
            append(prefix)
        }
        append("=\"")
        var length = 0
        while uri[length] != 0 { length += 1 }
        appendEscaped(UnsafeBufferPointer(start: uri, count: length), inAttribute: true)
        append("\"")
    }

    private static func isForeign(_ name: XMLElementName) -> Bool {
        Optional(name.local).equalsIgnoringCase("svg") || Optional(name.local).equalsIgnoringCase("math")
    }

    mutating func endTag(_ name: UnsafePointer<UInt8>, depth: Int) {
        if mode == .base64 || Self.isVoid(name) { return }
        if depth == self.depth + 1 { wrapper.end(at: bytes.count) }
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
