import FeedModel
import TestSupport
import Testing

@testable import FeedParsing

/// Costs are compared with those of a document of the same length, or of a quarter of it: processor time, never a clock on
/// the wall.
@Suite("security.md §6: work is bounded by bytes, whatever they are")
struct BoundedWorkTests {
    private func repeated(_ unit: String, _ bytes: Int) -> String {
        String(repeating: unit, count: bytes / unit.utf8.count)
    }

    private func parses(_ document: String, limits: ParseLimits = ParseLimits()) -> () -> Void {
        let bytes = Array(document.utf8)
        var limits = limits
        limits.time = .seconds(1000)
        return { [limits] in _ = parse(bytes, limits: limits) }
    }

    // MARK: - XML

    @Test(
        "Tags without an end are not looked at again from each tag inside them", .timeLimit(.minutes(3)),
        arguments: ["b=x<a ", "b='x<a \">' ", "<a b=\"x>\" c='<a d=\"' "])
    func endlessTags(unit: String) {
        let head = "<rss><channel><item><description><a "
        // Both are longer than the longest tag, behind which it is text.
        let ratio = ProcessorTime.ratio(
            of: parses(head + repeated(unit, 2_600_000)), to: parses(head + repeated(unit, 1_300_000)))
        #expect(ratio < 6, "twice as long, \(ratio) times as dear")
    }

    @Test("What surely has no end is remembered by where its attributes begin")
    func deadEnds() {
        var ends = DeadEnds()
        ends.begin(at: 1000)
        for place in [1000, 1064, 1999] { ends.insert(place) }
        #expect([1000, 1064, 1999].allSatisfy { ends.contains($0) })
        #expect(![999, 1001, 1998, 2000, 5000].contains { ends.contains($0) })
        ends.begin(at: 1500)
        #expect(ends.contains(1000), "a tag inside goes on with what is known")
        ends.begin(at: 3000)
        #expect(!ends.contains(1000) && !ends.mayHold(from: 3000))
    }

    @Test("A tag that is longer than any may be is text at the same place, however the document comes")
    func oversizedTag() throws {
        let tag = "<a " + repeated("b=x ", MarkupRepair.longestTag)
        let document =
            "<rss><channel><title>t</title><item><description>x\(tag)> y</description></item></channel></rss>"
        let whole = try feed(document, step: document.utf8.count)
        #expect(try feed(document, step: 5000) == whole)
        #expect(whole.warnings.contains { $0.contains("Tags without an end") })
        let shorter =
            "<rss><channel><title>t</title><item><description>x<a b='\(repeated("z", 1_000_000))'/> y</description></item>"
        #expect(try feed(shorter, step: 5000).articles.first?.contentHTML?.hasPrefix("x<a b=") == true)
    }

    @Test("End tags that fit nothing cost the same however much is open")
    func unopenedEndTags() {
        func document(_ open: Int) -> String {
            "<rss><channel><item><description>" + (0..<open).map { "<a\($0)>" }.joined() + repeated("</zz>", 100_000)
        }
        let ratio = ProcessorTime.ratio(of: parses(document(230)), to: parses(document(2)))
        #expect(ratio < 4, "\(ratio)")
    }

    @Test("An item in an item is told from an extension's without looking at all that is open")
    func nestedItems() {
        func document(_ name: String) -> String {
            let inside = (0..<200).map { "<\(name)\($0)>" }.joined() + "<x:y>"
            return "<rss><channel><item>\(inside)\(repeated("<item/>", 50_000))"
        }
        let ratio = ProcessorTime.ratio(
            of: parses(document(repeated("n", 200))), to: parses(document("n") + repeated(" ", 40_000)))
        #expect(ratio < 4, "\(ratio)")
    }

    @Test("The attributes of a tag are not compared with each other")
    func manyAttributes() {
        // The same names, as many tags and as many bytes: only which tag an attribute stands in differs.
        func tags(attributesEach: Int) -> String {
            (0..<125).map { tag in
                let first = min(tag * attributesEach, 500)
                return "<a " + (first..<min(first + attributesEach, 500)).map { "b\($0)=x " }.joined() + "/>"
            }.joined()
        }
        let (many, few) = (tags(attributesEach: 500), tags(attributesEach: 4))
        #expect(many.utf8.count == few.utf8.count)
        let head = "<rss><channel><item><description>"
        let ratio = ProcessorTime.ratio(
            of: parses(head + repeated(many, 100_000)), to: parses(head + repeated(few, 100_000)))
        #expect(ratio < 4, "\(ratio)")
    }

    @Test("Each attribute counts once, the first one, also where there are many")
    func attributesOnce() {
        let text = Array((0..<300).map { "n\($0 % 150)" }.joined(separator: " ").utf8)
        text.withUnsafeBufferPointer { bytes in
            var names = NameSet()
            var inserted = 0
            var start = 0
            while start < bytes.count {
                let end = bytes.first(0x20, from: start) ?? bytes.count
                if names.insert(start..<end, in: bytes) { inserted += 1 }
                start = end + 1
            }
            #expect(inserted == 150 && names.count == 150)
        }
    }

    @Test("Namespaces beyond what the parser can look through are not declared; the elements stay")
    func manyNamespaces() throws {
        let declarations = (0..<400).map { " xmlns:n\($0)=\"u\($0)\"" }.joined()
        let head = "<rss><channel><item><title>t</title><description>"
        func document(_ opening: String) -> String { head + opening + repeated("<z:b>x</z:b>", 100_000) }
        let deep = String(repeating: "<a\(declarations)>", count: 40)
        let flat = String(repeating: "<a\(declarations)/>", count: 40)
        let ratio = ProcessorTime.ratio(of: parses(document(deep)), to: parses(document(flat)))
        #expect(ratio < 4, "\(ratio)")
        let article = try article(
            rss(
                item: "<dc:title>One</dc:title>",
                attributes: declarations + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""))
        #expect(article.title == "One", "a prefix that everybody knows needs no declaration")
    }

    // MARK: - URLs

    @Test("A long base does not make megabytes of a short text's relative URLs")
    func longBases() throws {
        let base = "https://h/" + repeated("b/", 2000)
        let html = repeated("<a href=x>", 100_000)
        let rewritten = HTMLRewriter.absolutizing(html, base: base)
        #expect(rewritten.utf8.count < 10 * html.utf8.count)
        #expect(rewritten.hasPrefix("<a href=\"\(base)x\">") && rewritten.hasSuffix("<a href=x>"))
        #expect(HTMLSanitizer.sanitize(html, baseURL: base).utf8.count < 12 * html.utf8.count)
        let document =
            "<rss xml:base='\(base.prefix(1900))'><channel>"
            + (0..<1000).map {
                "<item><link>\($0)</link><a:link xmlns:a='http://www.w3.org/2005/Atom' href='\($0)'/></item>"
            }
            .joined() + "</channel></rss>"
        let feed = try feed(document)
        let bytes = feed.articles.reduce(0) {
            $0 + ($1.url?.utf8.count ?? 0) + $1.links.reduce(0) { $0 + $1.href.utf8.count }
        }
        #expect(bytes < 10 * document.utf8.count)
        #expect(feed.articles.first?.url?.hasSuffix("b/0") == true)
        #expect(feed.articles.last?.unsafeURLs == ["999"], "what was not resolved is kept as it came")
    }

    @Test("Bases of elements are not resolved against each other without end")
    func manyBases() {
        func document(_ base: String) -> String {
            "<rss xml:base='https://h/\(base)/'><channel><item>" + repeated("<c xml:base='x'/>", 100_000)
        }
        let ratio = ProcessorTime.ratio(
            of: parses(document(repeated("b/", 1900))), to: parses(document("b") + repeated(" ", 1900)))
        #expect(ratio < 8, "\(ratio)")
    }

    @Test("A page's links are each found once, however many there are")
    func manyLinks() {
        let page =
            "<base href='https://h/\(repeated("b", 60_000))/'>"
            + repeated("<link rel=alternate type=application/rss+xml href=x>", 50_000)
        let found = Array(page.utf8).withUnsafeBytes { FeedLinks.inHTML($0, baseURL: "https://h/") }
        #expect(found.count == 1)
    }

    // MARK: - HTML

    @Test("A tag costs the same however deep it stands")
    func deepHTML() {
        for (open, unit) in [
            ("<p><div>", "<li>"), ("<p><div>", "<option>"), ("<a><div>", "</a>"), ("<i><table><td>", "</i>"),
            ("<li><ul>", "<dd>"),
        ] {
            func html(_ depth: Int) -> String {
                open + String(repeating: "<b>", count: depth) + String(repeating: "<u>", count: 4 - min(depth, 4))
                    + repeated(unit, 60_000)
            }
            let (deep, flat) = (html(197), html(0))
            let ratio = ProcessorTime.ratio(
                of: { _ = HTMLSanitizer.sanitize(deep, baseURL: nil) },
                to: { _ = HTMLSanitizer.sanitize(flat, baseURL: nil) })
            #expect(ratio < 5, "\(open)…\(unit): \(ratio)")
        }
    }

    @Test("What an end tag closes is known by name, barrier and depth")
    func openElements() {
        var open = HTMLOpenElements()
        var closed: [String] = []
        func name(_ text: StaticString) -> HTMLName { HTMLName(text) }
        func push(_ text: StaticString) { _ = open.push(name(text), HTMLElementRoles(of: name(text))) }
        func take(_ name: HTMLName) {
            var bytes: [UInt8] = []
            name.append(to: &bytes)
            closed.append(String(decoding: bytes, as: UTF8.self))
        }
        for text in ["i", "table", "tr", "td", "b", "i", "b"] as [StaticString] { push(text) }
        open.close(name("i"), HTMLElementRoles(of: name("i"))) { take($0) }
        #expect(closed == ["b", "i"])
        open.close(name("i"), HTMLElementRoles(of: name("i"))) { take($0) }
        #expect(closed == ["b", "i"], "none reaches out of the cell")
        open.close(name("table"), HTMLElementRoles(of: name("table"))) { take($0) }
        #expect(closed == ["b", "i", "b", "td", "tr", "table"])
        open.closeAll { take($0) }
        #expect(closed.last == "i" && closed.count == 7)
    }

    @Test("Names of references are the standard's, found by their hash")
    func references() {
        let names = String(
            decoding: UnsafeBufferPointer(
                start: HTMLEntityTable.records.utf8Start, count: HTMLEntityTable.records.utf8CodeUnitCount),
            as: UTF8.self
        )
        .split(whereSeparator: \.isWhitespace).map { $0.prefix { $0 != "=" && $0 != ":" } }
        #expect(names.count == 2125)
        let unknown = names.filter { HTMLText.decodeEntities("&\($0);") == "&\($0);" }
        #expect(unknown.isEmpty, "\(unknown)")
        for text in ["&zz;", "&zwnj=200c;", "&Amp;", "&ampx", "&;"] {
            #expect(HTMLText.decodeEntities(text).hasPrefix("&") == true, "\(text)")
        }
    }

    // MARK: - JSON

    @Test("Items of JSON Feed are read until the time is up, and what was read is kept")
    func jsonTime() throws {
        var limits = ParseLimits()
        let ticks = Ticks()
        limits.clock = { ticks.next() }
        limits.time = .seconds(5)
        let items = (0..<100).map { "{\"id\":\"\($0)\",\"content_text\":\"x\"}" }.joined(separator: ",")
        let feed = try feed("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[\(items)]}", limits: limits)
        #expect(feed.isTruncated && !feed.articles.isEmpty && feed.articles.count < 10)
        #expect(feed.warnings.contains { $0.contains("too long") })
    }
}
