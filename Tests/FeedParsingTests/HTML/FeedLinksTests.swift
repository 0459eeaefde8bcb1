import FeedModel
import TestSupport
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

    @Test("contract.md §1.10: a link whose relation is feed declares one without a type, a stylesheet never does")
    func relation() {
        let html = """
            <link rel=feed href=/1><link rel="Alternate FEED" type="" href=/2><link rel=feed type=application/json href=/3>
            <link rel="feed stylesheet" href=/4><link rel=alternate href=/5><link rel=feedback href=/6>
            <link rel=feed type=text/html href=/7><link rel=feed type=text/xml href=/8><link rel=feed><link rel=feed href=x:y>
            """
        #expect(links(html).map(\.href) == ["https://h/1", "https://h/2", "https://h/8"])
        #expect(links(html).map(\.type) == [nil, "", "text/xml"])
        let header = FeedLinks.inHeader(["</1>; rel=feed, </2>; rel=alternate, </3>"], baseURL: "https://h/")
        #expect(header.map(\.link.href) == ["https://h/1"])
    }

    private func inText(_ html: String, base: String = "https://h/dir/page") -> [String] {
        Array(html.utf8).withUnsafeBytes { FeedLinks.inText($0, baseURL: base).map(\.link.href) }
    }

    @Test("contract.md §1.10: links in the text that speak of feeds are found, by type, by path, by words")
    func text() {
        let html = """
            <a href=/about>About</a> <a href="/subscribe">Our <b>RSS</b> &amp; more</a><a href=feeds/all.rss.xml>All</a>
            <a href='/?feed=rss2#top'>x</a><a href=/pic><img src=x.png alt="Atom feed"></a><a href=/a aria-label=JSON></a>
            <a rel=alternate type=application/rss+xml href=/typed>y</a><a href=//rss.h/x>z</a><a href=/subscribe>RSS</a>
            <a href=/feedback>Feedback</a><a href=/press>The press</a><a href=#rss>RSS</a><a href=/dir/page#rss>RSS</a>
            <a href=mailto:rss@h>RSS</a><a name=rss>RSS</a><a href="javascript:rss()">RSS</a><!-- <a href=/rss>RSS</a> -->
            <script>"<a href=/rss>"</script><a href=/last>an Atom
            """
        #expect(
            inText(html) == [
                "https://h/typed", "https://h/dir/feeds/all.rss.xml", "https://h/?feed=rss2", "https://h/subscribe",
                "https://h/pic", "https://h/a", "https://h/last",
            ])
        #expect(inText("<base href=/b/><a href=x>feed</a>") == ["https://h/b/x"])
        let titles = Array(html.utf8).withUnsafeBytes {
            FeedLinks.inText($0, baseURL: "https://h/dir/page").map(\.title)
        }
        #expect(titles == ["y", "All", "x", "Our RSS & more", nil, nil, "an Atom"])
    }

    @Test(
        "Words speak of feeds that are made with their names",
        arguments: [
            ("rss", true), ("RSS2.xml", true), ("rssfeed.php", true), ("newsfeed", true), ("feeds", true),
            ("atom10", true),
            ("index.json", true), ("feedback", false), ("cross", false), ("atomic", false), ("jsonp", false),
            ("", false),
            ("feeder", false), ("across the press", false),
        ])
    func words(text: String, speaks: Bool) {
        #expect(FeedLinks.speaksOfFeeds(text.utf8) == speaks)
    }

    @Test("Links in the text of a page are bounded, and read in a time that grows with its length alone")
    func boundedText() {
        #expect(inText((0..<500).map { "<a href=/rss/\($0)>x</a>" }.joined()).count == 100)
        func page(_ part: String, _ count: Int) -> [UInt8] { Array(String(repeating: part, count: count).utf8) }
        for part in ["<a href=/rss>", "<a href=x>y", "<a href=x>&amp;", "<img alt=x>", "<a", "rss ", "<a href=//?//"] {
            let (short, long) = (page(part, 2000), page(part, 8000))
            let ratio = ProcessorTime.ratio(
                of: { _ = long.withUnsafeBytes { FeedLinks.inText($0, baseURL: "https://h/") } },
                to: { _ = short.withUnsafeBytes { FeedLinks.inText($0, baseURL: "https://h/") } })
            #expect(ratio < 9, "\(part): four times as long, \(ratio) times as dear")
        }
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
