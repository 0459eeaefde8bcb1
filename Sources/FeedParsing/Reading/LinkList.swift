import FeedModel

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
