import FeedModel
import Testing

@testable import PageExtraction

/// fulltext.md §4 and §8: the fields of whole pages.
@Suite struct PageFieldsTests {
    private static let url = "https://www.courier.test/news/bridge"

    private func fields(_ html: String, url: String? = url, hasPlace: Bool = false) -> PageFields {
        let tree = PageTreeBuilder.build(Array(html.utf8), url: url, maximumBytes: 4 << 20)
        let place = hasPlace ? BodyPlace(container: 0, headline: nil, text: 0..<tree.count) : nil
        return PageFields.read(
            tree, PageMetadata.read(tree, url: url), place: place, now: Timestamp(year: 2020, month: 1, day: 1))
    }

    @Test("All fields of an ordinary page are found")
    func ordinary() {
        let found = fields(
            """
            <!doctype html><html lang="en_GB"><head><title>Bridge opens &amp; cheers - The Courier</title>
            <meta property="og:site_name" content="The Courier"><meta property="og:image" content="/bridge.jpg">
            <meta property="article:published_time" content="2019-05-20T09:30:00+01:00">
            <meta property="article:modified_time" content="2019-05-21T09:30:00+01:00">
            <meta name="author" content="By Ana Sol and Ben Ruiz"><link rel="canonical" href="/news/bridge?x=1">
            <script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script></head>
            <body><h1>Bridge opens &amp; cheers</h1><p>Text.</p></body></html>
            """)
        #expect(found.title == "Bridge opens & cheers")
        #expect(found.authors == ["Ana Sol", "Ben Ruiz"])
        #expect(found.published?.description == "2019-05-20T09:30:00+01:00")
        #expect(found.modified?.description == "2019-05-21T09:30:00+01:00")
        #expect(found.image == "https://www.courier.test/bridge.jpg")
        #expect(found.language == "en-GB")
        #expect(found.site == "The Courier")
        #expect(found.canonicalURL == "https://www.courier.test/news/bridge?x=1")
        #expect(found.isPaywalled)
    }

    @Test("A page that says nothing has no fields")
    func nothing() {
        let found = fields("<p>Text.</p>")
        #expect(found.title == nil && found.authors.isEmpty && found.published == nil && found.modified == nil)
        #expect(found.image == nil && found.language == nil && found.site == nil && found.canonicalURL == nil)
        #expect(!found.isPaywalled)
    }

    @Test(
        "Authors are found where pages show them",
        arguments: [
            #"<p>By <a rel="author" href="/a">Ana Sol</a></p>"#, #"<p class="byline">By Ana Sol, Porto</p>"#,
            #"<div class="author-box"><span class="author">Ana Sol</span> writes about bridges, ferries and trains</div>"#,
            #"<p itemprop="author"><span itemprop="name">Ana Sol</span> for the Courier</p>"#, "<p>By Ana Sol</p>",
            #"<p><a href="/authors/ana-sol">Ana Sol</a> · 20 May 2019</p>"#,
            #"<div class="post-meta">Posted by <a class="author-name" href="/x">Ana Sol</a> in Bridges</div>"#,
        ])
    func authors(line: String) {
        let page = """
            <nav><a rel="author" href="/x">No One</a></nav><h1>Bridge opens</h1>\(line)<p>Text of the article.</p>
            <div class="comments"><p class="author">Some Reader</p></div>
            <aside><p class="byline">By Another Writer</p></aside>
            """
        #expect(fields(page).authors == ["Ana Sol"])
    }

    @Test(
        "Dates are found where pages show them",
        arguments: [
            #"<time datetime="2019-05-20">yesterday</time>"#,
            #"<span itemprop="datePublished" content="2019-05-20"></span>"#,
            "<p>20 May 2019 | 5 min read</p>", #"<span class="entry-date">May 20th, 2019</span>"#,
            "<time>Monday, 20 May 2019</time>", #"<time class="updated" datetime="2019-05-20T10:00:00Z">today</time>"#,
        ])
    func dates(line: String) {
        let page = """
            <html lang="en"><body><ul class="related"><li><time datetime="2018-01-01">1 January 2018</time></ul>
            <h1>Bridge opens</h1>\(line)<p>Text of the article.</p>
            <div class="comments"><time datetime="2019-06-01">1 June 2019</time></div></body></html>
            """
        #expect((fields(page).published?.description.prefix(10)).map(String.init) == "2019-05-20")
    }

    @Test("A date among teasers counts where the page has no other")
    func dateBeside() {
        let page = #"<h1>Bridge opens</h1><p>Text.</p><aside><time datetime="2019-05-20">then</time></aside>"#
        #expect(fields(page).published?.description == "2019-05-20T00:00:00Z")
    }

    @Test(
        "A canonical URL of another site, or of the front page, is not believed",
        arguments: [
            ("https://elsewhere.test/news/bridge", nil), ("https://www.courier.test/", nil),
            ("javascript:alert(1)", nil),
            ("//evil.test/x", nil), ("https://courier.test/bridge", "https://courier.test/bridge"),
            ("https://m.courier.test/bridge", "https://m.courier.test/bridge"), ("http://[::1", nil), ("", nil),
        ] as [(String, String?)])
    func canonical(href: String, expected: String?) {
        #expect(fields(#"<link rel="canonical" href="\#(href)"><p>Text.</p>"#).canonicalURL == expected)
    }

    @Test(
        "The picture is no ornament, and the one that readers see of several",
        arguments: [
            (
                #"<meta property="og:image" content="/img/logo.png"><meta name="twitter:image" content="/a.jpg">"#,
                "/a.jpg"
            ),
            (#"<meta property="og:image" content="/spacer.gif"><link rel="image_src" href="/a.jpg">"#, "/a.jpg"),
            (#"<meta property="og:image" content="/bridge.svg">"#, nil),
            (#"<meta property="og:image" content="data:image/png;base64,AA">"#, nil),
            (
                #"""
                <meta property="og:image" content="/social.jpg"><meta name="twitter:image" content="/the-bridge.jpg?w=9">
                <img src="/small/the-bridge.jpg">
                """#, "/the-bridge.jpg?w=9"
            ),
            (
                #"<img src="/tiny.gif" width=1 height=1><img src="/a.jpg" width=600 height=400><img src="/b.jpg">"#,
                "/a.jpg"
            ),
            (#"<img src="data:x" data-src="/late.jpg" width="640">"#, "/late.jpg"),
        ] as [(String, String?)])
    func image(html: String, expected: String?) {
        #expect(fields(html, hasPlace: true).image == expected.map { "https://www.courier.test" + $0 })
    }

    @Test(
        "A language is a tag, and nothing else",
        arguments: [
            ("en_US", "en-US"), ("DE", "de"), ("pt-br", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"),
            ("en-US,en;q=0.5", "en-US"),
            ("english", nil), ("", nil), ("<script>", nil), ("e", nil),
        ] as [(String, String?)])
    func language(text: String, expected: String?) {
        #expect(PageLanguage.tag(text) == expected)
    }

    @Test("A page of a million meta elements costs no more than the bound", .timeLimit(.minutes(1)))
    func manyMetas() {
        let metas = String(repeating: #"<meta name="author" content="Ana Sol">"#, count: 100_000)
        #expect(fields("<head>" + metas + "</head><p>Text.</p>").authors == ["Ana Sol"])
        var bounded = PageMetas()
        for _ in 0..<PageMetas.maximumCount { bounded.add(name: "author", content: "Ana Sol") }
        bounded.add(name: "date", content: "2019-05-20")
        #expect(bounded.first(of: ["date"]) == nil)
    }

    @Test(
        "Pages of nothing but marks are read in linear time", .timeLimit(.minutes(1)),
        arguments: [
            "<h1>", "<h1>a", "<h1>a</h1>", #"<time datetime="2019">"#, #"<p class="byline">By A B"#,
            #"<a rel="author" href="/author/a">A B"#,
            #"<span itemprop="author">A B"#, #"<div class="author"><div class="author">"#,
            "<img srcset=\"/a.jpg 1x, /b.jpg 2x\">",
            "By A B 1 May 2019 ", "<title>a - b - c</title>", "<script type=application/ld+json>[{},",
        ])
    func hostile(piece: String) {
        let page = String(repeating: piece, count: 20_000)
        let found = fields("<title>Bridge</title>" + page, hasPlace: true)
        #expect(found.authors.count <= AuthorNames.maximumNames)
    }
}
