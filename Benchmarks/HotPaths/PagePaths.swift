import PageExtraction

/// The article taken out of a page of a hundred kilobytes, most of which is scripts, menus and teasers.
struct PagePath: HotPath {
    static let name = "page"
    static let standardCount = 500
    private let page = Array(PageInputs.page.utf8)

    mutating func step(_ number: Int) {
        let page = PageExtractor.extract(self.page, PageExtractor.Context(url: "https://news.example.org/a"))
        guard page.quality > 0.5 else { fatalError("the page has an article") }
    }
}

private enum PageInputs {
    static var page: String {
        let script =
            "<script>" + String(repeating: "window.data.push({a: 1, b: '<p>no text</p>'});", count: 1_800) + "</script>"
        let menu = (0..<60).map { "<li class='nav-item'><a href='/s/\($0)'>Section \($0)</a></li>" }.joined()
        let teasers = (0..<40).map {
            "<div class='card card--small'><a href='/n/\($0)'><img src='/i/\($0).jpg'><h3>Another story, number \($0)</h3></a>"
                + "<p>What it is about, in a line.</p></div>"
        }.joined()
        // A line that comes twice is taken once: each has words of its own.
        let text = (0..<30).map {
            "<p>The ministry said on <a href='/t/\($0)'>Tuesday</a> that vessel \($0) of the fleet had been moved to a dry dock, where "
                + "it is to be <em>refitted</em>, and gave no price, &quot;for reasons of competition&quot;.</p>"
        }.joined()
        return
            "<!doctype html><html lang=en><head><title>Two vessels - News</title>\(script)</head><body><nav><ul>\(menu)</ul></nav>"
            + "<main><article class=story><h1>Two vessels</h1><div class=story-body>\(text)</div></article>\(teasers)</main>"
            + "<footer><ul>\(menu)</ul></footer></body></html>"
    }
}
