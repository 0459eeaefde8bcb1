import FeedModel
import FeedParsing
import Glibc

/// What the paths work on: made up, and the same in every run.
enum Inputs {
    /// Documents of 25 items of about 1.5 KB: RSS, Atom and JSON Feed in turn.
    static let documents: [[UInt8]] = (0..<12).map { number in
        Array((number % 3 == 0 ? rss(number) : number % 3 == 1 ? atom(number) : json(number)).utf8)
    }

    static let items = 25

    static func parsed(_ number: Int) -> Feed {
        guard case .feed(let feed) = parse(documents[number % documents.count]) else {
            fatalError("the documents are feeds")
        }
        return feed
    }

    static func parse(_ document: [UInt8]) -> ParseResult {
        var parser = FeedParser(
            context: DocumentContext(url: "https://news.example.org/feeds/all.xml", contentType: "application/xml"))
        document.withUnsafeBytes { bytes in
            // As a transfer brings them.
            var rest = bytes[...]
            while !rest.isEmpty {
                parser.parse(UnsafeRawBufferPointer(rebasing: rest.prefix(16 << 10)))
                rest = rest.dropFirst(16 << 10)
            }
        }
        return parser.finish()
    }

    /// `folder/0.xml` and so on.
    static func write(to folder: String) throws {
        mkdir(folder, 0o755)
        for (number, document) in documents.enumerated() {
            let path = "\(folder)/\(number).\(number % 3 == 2 ? "json" : "xml")"
            guard let file = fopen(path, "wb") else {
                print("cannot write \(path)")
                exit(74)
            }
            fwrite(document, 1, document.count, file)
            fclose(file)
        }
    }

    private static let words = [
        "feed", "engine", "quiet", "harbour", "budget", "letter", "winter", "reader", "signal", "garden", "copper",
        "journal", "river", "morning", "café", "window",
    ]

    /// Text of so many words.
    private static func text(_ seed: Int, words count: Int) -> String {
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return words[Int(state >> 60)]
        }.joined(separator: " ")
    }

    private static func body(_ seed: Int) -> String {
        (0..<4).map { part in
            #"<p>\#(text(seed + part, words: 40)) <a href="/story/\#(seed)?part=\#(part)&x=1">\#(text(seed, words: 3))</a></p>"#
        }.joined(separator: "\n")
    }

    private static func escaped(_ html: String) -> String {
        var result = ""
        for scalar in html.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func rss(_ number: Int) -> String {
        let items = (0..<items).map { index in
            let seed = number * 1000 + index
            return """
                <item><title>\(text(seed, words: 7))</title><link>https://news.example.org/story/\(seed)</link>
                <guid isPermaLink="false">tag:news.example.org,2026:\(seed)</guid>
                <pubDate>Thu, 26 Nov 2026 \(two(index % 24)):15:00 +0100</pubDate><dc:creator>A. Writer</dc:creator>
                <category>news</category><description>\(escaped(body(seed)))</description></item>

                """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>\(text(number, words: 3))</title>
            <link>https://news.example.org/</link><description>\(text(number, words: 9))</description>
            \(items.joined())</channel></rss>
            """
    }

    private static func atom(_ number: Int) -> String {
        let items = (0..<items).map { index in
            let seed = number * 1000 + index
            return """
                <entry><title>\(text(seed, words: 7))</title><link rel="alternate" href="/story/\(seed)"/>
                <id>tag:news.example.org,2026:\(seed)</id><published>2026-11-26T\(two(index % 24)):15:00+01:00</published>
                <updated>2026-11-26T\(two(index % 24)):16:00+01:00</updated><author><name>A. Writer</name></author>
                <category term="news"/><content type="html"><![CDATA[\(body(seed))]]></content></entry>

                """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom"><title>\(text(number, words: 3))</title>
            <link href="https://news.example.org/"/><id>tag:news.example.org,2026:\(number)</id>
            <updated>2026-11-26T08:00:00Z</updated>\(items.joined())</feed>
            """
    }

    private static func json(_ number: Int) -> String {
        let items = (0..<items).map { index in
            let seed = number * 1000 + index
            let html = body(seed).replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return """
                {"id":"tag:news.example.org,2026:\(seed)","url":"https://news.example.org/story/\(seed)",
                "title":"\(text(seed, words: 7))","content_html":"\(html)",
                "date_published":"2026-11-26T\(two(index % 24)):15:00+01:00","authors":[{"name":"A. Writer"}],"tags":["news"]}
                """
        }
        return """
            {"version":"https://jsonfeed.org/version/1.1","title":"\(text(number, words: 3))",
            "home_page_url":"https://news.example.org/","items":[\(items.joined(separator: ",\n"))]}
            """
    }
}
