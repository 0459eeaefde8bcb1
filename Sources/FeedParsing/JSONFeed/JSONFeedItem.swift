import FeedModel
import JSONText

extension JSONFeedFields {
    /// One item. What is no object becomes an empty article.
    mutating func article(_ item: JSONValue) -> Article {
        var article = Article()
        guard item.object != nil else { return article }
        let item = mended(item)
        article.id = identifier(item["id"])
        article.url = url(item["url"]) ?? page(named: article.id)
        article.externalURL = url(item["external_url"])
        article.title = title(item["title"])
        readBody(item, into: &article)
        article.bannerImage = url(item["banner_image"])
        article.image = url(item["image"]) ?? article.bannerImage
        article.language = text(item["language"], limit: limits.titleBytes, "language")
        article.published = date(item["date_published"], "date_published", in: &article)
        article.modified = date(item["date_modified"], "date_modified", in: &article)
        article.authors = authors(item)
        readTags(item["tags"], into: &article)
        readAttachments(item["attachments"], into: &article)
        article.unsafeURLs = unsafeURLs
        article.truncatedFields = truncatedFields
        article.assumedUTC = assumedUTC
        return article
    }

    /// An id that is a URL leads to the item where nothing else does (identity.md §1).
    private func page(named id: String?) -> String? {
        guard let id, id.isPlainWebURL, id.utf8.count <= limits.urlBytes else { return nil }
        return id
    }

    /// Contract.md §3: content is the body and the summary stands beside it; a summary alone is the body.
    private mutating func readBody(_ item: JSONValue, into article: inout Article) {
        article.contentHTML = body(item["content_html"], "content_html").map { html in
            HTMLRewriter.absolutizing(html, base: article.url ?? baseURL)
        }
        article.contentText = body(item["content_text"], "content_text")
        let hasContent = article.contentHTML != nil || article.contentText != nil
        if hasContent {
            article.contentSource = .content
            article.summary = body(item["summary"], "summary")
        } else if let summary = body(item["summary"], "content_text") {
            article.contentSource = .summary
            article.contentText = summary
        }
    }

    private mutating func readTags(_ value: JSONValue?, into article: inout Article) {
        for tag in list(value) {
            guard let tag = text(tag, limit: limits.titleBytes, "tags"), !article.tags.contains(tag) else { continue }
            guard article.tags.count < limits.categories else {
                noteTruncated("tags")
                return
            }
            article.tags.append(tag)
        }
    }

    private mutating func readAttachments(_ value: JSONValue?, into article: inout Article) {
        for attachment in list(value) {
            let attachment = mended(attachment)
            guard let url = url(attachment["url"]) else { continue }
            guard article.attachments.count < limits.enclosures else {
                noteTruncated("attachments")
                return
            }
            article.attachments.append(
                Attachment(
                    url: url, mimeType: text(attachment["mime_type"], limit: limits.titleBytes, "attachments"),
                    title: text(attachment["title"], limit: limits.titleBytes, "attachments"),
                    sizeInBytes: number(attachment["size_in_bytes"]).flatMap { Int64(exactly: $0.rounded()) },
                    durationInSeconds: number(attachment["duration_in_seconds"])))
        }
    }
}

/// Values of JSON Feed as publishers write them: numbers for texts, a text for a list of one, one object for a list.
struct JSONFeedFields {
    let limits: ParseLimits
    /// What relative URLs are resolved against; nil where nothing says so.
    var baseURL: String?
    /// The feed's.
    var language: String?
    /// URLs of the current item that may not stand in a URL field.
    private(set) var unsafeURLs: [String] = []
    /// Fields of the current item that were cut.
    private(set) var truncatedFields: [String] = []
    /// Fields of the current item whose date named no time zone, and whether there was one anywhere.
    private(set) var assumedUTC: [String] = []
    private(set) var assumedZone = false
    /// Names of members were put right somewhere.
    private(set) var sawOtherNames = false
    private var budget: ResolutionBudget

    /// - Parameter documentBytes: how long the document is.
    init(limits: ParseLimits, baseURL: String?, documentBytes: Int) {
        self.limits = limits
        self.baseURL = baseURL
        budget = ResolutionBudget(document: max(documentBytes, 8192))
    }

    mutating func startItem() {
        unsafeURLs = []
        truncatedFields = []
        assumedUTC = []
    }

    mutating func noteTruncated(_ field: String) {
        if !truncatedFields.contains(field) { truncatedFields.append(field) }
    }

    /// An identifier: whole, because the identity is made of all of it; anything but null has one (identity.md §1).
    func identifier(_ value: JSONValue?) -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text): return Self.trimmed(text)
        case .number(let text): return text
        case .bool(let flag): return flag ? "true" : "false"
        case let value?:
            var json = JSONWriter()
            value.write(to: &json)
            return String(decoding: json.finish(), as: UTF8.self)
        }
    }

    /// Text with nothing around it; nil where there is none.
    mutating func text(_ value: JSONValue?, limit: Int? = nil, _ field: String) -> String? {
        switch value {
        case .string(let text): Self.trimmed(text).map { cut($0, to: limit ?? limits.fieldBytes, field) }
        case .number(let text): text
        default: nil
        }
    }

    /// A title: plain text by the format. References stand in it only where a program took it for HTML, so that they are
    /// decoded; what looks like a tag is text.
    mutating func title(_ value: JSONValue?) -> String? {
        guard let text = value?.string, text.utf8.contains(UInt8(ascii: "&")) else {
            return self.text(value, limit: limits.titleBytes, "title")
        }
        return self.text(.string(HTMLText.decodeWholeReferences(text)), limit: limits.titleBytes, "title")
    }

    /// Text of which every space may matter.
    mutating func body(_ value: JSONValue?, _ field: String) -> String? {
        guard let text = value?.string, Self.holdsText(text) else { return text(value, field) }
        return cut(Self.withoutNUL(text), to: limits.contentBytes, field)
    }

    /// An absolute http or https URL. Any other that is there is noted as unsafe.
    mutating func url(_ value: JSONValue?, allowingMail: Bool = false) -> String? {
        guard let text = value?.string.flatMap(Self.trimmed) else { return nil }
        let isPlain = text.isPlainWebURL
        let meant = isPlain ? text : HostReference.url(text, beside: [baseURL]) ?? text
        if let url = URLResolution.resolve(meant, base: isPlain ? nil : baseURL, &budget),
            url.utf8.count <= limits.urlBytes,
            allowingMail ? URLResolution.isPublishable(url) : URLResolution.isWeb(url)
        {
            return url
        }
        if unsafeURLs.count < limits.listEntries { unsafeURLs.append(Self.prefix(text, limits.urlBytes)) }
        return nil
    }

    /// A list, a list of one written without its brackets, or nothing.
    func list(_ value: JSONValue?) -> [JSONValue] {
        switch value {
        case nil, .null: []
        case .array(let elements): elements
        case let value?: [value]
        }
    }

    /// The object with its members named as the format has them.
    mutating func mended(_ value: JSONValue) -> JSONValue {
        guard let mended = JSONFeedNames.mended(value) else { return value }
        sawOtherNames = true
        return mended
    }

    func flag(_ value: JSONValue?) -> Bool {
        value?.bool ?? (value?.string?.lowercased() == "true")
    }

    func number(_ value: JSONValue?) -> Double? {
        let number = value?.double ?? value?.string.flatMap { Double($0) }
        return number.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    mutating func date(_ value: JSONValue?, _ field: String, in article: inout Article) -> Timestamp? {
        guard let text = text(value, field) else { return nil }
        guard let reading = FeedDate.parse(text, language: article.language ?? language) else {
            article.rawDates.append(Article.RawDate(field: field, text: text.cut(toBytes: 256)))
            return nil
        }
        if reading.assumedZone {
            assumedZone = true
            _ = assumedUTC.add(field, limit: 4)
        }
        return reading.time
    }

    /// `authors` of 1.1 and `author` of 1.0, each person once.
    mutating func authors(_ object: JSONValue) -> [Author] {
        var authors: [Author] = []
        for value in list(object["authors"]) + list(object["author"]) {
            let value = mended(value)
            guard authors.count < limits.listEntries else {
                noteTruncated("authors")
                break
            }
            var author = Author()
            if value.object != nil {
                author.name = text(value["name"], limit: limits.titleBytes, "authors")
                author.url = url(value["url"], allowingMail: true)
                author.avatar = url(value["avatar"])
                author.email = text(value["email"], limit: limits.titleBytes, "authors")
            } else {
                author.name = text(value, limit: limits.titleBytes, "authors")
            }
            // Beside a list, `author` says again who is in it, for readers of 1.0.
            if author != Author(), !authors.contains(where: { $0.covers(author) }) { authors.append(author) }
        }
        return authors
    }

    // MARK: - Cutting

    private mutating func cut(_ text: String, to limit: Int, _ field: String) -> String {
        guard text.utf8.count > limit else { return text }
        noteTruncated(field)
        return Self.prefix(text, limit)
    }

    /// As many whole characters as fit into so many bytes.
    private static func prefix(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let end = text.utf8.index(text.startIndex, offsetBy: limit)
        return String(text.unicodeScalars[..<text.unicodeScalars.index(alignedTo: end)])
    }

    /// Whether there is more in it than white space and U+0000.
    private static func holdsText(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in bytes.contains { $0 > 0x20 } }
    }

    /// The text without the white space around it and without U+0000; nil where nothing is left.
    private static func trimmed(_ text: String) -> String? {
        var text = withoutNUL(text)
        // Nearly always there is none.
        if let first = text.utf8.first, first > 0x20, let last = text.utf8.last, last > 0x20 { return text }
        return text.withUTF8 { bytes in
            let trimmed = bytes.trimmed
            return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
        }
    }

    private static func withoutNUL(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in bytes.first(0, from: 0) == nil }
            ? text : String(decoding: text.utf8.filter { $0 != 0 }, as: UTF8.self)
    }
}

extension Author {
    /// Whether it says all that another one says.
    fileprivate func covers(_ other: Author) -> Bool {
        (other.name == nil || other.name == name) && (other.url == nil || other.url == url)
            && (other.avatar == nil || other.avatar == avatar) && (other.email == nil || other.email == email)
    }
}

extension String.UnicodeScalarView {
    /// The beginning of the scalar that a place in UTF-8 lies in.
    fileprivate func index(alignedTo place: Index) -> Index {
        place.samePosition(in: self) ?? index(before: index(after: place))
    }
}
