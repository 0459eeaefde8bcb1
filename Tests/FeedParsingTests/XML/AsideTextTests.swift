import FeedModel
import Testing

@testable import FeedParsing

@Suite struct AsideTextTests {
    private func article(_ description: String, step: Int) -> Article? {
        let document = Array(
            "<rss><channel><item><description>\(description)</description></item></channel></rss>".utf8)
        var limits = ParseLimits()
        // Single bytes take long under a sanitizer.
        limits.time = .seconds(600)
        var parser = FeedParser(context: DocumentContext(), limits: limits)
        var rest = document[...]
        while !rest.isEmpty {
            rest.prefix(step).withUnsafeBytes { parser.parse($0) }
            rest = rest.dropFirst(step)
        }
        guard case .feed(let feed) = parser.finish() else { return nil }
        return feed.articles.first
    }

    @Test(
        "Long text is read as the parser would: references, line ends, brackets", arguments: [1, 7, 64, 4096, 100_000])
    func longText(step: Int) {
        let start = String(repeating: "many words ", count: 2000)
        let text =
            start
            + "A&#x42;&#67; &lt;&gt;&amp;&quot;&apos; &eacute;&nbsp;&amp;lt; a\r\nb\rc ]]> Q&A &#147; &#226;&#128;&#166;"
        let read = start + "ABC <>&\"' \u{e9}\u{a0}&lt; a\nb\nc ]]> Q&A \u{201c} \u{2026}"
        let article = article(text, step: step)
        #expect((article?.contentHTML ?? article?.contentText) == read)
    }

    @Test("Text, CDATA sections and elements keep their order", arguments: [1, 7, 64, 100_000])
    func order(step: Int) {
        var text = ""
        var read = ""
        for number in 0..<600 {
            let words = String(repeating: "\(number) ", count: 40)
            text += "\(number)<![CDATA[(\(words))]]>\(words)<b>x</b>"
            read += "\(number)(\(words))\(words)<b>x</b>"
        }
        #expect(article(text, step: step)?.contentHTML == read)
    }

    @Test("Text whose instruction is lost does not move the others")
    func lost() {
        var from = AsideText()
        var to = AsideText()
        var markup: [UInt8] = []
        for text in ["a", "bc", "d"] { from.add(to: &markup) { $0.append(contentsOf: text.utf8) } }
        to.take(from: &from)
        func due(_ name: String) -> String? {
            let range = Array((name + "\0").utf8).withUnsafeBufferPointer { $0.baseAddress.flatMap { to.due($0) } }
            return range.map { String(decoding: to.bytes[$0], as: UTF8.self) }
        }
        #expect(String(decoding: markup, as: UTF8.self) == "<?aa?><?ab?><?ac?>")
        #expect(due("ab") == "bc")
        // What was passed over does not come any more, and neither does what never was.
        #expect(due("aa") == nil)
        #expect(due("x") == nil)
        #expect(due("zz") == nil)
        from.add(to: &markup) { $0.append(contentsOf: "e".utf8) }
        to.take(from: &from)
        #expect(due("ac") == "d")
        #expect(due("ad") == "e")
        #expect(to.isEmpty)
    }
}
