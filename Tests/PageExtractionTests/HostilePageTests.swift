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
        (
            "parts of lines that are hidden",
            "<article>\(Pages.paragraphs)<p class=meta>" + String(repeating: "x <span hidden>y</span>", count: 30_000)
                + "</p></article>"
        ),
        (
            "a body in thousands of pieces",
            "<article><div class=article-body>\(Pages.paragraphs)</div>"
                + String(
                    repeating:
                        "<div class=article-body><p>Nobody reads this line of sixty letters, which is here to be many.</div>",
                    count: 20_000)
                + "</article>"
        ),
        (
            "dates in dates around a text without end",
            "<article>\(Pages.paragraphs)</article>" + String(repeating: "<div class=date>", count: 40)
                + "<a href=/d>" + String(repeating: "5 &amp; ", count: 100_000)
        ),
        (
            "headlines in headlines around a text without end",
            Pages.paragraphs + String(repeating: "<h1><div>", count: 100) + "<a href=/d>"
                + String(repeating: ". ", count: 500_000)
        ),
        (
            "pictures below a long base",
            "<base href='https://courier.example/\(String(repeating: "a", count: 8000))/'><article>\(Pages.paragraphs)"
                + String(repeating: "<img src=a.jpg>", count: 50_000) + "</article>"
        ),
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
        arguments: [
            "", "%PDF-1.7\n\u{1}\u{2}", "{\"articles\":[1,2,3]}", "plain words, nothing else",
            "%PDF-1.7\n" + Pages.page(Pages.paragraphs), "\u{7f}ELF" + Pages.page(Pages.paragraphs),
            Pages.page(Pages.paragraphs).replacing("e", with: "\0"),
            Pages.page(Pages.paragraphs).replacing("e", with: "\u{fffd}").replacing("t", with: "\u{fffd}").replacing(
                "a", with: "\u{fffd}"),
            "A text that speaks of the <p> tag.\n" + Pages.story.joined(separator: "\n"),
            "#include <map>\nstd::map<a, b> x;\n", "{\"html\": \"<p>\(Pages.story[0])</p>\"}",
        ])
    func noPage(_ text: String) {
        let page = Pages.extract(text)
        #expect(!page.isPage && !page.hasArticle && !page.warnings.isEmpty)
    }

    @Test("A part of a page is a page where it begins with a tag, or where its server calls it HTML")
    func partOfPage() {
        #expect(Pages.extract("\n<!-- x --><div>\(Pages.paragraphs)</div>").isStory)
        let bare = Array("Some words before. <div>\(Pages.paragraphs)</div>".utf8)
        #expect(PageExtractor.extract(bare, .init(url: nil, contentType: "text/html; charset=utf-8")).isPage)
        #expect(!PageExtractor.extract(bare, .init(url: nil, contentType: "text/plain")).isPage)
        #expect(Pages.extract("Warning: x\n<!DOCTYPE html><div>\(Pages.paragraphs)</div>").isStory)
    }

    @Test("A page in UTF-16 or UTF-32 with a mark is a page")
    func widePages() {
        let html = Pages.page(Pages.paragraphs)
        var units: [UInt8] = [0xff, 0xfe]
        for unit in html.utf16 { units += [UInt8(unit & 0xff), UInt8(unit >> 8)] }
        var scalars: [UInt8] = [0, 0, 0xfe, 0xff]
        for scalar in html.unicodeScalars { scalars += [0, 0, UInt8(scalar.value >> 8), UInt8(scalar.value & 0xff)] }
        #expect(PageExtractor.extract(units, .init(url: nil)).isStory)
        #expect(PageExtractor.extract(scalars, .init(url: nil)).isStory)
    }

    @Test(
        "A page without text has no article",
        arguments: ["<div></div>", "<html><frameset><frame src=a></frameset>", "<p>"])
    func noText(_ html: String) {
        let page = Pages.extract(html)
        #expect(page.isPage && !page.hasArticle && page.quality == 0)
    }

    @Test(
        "The HTML is as long as it may be and no longer, although each quote is six bytes in it, and a warning says so")
    func quotes() {
        let page = Pages.extract(
            "<article><p>" + String(repeating: "\"", count: 720_000) + "</p>\(Pages.paragraphs)</article>")
        #expect(page.text.utf8.count > 720_000)
        // The end tags are written all the same.
        #expect(page.html.utf8.count <= (4 << 20) + 16 && page.html.utf8.count > 4_000_000)
        #expect(page.html.hasSuffix("</p>\n"))
        #expect(page.warnings.contains { $0.contains("HTML is longer than 4 MiB") })
        let linked =
            "{\"@type\":\"NewsArticle\",\"articleBody\":\"" + String(repeating: "\\\"a ", count: 240_000) + "\"}"
        let other = Pages.extract(Pages.page("", head: "<script type='application/ld+json'>\(linked)</script>"))
        #expect(other.hasArticle && other.html.utf8.count <= 4 << 20)
    }

    @Test("A text in one line is cut at a character, and not longer than it may be")
    func longLine() {
        for filler in ["ü", "橋", "\u{1f309}"] {
            let count = (2 << 20) / filler.utf8.count + 10
            let page = Pages.extract("<article><p>x\(String(repeating: filler, count: count))</p></article>")
            #expect(page.text.utf8.count <= 2 << 20 && page.text.utf8.count > (2 << 20) - 4)
            #expect(!page.text.contains("\u{fffd}"))
        }
    }

    @Test("Bytes that are no text in the encoding that they claim are no page, and are not read to their end")
    func unreadable() {
        let head = Array("<html><head><meta charset=shift_jis></head><body>\(Pages.paragraphs)".utf8)
        let page = PageExtractor.extract(head + [UInt8](repeating: 0xff, count: 3_000_000), .init(url: nil))
        #expect(!page.isPage)
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
