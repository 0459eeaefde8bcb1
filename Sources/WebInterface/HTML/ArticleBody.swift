internal import FeedParsing

/// `ArticleBody` is the body of an article as a page shows it: sanitised anew each time (web.md §3.9), and then made to fit
/// into a page of ours.
///
/// The sanitiser makes it harmless for whoever shows it alone. Within a page it also must not look like a part of that page,
/// nor speak for it: there are no headings above the page's own, no landmarks, no ids, no controls, no styles, and links lead
/// out of the site alone.
struct ArticleBody: Sendable, Equatable {
    /// Images that the body would load, each by the URL that it has.
    private(set) var images: [String] = []
    private(set) var bytes: [UInt8] = []

    /// - Parameters:
    ///   - html: as the publisher sent it.
    ///   - baseURL: what relative URLs are made absolute against.
    ///   - loadsImages: whether images are loaded by https, which the answer's policy has to allow; otherwise each is a
    ///     link with the words that stand for it.
    init(_ html: String, baseURL: String?, loadsImages: Bool = false) {
        var writer = BodyWriter(loadsImages: loadsImages)
        let sanitized = Array(HTMLSanitizer.sanitize(html, baseURL: baseURL).utf8)
        sanitized.withUnsafeBufferPointer { writer.write($0) }
        (bytes, images) = (writer.bytes, writer.images)
    }
}

/// Reads what `HTMLSanitizer` writes, and nothing else: tags with names in lower case, every value in double quotes and
/// escaped, elements closed in their order, every other `<` escaped.
private struct BodyWriter {
    let loadsImages: Bool
    private(set) var bytes: [UInt8] = []
    private(set) var images: [String] = []
    /// How many links are open: none may stand in another.
    private var openLinks = 0
    /// For each link that is open, whether it was written.
    private var writtenLinks: [Bool] = []
    private var headings = BodyHeadings()

    init(loadsImages: Bool) { self.loadsImages = loadsImages }

    mutating func write(_ html: UnsafeBufferPointer<UInt8>) {
        bytes.reserveCapacity(html.count)
        var index = 0
        while index < html.count {
            if html[index] == UInt8(ascii: "<") {
                index = writeTag(html, at: index)
            } else {
                let end = html[index...].firstIndex(of: UInt8(ascii: "<")) ?? html.count
                append(text: html[index..<end])
                index = end
            }
        }
    }

    /// Text that is escaped already, in which controls of direction are made visible.
    private mutating func append(text: Slice<UnsafeBufferPointer<UInt8>>) {
        // All that is unsafe and passes the sanitiser begins so.
        guard text.contains(0xe2) else { return bytes.append(contentsOf: text) }
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x2028...0x202e, 0x2066...0x2069: HTMLEscaping.append(scalar, to: &bytes)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    private mutating func writeTag(_ html: UnsafeBufferPointer<UInt8>, at start: Int) -> Int {
        var index = start + 1
        let isEnd = index < html.count && html[index] == UInt8(ascii: "/")
        if isEnd { index += 1 }
        let nameStart = index
        while index < html.count, html[index] != UInt8(ascii: ">"), html[index] != 0x20 { index += 1 }
        let name = String(decoding: html[nameStart..<index], as: UTF8.self)
        var attributes: [(name: String, value: Slice<UnsafeBufferPointer<UInt8>>)] = []
        while index < html.count, html[index] == 0x20 {
            let attributeStart = index + 1
            guard let equals = html[attributeStart...].firstIndex(of: UInt8(ascii: "=")), equals + 1 < html.count,
                let close = html[(equals + 2)...].firstIndex(of: UInt8(ascii: "\""))
            else { return html.count }
            attributes.append(
                (String(decoding: html[attributeStart..<equals], as: UTF8.self), html[(equals + 2)..<close]))
            index = close + 1
        }
        // A tag without an end is none that the sanitiser writes: nothing of it is shown.
        guard index < html.count, html[index] == UInt8(ascii: ">") else { return html.count }
        if isEnd { end(name) } else { begin(name, attributes) }
        return index + 1
    }

    private mutating func begin(
        _ name: String, _ attributes: [(name: String, value: Slice<UnsafeBufferPointer<UInt8>>)]
    ) {
        func value(_ name: String) -> Slice<UnsafeBufferPointer<UInt8>>? { attributes.first { $0.name == name }?.value }
        switch name {
        case "a":
            let target = value("href").flatMap { Self.isOutward($0, mailToo: true) ? $0 : nil }
            let isWritten = target != nil && openLinks == 0
            writtenLinks.append(isWritten)
            guard isWritten, let target else { return }
            openLinks += 1
            put("<a href=\"")
            append(text: target)
            put("\" rel=\"noopener noreferrer nofollow ugc\">")
        case "img": image(value("src"), alt: value("alt"))
        case let name:
            if let level = BodyHeadings.level(name) { return put("<\(headings.begin(level))>") }
            guard let shown = BodyElements.shown[name] else { return }
            put("<\(shown)")
            for (name, value) in attributes where BodyElements.keeps(name, on: shown) {
                put(" \(name)=\"")
                append(text: value)
                put("\"")
            }
            // It scrolls by itself where it is wide, and could otherwise not be scrolled without a mouse.
            if shown == "pre" || shown == "table" { put(" tabindex=\"0\"") }
            put(">")
        }
    }

    private mutating func end(_ name: String) {
        if name == "a" {
            guard writtenLinks.popLast() == true else { return }
            openLinks -= 1
            put("</a>")
        } else if BodyHeadings.level(name) != nil {
            put("</\(headings.end())>")
        } else if let shown = BodyElements.shown[name] {
            put("</\(shown)>")
        }
    }

    private mutating func image(
        _ source: Slice<UnsafeBufferPointer<UInt8>>?, alt: Slice<UnsafeBufferPointer<UInt8>>?
    ) {
        guard let source, Self.isOutward(source, mailToo: false) else { return }
        images.append(String(decoding: source, as: UTF8.self))
        if loadsImages, source.starts(with: "https:".utf8) {
            put("<img src=\"")
            append(text: source)
            put("\" alt=\"")
            if let alt { append(text: alt) }
            put("\" loading=\"lazy\" referrerpolicy=\"no-referrer\">")
            return
        }
        if openLinks == 0 {
            put("<a class=\"image\" href=\"")
            append(text: source)
            put("\" rel=\"noopener noreferrer nofollow ugc\">")
        } else {
            put("<span class=\"image\">")
        }
        put("[image")
        if let alt, !alt.isEmpty {
            put(": ")
            append(text: alt)
        }
        put(openLinks == 0 ? "]</a>" : "]</span>")
    }

    /// Whether a URL leads out of the site. What is relative would lead into it.
    private static func isOutward(_ url: Slice<UnsafeBufferPointer<UInt8>>, mailToo: Bool) -> Bool {
        let start = url.prefix(8).map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        return start.starts(with: "http://".utf8) || start.starts(with: "https://".utf8)
            || mailToo && start.starts(with: "mailto:".utf8)
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

/// Which headings stand in the place of a publisher's: the same outline, below the page's own headings and without a step left
/// out, by which whoever hears the page goes through it.
private struct BodyHeadings {
    /// The levels, as the publisher has them, of the headings above the one that came last, and its own.
    private var outline: [Int] = []
    /// What is open.
    private var open: [String] = []

    static func level(_ name: String) -> Int? {
        guard name.utf8.count == 2, name.hasPrefix("h"), let level = Int(name.dropFirst()), (1...6).contains(level)
        else { return nil }
        return level
    }

    mutating func begin(_ level: Int) -> String {
        while let last = outline.last, last >= level { outline.removeLast() }
        outline.append(level)
        // The page has h2 above the body.
        let name = "h\(min(6, 2 + outline.count))"
        open.append(name)
        return name
    }

    /// The sanitiser closes what it has opened, and nothing else.
    mutating func end() -> String { open.popLast() ?? "h6" }
}

/// What of the sanitiser's vocabulary a body has on a page. Of all else the text alone is shown.
private enum BodyElements {
    /// Each element but headings with the one that stands in its place: nothing is a landmark.
    static let shown: [String: String] = {
        var shown = [
            "center": "div", "dir": "ul", "menu": "ul", "strike": "s", "tt": "code", "acronym": "abbr",
            "picture": "span",
            // Isolates what it holds, and does not turn it.
            "bdo": "bdi",
        ]
        for name in ["address", "article", "aside", "dialog", "footer", "header", "hgroup", "main", "nav", "section"] {
            shown[name] = "div"
        }
        for name in [
            "abbr", "b", "bdi", "br", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
            "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "ruby", "rb", "rp", "rt", "rtc",
            "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p", "pre",
            "summary", "ul", "caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        ] {
            shown[name] = name
        }
        return shown
    }()

    static func keeps(_ attribute: String, on element: String) -> Bool {
        switch attribute {
        case "dir", "lang": true
        case "title": element == "abbr" || element == "dfn"
        case "colspan", "rowspan", "scope": element == "td" || element == "th"
        case "start", "reversed": element == "ol"
        case "value": element == "li"
        case "datetime": element == "time" || element == "ins" || element == "del"
        case "open": element == "details"
        default: false
        }
    }
}
