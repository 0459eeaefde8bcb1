internal import FeedModel

/// Lists of feeds: the configured ones to take away, and one to be looked at and taken in (web.md §12).
struct ListPage {
    /// A list and what a form puts around it.
    static let bodyLimit = ListReview.limit + 4096

    private let context: PageContext

    init(_ context: PageContext) { self.context = context }

    var page: Page { Page("OPML", .opml, "<h1>Lists of feeds</h1>\(download)\(upload)") }

    private var download: HTML {
        """
        <h2>Take the feeds away</h2><p><a href="\(context.links.to(["api", "opml"]))" download="newswire.opml">The configured feeds \
        as OPML</a>, for other readers of feeds.</p>
        """
    }

    private var upload: HTML {
        let manage: HTML =
            context.mayManage
            ? "<button name=\"take\" value=\"1\">Take those that are new</button>" : HTML()
        return """
            <h2>Bring a list</h2><p>OPML, or one URL a line. You see of each feed whether it is known already\
            \(context.mayManage ? ", and can take those that are new" : "").</p>\
            <form class="find" method="post" enctype="multipart/form-data" action="\(context.links.to(["opml"]))"><label>A file\
            <input type="file" name="list" required accept=".opml,.xml,.txt,text/x-opml,text/xml,text/plain"></label>\
            <button>Look at it</button>\(manage)</form>
            """
    }

    /// What is to be said of a list that was sent, and what came of taking it where that was asked for.
    func review() throws -> Page {
        let type = context.call.request.headers["content-type"] ?? ""
        guard let form = MultipartForm(context.call.request.body, contentType: type), let list = form["list"],
            !list.isEmpty
        else {
            throw WebFailure(400, "no list came with the form", hint: "Choose a file first.")
        }
        let review = try ListReview(list, try context.feeds())
        var result = HTML()
        if form["take"] != nil {
            guard context.mayManage else {
                throw WebFailure(
                    403, "taking feeds needs the right \"manage\"", hint: "[[web.account]] of newswire.toml gives it.")
            }
            result = try take(review)
        }
        let content: HTML = """
            <h1>Lists of feeds</h1>\(result)\(remarks(review))\(table(review))\(toml(review))\(upload)
            """
        return Page("OPML", .opml, content)
    }

    private func take(_ review: ListReview) throws -> HTML {
        let isNothing = !review.entries.contains { $0.verdict == .new }
        if isNothing { return "<p class=\"calm\" role=\"status\">Nothing of it is new: nothing was changed.</p>" }
        switch try context.house.parts.intake.take(review, context.house) {
        case .taken(let count, let reload):
            let feeds: HTML? = reload.feeds.map { " The service polls \(HTML.counted($0, "feed")) from here on." }
            return
                "<p class=\"calm\" role=\"status\">\(HTML.counted(count, "feed")) \(count == 1 ? "was" : "were") taken.\(feeds)</p>\(said(reload))"
        case .refused(let reload):
            return """
                <p class="calm" role="status"><strong class="bad">Nothing was taken:</strong> the service does not take the \
                configuration with these feeds. \(reload.refusal ?? "")</p>\(said(reload))
                """
        case .notIncluded(let line):
            return """
                <p class="calm" role="status"><strong class="warn">Nothing was taken:</strong> the configuration does not include the \
                file for such feeds. Write this at the top of newswire.toml once, then try again:</p><pre tabindex="0">\(line)</pre>
                """
        }
    }

    private func said(_ reload: ServiceLink.Reload) -> HTML {
        if reload.diagnostics.isEmpty { return HTML() }
        return "<ul>\(reload.diagnostics.prefix(50).map { line -> HTML in "<li>\(line)</li>" })</ul>"
    }

    private func remarks(_ review: ListReview) -> HTML {
        if review.remarks.isEmpty { return HTML() }
        let items = review.remarks.prefix(50).map { remark -> HTML in
            let kind: HTML = remark.isLoss ? " class=\"warn\"" : ""
            return "<li\(kind)>Line \(remark.line): \(remark.message)</li>"
        }
        return "<h2>About the list</h2><ul>\(items)</ul>"
    }

    private func table(_ review: ListReview) -> HTML {
        if review.entries.isEmpty { return "<p>The list names no feeds.</p>" }
        let rows = review.entries.prefix(2000).map { entry -> HTML in
            let title: HTML? = entry.title.map { "\(HTML.foreign($0.cut(100)))<br>" }
            return """
                <tr data-row><th scope="row">\(title)<small>\(entry.url.cut(300))</small></th><td>\(verdict(entry.verdict))</td></tr>
                """
        }
        let new = review.entries.count { $0.verdict == .new }
        return """
            <h2>What is in it</h2><table class="rows"><caption>\(HTML.counted(review.entries.count, "feed")), \(HTML.grouped(new)) of \
            them new</caption><thead><tr><th scope="col">Feed</th><th scope="col">Standing</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private func verdict(_ verdict: ListReview.Verdict) -> HTML {
        func link(_ id: FeedIdentifier) -> HTML { "<a href=\"\(context.links.feed(id.text))\">\(id.text)</a>" }
        return switch verdict {
        case .new: "<span class=\"ok\">new</span>"
        case .known(let id): "known as \(link(id))"
        case .variant(let id, let url): "the same as \(link(id)), but for http, www or a slash: <small>\(url)</small>"
        case .refused(let reason): "<span class=\"bad\">refused</span>: \(reason)"
        }
    }

    private func toml(_ review: ListReview) -> HTML {
        guard review.entries.contains(where: { $0.verdict == .new }) else { return HTML() }
        return """
            <details><summary>The new ones for a file of yours</summary><pre tabindex="0">\(review.toml)</pre></details>
            """
    }
}
