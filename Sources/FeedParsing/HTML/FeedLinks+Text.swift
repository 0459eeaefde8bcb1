private import FeedModel
private import Text

extension FeedLinks {
    /// Returns the links in the text of a page that may lead to feeds: a person would try them, and so may a program that
    /// then looks at what is there.
    ///
    /// Those come first that have a feed's type, then those in whose path or query `rss`, `atom`, `feed` or `json` stands
    /// as a word, then those whose text, or the words for their picture, have one; each in the order of the page, each URL
    /// once. It takes a time that grows with the length of the page alone.
    /// - Parameter baseURL: the URL of the page, which is none of them; its own `<base href>` counts as well.
    package static func inText(_ bytes: UnsafeRawBufferPointer, baseURL: String) -> [Found] {
        let page = UnsafeRawBufferPointer(rebasing: bytes.prefix(maximumBytes)).bindMemory(to: UInt8.self)
        var search = TextLinkSearch(page: page, pageURL: baseURL)
        var tokenizer = HTMLTokenizer(page)
        while let token = tokenizer.next() { search.take(token) }
        return search.finish()
    }

    /// Whether one of the words in a text is a name of a kind of feed, or is made with one: `rss2`, `rssfeed.php`,
    /// `newsfeed`, but not `feedback`.
    static func speaksOfFeeds(_ text: some Sequence<UInt8>) -> Bool {
        var word: [UInt8] = []
        for byte in text {
            if byte.isASCIILetter {
                // A longer word is none of these.
                if word.count <= 32 { word.append(byte.asciiLowercased) }
            } else if !word.isEmpty {
                if isFeedWord(word) { return true }
                word.removeAll(keepingCapacity: true)
            }
        }
        return isFeedWord(word)
    }

    private static func isFeedWord(_ word: [UInt8]) -> Bool {
        func ends(_ end: String) -> Bool { word.suffix(end.utf8.count).elementsEqual(end.utf8) }
        return word.starts(with: "rss".utf8) || ends("rss") || ends("feed") || ends("feeds")
            || word.elementsEqual("atom".utf8) || word.elementsEqual("json".utf8)
    }
}

extension HTMLName {
    fileprivate static let anchor = HTMLName("a")
    fileprivate static let alternative = HTMLName("alt")
    fileprivate static let label = HTMLName("aria-label")
}

/// Links of a page while it is read.
private struct TextLinkSearch {
    /// What speaks for a link; the strongest first.
    private enum Sign: Int, CaseIterable {
        case type, path, words
    }

    /// An `<a>` whose end has not come yet.
    private struct Anchor {
        var href: String
        var sign: Sign?
        var text: [UInt8] = []
    }

    private static let maximumText = 256

    private let page: UnsafeBufferPointer<UInt8>
    private var links: LinkSearch
    private var anchor: Anchor?
    private var found: [[FeedLinks.Found]]
    private var known: Set<String>

    init(page: UnsafeBufferPointer<UInt8>, pageURL: String) {
        self.page = page
        links = LinkSearch(page: page, pageURL: pageURL)
        found = Sign.allCases.map { _ in [] }
        known = [Self.withoutFragment(pageURL)]
    }

    mutating func take(_ token: HTMLTokenizer.Token) {
        switch token {
        case .text(let range): take(text: UnsafeBufferPointer(rebasing: page[range]))
        case .tag(let tag):
            switch HTMLName(page, tag.name) {
            case .anchor:
                close()
                if !tag.isEnd { open(tag) }
            case .base: if !tag.isEnd { links.take(tag) }
            default: if !tag.isEnd { look(at: tag) }
            }
        case .rawText, .unclosedTag, .markup: break
        }
    }

    mutating func finish() -> [FeedLinks.Found] {
        close()
        return found.flatMap { $0 }
    }

    private mutating func open(_ tag: HTMLTokenizer.Tag) {
        guard let href = links.value(.href, of: tag) else { return }
        anchor = Anchor(href: href)
        if let type = links.value(.type, of: tag), FeedLinks.isFeed(type, href: href) {
            anchor?.sign = .type
        } else if FeedLinks.speaksOfFeeds(Self.target(of: href)) {
            anchor?.sign = .path
        } else {
            look(at: tag)
        }
    }

    /// Reads what a tag inside of a link says in place of text, as that of a picture does.
    private mutating func look(at tag: HTMLTokenizer.Tag) {
        guard anchor != nil, anchor?.sign == nil else { return }
        for name in [HTMLName.title, .alternative, .label] {
            if let words = links.value(name, of: tag), FeedLinks.speaksOfFeeds(words.utf8) { anchor?.sign = .words }
        }
    }

    private mutating func take(text: UnsafeBufferPointer<UInt8>) {
        guard let count = anchor?.text.count, count < Self.maximumText else { return }
        anchor?.text.append(contentsOf: text.prefix(Self.maximumText - count))
    }

    private mutating func close() {
        guard let anchor else { return }
        self.anchor = nil
        var text: [UInt8] = []
        anchor.text.withUnsafeBufferPointer { HTMLEntities.decode($0, inAttribute: false, into: &text) }
        guard let sign = anchor.sign ?? (FeedLinks.speaksOfFeeds(text) ? .words : nil),
            found[sign.rawValue].count < FeedLinks.maximumLinks,
            let url = links.resolve(anchor.href).map(Self.withoutFragment), known.insert(url).inserted
        else { return }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let link = Link(rel: "alternate", href: url)
        found[sign.rawValue].append(
            FeedLinks.Found(link: link, title: words.isEmpty ? nil : words.joined(separator: " ")))
    }

    private static func withoutFragment(_ url: String) -> String {
        String(decoding: url.utf8.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
    }

    /// Path and query of a reference: a site's name says nothing about one of its pages.
    private static func target(of href: String) -> Substring.UTF8View {
        let text = href.utf8.prefix { $0 != UInt8(ascii: "#") }
        guard let host = Substring(text).firstRange(of: "//") else { return text }
        // Slashes may come in a query, too.
        if text[..<host.lowerBound].contains(where: { "/?".utf8.contains($0) }) { return text }
        return text[host.upperBound...].drop { !"/?".utf8.contains($0) }
    }
}
