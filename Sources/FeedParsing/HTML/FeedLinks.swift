package import FeedModel

/// The feeds that an HTML page names: `<link rel="alternate" type="application/rss+xml" href="...">`.
package enum FeedLinks {
    /// No page has its links behind that.
    private static let maximumBytes = 4 << 20
    private static let maximumLinks = 100

    /// The links in the order of the page, each URL once, absolute and http or https.
    ///
    /// - Parameter baseURL: the URL of the page; its own `<base href>` counts as well.
    package static func inHTML(_ bytes: UnsafeRawBufferPointer, baseURL: String) -> [Link] {
        let events = LinkEvents(baseURL: baseURL, maximumLinks: maximumLinks)
        // Types and most URLs are ASCII, so the page's encoding does not matter; zeros would end it.
        var html = String(decoding: bytes.prefix(maximumBytes).lazy.filter { $0 != 0 }, as: UTF8.self)
        html.withUTF8 { HTMLEventReader.read(UnsafeRawBufferPointer($0), into: events) }
        return events.links
    }

    /// Whether a link of that type may lead to a feed. Plain JSON does where its URL says so: WordPress gives the same
    /// type to its API.
    fileprivate static func isFeedType(_ type: String, href: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased().split(separator: " ").first ?? ""
        if essence == "application/json" { return href.lowercased().contains("feed") }
        return [
            "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
            "application/x-rss+xml", "application/xml", "text/xml",
        ].contains(String(essence))
    }
}

private final class LinkEvents: HTMLEvents {
    private(set) var links: [Link] = []
    private let pageURL: String
    private var baseURL: String
    private var hasBase = false
    private let maximumLinks: Int

    init(baseURL: String, maximumLinks: Int) {
        pageURL = baseURL
        self.baseURL = baseURL
        self.maximumLinks = maximumLinks
    }

    override func start(_ name: UnsafePointer<UInt8>, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?) {
        let element = HTMLName(zeroTerminated: name)
        if element == .base, !hasBase, let href = value(.href, in: attributes),
            let url = URLResolution.resolve(href, base: pageURL), URLResolution.isWeb(url)
        {
            // Only the first one counts.
            baseURL = url
            hasBase = true
        }
        guard element == .link, let rel = value(.rel, in: attributes)?.lowercased(),
            let type = value(.type, in: attributes), let href = value(.href, in: attributes),
            FeedLinks.isFeedType(type, href: href)
        else { return }
        let relations = rel.split { $0.isWhitespace }
        guard relations.contains("alternate") || relations.contains("feed"), !relations.contains("stylesheet"),
            let url = URLResolution.resolve(href, base: baseURL), URLResolution.isWeb(url),
            !links.contains(where: { $0.href == url })
        else { return }
        links.append(Link(rel: "alternate", href: url, type: type))
        if links.count == maximumLinks { isDone = true }
    }

    private func value(
        _ name: HTMLName, in attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) -> String? {
        guard var attribute = attributes else { return nil }
        while let found = attribute[0] {
            if HTMLName(zeroTerminated: found) == name { return attribute[1].map { String(cString: $0) } }
            attribute += 2
        }
        return nil
    }
}
