import PageExtraction
import Testing

/// Pages made to break an extractor: each gives its article, and none takes longer than its size accounts for.
@Suite struct HostilePageTests {
    private static let shapes: [(name: String, html: String)] = [
        ("a hundred thousand open divs", String(repeating: "<div>", count: 100_000) + Pages.paragraphs),
        ("open formatting", String(repeating: "<b><i><u>", count: 30_000) + Pages.paragraphs),
        ("tables in tables", String(repeating: "<table><tr><td>", count: 5_000) + Pages.paragraphs),
        (
            "a row of spans",
            "<article>\(Pages.paragraphs)</article>" + String(repeating: "<span>x</span>", count: 50_000)
        ),
        (
            "a list of links",
            "<article>\(Pages.paragraphs)</article><ul>"
                + String(repeating: "<li><a href=/n>Another story about the town</a></li>", count: 50_000) + "</ul>"
        ),
        (
            "an element with many attributes",
            "<div " + String(repeating: "a=1 ", count: 100_000) + ">\(Pages.paragraphs)</div>"
        ),
        (
            "a class of a megabyte",
            "<div class='" + String(repeating: "article-body related ", count: 50_000) + "'>\(Pages.paragraphs)</div>"
        ),
        ("links in paragraphs in links", String(repeating: "<a><p>", count: 5_000) + Pages.paragraphs),
        ("a comment of a megabyte", "<!--" + String(repeating: "-", count: 1_000_000) + "-->" + Pages.paragraphs),
        ("a comment that never ends", Pages.paragraphs + "<!--" + String(repeating: "x", count: 1_000_000)),
        ("fifty thousand headlines", String(repeating: "<h1>\(Pages.headline)</h1>", count: 20_000) + Pages.paragraphs),
        ("drawings without an end", String(repeating: "<svg><g>", count: 20_000) + Pages.paragraphs),
        ("NULs", Pages.paragraphs.replacing("<p>", with: "<p>\0")),
    ]

    @Test("The article is found in what was made to hide it", arguments: shapes.map(\.name))
    func articleIsFound(name: String) throws {
        let html = try #require(Self.shapes.first { $0.name == name }).html
        let page = Pages.extract("<html><head><title>x</title></head><body>\(html)")
        for paragraph in Pages.story { #expect(page.text.contains(paragraph)) }
    }

    @Test(
        "What is no page has no article, and says so",
        arguments: ["", "%PDF-1.7\n\u{1}\u{2}", "{\"articles\":[1,2,3]}", "plain words, nothing else"])
    func noPage(_ text: String) {
        let page = Pages.extract(text)
        #expect(!page.isPage && !page.hasArticle && !page.warnings.isEmpty)
    }

    @Test(
        "A page without text has no article",
        arguments: ["<div></div>", "<html><frameset><frame src=a></frameset>", "<p>"])
    func noText(_ html: String) {
        let page = Pages.extract(html)
        #expect(page.isPage && !page.hasArticle && page.quality == 0)
    }

    @Test("What is beyond the bounds is left out, and said")
    func bounds() {
        let sentence = "One sentence after another, all in one line, and never an end to them. "
        let line = Pages.extract("<article><p>" + String(repeating: sentence, count: 60_000) + "</p></article>")
        #expect(line.text.utf8.count <= 2 << 20 && line.hasArticle)
        #expect(line.warnings.count >= 1)
        let many = Pages.extract(
            "<article>" + Pages.paragraphs + "</article>" + String(repeating: "<b>", count: 250_000))
        #expect(many.isStory)
        #expect(many.warnings.contains { $0.contains("larger") })
    }
}
