import FeedModel

/// The categories of a feed or an item, each once, whatever element gives them.
struct TagList {
    private(set) var tags: [String] = []

    /// Begins a category with its term in an attribute or as its text.
    mutating func startCategory(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        guard let term = attributes("term") ?? attributes("text") ?? attributes("label") else {
            return element == .podcastCategory ? .ignored : .field
        }
        add(TextValue(text: term, kind: .unknown).plain, &fields)
        // A podcast's category has the finer ones inside.
        return element == .podcastCategory ? .transparent : .ignored
    }

    /// Begins keywords as text, or in an attribute as categories have them.
    mutating func startKeywords(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let text = attributes("text") else { return .field }
        addKeywords(text, &fields)
        return .ignored
    }

    /// Takes the text of a category.
    mutating func finishCategory(_ fields: inout FieldReader) {
        if let tag = fields.title("tags") { add(tag, &fields) }
    }

    /// Takes the text of a list with commas.
    mutating func finishKeywords(_ fields: inout FieldReader) {
        if let text = fields.text { addKeywords(text, &fields) }
    }

    private mutating func addKeywords(_ text: String, _ fields: inout FieldReader) {
        for keyword in text.split(separator: ",", maxSplits: 4 * fields.limits.categories) {
            add(TextValue(text: String(keyword), kind: .unknown).plain, &fields)
        }
    }

    private mutating func add(_ tag: String, _ fields: inout FieldReader) {
        guard !tag.isEmpty else { return }
        let entry = fields.cut(tag, "tags")
        if !tags.add(entry, limit: fields.limits.categories) { fields.noteCut("tags") }
    }
}

/// The links of a feed or an item by their relations, wherever in it they stand.
struct LinkList {
    private(set) var links: [Link] = []
    /// The relation of the link whose text is gathered, as its element says it.
    private(set) var openRelation: String?
    private(set) var openType: String?

    /// Begins a link without `href`: RSS's own, or one of Atom's that has the URL as its text.
    mutating func begin(_ attributes: XMLAttributes) -> ElementUse {
        openRelation = attributes("rel")
        openType = attributes("type")
        return .field
    }

    /// Whether one more link may be added; that there is none is noted.
    func hasRoom(_ fields: inout FieldReader) -> Bool {
        if links.count < fields.limits.listEntries { return true }
        fields.noteCut("links")
        return false
    }

    mutating func append(_ link: Link) {
        links.append(link)
    }

    /// Adds a link that another element than `<link>` gives.
    mutating func add(_ rel: String, _ reference: String?, type: String?, _ fields: inout FieldReader) {
        guard let reference, !reference.isEmpty, hasRoom(&fields) else { return }
        // A reply to what only has a name is none to a page.
        if rel == "in-reply-to", !reference.isPlainWebURL { return }
        if let found = fields.link(reference, rel: rel, type: type) { links.append(found) }
    }

    /// The URL of the first link with that relation.
    func first(_ rel: String) -> String? {
        links.first { $0.rel == rel }?.href
    }

    func contains(href: String) -> Bool {
        links.contains { $0.href == href }
    }

    /// The first link to a page, or else the first to the same thing in another form.
    var alternate: Link? {
        var other: Link?
        for link in links where link.rel == "alternate" {
            switch link.type {
            case nil, "text/html", "application/xhtml+xml": return link
            default: other = other ?? link
            }
        }
        return other
    }

    /// The first page, as opposed to a feed, with replies (RFC 4685 §4).
    var repliesPage: String? {
        links.first { $0.rel == "replies" && ($0.type == "text/html" || $0.type == "application/xhtml+xml") }?.href
    }
}

/// The files of one item, each URL once.
struct AttachmentList {
    private(set) var attachments: [Attachment] = []
    /// What each of them is, where Media RSS has a word for it beside the type.
    private var kinds: [MediaKind?] = []

    /// Adds a file, or what is said of one that is already there.
    ///
    /// - Parameters:
    ///   - type: the media type as it was written.
    ///   - medium: Media RSS's word for what it is, as it was written.
    ///   - size: a number of bytes as it was written.
    mutating func add(
        _ url: String, type: String?, medium: String? = nil, size: String?, title: String? = nil,
        duration: Double? = nil, _ fields: inout FieldReader
    ) {
        let kind = medium.flatMap(MediaKind.init(type:))
        let mimeType = type.flatMap { $0.isEmpty ? nil : $0.cut(toBytes: 256) }
        let sizeInBytes = size.flatMap(Self.bytes)
        let title = title?.isEmpty == true ? nil : title
        if let index = attachments.firstIndex(where: { $0.url == url }) {
            let known = attachments[index]
            attachments[index].mimeType = known.mimeType ?? mimeType
            attachments[index].title = known.title ?? title
            attachments[index].sizeInBytes = known.sizeInBytes ?? sizeInBytes
            attachments[index].durationInSeconds = known.durationInSeconds ?? duration
            kinds[index] = kinds[index] ?? kind
        } else if attachments.count < fields.limits.enclosures {
            attachments.append(
                Attachment(
                    url: url, mimeType: mimeType, title: title, sizeInBytes: sizeInBytes, durationInSeconds: duration))
            kinds.append(kind)
        } else {
            fields.noteCut("attachments")
        }
    }

    /// Gives a title to the file of that URL, if it is there and has none.
    mutating func setTitle(_ title: String, of url: String) {
        guard let index = attachments.firstIndex(where: { $0.url == url }), attachments[index].title == nil else {
            return
        }
        attachments[index].title = title
    }

    /// The file that takes as long as the item says: the first to be played by its type, else by the ending of its URL,
    /// else the first that is no picture.
    var timed: Int? {
        var byEnding: Int?
        var other: Int?
        for index in attachments.indices {
            switch kinds[index] ?? attachments[index].mimeType.flatMap(MediaKind.init(type:)) {
            case .playable: return index
            case .picture: continue
            case nil: break
            }
            switch MediaKind(endingOf: attachments[index].url) {
            case .playable: byEnding = byEnding ?? index
            case .picture: continue
            case nil: other = other ?? index
            }
        }
        return byEnding ?? other
    }

    /// A length in bytes; nil for what is none or means nothing.
    private static func bytes(_ text: String) -> Int64? {
        guard let size = Int64(text.whitespaceCollapsed), size > 0 else { return nil }
        return size
    }
}
