import FeedModel
import Testing

@testable import FeedParsing

@Suite struct FeedLinksTests {
    private func links(_ html: String, base: String = "https://h/dir/page") -> [Link] {
        Array(html.utf8).withUnsafeBytes { FeedLinks.inHTML($0, baseURL: base).map(\.link) }
    }

    @Test("links to feeds are found in their order, absolute and once each")
    func found() {
        let html = """
            <!doctype html><html><head><title>x</title>
            <link rel="stylesheet" href="/style.css">
            <LINK REL='Alternate home' TYPE='application/RSS+XML; charset=utf-8' HREF='/feed'>
            <link rel=alternate type=application/atom+xml href=atom.xml title="a &amp; b">
            <link rel="alternate" type="application/feed+json" href="https://other/f.json">
            <link rel="alternate" type="application/rss+xml" href="https://h/feed">
            <link rel="alternate" type="text/html" href="/de/"><link rel="alternate" hreflang="de" href="/de/">
            <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
            </head><body><a href="x">y</a></body></html>
            """
        #expect(links(html).map(\.href) == ["https://h/feed", "https://h/dir/atom.xml", "https://other/f.json"])
        #expect(links(html).allSatisfy { $0.rel == "alternate" })
    }

    @Test("the page's own base counts, the first one and where it is http")
    func base() {
        let link = "<link rel=alternate type=application/rss+xml href=f>"
        #expect(links("<base href='/b/'><base href='/c/'>" + link).map(\.href) == ["https://h/b/f"])
        #expect(links("<base href='javascript:x'>" + link).map(\.href) == ["https://h/dir/f"])
    }

    @Test("security.md §1: a link with another scheme is none")
    func schemes() {
        for href in ["file:///etc/passwd", "javascript:x", "feed:x", "ftp://h/x"] {
            #expect(links("<link rel=alternate type=application/rss+xml href='\(href)'>").isEmpty)
        }
    }

    @Test("pages that never end or are no HTML give what they have, within the bound")
    func hostile() {
        let one = "<link rel=alternate type=application/rss+xml href=/f"
        #expect(links((0..<500).map { "\(one)\($0)>" }.joined()).count == 100)
        #expect(links(String(repeating: "<div>", count: 10_000) + one + ">").count == 1)
        #expect(links("\u{0}\u{1}\u{ff}").isEmpty)
        #expect(links("").isEmpty)
        #expect(links(one).isEmpty)
        #expect(links("<link " + (0..<10_000).map { "a\($0)=1 " }.joined() + ">" + one + ">").count == 1)
        #expect(links("<script>" + one + "></script><!-- " + one + "> -->").isEmpty)
    }

    @Test("Links to feeds are found in a page in Latin-1")
    func latin1() {
        let bytes =
            Array("<meta charset=iso-8859-1><title>caf".utf8) + [0xe9]
            + Array("</title><link rel=alternate type=application/rss+xml href=/f>".utf8)
        #expect(
            bytes.withUnsafeBytes { FeedLinks.inHTML($0, baseURL: "https://h/") }.map(\.link.href) == ["https://h/f"])
    }

    @Test("A link to a feed comes with the title that the page gives it")
    func title() {
        let html = "<link rel=alternate type=application/atom+xml href=atom.xml title=\"a &amp; b\">"
        let found = Array(html.utf8).withUnsafeBytes { FeedLinks.inHTML($0, baseURL: "https://h/") }
        #expect(found.map(\.title) == ["a & b"])
    }

    @Test("RFC 8288: a Link header names feeds as a page does")
    func header() {
        let fields = [
            #"</style.css>; rel=preload; type="text/css", </feed>; rel="alternate"; type="application/rss+xml"; "#
                + #"title="a, b; c""#,
            "<https://other/atom>;REL=alternate;TYPE=application/atom+xml",
            "<https://h/feed>; rel=alternate; type=application/rss+xml",
            "<file:///etc/passwd>; rel=alternate; type=application/rss+xml", "<", "<x", "<>;;;,,,<>", ";rel=alternate",
        ]
        let found = FeedLinks.inHeader(fields, baseURL: "https://h/page")
        #expect(found.map(\.link.href) == ["https://h/feed", "https://other/atom"])
        #expect(found.map(\.title) == ["a, b; c", nil])
        let many = (0..<500).map { "</\($0)>; rel=alternate; type=application/rss+xml" }.joined(separator: ",")
        #expect(FeedLinks.inHeader([many], baseURL: "https://h/").count == 100)
    }

    @Test("The longest URL of a page hides no link that needs none")
    func longBase() {
        let base = "https://h/" + String(repeating: "b", count: 5000)
        let type = "rel=alternate; type=application/rss+xml"
        let found = FeedLinks.inHeader(["<https://h/f.xml>; \(type)"], baseURL: base)
        #expect(found.map(\.link.href) == ["https://h/f.xml"])
        let link = "<link rel=alternate type=application/rss+xml href="
        #expect(links("\(link)https://h/f.xml>", base: base).map(\.href) == ["https://h/f.xml"])
        // Nobody can say what a relative one means without copying the base.
        #expect(FeedLinks.inHeader(["</f.xml>; \(type)"], baseURL: base).isEmpty)
        #expect(links("\(link)/f.xml>", base: base).isEmpty)
    }
}
