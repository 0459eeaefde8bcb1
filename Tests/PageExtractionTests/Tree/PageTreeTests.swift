import Testing

@testable import PageExtraction

/// How a page becomes a tree: what ends by itself, how far an end tag reaches, what is jumped over.
@Suite struct PageTreeTests {
    private func tree(_ html: String) -> PageTree {
        PageTreeBuilder.build(Array(html.utf8), url: "https://courier.example/a/", maximumBytes: 1 << 20)
    }

    /// The elements with what is in them: `p(b("x"))`.
    private func shape(_ tree: PageTree) -> String {
        func write(_ node: PageTree.Node) -> String {
            if tree.element(node) == .text { return "\"\(tree.text(of: node))\"" }
            let inside = tree.children(node).map { write($0) }.joined(separator: ",")
            return "\(tree.element(node))" + (inside.isEmpty ? "" : "(\(inside))")
        }
        return tree.children(0).map { write($0) }.joined(separator: ",")
    }

    @Test(
        "What HTML lets authors leave out is put in",
        arguments: [
            ("<p>a<p>b<div>c</div>", "p(\"a\"),p(\"b\"),div(\"c\")"),
            ("<ul><li>a<ul><li>b</ul><li>c</ul>", "ul(li(\"a\",ul(li(\"b\"))),li(\"c\"))"),
            ("<dl><dt>a<dd>b<dt>c</dl>", "dl(dt(\"a\"),dd(\"b\"),dt(\"c\"))"),
            ("<table><tr><td>a<td>b<tr><td>c</table>d", "table(tr(td(\"a\"),td(\"b\")),tr(td(\"c\"))),\"d\""),
            ("<h2>a<h3>b</h3>c", "h2(\"a\"),h3(\"b\"),\"c\""),
            ("<p>a</h1>b</p></p>c", "p(\"a\",\"b\"),\"c\""),
            ("<select><option>a<option>b</select>", "select(option(\"a\"),option(\"b\"))"),
        ])
    func impliedEnds(_ example: (html: String, shape: String)) {
        #expect(shape(tree(example.html)) == example.shape)
    }

    @Test("How a word is read is no text, but where the page has it in brackets")
    func readings() {
        let ruby = "a<ruby>bridge<rt>bru</rt></ruby>s"
        let bracketed = "a<ruby>bridge<rp>(</rp><rt>bru</rt><rp>)</rp></ruby>s"
        let open = "a<ruby>bridge<rt>bru<rt>bri</ruby>s"
        #expect(tree("<p>\(ruby)</p>").text(of: 1) == "abridges")
        #expect(tree("<p>\(open)</p>").text(of: 1) == "abridges")
        #expect(tree("<p>\(bracketed)</p>").text(of: 1) == "abridge(bru)s")
        #expect(tree("<p>\(bracketed)\(ruby)</p>").text(of: 1) == "abridge(bru)sabridges")
        let page = Pages.article(inside: "<p>They \(bracketed), \(ruby), and \(open) for years.</p>")
        #expect(page.lines.contains("They abridge(bru)s, abridges, and abridges for years."))
        #expect(page.html.contains("<p>They abridge(bru)s, abridges, and abridges for years.</p>"))
    }

    @Test("A reading that does not end hides no more than its line")
    func openReadings() {
        #expect(Pages.extract(Pages.page("<article><ruby><rt>bru\(Pages.paragraphs)</article>")).isStory)
    }

    @Test("An end tag does not reach out of the cell or the block that it stands in")
    func scopes() {
        #expect(shape(tree("<div><table><tr><td>a</div>b</table>c</div>")) == "div(table(tr(td(\"a\",\"b\"))),\"c\")")
        #expect(shape(tree("<span><div>a</span>b</div>c")) == "span(div(\"a\",\"b\"),\"c\")")
        #expect(shape(tree("<b>a<i>b</b>c")) == "b(\"a\",i(\"b\")),\"c\"")
    }

    @Test("A link that is not closed holds no more than its block")
    func links() {
        #expect(shape(tree("<a href=x>a<a href=y>b</a>c")) == "a(\"a\"),a(\"b\"),\"c\"")
        let open = tree("<a href=x><div>a</a>b</div><p>c</p>")
        #expect(shape(open).contains("span(div(\"a\",\"b\"),p(\"c\"))"))
        #expect(!open.nodes.contains { open.flags($0).contains(.link) })
    }

    @Test("An element without a kind ends where its own name says so")
    func unknownElements() {
        #expect(shape(tree("<x-a><x-b>a</x-a>b")) == "unknown(unknown(\"a\")),\"b\"")
        #expect(tree("<x-a>b</x-a>").name(of: 1) == "x-a")
    }

    @Test("A control character makes another name of an element's, and stops nothing", arguments: UInt8(0)...0xff)
    func controlsInNames(_ byte: UInt8) {
        let html = Array("<p>a</p><h".utf8) + [byte] + Array(">b</h1>c".utf8)
        let tree = PageTreeBuilder.build(html, url: "https://courier.example/a/", maximumBytes: 1 << 20)
        let isHeading = tree.nodes.contains { [.h1, .h2, .h3, .h4, .h5, .h6].contains(tree.element($0)) }
        #expect(isHeading == (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(byte))
        #expect(tree.text(of: 0).contains("a"))
    }

    @Test("Drawings, templates, scripts and comments are jumped over, closed or not")
    func jumps() {
        let html =
            "<p>a<svg><text>x</text></svg><template><p>y</template><script>'<p>z'</script><!-- <p>w --><noscript><p>v</noscript>b"
        #expect(tree(html).text(of: 0) == "ab")
        #expect(tree("<p>a<svg><p>b").text(of: 0) == "a b")
        #expect(tree("<p>a<svg/><p>b").text(of: 0) == "a b")
    }

    @Test("Only linked data is kept of scripts, within bounds")
    func linkedData() {
        let tree = tree(
            "<script>1</script><script type='Application/LD+JSON'>{\"a\":1}</script>"
                + String(repeating: "<script type=application/ld+json>{}</script>", count: 200))
        #expect(tree.linkedData.count == PageLimits.linkedDataScripts)
        #expect(String(decoding: tree.bytes[tree.linkedData[0]], as: UTF8.self) == "{\"a\":1}")
        #expect(tree.isCut)
    }

    @Test("What is nested too deep becomes a neighbour and is not lost")
    func depth() {
        let tree = tree(String(repeating: "<div>", count: 5_000) + "<p>a<p>b")
        #expect(tree.text(of: 0) == "a b")
        #expect(tree.nodes.allSatisfy { Array(tree.ancestors($0)).count <= PageLimits.depth })
    }

    @Test("Attributes are read from the page when they are asked for: decoded, in any case, the first that counts")
    func attributes() {
        let tree = tree("<p CLASS='Lead storyText' data-x=1 Data-X=2 title=' a &amp; b '>x")
        #expect(tree.attribute("title", of: 1) == "a & b")
        #expect(tree.attribute("data-x", of: 1) == "1")
        #expect(tree.attribute("id", of: 1) == nil)
        #expect(tree.words(of: 1) == ["lead", "story", "text"])
        #expect(tree.flags(1).isEmpty)
    }

    @Test("What an element says of itself is known without asking")
    func flags() {
        let examples: [(html: String, flags: PageTree.Flags)] = [
            ("<div hidden>", .hidden), ("<div style='color:red; display : none'>", .hidden),
            ("<div aria-hidden=true>", .hidden), ("<div role=Navigation>", .besideRole), ("<a href=x>", .link),
            ("<div role=main>", .mainRole), ("<div itemprop=articleBody>", [.itemprop, .articleBody]),
        ]
        for (html, flags) in examples { #expect(tree(html + "x").flags(1) == flags, "\(html)") }
    }

    @Test("URLs are relative to the page's own base, and are of the web")
    func urls() {
        #expect(tree("<p>x").webURL("b") == "https://courier.example/a/b")
        #expect(tree("<base href='/c/'><p>x").webURL("b") == "https://courier.example/c/b")
        #expect(tree("<p>x").webURL("javascript:alert(1)") == nil)
        #expect(tree("<base href='javascript:x'><p>x").webURL("b") == "https://courier.example/a/b")
    }
}
