/// `HTMLSanitizer` reduces HTML to what may be shown without danger (security.md §9).
///
/// Kept are the elements, attributes, URL schemes and CSS properties of `HTMLAllowList`; of other elements the text
/// stays, of `script`, `style` and their like nothing. What makes the result safe is how it is written, not how the
/// input was read: only names from the lists, every value quoted, every `<`, `>` and `&` escaped, elements closed in
/// order, no comments, nothing that a browser reads by other rules than these.
///
/// It works on `HTMLTokenizer` rather than libxml2's HTML parser, which compares each attribute of a tag with all
/// others: 800 kB of attributes take it eleven seconds. Here the time grows with the length alone.
package enum HTMLSanitizer {
    /// Returns HTML in which nothing runs, loads or posts by itself (security.md §9).
    ///
    /// - Parameter baseURL: what relative URLs are made absolute against; nil leaves them relative.
    package static func sanitize(_ html: String, baseURL: String?) -> String {
        var html = html
        return html.withUTF8 { sanitize($0, baseURL: baseURL) }
    }

    /// The same of HTML in UTF-8.
    package static func sanitize(_ html: [UInt8], baseURL: String?) -> String {
        html.withUnsafeBufferPointer { sanitize($0, baseURL: baseURL) }
    }

    private static func sanitize(_ bytes: UnsafeBufferPointer<UInt8>, baseURL: String?) -> String {
        var sanitizing = Sanitizing(bytes, baseURL: baseURL)
        return String(decoding: sanitizing.run(), as: UTF8.self)
    }
}

private struct Sanitizing {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let baseURL: String?
    private var output = SanitizedHTML()
    private var open = HTMLOpenElements()
    /// The element of which nothing is written, contents included, and how many of its name are open.
    private var hidden: (name: HTMLName, depth: Int)?
    private var isInCDATA = false
    private var decoded: [UInt8] = []
    private var safe: [UInt8] = []
    private var budget: ResolutionBudget

    init(_ bytes: UnsafeBufferPointer<UInt8>, baseURL: String?) {
        budget = ResolutionBudget(document: bytes.count)
        self.bytes = bytes
        self.baseURL = baseURL
    }

    mutating func run() -> [UInt8] {
        // Frames are left out, so what stands in them may as well be read; and feeds have `<iframe/>`.
        var tokenizer = HTMLTokenizer(bytes, readsFrames: true)
        var rawElement = HTMLName.unknown
        var roles: HTMLElementRoles = []
        while let token = tokenizer.next() {
            switch token {
            case .text(let range): text(range, decoding: true)
            case .unclosedTag(let range):
                // The rest of a text that was cut, unless it is only a less-than sign.
                if !bytes[range].contains(UInt8(ascii: "=")) { text(range, decoding: true) }
            case .rawText(let range):
                if !roles.contains(.hidden) { text(range, decoding: rawElement != .xmp) }
            case .tag(let tag):
                let name = HTMLName(bytes, tag.name)
                rawElement = name
                roles = HTMLElementRoles(of: name)
                if tag.isEnd { end(name, roles) } else { start(name, roles, tag) }
            case .markup(let range):
                if range.count == 9, bytes[range.lowerBound + 2] == UInt8(ascii: "[") { isInCDATA = true }
            }
        }
        open.closeAll { output.endTag($0) }
        return output.bytes
    }

    private mutating func text(_ range: Range<Int>, decoding: Bool) {
        guard hidden == nil else { return }
        let text = UnsafeBufferPointer(rebasing: bytes[range])
        guard decoding, isInCDATA || text.contains(UInt8(ascii: "&")) else {
            output.text(text)
            return
        }
        decoded.removeAll(keepingCapacity: true)
        HTMLEntities.decode(text, into: &decoded)
        if isInCDATA { decoded.removeCDATAEnds() }
        decoded.withUnsafeBufferPointer { output.text($0) }
    }

    private mutating func start(_ name: HTMLName, _ roles: HTMLElementRoles, _ tag: HTMLTokenizer.Tag) {
        if let hidden {
            if hidden.name == name, !isSelfClosing(tag) { self.hidden?.depth += 1 }
            return
        }
        if roles.contains(.hidden) {
            // What has raw text ends with it: the tokenizer knows where.
            if name != .script, name != .style, !isSelfClosing(tag) { hidden = (name, 1) }
            return
        }
        guard roles.contains(.allowed) else { return }
        open.prepare(for: roles) { output.endTag($0) }
        guard roles.contains(.void) || open.push(name, roles) else { return }
        output.beginTag(name)
        writeAttributes(of: tag, on: name)
        output.finishTag()
    }

    private mutating func end(_ name: HTMLName, _ roles: HTMLElementRoles) {
        if let hidden {
            guard hidden.name == name else { return }
            self.hidden = hidden.depth > 1 ? (name, hidden.depth - 1) : nil
        } else if roles.contains(.allowed) {
            open.close(name, roles) { output.endTag($0) }
        }
    }

    private func isSelfClosing(_ tag: HTMLTokenizer.Tag) -> Bool {
        bytes[tag.range.upperBound - 2] == UInt8(ascii: "/")
    }

    private mutating func writeAttributes(of tag: HTMLTokenizer.Tag, on element: HTMLName) {
        var attributes = HTMLAttributes(bytes, of: tag)
        // Never longer than the list of allowed ones.
        var seen: [HTMLName] = []
        while let attribute = attributes.next() {
            let name = HTMLName(bytes, attribute.name)
            guard let kind = HTMLAllowList.kind(of: name, on: element), !seen.contains(name) else { continue }
            seen.append(name)
            decoded.removeAll(keepingCapacity: true)
            HTMLEntities.decode(
                UnsafeBufferPointer(rebasing: bytes[attribute.value]), inAttribute: true, into: &decoded)
            decoded.withUnsafeBufferPointer { value in
                if kind == .text {
                    output.attribute(name, value)
                } else if makeSafe(value, kind) {
                    safe.withUnsafeBufferPointer { output.attribute(name, $0) }
                }
            }
        }
    }

    /// Puts what may be written of a value into `safe`; false where that is nothing.
    private mutating func makeSafe(_ value: UnsafeBufferPointer<UInt8>, _ kind: HTMLAllowList.AttributeKind) -> Bool {
        safe.removeAll(keepingCapacity: true)
        switch kind {
        case .text: return false
        case .url: return HTMLSafeURL.append(value, base: baseURL, &budget, allowingImages: false, to: &safe)
        case .image: return HTMLSafeURL.append(value, base: baseURL, &budget, allowingImages: true, to: &safe)
        case .sourceSet: return HTMLSafeURL.appendSourceSet(value, base: baseURL, &budget, to: &safe)
        case .style:
            CSSDeclarations.appendSafe(value, to: &safe)
            return !safe.isEmpty
        }
    }
}

/// Writes HTML that means the same in every context and to every parser.
struct SanitizedHTML {
    private(set) var bytes: [UInt8] = []

    mutating func beginTag(_ name: HTMLName) {
        bytes.append(UInt8(ascii: "<"))
        name.append(to: &bytes)
    }

    mutating func finishTag() {
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func endTag(_ name: HTMLName) {
        bytes.append(contentsOf: "</".utf8)
        name.append(to: &bytes)
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func attribute(_ name: HTMLName, _ value: UnsafeBufferPointer<UInt8>) {
        bytes.append(0x20)
        name.append(to: &bytes)
        bytes.append(contentsOf: "=\"".utf8)
        escape(value)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>) {
        escape(text)
    }

    /// Escapes what begins markup, in text and values alike; drops control characters, and takes C1 controls for the
    /// windows-1252 characters that `&#150;` and its like were meant to be.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            let replacement: StaticString
            var length = 1
            switch byte {
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "\""): replacement = "&quot;"
            case 0x09, 0x0a:
                index += 1
                continue
            case 0..<0x20, 0x7f: replacement = ""
            case 0xc2 where index + 1 < text.count && text[index + 1] < 0xa0:
                replacement = ""
                length = 2
            default:
                index += 1
                continue
            }
            bytes.append(contentsOf: text[start..<index])
            bytes.append(
                contentsOf: UnsafeBufferPointer(start: replacement.utf8Start, count: replacement.utf8CodeUnitCount))
            if length == 2, let control = Unicode.Scalar(UInt32(text[index + 1])) {
                let meant = HTMLEntities.windows1252(control)
                if meant != control { bytes.append(contentsOf: UTF8.encode(meant) ?? .init()) }
            }
            index += length
            start = index
        }
        bytes.append(contentsOf: text[start...])
    }
}
