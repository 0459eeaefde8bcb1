import TestSupport
import Testing

@testable import WebInterface

@Suite struct HTMLTests {
    /// What somebody would write who wants to get out of where text stands.
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title></head>",
        "&lt;b&gt;", "javascript:alert(1)", "\u{202e}txt.exe", "\u{2066}\u{2069}\u{202a}",
        "\u{0}\u{1b}[31m\u{9b}31m\u{7f}", "\u{2028}\u{2029}", "]]>", "<!--", "-->", "日本語", "مرحبا\u{200f}",
    ]

    @Test(arguments: hostile) func `text can begin no markup and end no attribute`(_ text: String) {
        let html: HTML = "<p title=\"\(text)\">\(text)</p>"
        let inside = html.text.dropFirst("<p title=\"".count).dropLast("</p>".count)
        #expect(!inside.contains("<"))
        #expect(inside.count { $0 == "\"" } == 1, "the quote behind the attribute alone")
        #expect(inside.count { $0 == ">" } == 1, "the end of the tag alone")
        #expect(!html.text.unicodeScalars.contains { Self.leadsAstray($0) })
    }

    @Test func `random text of dangerous characters stays text`() {
        var generator = SeededGenerator(seed: 7)
        let pieces = ["<", ">", "\"", "'", "&", "=", "/", " ", "a", "\u{202e}", "\u{1b}", "é", "日", "\u{85}", ";", "#"]
        for _ in 0..<500 {
            let count = Int.random(in: 0...40, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let html: HTML = "\(text)"
            #expect(!html.text.contains { "<>\"'".contains($0) })
            #expect(!html.text.unicodeScalars.contains { Self.leadsAstray($0) })
        }
    }

    @Test func `controls are shown by their numbers, and marks of Arabic and Hebrew stand`() {
        #expect(("\("a\u{202e}b\u{1b}c\u{85}")" as HTML).text == "a\\u{202e}b\\u{1b}c\\u{85}")
        #expect(("\("שלום\u{200f}\u{200e}")" as HTML).text == "שלום\u{200f}\u{200e}")
    }

    @Test func `a link out is made of an address of the web alone`() {
        let link = HTML.outward("https://example.org/?a=1&b=\"", "x").text
        #expect(link.hasPrefix("<a href=\"https://example.org/?a=1&amp;b=&quot;\""))
        #expect(link.contains("rel=\"noopener noreferrer nofollow ugc\""))
        for url in ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//example.org", "/api/feeds"] {
            #expect(HTML.outward(url, "x").text == "x", "\(url)")
        }
    }

    @Test func `links into the site are below the base path, with every part encoded`() {
        #expect(PageLinks().to() == "/")
        #expect(PageLinks(basePath: "/news").to() == "/news/")
        #expect(PageLinks(basePath: "/news/").feed("a/b?c#d e") == "/news/feeds/a%2Fb%3Fc%23d%20e")
        #expect(PageLinks().feed("..") == "/feeds/%2E%2E")
        #expect(PageLinks().to(["articles"], [("q", "a&b=ü"), ("feed", nil)]) == "/articles?q=a%26b%3D%C3%BC")
    }

    @Test func `a language is named only where it can be one`() {
        #expect(HTML.languageMark("de-AT").text == " lang=\"de-AT\"")
        #expect(HTML.languageMark("\" onload=\"x").isEmpty)
        #expect(HTML.languageMark(nil).isEmpty)
    }

    @Test func `numbers have their thousands apart`() {
        #expect(HTML.grouped(1_234_567).text == "1\u{a0}234\u{a0}567")
        #expect(HTML.grouped(123).text == "123")
        #expect(HTML.counted(1, "feed").text == "1 feed")
        #expect(HTML.counted(0, "feed").text == "0 feeds")
    }

    private static func leadsAstray(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x09, 0x0b..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}

@Suite struct ArticleBodyTests {
    private func body(_ html: String, images: Bool = false) -> String {
        HTML(ArticleBody(html, baseURL: "https://example.org/a/", loadsImages: images)).text
    }

    static let hostile = [
        "<script>alert(1)</script>x", "<svg onload=alert(1)><script>1</script></svg>", "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>", "<iframe srcdoc='<script>1</script>'></iframe>",
        "<form action=/feeds/a/poll><button>x</button></form>", "<meta http-equiv=refresh content='0;url=//evil'>",
        "<style>body{display:none}</style>", "<p style='position:fixed'>x</p>", "<base href=//evil>",
        "<input autofocus onfocus=alert(1)>", "<div id=main class=live data-stream=/x>x</div>",
        "<a href='data:text/html,<script>1</script>'>x</a>", "<math><mtext><script>1</script></mtext></math>",
        "<link rel=stylesheet href=//evil>", "<video autoplay src=//evil poster=//evil></video>",
    ]

    @Test(arguments: hostile) func `nothing of a body runs, loads, posts or looks like the page`(_ html: String) {
        let shown = body(html).lowercased()
        for part in [
            "<script", "<style", "style=", "<iframe", "<form", "<input", "<button", "<meta", "<base", "<link", "<svg",
            "<img", "<video", " on", "javascript:", "data:", " id=", "class=\"live", "data-", "autofocus",
        ] {
            #expect(!shown.contains(part), "\(part) in \(shown)")
        }
    }

    @Test func `headings begin below those of the page, and landmarks are none`() {
        #expect(body("<h1>a</h1><main>b</main><nav>c</nav>") == "<h3>a</h3><div>b</div><div>c</div>")
    }

    @Test(arguments: [
        ("121", "343"), ("3435", "3434"), ("6", "3"), ("246", "345"), ("123456", "345666"), ("4321", "3333"),
    ])
    func `headings of a body leave no step out`(levels: String, shown: String) {
        func html(_ levels: String) -> String { levels.map { "<h\($0)>x</h\($0)>" }.joined() }
        #expect(body(html(levels)) == html(shown))
    }

    @Test func `what scrolls by itself can be scrolled by keys`() {
        #expect(body("<pre>x</pre>") == "<pre tabindex=\"0\">x</pre>")
        #expect(body("<table><tr><td>1</table>").hasPrefix("<table tabindex=\"0\">"))
    }

    @Test func `links lead out, and never into the site`() {
        #expect(
            body("<a href=\"https://example.com/?a&b\">x</a>")
                == "<a href=\"https://example.com/?a&amp;b\" rel=\"noopener noreferrer nofollow ugc\">x</a>")
        #expect(body("<a href=\"b\">x</a>").contains("href=\"https://example.org/a/b\""))
        #expect(HTML(ArticleBody("<a href=\"/feeds\">x</a>", baseURL: nil)).text == "x")
    }

    @Test func `images are links in words until somebody asks for them`() {
        let html = "<p><img src=\"https://img.example/a.png\" alt=\"A &quot;map&quot;\"></p>"
        let asked = ArticleBody(html, baseURL: nil)
        #expect(asked.images == ["https://img.example/a.png"])
        #expect(
            HTML(asked).text
                == "<p><a class=\"image\" href=\"https://img.example/a.png\" rel=\"noopener noreferrer nofollow ugc\">"
                + "[image: A &quot;map&quot;]</a></p>")
        let loaded = body(html, images: true)
        #expect(loaded.contains("<img src=\"https://img.example/a.png\" alt=\"A &quot;map&quot;\" loading=\"lazy\""))
        let overHTTP = body("<img src=\"http://img.example/a.png\">", images: true)
        #expect(!overHTTP.contains("<img"), "the policy lets none in by http")
        #expect(!body("<img src=\"data:image/png;base64,AA==\">", images: true).contains("<img"))
    }

    @Test func `an image in a link stays in it`() {
        #expect(
            body("<a href=\"https://e.example/\"><img src=\"https://img.example/a.png\" alt=\"map\"></a>")
                == "<a href=\"https://e.example/\" rel=\"noopener noreferrer nofollow ugc\">"
                + "<span class=\"image\">[image: map]</span></a>")
    }

    @Test func `controls of direction are visible, and elements that turn it isolate instead`() {
        #expect(body("<p>a\u{202e}b</p>") == "<p>a\\u{202e}b</p>")
        #expect(body("<bdo dir=\"rtl\">abc</bdo>") == "<bdi dir=\"rtl\">abc</bdi>")
    }

    @Test func `what is opened is closed, in its order`() {
        let shown = body("<p><b><i>x</b></i></p><h1><a href=//e.example>y</h1></a><table><tr><td>z")
        var open: [Substring] = []
        for tag in shown.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) {
            if tag.1.isEmpty { open.append(tag.2) } else { #expect(open.popLast() == tag.2, "\(shown)") }
        }
        #expect(open.isEmpty)
    }
}

@Suite struct WordDifferenceTests {
    @Test func `words that went and came are marked, and all others are not`() {
        #expect(
            WordDifference.html(from: "Turkey gets the first parts", to: "Turkey received the first two parts").text
                == "Turkey <del>gets</del><ins>received</ins> the first<ins> two</ins> parts")
    }

    @Test func `markup in a changed text is text`() {
        #expect(WordDifference.html(from: "a", to: "<b>").text == "<del>a</del><ins>&lt;b&gt;</ins>")
    }

    @Test func `scripts without blanks are compared by their characters`() {
        #expect(WordDifference.html(from: "東京都", to: "東京府").text == "東京<del>都</del><ins>府</ins>")
    }

    @Test func `very long texts count as replaced`() {
        let (old, new) = (String(repeating: "a ", count: 2000), String(repeating: "b ", count: 2000))
        let html = WordDifference.html(from: old, to: new).text
        #expect(html.hasPrefix("<del>a a") && html.contains("</del><ins>b b"))
    }
}

@Suite struct MultipartFormTests {
    private func form(_ text: String) -> MultipartForm? {
        let type = "multipart/form-data; boundary=\"x1\""
        return MultipartForm(Array(text.replacing("\n", with: "\r\n").utf8), contentType: type)
    }

    @Test func `parts are found by their names, with whatever is in them`() {
        let found = form(
            "--x1\nContent-Disposition: form-data; name=\"list\"; filename=\"a.opml\"\nContent-Type: text/xml\n\n"
                + "<opml>\n--x\n</opml>\n--x1\nContent-Disposition: form-data; name=take\n\n1\n--x1--\n")
        #expect(found?["list"] == Array("<opml>\r\n--x\r\n</opml>".utf8))
        #expect(found?["take"] == [UInt8(ascii: "1")])
        #expect(found?["other"] == nil)
    }

    @Test(arguments: ["", "--x1", "--x1\n", "--x1\nContent-Disposition: form-data; name=a\n\nb", "--x2\n\n\n--x2--"])
    func `what is cut, or has another boundary, is no form`(_ text: String) {
        #expect(form(text) == nil)
    }

    @Test func `another type is no form`() {
        let type = "application/x-www-form-urlencoded"
        #expect(MultipartForm(Array("--x1--".utf8), contentType: type) == nil)
    }
}
