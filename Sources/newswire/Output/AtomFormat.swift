package import FeedModel
internal import FeedParsing
internal import Text

/// `AtomFormat` is one Atom 1.0 document (RFC 4287), valid by the rules of the W3C's validator.
package struct AtomFormat: ArticleFormat {
    let updated: Timestamp
    /// The document's id, which is always the same.
    private let id: String
    /// What the document's links are for, and where they lead: whole URLs.
    private let links: [(rel: String, href: String)]

    /// - Parameters:
    ///   - updated: when the newest record was stored.
    ///   - id: of the document.
    ///   - links: `self`, `next` (RFC 5005) and the like, with whole URLs.
    package init(
        updated: Timestamp, id: String = "urn:newswire:articles", links: [(rel: String, href: String)] = []
    ) {
        self.updated = updated
        self.id = id
        self.links = links
    }

    /// Tells labels that rules have given from the publisher's own categories.
    private static let labelScheme = "urn:newswire:label"

    package var prologue: String {
        var xml = XMLText()
        xml.element("id", id)
        xml.element("title", "newswire")
        xml.element("updated", "\(updated)")
        xml.element("generator", "newswire", [("version", Version.newswire)])
        for link in links { xml.empty("link", [("rel", link.rel), ("href", XMLText.iri(link.href))]) }
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
            + String(decoding: xml.bytes, as: UTF8.self)
    }
    package var epilogue: String { "</feed>\n" }

    package func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        let article = record.article
        var xml = XMLText()
        var attributes: XMLText.Attributes = []
        if let language = article.language, XMLText.isLanguage(language) { attributes = [("xml:lang", language)] }
        xml.begin("entry", attributes)
        xml.element("id", ArticleURN.urn(record.uid))
        xml.element("title", article.headline)
        xml.element("updated", updated(article, record))
        xml.element("published", article.published?.description)
        appendPeople(article, record, &xml)
        appendLinks(article, &xml)
        for tag in article.tags where !tag.isEmpty { xml.empty("category", [("term", tag)]) }
        for label in record.labels { xml.empty("category", [("term", label), ("scheme", Self.labelScheme)]) }
        appendTexts(article, PageBeside(record), &xml)
        appendSource(record, &xml)
        xml.end("entry")
        bytes.append(contentsOf: xml.bytes)
    }

    /// The publisher's date of change; for an edit that has none of its own, when newswire saw it: versions of an entry
    /// should differ in it.
    private func updated(_ article: Article, _ record: StoredRecord) -> String {
        let stored = record.storedAtText ?? Timestamp(milliseconds: 0).description
        if record.kind == .update { return stored }
        return (article.modified ?? article.published)?.description ?? stored
    }

    private func appendPeople(_ article: Article, _ record: StoredRecord, _ xml: inout XMLText) {
        var authors = article.authors.filter { ($0.name ?? $0.email ?? $0.url)?.isEmpty == false }
        if authors.isEmpty {
            // Every entry needs one: the feed stands in.
            let name = record.feedTitle ?? record.feed?.text ?? ""
            authors = [Author(name: name.isEmpty ? "unknown" : name)]
        }
        for author in authors { append(author, as: "author", &xml) }
        for person in article.contributors where (person.name ?? person.email ?? person.url)?.isEmpty == false {
            append(person, as: "contributor", &xml)
        }
    }

    private func append(_ person: Author, as element: StaticString, _ xml: inout XMLText) {
        xml.begin(element)
        xml.element("name", person.name ?? person.email ?? person.url)
        xml.element("uri", person.url.map(XMLText.iri))
        if let email = person.email, XMLText.isEmail(email) { xml.element("email", email) }
        xml.end(element)
    }

    private func appendLinks(_ article: Article, _ xml: inout XMLText) {
        func link(_ rel: String, _ url: String?, _ more: XMLText.Attributes = []) {
            guard let url else { return }
            xml.empty("link", [("rel", rel), ("href", XMLText.iri(url))] + more)
        }
        link("alternate", article.url)
        link("related", article.externalURL)
        link("replies", article.commentsURL)
        if let license = article.license, license.hasPrefix("http") { link("license", license) }
        for attachment in article.attachments {
            var more: XMLText.Attributes = []
            if let type = attachment.mimeType, XMLText.isMediaType(type) { more.append(("type", type)) }
            if let size = attachment.sizeInBytes, size >= 0 { more.append(("length", "\(size)")) }
            if let title = attachment.title { more.append(("title", title)) }
            link("enclosure", attachment.url, more)
        }
    }

    /// - Parameter page: behind the article's own text, below a heading: an entry has one content.
    private func appendTexts(_ article: Article, _ page: PageBeside?, _ xml: inout XMLText) {
        xml.element("summary", article.summary, [("type", "html")])
        if let page {
            let own = article.contentHTML ?? article.contentText.map(MarkupText.paragraphs) ?? ""
            xml.element("content", "\(own)\n<hr>\n<h2>\(page.heading)</h2>\n\(page.markup)", [("type", "html")])
        } else if let html = article.contentHTML {
            xml.element("content", html, [("type", "html")])
        } else if let text = article.contentText {
            xml.element("content", text, [("type", "text")])
        } else if article.url == nil {
            // An entry without content needs an alternate link.
            xml.element("content", "", [("type", "text")])
        }
    }

    private func appendSource(_ record: StoredRecord, _ xml: inout XMLText) {
        guard let url = record.feedURL, url.contains(":") else { return }
        xml.begin("source")
        xml.element("id", XMLText.iri(url))
        xml.element("title", record.feedTitle ?? record.feed?.text ?? url)
        xml.element("updated", record.storedAtText)
        xml.empty("link", [("rel", "self"), ("href", XMLText.iri(url))])
        for tag in record.feedTags where !tag.isEmpty {
            xml.empty("category", [("term", tag)])
        }
        xml.end("source")
    }
}

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

    /// What XML 1.0 has no place for becomes U+FFFD. What could steer a terminal is written as its number, which means
    /// the same to whoever reads XML.
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
        var hasFragment = false
        for (place, byte) in bytes.enumerated() {
            let isAllowed =
                switch byte {
                case UInt8(ascii: "%"): PercentEncoding.byte(in: bytes, at: place) != nil
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
                PercentEncoding.append(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a text is an address by the pattern of RFC 4287's schema.
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
                    && part.utf8.allSatisfy { $0.isASCIIAlphanumeric || "!#$&-^_.+".utf8.contains($0) }
            }
    }

    /// A language tag (BCP 47), as far as its letters and digits tell.
    static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            (1...8).contains(part.utf8.count)
                && part.utf8.allSatisfy(\.isASCIIAlphanumeric)
        } && parts.first?.utf8.allSatisfy(\.isASCIILetter) == true
    }
}
