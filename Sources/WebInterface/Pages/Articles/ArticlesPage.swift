internal import ArticleStore
internal import FeedModel

/// All articles, newest stored first: looked for by words, feed, tag and time.
struct ArticlesPage {
    static let pageSize = 50

    private let context: PageContext

    init(_ context: PageContext) { self.context = context }

    var page: Page {
        get throws {
            let wish = context.wish
            let listing = try ArticleListing(context, wish, limit: Self.pageSize)
            let content: HTML = """
                <h1>\(heading(wish))</h1>\(form(wish))\(try live(wish))\(others(wish))\(remark(listing))\
                \(list(listing))\(paging(listing, wish))
                """
            var page = Page(wish.query.map { "\($0.cut(60)) – Articles" } ?? "Articles", .articles, content)
            page.alternates = Self.alternates(context, query: wish.fields)
            return page
        }
    }

    /// The list in forms that programs read.
    static func alternates(
        _ context: PageContext, query: [(name: String, value: String?)]
    ) -> [(type: String, title: String, url: String)] {
        let known = query.filter { ["q", "feed", "tag"].contains($0.name) }
        return [
            ("application/atom+xml", "Atom", context.links.to(["out", "articles.atom"], known)),
            ("application/feed+json", "JSON Feed", context.links.to(["out", "articles.json"], known)),
        ]
    }

    private func heading(_ wish: ArticleListing.Wish) -> HTML {
        guard let feed = wish.feed, let feeds = try? context.feeds() else { return "Articles" }
        let title = feeds.place(of: FeedIdentifier(feed)).flatMap { feeds.title($0) } ?? feed
        return "Articles of \(HTML.foreign(title.cut(100)))"
    }

    private func form(_ wish: ArticleListing.Wish) -> HTML {
        func box(_ name: String, _ words: HTML, _ value: String?, _ hint: HTML) -> HTML {
            "<label>\(words)<input name=\"\(name)\" value=\"\(value ?? "")\" placeholder=\"\(hint)\"></label>"
        }
        return """
            <form class="find" role="search" aria-label="Choose articles" action="\(context.links.to(["articles"]))">\
            \(box("q", "Words", wish.query, "s-400 -rumour title:delivery"))\(box("feed", "Feed", wish.feed, "its id"))\
            \(box("tag", "Tag or label", wish.tag, ""))\(box("since", "Since", wish.since, "7d or 2026-11-28"))\
            \(box("until", "Until", wish.until, "36h"))<button>Show</button></form>
            """
    }

    /// Says what comes while the page is open; nothing of the list moves.
    private func live(_ wish: ArticleListing.Wish) throws -> HTML {
        guard wish.before == nil, wish.until == nil else { return HTML() }
        let last = (try? context.house.reader().lastSeq()) ?? 0
        let known = wish.fields.filter { ["q", "feed", "tag"].contains($0.name) }
        let stream = context.links.to(["api", "stream"], [("after", "\(last)")] + known)
        let target = context.links.to(["articles"], wish.fields)
        return """
            <p class="live" data-stream="\(stream)" role="status" hidden><a href="\(target)">new</a></p>
            """
    }

    private func others(_ wish: ArticleListing.Wish) -> HTML {
        let lines = wish.fields + [("format", "jsonl")]
        let links = Self.alternates(context, query: wish.fields).map { other -> HTML in
            "<a href=\"\(other.url)\">\(other.title)</a> "
        }
        return """
            <p class="acts"><span class="dim">The same as</span> \(links)<a href="\(context.links.to(["api", "articles"], lines))">JSON \
            lines</a></p>
            """
    }

    private func remark(_ listing: ArticleListing) -> HTML {
        let count: HTML? = listing.count.map { "<p class=\"dim\">\($0)</p>" }
        let remark: HTML? = listing.remark.map { "<p class=\"dim\">\($0)</p>" }
        return "\(count)\(remark)"
    }

    private func list(_ listing: ArticleListing) -> HTML {
        if listing.rows.isEmpty { return "<p>Nothing is stored that is like that.</p>" }
        return listing.table(caption: "Newest stored first", context)
    }

    private func paging(_ listing: ArticleListing, _ wish: ArticleListing.Wish) -> HTML {
        let newest: HTML? =
            wish.before == nil
            ? nil : "<a rel=\"prev\" href=\"\(context.links.to(["articles"], context.wish(before: nil)))\">Newest</a>"
        let older: HTML? = listing.older.map {
            "<a rel=\"next\" href=\"\(context.links.to(["articles"], context.wish(before: $0)))\">Older</a>"
        }
        if newest == nil, older == nil { return HTML() }
        return "<nav class=\"acts\" aria-label=\"Pages of articles\">\(newest)\(older)</nav>"
    }
}
