import FeedModel
private import Text

/// A text of a feed, decoded as far as XML and its own type say.
struct TextValue {
    enum Kind {
        /// Literal text.
        case text
        case html
        /// The format does not say: text unless it looks like HTML.
        case unknown
    }

    var text: String
    var kind: Kind
    var isCut = false
    /// There may be relative URLs in it, and where the item's page is decides what they mean.
    var isRelative = false

    /// With the relative URLs in it made absolute.
    ///
    /// - Parameter base: counts where there is no page, or none that anything could be relative to.
    func resolved(against page: String?, _ base: String?) -> TextValue {
        guard isRelative else { return self }
        var value = self
        value.text = HTMLRewriter.rewriting(text, base: page.flatMap { URLResolution.isWeb($0) ? $0 : nil } ?? base)
        value.isRelative = false
        return value
    }

    var isHTML: Bool {
        switch kind {
        case .text: false
        case .html: true
        case .unknown: HTMLText.looksLikeHTML(text)
        }
    }

    /// As one line without markup.
    var plain: String {
        switch kind {
        case .text: text.whitespaceCollapsed
        case .html: HTMLText.plainText(text)
        case .unknown: text.holdsMarkup ? TextOfUnknownKind.plain(text) : text.whitespaceCollapsed
        }
    }
}

extension String {
    /// Whether there is anything in it that HTML would take for more than a character.
    fileprivate var holdsMarkup: Bool {
        var text = self
        return text.withUTF8 { bytes in
            for byte in bytes where byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { return true }
            return false
        }
    }

    /// Runs of white space, no-break spaces among them, as one space each, none at the ends.
    var whitespaceCollapsed: String {
        var text = self
        return text.withUTF8 { $0.isCollapsed ? nil : $0.collapsed } ?? self
    }

    /// With the letters of ASCII in lower case: what has none in upper case, which is nearly all, is not made anew.
    var lowercasedASCII: String {
        utf8.contains { $0.asciiLowercased != $0 } ? lowercased() : self
    }

    /// Cut to a number of bytes of UTF-8, never inside a character.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit))
        while end > utf8.startIndex, utf8[end] & 0xc0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var isCollapsed: Bool {
        // A space may neither begin nor end the text nor follow another.
        var previous: UInt8 = 0x20
        for byte in self {
            // A no-break space begins with C2.
            if byte <= 0x20, byte != 0x20 || previous == 0x20 { return false }
            if byte == 0xc2 { return false }
            previous = byte
        }
        return previous != 0x20 || isEmpty
    }

    fileprivate var collapsed: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var index = 0
        while index < count {
            let isNoBreakSpace = self[index] == 0xc2 && index + 1 < count && self[index + 1] == 0xa0
            if self[index] > 0x20, !isNoBreakSpace {
                bytes.append(self[index])
            } else if let last = bytes.last, last != 0x20 {
                bytes.append(0x20)
            }
            index += isNoBreakSpace ? 2 : 1
        }
        if bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How an element says that its text is to be taken: Atom's `type`, and Atom 0.3's `mode` beside a media type.
struct TextConstruct {
    var mode: TextCapture.Mode
    var kind: TextValue.Kind
    /// The elements inside are XHTML by the element's own type.
    var isXHTML = false

    /// How the text of a field has to be taken.
    ///
    /// - Parameter isAtom: the format says that a text without a type is no markup.
    init(_ element: Element, _ attributes: XMLAttributes, isAtom: Bool) {
        switch element {
        case .body:
            self.init(.none, usual: .html)
            mode = .inlineHTML
        case .encoded: self.init(attributes, usual: .html)
        case .content: self.init(attributes, usual: isAtom ? .text : .unknown, isContent: true)
        case .title, .subtitle, .summary, .rights: self.init(attributes, usual: isAtom ? .text : .unknown)
        default: self.init(attributes, usual: .unknown)
        }
    }

    /// - Parameter usual: what it is where the element does not say.
    /// - Parameter isContent: it may be anything, such as a picture in base64.
    private init(_ attributes: XMLAttributes, usual: TextValue.Kind, isContent: Bool = false) {
        mode = .text
        kind = usual
        guard !attributes.isEmpty else { return }
        let type = attributes("type")?.lowercased().mediaTypeEssence
        let given = attributes("mode")?.lowercased()
        switch type {
        case nil, "":
            // Atom 0.3 says text/plain then, and means it as rarely as RSS does.
            if given == "escaped" { kind = .unknown }
        case "text", "text/plain":
            kind = .text
        case "html", "text/html", "text/x-html":
            kind = .html
            mode = given == "xml" ? .inlineHTML : .escapedHTML
        case "xhtml", "application/xhtml+xml", "application/xhtml", "text/xhtml":
            kind = .html
            isXHTML = given != "escaped"
            mode = isXHTML ? .inlineHTML : .escapedHTML
        case let type? where type.hasSuffix("+xml") || type.hasSuffix("/xml"):
            kind = given == "escaped" ? .text : .html
            mode = given == "escaped" ? .text : .inlineHTML
        case let type? where type.hasPrefix("text/"):
            kind = .text
        case let type? where type.contains("/"):
            kind = .text
            // RFC 4287 §4.1.3.3: any other media type is base64. Other elements can only mean it where they say bytes.
            if given == nil, isContent || type == "application/octet-stream" { mode = .base64 }
        default: break
        }
        if given == "base64" { mode = .base64 }
    }
}

extension String {
    /// A media type without its parameters.
    var mediaTypeEssence: String {
        let essence = utf8.firstIndex(of: UInt8(ascii: ";")).map { String(self[..<$0]) } ?? self
        return essence.whitespaceCollapsed
    }
}
