import FeedModel

/// Links by relation: Atom's, wherever they stand.
extension FeedReader {
    /// RFC 4287 writes out the relations of its registry under this.
    private static let registry = "http://www.iana.org/assignments/relation/"

    /// The link of an element with an `href`; nil where it has none, and its text is the link.
    private mutating func link(_ attributes: XMLAttributes) -> (link: Link?, isReference: Bool) {
        guard let reference = attributes("href") ?? attributes("resource") else { return (nil, false) }
        var rel = attributes("rel")?.lowercased() ?? "alternate"
        if rel.hasPrefix(Self.registry) { rel.removeFirst(Self.registry.count) }
        if rel.isEmpty { rel = "alternate" }
        guard let href = url(reference) else { return (nil, true) }
        let type = attributes("type")
        return (Link(rel: rel, href: href, type: type?.isEmpty == true ? nil : type), true)
    }

    mutating func startFeedLink(_ attributes: XMLAttributes) {
        let (found, isReference) = link(attributes)
        guard isReference else { return beginField(.link, attributes) }
        skip()
        guard let found, feed.links.count < limits.listEntries else { return }
        if found.rel == "hub" { feed.hubs.append(Feed.Hub(type: "WebSub", url: found.href)) }
        feed.links.append(found)
    }

    mutating func startItemLink(_ attributes: XMLAttributes) {
        let (found, isReference) = link(attributes)
        guard isReference else { return beginField(.link, attributes) }
        skip()
        guard let found else { return }
        switch found.rel {
        case "enclosure":
            addAttachment(
                Attachment(
                    url: found.href, mimeType: found.type, title: attributes("title"),
                    sizeInBytes: attributes("length").flatMap(Self.size)))
        case "license": item.license = item.license ?? found.href
        default: break
        }
        if item.links.count < limits.listEntries { item.links.append(found) }
    }

    /// A length in bytes; nil for what is none or means nothing.
    static func size(_ text: String) -> Int64? {
        guard let size = Int64(text.whitespaceCollapsed), size > 0 else { return nil }
        return size
    }
}
