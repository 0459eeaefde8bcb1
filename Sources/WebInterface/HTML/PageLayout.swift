internal import FeedModel

/// `PageSection` is a place in the navigation.
enum PageSection: String, CaseIterable {
    case now, feeds, articles, consumers, filters, opml, help

    var name: HTML {
        switch self {
        case .now: "Now"
        case .feeds: "Feeds"
        case .articles: "Articles"
        case .consumers: "Consumers"
        case .filters: "Filters"
        case .opml: "OPML"
        case .help: "Help"
        }
    }

    /// The key that goes there behind `g`.
    var key: HTML? {
        switch self {
        case .now: "n"
        case .feeds: "f"
        case .articles: "a"
        case .consumers: "c"
        case .filters, .opml, .help: nil
        }
    }

    var path: [String] { self == .now ? [] : [rawValue] }
}

/// `Page` is a page of the site, of which all but the frame is said by who makes it.
struct Page {
    /// What stands in the tab, and nothing else: the page has its own heading.
    var title: String
    /// Nil for a page that is in none, such as one that says that there is nothing.
    var section: PageSection?
    var content: HTML
    /// The same as other things, for programs: `(type, title, URL)`.
    var alternates: [(type: String, title: String, url: String)] = []
    /// Whether images of the web are loaded, which only the page of one article ever asks for.
    var loadsImages = false

    init(_ title: String, _ section: PageSection?, _ content: HTML) {
        self.title = title
        self.section = section
        self.content = content
    }

    /// The policy of every page (web.md §3.8), and of one that loads the images of an article.
    static func policy(loadsImages: Bool) -> String {
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'\(loadsImages ? " https:" : "");"
            + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    }

    /// The page as an answer.
    ///
    /// - Parameter query: what stands in the box for searching.
    func answer(_ status: Int = 200, links: PageLinks, now: Timestamp, query: String = "") -> WebAnswer {
        let html = html(links: links, now: now, query: query)
        return WebAnswer(
            status, "text/html; charset=utf-8", .bytes(html.bytes),
            headers: WebFields([.init("Content-Security-Policy", Self.policy(loadsImages: loadsImages))]))
    }

    func html(links: PageLinks, now: Timestamp, query: String) -> HTML {
        let navigation = PageSection.allCases.map { section -> HTML in
            let current: HTML = section == self.section ? " aria-current=\"page\"" : ""
            let key: HTML? = section.key.map { " data-key=\"\($0)\"" }
            return "<a href=\"\(links.to(section.path))\"\(key)\(current)>\(section.name)</a>"
        }
        let alternates = alternates.map { other -> HTML in
            "<link rel=\"alternate\" type=\"\(other.type)\" title=\"\(other.title)\" href=\"\(other.url)\">"
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
            <meta name="color-scheme" content="light dark"><title>\(title) – newswire</title>\
            <link rel="stylesheet" href="\(links.to(Asset.style.path))"><link rel="icon" type="image/svg+xml" \
            href="\(links.to(Asset.icon.path))"><script src="\(links.to(Asset.script.path))" defer></script>\(alternates)</head>
            <body><a class="skip" href="#main">Skip to content</a>
            <header><a class="brand" href="\(links.to())">newswire</a><nav aria-label="Pages">\(navigation)</nav>\
            <search><form action="\(links.to(["articles"]))"><input type="search" name="q" value="\(query)" \
            aria-label="Search articles" placeholder="Search ( / )"></form></search></header>
            <main id="main" tabindex="-1">\(content)</main>
            <footer>As of \(TimeWords(now: now).stamp). Times are in UTC.</footer></body></html>

            """
    }
}

extension TimeWords {
    /// The present.
    fileprivate var stamp: HTML {
        "<time datetime=\"\(Self.rfc3339(now))\">\(Self.day(now)) \(Self.secondOfDay(now))</time>"
    }
}
