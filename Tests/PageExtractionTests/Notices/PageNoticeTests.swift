import PageExtraction
import Testing

/// Pages that are nobody's article (docs/spec/fulltext.md §9.2).
@Suite struct PageNoticeTests {
    @Test("A page that stands where an article should is told, and is of no quality", arguments: NoticePage.all)
    func notices(_ notice: NoticePage) {
        let page = Pages.extract(notice.html, url: notice.url)
        #expect(page.notice == notice.notice, "\(notice.name): \(page.text.prefix(200))")
        #expect(page.quality <= 0.1, "\(notice.name)")
        #expect(page.warnings.contains { $0.contains("no article") }, "\(notice.name)")
    }

    @Test(
        "An article is none of them, however short its title, and whatever it is about",
        arguments: [
            "404", "Cookies", "Login", "Not found", "Access denied", "Just a moment", "Security check", "Quiz", "Ok",
            "新聞",
        ])
    func shortTitles(_ title: String) {
        let more = Pages.story.map { "<p>\($0) So it was said at the time.</p>" }.joined()
        let page = Pages.extract(
            "<!doctype html><title>\(title)</title><article><h1>\(title)</h1>\(Pages.paragraphs)\(more)"
                + "<p>The page you are looking for may be on paper: the archive has it, and copies cost two crowns each.</p>"
                + "<p>Its website says that it uses cookies, and asks for a consent that nobody has ever given it.</p></article>"
        )
        #expect(page.notice == nil && page.quality > 0.8, "\(page.warnings)")
        #expect(page.lines.starts(with: Pages.story))
    }

    @Test(
        "A short report keeps its quality where its words are not those of a notice",
        arguments: [
            "Page boy found in the harbour", "404 houses without power", "Council asks for consent",
            "Bakery sells cookies again",
            "Robots clean the old bridge",
        ])
    func shortReports(_ title: String) {
        let page = Pages.extract(
            "<!doctype html><title>\(title)</title><article><h1>\(title)</h1><p>\(Pages.story[0])</p><p>\(Pages.story[1])</p>"
                + "</article>")
        #expect(page.notice == nil && page.warnings.isEmpty)
        #expect(page.quality > 0.3)
    }

    @Test("An article at the root of a site is one, though teasers stand below it")
    func articleAtRoot() {
        let teasers = (1...4).map { "<h3><a href=/\($0)>Another story of the town \($0)</a></h3>" }.joined()
        let more = Pages.story.map { "<p>\($0) So it was said at the time, and nobody has said otherwise since.</p>" }
            .joined()
        let html = Pages.page(
            "<article><h1>\(Pages.headline)</h1>\(Pages.paragraphs)\(more)</article><div>\(teasers)</div>")
        #expect(Pages.extract(html, url: "https://courier.example/").notice == nil)
    }
}
