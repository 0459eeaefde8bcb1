package import FeedModel
private import Text

/// `FeedLinks` finds the feeds that an HTML page declares: `<link rel="alternate" type="application/rss+xml" href="...">`,
/// or `<link rel="feed" href="...">`.
package enum FeedLinks {
    /// No page has its links behind that.
    static let maximumBytes = 4 << 20
    static let maximumLinks = 100

    /// `Found` is a link to a feed, and what the page calls the feed.
    package struct Found: Sendable, Equatable {
        /// The link has an absolute URL of http or https.
        package let link: Link
        /// The title is nil where the page gives none.
        package let title: String?
    }

    /// Returns the links in the order of the page, each URL once, absolute and http or https.
    ///
    /// The page's encoding does not matter: types are ASCII, and so are nearly all URLs. It takes a time that grows with
    /// the length of the page alone.
    /// - Parameter baseURL: the URL of the page; its own `<base href>` counts as well.
    package static func inHTML(_ bytes: UnsafeRawBufferPointer, baseURL: String) -> [Found] {
        let page = UnsafeRawBufferPointer(rebasing: bytes.prefix(maximumBytes)).bindMemory(to: UInt8.self)
        var search = LinkSearch(page: page, pageURL: baseURL)
        var tokenizer = HTMLTokenizer(page)
        while search.links.count < maximumLinks, let token = tokenizer.next() {
            if case .tag(let tag) = token, !tag.isEnd { search.take(tag) }
        }
        return search.links
    }

    /// Whether a link declares a feed: as an alternate of a feed's type, or by the relation that says so itself.
    static func declaresFeed(_ relation: String?, type: String?, href: String) -> Bool {
        let words = (relation ?? "").lowercased().split(whereSeparator: \.isWhitespace)
        guard !words.contains("stylesheet") else { return false }
        guard let type, !type.isEmpty else { return words.contains("feed") }
        return isFeed(type, href: href) && (words.contains("alternate") || words.contains("feed"))
    }

    /// Whether a link of that type may lead to a feed. Plain JSON does where its URL says so: WordPress gives the same
    /// type to its API.
    static func isFeed(_ type: String, href: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased().split(separator: " ").first ?? ""
        switch essence {
        case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
            "application/x-rss+xml", "application/xml", "text/xml":
            return true
        case "application/json": return href.lowercased().contains("feed")
        default: return false
        }
    }
}

struct LinkSearch {
    let page: UnsafeBufferPointer<UInt8>
    let pageURL: String
    private(set) var links: [FeedLinks.Found] = []
    private var known = Set<String>()
    private var declaredBase: String?
    private var budget: ResolutionBudget

    init(page: UnsafeBufferPointer<UInt8>, pageURL: String) {
        self.page = page
        self.pageURL = pageURL
        budget = ResolutionBudget(document: page.count)
    }

    mutating func take(_ tag: HTMLTokenizer.Tag) {
        switch HTMLName(page, tag.name) {
        case .base: takeBase(tag)
        case .link: takeLink(tag)
        default: break
        }
    }

    /// Only the first one counts.
    private mutating func takeBase(_ tag: HTMLTokenizer.Tag) {
        guard declaredBase == nil, let href = value(.href, of: tag),
            let url = URLResolution.resolve(href, base: pageURL), URLResolution.isWeb(url)
        else { return }
        declaredBase = url
    }

    private mutating func takeLink(_ tag: HTMLTokenizer.Tag) {
        guard let href = value(.href, of: tag) else { return }
        let type = value(.type, of: tag)
        guard FeedLinks.declaresFeed(value(.rel, of: tag), type: type, href: href), let url = resolve(href),
            known.insert(url).inserted
        else { return }
        links.append(
            .init(link: Link(rel: "alternate", href: url, type: type), title: value(.title, of: tag)))
    }

    /// The absolute URL of a link of the page; nil for one that is neither http nor https.
    mutating func resolve(_ href: String) -> String? {
        guard let url = URLResolution.resolve(href, base: declaredBase ?? pageURL, &budget), URLResolution.isWeb(url)
        else { return nil }
        return url
    }

    func value(_ name: HTMLName, of tag: HTMLTokenizer.Tag) -> String? {
        var attributes = HTMLAttributes(page, of: tag)
        while let attribute = attributes.next() {
            guard HTMLName(page, attribute.name) == name else { continue }
            var text: [UInt8] = []
            HTMLEntities.decode(
                UnsafeBufferPointer(rebasing: page[attribute.value]), inAttribute: true, into: &text)
            return String(decoding: text, as: UTF8.self)
        }
        return nil
    }
}

extension FeedLinks {
    /// Returns the links to feeds in a response's `Link` header fields (RFC 8288): `<URL>; rel="alternate"; type="…"; title="…"`.
    package static func inHeader(_ fields: [String], baseURL: String) -> [Found] {
        var result: [Found] = []
        var known = Set<String>()
        for field in fields.prefix(maximumLinks) {
            var rest = field.utf8.prefix(maximumHeader)
            var budget = ResolutionBudget(document: rest.count)
            while result.count < maximumLinks, let found = nextLink(&rest) {
                let type = found.parameters["type"]
                guard declaresFeed(found.parameters["rel"], type: type, href: found.url),
                    let url = URLResolution.resolve(found.url, base: baseURL, &budget), URLResolution.isWeb(url),
                    known.insert(url).inserted
                else { continue }
                result.append(
                    Found(link: Link(rel: "alternate", href: url, type: type), title: found.parameters["title"]))
            }
        }
        return result
    }

    private static let maximumHeader = 65_536

    /// Takes one `<URL>; name=value; …` from the front; nil where there is no more.
    private static func nextLink(_ text: inout Substring.UTF8View) -> (url: String, parameters: [String: String])? {
        guard let open = text.firstIndex(of: UInt8(ascii: "<")),
            let close = text[open...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let url = String(decoding: text[text.index(after: open)..<close], as: UTF8.self)
        text = text[text.index(after: close)...]
        var parameters: [String: String] = [:]
        var isQuoted = false
        var part: [UInt8] = []
        func take() {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1)
            part = []
            guard pair.count == 2 else { return }
            let name = trimmed(pair[0]).lowercased()
            if parameters[name] == nil { parameters[name] = trimmed(pair[1]) }
        }
        while let byte = text.popFirst() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, byte == UInt8(ascii: ",") { break }
            if !isQuoted, byte == UInt8(ascii: ";") { take() } else { part.append(byte) }
        }
        take()
        return (url, parameters)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let text = bytes.trimming { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\"") }
        return String(decoding: text, as: UTF8.self)
    }
}
