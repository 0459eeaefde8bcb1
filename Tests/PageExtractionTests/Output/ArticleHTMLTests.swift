import PageExtraction
import Testing

/// The text and the HTML of an article: the same blocks in the same order (docs/spec/fulltext.md §1.2–1.3).
@Suite struct ArticleHTMLTests {
    @Test("Paragraphs are apart by an empty line, items and rows by a line break, cells by a tab")
    func text() {
        let page = Pages.article(
            inside:
                "<h2>How to cross the water</h2><ul><li>By ferry, every ten minutes</li><li>On foot, at low tide</li></ul>"
                + "<table><tr><th>Ferry</th><th>Price</th></tr><tr><td>Day</td><td>free</td></tr></table><p>A line<br>and one more</p>"
        )
        #expect(
            page.text.contains("\n\nHow to cross the water\n\nBy ferry, every ten minutes\nOn foot, at low tide\n\n"))
        #expect(page.text.contains("Ferry\tPrice\nDay\tfree\n\nA line\nand one more\n\n"))
    }

    @Test("The HTML has the same blocks, with lists, tables, quotations, emphasis and absolute links")
    func html() {
        let page = Pages.article(
            inside:
                "<h2>How to cross the water</h2><ul><li>By <b>ferry</b>, every ten minutes</li><li>On foot</li></ul>"
                + "<blockquote><p>No bridge, <em>no</em> business.</p></blockquote>"
                + "<p>More is in <a href='../report' onclick='x()'>the report</a> of the council.</p>"
                + "<table><tr><th>Ferry</th><td>free</td></tr></table>")
        #expect(page.html.contains("<h2>How to cross the water</h2>"))
        #expect(
            page.html.contains("<ul><li>By <strong>ferry</strong>, every ten minutes\n</li><li>On foot\n</li></ul>"))
        #expect(page.html.contains("<blockquote><p>No bridge, <em>no</em> business.</p>\n</blockquote>"))
        #expect(page.html.contains("<a href=\"https://courier.example/report\">the report</a>"))
        #expect(page.html.contains("<table><tr><th>Ferry\n</th><td>free\n</td></tr></table>"))
        #expect(page.html.hasPrefix("<p>\(Pages.story[0])</p>"))
    }

    @Test("Where there is no text there is no HTML, although the article has a picture")
    func pictureAlone() {
        let html =
            "<title>Bridge</title><article class=story><h1>Bridge</h1><figure><img src=/b.jpg width=600 height=400>"
            + "<figcaption>The bridge</figcaption></figure></article>"
        let page = PageExtractor.extract(
            Array(html.utf8), PageExtractor.Context(url: "https://courier.example/a", now: nil))
        #expect(page.text.isEmpty && page.html.isEmpty, "\(page.html)")
    }

    @Test("Pictures stand where they stood, and those that are small, hidden or of other articles do not")
    func pictures() {
        let page = Pages.article(
            inside:
                "<img src=/pixel.gif width=1 height=1><img src='data:image/gif;base64,x' data-src=/bridge.jpg alt='The \"bridge\"'>"
                + "<div class=related><img src=/other.jpg></div>")
        #expect(
            page.html.contains(
                "<figure><img src=\"https://courier.example/bridge.jpg\" alt=\"The &quot;bridge&quot;\">"))
        #expect(!page.html.contains("pixel") && !page.html.contains("other.jpg"))
    }

    @Test("Nothing that runs or loads gets into the HTML")
    func hostile() {
        let page = Pages.article(
            inside:
                "<p>Click <a href='javascript:alert(1)'>here</a> and <b onclick=x>there</b>, a &lt;script&gt; is no script, "
                + "and 1 <2.</p><pre>let a = b &lt; c</pre><img src='javascript:x'>")
        #expect(!page.html.contains("javascript") && !page.html.contains("onclick") && !page.html.contains("<script"))
        #expect(page.html.contains("a &lt;script&gt; is no script, and 1 &lt;2."))
        #expect(page.html.contains("<pre>let a = b &lt; c</pre>"))
    }

    @Test("Quality is high for a page that is its article, and low for one that has hardly any")
    func quality() {
        #expect(Pages.article().quality > 0.9)
        #expect(
            Pages.extract(Pages.page("<p>Only one sentence, and not a long one, is on this page.</p>")).quality < 0.3)
    }

    @Test("An element that is called a paywall behind the last paragraph says that there is more for others")
    func paywall() {
        #expect(Pages.article(behind: "<div class=paywall><p>Subscribe to read on.</p></div>").fields.isPaywalled)
        #expect(!Pages.article().fields.isPaywalled)
    }

    @Test("The explanation names the container and the rule for each line")
    func explanation() {
        let html = Pages.page("<article><h1>\(Pages.headline)</h1>\(Pages.paragraphs)<nav>Menu\u{7}</nav></article>")
        let lines = PageExtractor.explain(Array(html.utf8), PageExtractor.Context(url: nil)).lines
        #expect(lines.contains { $0.hasPrefix("container: ") && $0.contains("article") })
        #expect(lines.contains { $0.hasPrefix("- headline: ") })
        #expect(lines.contains { $0.hasPrefix("- beside the article by its element: ") && $0.contains("Menu") })
        #expect(lines.count { $0.hasPrefix("+: ") } == 6)
    }
}
