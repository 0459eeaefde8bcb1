/// `PageMetadata` is what a page says of its article in its head and in its JSON-LD: all that is known before the article's
/// text is looked for, and that the rules of the body go by (fulltext.md §4).
struct PageMetadata {
    let head: PageHead
    /// The article as JSON-LD has it.
    let linked: LinkedArticle?
    let site: SiteNames
    /// A tag of BCP 47.
    let language: String?
    let canonicalURL: String?
    /// Where the page came from; nil where that is not known.
    let url: String?

    static func read(_ tree: PageTree, url: String?) -> PageMetadata {
        PageMetadata(PageHead(of: tree), url: url)
    }

    init(_ head: PageHead, url: String?) {
        self.head = head
        self.url = url
        canonicalURL = CanonicalLink.url(of: head, page: url)
        let titles = [head.documentTitle, head.metas.first(of: ["og:title"]), head.metas.first(of: ["twitter:title"])]
        linked = LinkedArticle(
            of: LinkedData(blocks: head.linkedData), titles: titles.compactMap { $0 },
            urls: [url, canonicalURL].compactMap { $0 })
        site = SiteNames(of: head, linked: linked, url: url ?? canonicalURL)
        language = PageLanguage.tag(of: head, linked: linked)
        self.titles = Self.titles(of: head, linked, site)
    }

    /// All that may be the headline, the likeliest first, each with the site's name and without.
    let titles: [String]

    private static func titles(of head: PageHead, _ linked: LinkedArticle?, _ site: SiteNames) -> [String] {
        let headlines = linked.map { $0.isArticle ? $0.headlines : [] } ?? []
        let said = headlines + head.metas.all(of: PageMetas.titles) + [head.documentTitle].compactMap { $0 }
        var titles: [String] = []
        for title in said {
            for form in [title, site.removed(from: title, knowing: headlines)] where !titles.contains(form) {
                titles.append(form)
            }
        }
        return titles
    }

    /// What the page says that the article is about.
    var descriptions: [String] {
        head.metas.all(of: PageMetas.descriptions) + [linked?.description].compactMap { $0 }
    }

    /// The names that the site goes by.
    var siteNames: [String] { site.said }
}
