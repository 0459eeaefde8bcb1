import Testing

@testable import FeedParsing

@Suite struct HTMLRewriterTests {
    @Test(
        "contract.md §3: relative URLs are made absolute and nothing else is changed",
        arguments: [
            ("<a href=\"x\">y</a>", "<a href=\"https://h/p/x\">y</a>"),
            ("<A  HREF = 'x' class=y>", "<A  HREF = 'https://h/p/x' class=y>"),
            ("<img src=x.png alt=y>", "<img src=\"https://h/p/x.png\" alt=y>"),
            ("<img src=/x.png/>", "<img src=\"https://h/x.png/\">"),
            ("<a href=\"?a=1&amp;b=2\">", "<a href=\"https://h/p/q?a=1&amp;b=2\">"),
            ("<a href=\"?a=1&copy=2\">", "<a href=\"https://h/p/q?a=1&amp;copy=2\">"),
            ("<a href='it&#39;s'>", "<a href='https://h/p/it&#39;s'>"),
            ("<a href=\"#n\">", "<a href=\"https://h/p/q#n\">"), ("<a href=\"//c/x\">", "<a href=\"https://c/x\">"),
            ("<img srcset=\"a.png 1x, /b.png 2x\">", "<img srcset=\"https://h/p/a.png 1x, https://h/b.png 2x\">"),
            ("<img srcset=\"a,b.png\">", "<img srcset=\"https://h/p/a,b.png\">"),
            ("<video poster=a src=b>", "<video poster=\"https://h/p/a\" src=\"https://h/p/b\">"),
            ("<blockquote cite=\"c\">", "<blockquote cite=\"https://h/p/c\">"),
            ("<object data=\"d\">", "<object data=\"https://h/p/d\">"),
            (
                "<form action=\"f\"><input formaction=g>",
                "<form action=\"https://h/p/f\"><input formaction=\"https://h/p/g\">"
            ),
            ("<td background=\"t\">", "<td background=\"https://h/p/t\">"),
        ])
    func rewritten(html: String, expected: String) {
        #expect(HTMLRewriter.absolutizing(html, base: "https://h/p/q") == expected)
    }

    @Test(
        "what is absolute, empty, no tag or no URL stays byte for byte",
        arguments: [
            "<a href=\"http://x/a b\">", "<a href=\"JavaScript:alert(1)\">", "<a href=\"mailto:a@b\">",
            "<img src=\"data:image/png;base64,AA\">", "<a href=\"\">", "<a href>", "<a data-href=\"x\" title=\"x\">",
            "<span data=\"x\">", "<!-- <a href=\"x\"> -->", "<script>\"<a href='x'>\"</script>", "a < b href=\"x\"",
            "<a href=\"x", "</a href=\"x\">", "<a title=\"<a href='x'>\">", "text only",
            "<textarea><a href=x></textarea>",
            "<a hrefs=\"x\" xhref=\"x\">",
        ])
    func untouched(html: String) {
        #expect(HTMLRewriter.absolutizing(html, base: "https://h/p/q") == html)
    }

    @Test(
        "HTML is taken apart only where a relative URL may be in it",
        arguments: [
            ("<a href=\"http://x/\" class=\"y\">", false), ("<A HREF = 'HTTPS://x/' title='z'>", false),
            ("<a href=\"mailto:a@b\"><img src=\"data:x\">", false), ("<p class=\"x\" data-x=\"y\">", false),
            ("<img srcset=\"http://x/a 1x, https://x/b?c&amp;d 2x\" sizes=\"x, y\">", false),
            ("<a HREF = 'x'>", true), ("<a title=\"x\"href=x>", true), ("<a href=\n\u{1}http:/>", true),
            ("<a href=\" http://x/\">", true), ("<a href=http://x/ class=y src=z>", true), ("<a/href=x>", true),
            ("<img srcset=\"http://x/a 1x, b 2x\">", true), ("<img srcset=\"http://x/a 1x,b 2x\">", true),
            ("<img srcset=\"http://x/a 1x&#44; b\">", true), ("<img srcset=http://x/,y>", true),
            ("<img srcset=\"http://x/a 1x\" src='y'>", true),
        ])
    func scan(html: String, mayHoldRelativeURL: Bool) {
        var html = html
        #expect(html.withUTF8 { RelativeURLScan.mayFind(in: $0) } == mayHoldRelativeURL)
    }

    @Test("The URLs of a long text are made absolute like those of a short one")
    func longTexts() {
        let unit =
            "<p>\u{e4} &amp; <a href=x?a&amp;b>x</a> <img srcset='a 1x, b 2x' alt=\"q\"> <a href=\"http://x/\">y</a></p>"
        let once = HTMLRewriter.absolutizing(unit, base: "https://h/p/q")
        #expect(once != unit)
        let long = String(repeating: unit, count: 3000)
        #expect(long.utf8.count > 256 * 1024)
        #expect(HTMLRewriter.absolutizing(long, base: "https://h/p/q") == String(repeating: once, count: 3000))
        let text = String(repeating: "<p class=\"x\">long</p>", count: 10_000)
        #expect(HTMLRewriter.absolutizing(text, base: "https://h/p/q") == text)
        #expect(HTMLRewriter.absolutizing(text + unit + text, base: "https://h/p/q") == text + once + text)
    }

    @Test(
        "contract.md §3: a base element in the HTML decides what is relative in it",
        arguments: [
            (
                "<base href=\"https://b/c/\"><img src=\"i.png\">",
                "<base href=\"https://b/c/\"><img src=\"https://b/c/i.png\">"
            ),
            (
                "<img src=\"i.png\"><BASE target=x><Base HREF=/c/>",
                "<img src=\"https://h/c/i.png\"><BASE target=x><Base HREF=\"https://h/c/\">"
            ),
            ("<base href='c/'><a href='#n'>", "<base href='https://h/p/c/'><a href='https://h/p/c/#n'>"),
            ("<base href='//b?x=1&amp;y'><a href='?z'>", "<base href='https://b?x=1&amp;y'><a href='https://b?z'>"),
            (
                "<base href='https://b/'><base href='https://c/'><a href='x'>",
                "<base href='https://b/'><base href='https://c/'><a href='https://b/x'>"
            ),
            ("<base href=''><a href='x'>", "<base href=''><a href='https://h/p/x'>"),
            ("<base href='javascript:1'><a href='x'>", "<base href='javascript:1'><a href='https://h/p/x'>"),
            ("<base href='http://[bad'><a href='x'>", "<base href='http://[bad'><a href='https://h/p/x'>"),
            ("<base href='https://b c/'><a href='x'>", "<base href='https://b c/'><a href='https://h/p/x'>"),
            ("<base href='https://b:x/'><a href='x'>", "<base href='https://b:x/'><a href='https://h/p/x'>"),
            (
                "<base href='https://u@[::1]:80/'><a href='x'>",
                "<base href='https://u@[::1]:80/'><a href='https://u@[::1]:80/x'>"
            ),
            ("<basefont href='https://b/'><a href='x'>", "<basefont href='https://b/'><a href='https://h/p/x'>"),
            (
                "<!-- <base href='https://b/'> --><a href='x'>",
                "<!-- <base href='https://b/'> --><a href='https://h/p/x'>"
            ),
            ("&lt;base href='https://b/'><a href='x'>", "&lt;base href='https://b/'><a href='https://h/p/x'>"),
            ("</base href='https://b/'><a href='x'>", "</base href='https://b/'><a href='https://h/p/x'>"),
        ])
    func baseElement(html: String, expected: String) {
        let once = HTMLRewriter.absolutizing(html, base: "https://h/p/q")
        #expect(once == expected)
        #expect(HTMLRewriter.absolutizing(once, base: "https://h/p/q") == once)
        let long = String(repeating: "<p>x</p>", count: 20_000)
        #expect(HTMLRewriter.absolutizing(html + long, base: "https://h/p/q") == expected + long)
    }

    @Test("A base element that is absolute needs no other base, and one that is too long counts for nothing")
    func baseElementAlone() {
        let html = "<base href='https://b/'><a href='x'>"
        #expect(HTMLRewriter.absolutizing(html, base: nil) == "<base href='https://b/'><a href='https://b/x'>")
        #expect(HTMLRewriter.absolutizing("<base href='b/'><a href='x'>", base: nil) == "<base href='b/'><a href='x'>")
        let long = "<base href='https://b/\(String(repeating: "l", count: 2048))/'>"
        #expect(HTMLRewriter.absolutizing(long + "<a href='x'>", base: "https://h/") == long + "<a href='https://h/x'>")
    }

    @Test("a base that nothing can be relative to changes nothing")
    func uselessBase() {
        #expect(HTMLRewriter.absolutizing("<a href=\"x\">", base: "mailto:a@b") == "<a href=\"x\">")
        #expect(HTMLRewriter.absolutizing("<a href=\"x\">", base: "") == "<a href=\"x\">")
    }

    /// Found by the fuzzer.
    @Test("a srcset with control characters is made of the same URLs when it is read again")
    func controlsInSourceSet() {
        let once = HTMLRewriter.absolutizing("<s srcset=\"a,\u{1} 2x, b\u{81}\r3x\">", base: "https://h/p/q")
        #expect(once == "<s srcset=\"https://h/p/a, https://h/p/2x, https://h/p/b 3x\">")
        #expect(HTMLRewriter.absolutizing(once, base: "https://h/p/q") == once)
    }

    /// Found by the fuzzer.
    @Test("WHATWG HTML §13.2.5.32: an equals sign without a name before it opens no value")
    func equalsSignWithoutName() {
        #expect(
            HTMLRewriter.absolutizing("<img =\"><a href=x>\">", base: "https://h/p/q")
                == "<img =\"><a href=\"https://h/p/x\">\">")
        #expect(
            HTMLRewriter.absolutizing("<a href = \">\" /= href=x>", base: "https://h/p/q")
                == "<a href = \"https://h/p/>\" /= href=\"https://h/p/x\">")
    }
}
