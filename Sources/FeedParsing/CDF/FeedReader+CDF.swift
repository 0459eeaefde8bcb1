import FeedModel

/// Microsoft's Channel Definition Format: what others have as elements stands in attributes.
extension FeedReader {
    mutating func startCDFChannel(_ attributes: XMLAttributes) {
        if let base = attributes("base") { bases.push(base, depth: depth) }
        feed.homePage = url(attributes("href"))
        feed.updated = date(attributes("lastmod"), "updated")
    }

    mutating func startCDFItem(_ attributes: XMLAttributes) {
        item.link = url(attributes("href"))
        item.updated = date(attributes("lastmod"), "date_modified")
    }

    /// `<A HREF="…">` names the page of what it stands in.
    mutating func startAnchor(_ attributes: XMLAttributes) {
        skip()
        guard feed.format == .cdf, let reference = attributes("href") else { return }
        if scope == .item {
            item.link = item.link ?? url(reference)
        } else {
            feed.homePage = feed.homePage ?? url(reference)
        }
    }
}
