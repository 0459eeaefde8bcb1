/// What can be done here: keys, the language of queries, the API, and what whoever asks may do.
struct HelpPage {
    private let context: PageContext

    init(_ context: PageContext) { self.context = context }

    var page: Page {
        Page("Help", .help, "<h1>Help</h1><div class=\"text\">\(rights)\(keys)\(language)\(programs)</div>")
    }

    private var rights: HTML {
        let who: HTML =
            context.call.caller.account.map { "You are <strong>\($0)</strong>" } ?? "You have not said who you are"
        let may: HTML =
            switch context.call.caller.right {
            case .nothing: "you may do nothing"
            case .read: "you may read"
            case .mark: "you may read, and mark articles as read and starred for yourself"
            case .manage: "you may read, mark, poll, pause and resume feeds, and take lists of feeds"
            }
        return "<h2>What you may do</h2><p>\(who), and \(may).</p>"
    }

    private var keys: HTML {
        let keys: [(HTML, HTML)] = [
            ("<kbd>j</kbd> <kbd>k</kbd>", "next and previous row; Enter opens it"), ("<kbd>/</kbd>", "search"),
            ("<kbd>n</kbd> <kbd>p</kbd>", "next and previous page, or article"),
            (
                "<kbd>g</kbd> then <kbd>n</kbd> <kbd>f</kbd> <kbd>a</kbd> <kbd>c</kbd>",
                "Now, Feeds, Articles, Consumers"
            ),
            ("<kbd>v</kbd>", "the article, or the feed, at its publisher"), ("<kbd>?</kbd>", "this page"),
            ("<kbd>Esc</kbd>", "out of a box or a row"),
        ]
        return "<h2>Keys</h2>\(HTML.facts(keys.map { ($0.0, $0.1) }))<p>All of it can be reached with Tab alone.</p>"
    }

    private var language: HTML {
        let terms: [(HTML, HTML)] = [
            ("<code>arctic drone</code>", "both words, in the title or the body"),
            ("<code>\"air defence\"</code>", "the words side by side"),
            ("<code>deliver*</code>", "words that begin so"),
            ("<code>arctic OR baltic</code>", "one of them"), ("<code>-rumour</code>", "not this"),
            ("<code>title: body: author: url:</code>", "in that place: <code>title:frigate</code>"),
            ("<code>feed: tag: host: lang:</code>", "of that feed, tag or label, site or language"),
            ("<code>since: until: age:</code>", "by time: <code>since:2026-11-01</code>, <code>age:&lt;36h</code>"),
            ("<code>is:update is:initial is:blocked</code>", "what it is"),
            ("<code>has:body has:image has:attachment</code>", "what it has"),
        ]
        return """
            <h2>Queries</h2><p>The same in the search box, in rules and in <code>newswire dump --match</code>. Case and accents do \
            not matter.</p>\(HTML.facts(terms.map { ($0.0, $0.1) }))
            """
    }

    private var programs: HTML {
        let links = context.links
        return """
            <h2>For programs</h2><ul>\
            <li><a href="\(links.to(["api", "status"]))">/api/status</a>, <a href="\(links.to(["api", "feeds"]))">/api/feeds</a>, \
            <a href="\(links.to(["api", "articles"]))">/api/articles</a> and more as JSON, described by \
            <a href="\(links.to(["api", "openapi.json"]))">/api/openapi.json</a></li>\
            <li><a href="\(links.to(["api", "metrics"]))">/api/metrics</a> for Prometheus</li>\
            <li><a href="\(links.to(["out", "articles.atom"]))">Atom</a> and <a href="\(links.to(["out", "articles.json"]))">JSON \
            Feed</a> of what is stored, also of a search, a feed or a tag</li>\
            <li>Readers of feeds speak to it as to Google Reader (<code>/api/greader.php</code>) or Miniflux \
            (<code>/miniflux</code>), with an account</li></ul>
            """
    }
}
