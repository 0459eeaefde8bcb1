import FeedModel

extension [Link] {
    /// The first link to a page, or else the first to the same thing in another form.
    var alternate: Link? {
        var other: Link?
        for link in self where link.rel == "alternate" {
            switch link.type {
            case nil, "text/html", "application/xhtml+xml": return link
            default: other = other ?? link
            }
        }
        return other
    }

    /// The first page, as opposed to a feed, with replies (RFC 4685 §4).
    var repliesPage: String? {
        first { $0.rel == "replies" && ($0.type == "text/html" || $0.type == "application/xhtml+xml") }?.href
    }
}

/// Links by relation: Atom's, wherever they stand.
extension FeedReader {
    /// RFC 4287 writes out the relations of its registry under this.
    private static let registry = "http://www.iana.org/assignments/relation/"

    /// The link of an element with an `href`.
    ///
    /// - Returns: nil where it cannot be followed.
    private mutating func link(_ reference: String, rel: String?, type: String?) -> Link? {
        var rel = rel?.lowercasedASCII ?? "alternate"
        if rel.hasPrefix(Self.registry) { rel.removeFirst(Self.registry.count) }
        if rel.isEmpty { rel = "alternate" }
        // An empty reference is the base itself, which no page or file is.
        let href = reference.isEmpty && rel == "self" ? bases.current : url(reference)
        guard let href else { return nil }
        return Link(rel: rel, href: href, type: type?.isEmpty == true ? nil : type)
    }

    /// Begins to gather the text of a link without `href`: RSS's own, or one of Atom's that has it inside.
    private mutating func beginLink(_ attributes: XMLAttributes) {
        openLinkRel = attributes("rel")
        openLinkType = attributes("type")
        beginField(.link, attributes)
    }

    mutating func startFeedLink(_ attributes: XMLAttributes) {
        guard let reference = attributes("href") ?? attributes("resource") else { return beginLink(attributes) }
        skip()
        let rel = attributes("rel")
        guard let found = link(reference, rel: rel, type: attributes("type")) else { return }
        add(found, saysRel: rel != nil)
    }

    mutating func finishFeedLink() {
        guard let text = capturedText else { return }
        if let rel = openLinkRel {
            if let found = link(text, rel: rel, type: openLinkType) { add(found, saysRel: true) }
        } else {
            // RSS has one; of several the last counts, as in other readers.
            feed.homePage = url(text) ?? feed.homePage
        }
    }

    private mutating func add(_ link: Link, saysRel: Bool) {
        guard feed.links.count < limits.listEntries else { return noteCut("links") }
        if link.rel == "hub" { feed.hubs.append(Feed.Hub(type: "WebSub", url: link.href)) }
        if !saysRel, feed.homePage != nil { feed.homePage = link.href }
        feed.links.append(link)
    }

    mutating func startItemLink(_ attributes: XMLAttributes) {
        guard let reference = attributes("href") ?? attributes("resource") else { return beginLink(attributes) }
        skip()
        // Enclosures have a limit of their own, which is the same.
        guard item.links.count < limits.listEntries else {
            noteCut("links")
            return
        }
        guard let found = link(reference, rel: attributes("rel"), type: attributes("type")) else { return }
        add(found, length: attributes("length"), title: attributes("title"))
    }

    mutating func finishItemLink() {
        guard let text = capturedText else { return }
        if let rel = openLinkRel {
            if let found = link(text, rel: rel, type: openLinkType) { add(found, length: nil, title: nil) }
        } else {
            item.link = item.link ?? url(text)
        }
    }

    private mutating func add(_ link: Link, length: String?, title: String?) {
        switch link.rel {
        case "enclosure":
            addAttachment(
                Attachment(
                    url: link.href, mimeType: link.type.flatMap(Self.mimeType), title: title,
                    sizeInBytes: length.flatMap(Self.size)))
        case "license": item.license = item.license ?? link.href
        default: break
        }
        if item.links.count < limits.listEntries { item.links.append(link) } else { noteCut("links") }
    }

    /// Adds a link that another element than `<link>` gives.
    mutating func addLink(_ rel: String, _ reference: String?, type: String?) {
        guard let reference, !reference.isEmpty else { return }
        if isInItem {
            guard item.links.count < limits.listEntries else { return noteCut("links") }
            // A reply to what only has a name is none to a page.
            if rel == "in-reply-to", !reference.isPlainWebURL { return }
            if let found = link(reference, rel: rel, type: type) { item.links.append(found) }
        } else {
            guard feed.links.count < limits.listEntries else { return noteCut("links") }
            if let found = link(reference, rel: rel, type: type) { feed.links.append(found) }
        }
    }

    /// A length in bytes; nil for what is none or means nothing.
    static func size(_ text: String) -> Int64? {
        guard let size = Int64(text.whitespaceCollapsed), size > 0 else { return nil }
        return size
    }
}
