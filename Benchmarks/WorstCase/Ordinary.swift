import Glibc

/// Documents as publishers write them, made up: what one byte of them costs is what worst cases are held against.
enum Ordinary {
    /// A handful for each subject, of very different makes, as recipes: each can be as long as is asked for.
    static func documents(of subject: Subject) -> [Recipe] {
        switch subject {
        case .xml, .identity: [fullText, headlines, atom, podcast, rdf]
        case .json: [json]
        case .html: [article, page]
        case .dates: [Recipe(unit: bytes(dates))]
        case .urls: [Recipe(unit: bytes(urls))]
        case .opml: [opml]
        case .toml: [toml]
        case .lists: [list]
        case .encodings: encodings
        case .headers: [Recipe(unit: bytes(headers))]
        }
    }

    /// Nanoseconds that a byte of an ordinary document costs: the median.
    static func cost(of subject: Subject, length: Int) -> Double {
        let costs = documents(of: subject).map { Cost.perByte($0, subject, length: length, times: 5) }.sorted()
        return costs[costs.count / 2]
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let prose = """
        The harbour was quiet in the morning, and the budget letter had not come. Nobody at the garden office knew why; \
        a signal from the river journal said “winter readers” would wait until the café opened its copper window.
        """

    private static let body =
        #"<p>\#(prose) <a href="/story/17?part=2&amp;x=1" class="more">Read on</a></p>\#n"#
        + #"<p><img src="https://cdn.example.org/i/17.jpg" alt="The harbour" width="640" height="480"></p>\#n"#

    private static func escaped(_ html: String) -> String {
        html.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static let rss = """
        <?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
        xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>News</title>
        <link>https://news.example.org/</link><description>What there is</description>

        """

    private static let fullText = Recipe(
        head: bytes(rss),
        unit: bytes(
            """
            <item><title>The harbour was quiet</title><link>https://news.example.org/story/17</link>
            <guid isPermaLink="false">tag:news.example.org,2026:17</guid><pubDate>Thu, 26 Nov 2026 08:15:00 +0100</pubDate>
            <dc:creator>A. Writer</dc:creator><category>news</category><description>\(escaped(body))</description>
            <content:encoded><![CDATA[\(body)\(body)]]></content:encoded></item>

            """), tail: bytes("</channel></rss>"))

    private static let headlines = Recipe(
        head: bytes(rss),
        unit: bytes(
            """
            <item><title>The harbour was quiet in the morning</title><link>https://news.example.org/story/17</link>
            <guid>https://news.example.org/story/17</guid><pubDate>Thu, 26 Nov 2026 08:15:00 +0100</pubDate>
            <description>Nobody at the garden office knew why.</description></item>

            """), tail: bytes("</channel></rss>"))

    private static let podcast = Recipe(
        head: bytes(rss),
        unit: bytes(
            """
            <item><title>Episode 17</title><guid isPermaLink="false">17</guid><itunes:duration>31:07</itunes:duration>
            <pubDate>Thu, 26 Nov 2026 08:15:00 GMT</pubDate><itunes:author>A. Writer</itunes:author>
            <enclosure url="https://cdn.example.org/17.mp3" length="31415926" type="audio/mpeg"/>
            <itunes:image href="https://cdn.example.org/17.jpg"/><description>\(escaped(body))</description></item>

            """), tail: bytes("</channel></rss>"))

    private static let atom = Recipe(
        head: bytes(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><link href="https://news.example.org/"/>
            <id>tag:news.example.org,2026:</id><updated>2026-11-26T08:00:00Z</updated>

            """),
        unit: bytes(
            """
            <entry><title type="html">The harbour &amp;amp; the river</title><link rel="alternate" href="/story/17"/>
            <id>tag:news.example.org,2026:17</id><published>2026-11-26T08:15:00+01:00</published>
            <updated>2026-11-26T08:16:00+01:00</updated><author><name>A. Writer</name></author><category term="news"/>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>\(prose)</p><p>\(prose) <a href="/17">On</a>
            </p></div></content></entry>

            """), tail: bytes("</feed>"))

    private static let rdf = Recipe(
        head: bytes(
            """
            <?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
            xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
            <channel rdf:about="https://news.example.org/"><title>News</title><link>https://news.example.org/</link></channel>

            """),
        unit: bytes(
            """
            <item rdf:about="https://news.example.org/17"><title>The harbour was quiet</title>
            <link>https://news.example.org/17</link><dc:date>2026-11-26T08:15:00+01:00</dc:date>
            <description>\(escaped(body))</description></item>

            """), tail: bytes("</rdf:RDF>"))

    private static let json = Recipe(
        head: bytes(#"{"version":"https://jsonfeed.org/version/1.1","title":"News","items":["#),
        unit: bytes(
            """
            {"id":"tag:news.example.org,2026:17","url":"https://news.example.org/story/17","title":"The harbour was quiet",
            "content_html":"\(body.replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))","authors":[{"name":"A. Writer"}],
            "date_published":"2026-11-26T08:15:00+01:00","tags":["news","winter"]},

            """), tail: bytes(#"{"id":"18","content_text":"The end"}]}"#))

    private static let article = Recipe(
        unit: bytes(
            """
            <h2>Morning</h2>\(body)<ul><li>The budget</li><li>The <b>letter</b></li></ul>
            <blockquote><p>Nobody knew&nbsp;why&hellip; &copy; 2026</p></blockquote>

            """))

    private static let page = Recipe(
        head: bytes(
            """
            <!DOCTYPE html><html><head><title>News</title><link rel="alternate" type="application/rss+xml" href="/f.xml">
            <script>var a = 1;</script></head><body>

            """),
        unit: bytes(
            """
            <div class="teaser" id="t17" style="color: #333; margin: 4px"><a href="/story/17"><img src="/i/17.jpg"
            srcset="/i/17.jpg 1x, /i/17@2.jpg 2x" alt=""></a><p>\(prose)</p></div>

            """), tail: bytes("</body></html>"))

    private static let dates = """
        Thu, 26 Nov 2026 08:15:00 +0100
        2026-11-26T08:15:00Z
        2026-11-26T08:15:00.123+01:00
        Thu, 26 Nov 2026 08:15:00 GMT
        26 Nov 2026 08:15 EST
        2026-11-26 08:15:00
        Donnerstag, 26. November 2026 08:15
        11/26/2026 8:15:00 PM

        """

    private static let urls = """
        https://news.example.org/story/2026/11/26/the-harbour-was-quiet
        /story/17?part=2&utm_source=rss&x=1#top
        ../images/17.jpg
        https://cdn.example.org/podcast/17.mp3?token=abc&ref=news.example.org
        //static.example.org/a/./b/../c.css
        https://b%C3%BCcher.example/%7Euser/
        mailto:writer@example.org

        """

    private static let opml = Recipe(
        head: bytes("<?xml version=\"1.0\"?>\n<opml version=\"2.0\"><head><title>Feeds</title></head><body>\n"),
        unit: bytes(
            """
            <outline text="Folder"><outline type="rss" text="The harbour" title="The harbour" \
            xmlUrl="https://news.example.org/feed.xml" htmlUrl="https://news.example.org/" category="/news,/river"/></outline>

            """), tail: bytes("</body></opml>"))

    private static let toml = Recipe(
        head: bytes("contact = \"https://example.org/\"\n\n"),
        unit: bytes(
            """
            # The harbour's own
            [[feed]]
            url = "https://news.example.org/feed.xml"
            title = "The harbour"
            tags = ["news", "river"]
            interval = "30m"


            """))

    private static let list = Recipe(
        unit: bytes("https://news.example.org/feed.xml \"news\" \"~The harbour\" river\n# a comment\n"))

    private static let headers = """
        application/rss+xml; charset=utf-8
        text/html; charset="iso-8859-1"; boundary=x
        <https://news.example.org/feed>; rel="alternate"; type="application/rss+xml"; title="News", </b>; rel=next

        """

    /// The same text in each, most of it not ASCII where the encoding is for that.
    private static let encodings: [Recipe] = [
        ("windows-1252", "CP1252", "Grüße aus dem Café in Besançon: «schön» und teuer, 5 €. "),
        ("koi8-r", "KOI8-R", "Утром в гавани было тихо, и письмо о бюджете не пришло. "),
        ("utf-16le", "UTF-16LE", "The harbour was quiet in the morning. Утром было тихо. "),
        ("gb18030", "GB18030", "早上港口很安静，预算信还没有到，没有人知道为什么。 "),
        ("shift_jis", "CP932", "朝の港は静かで、予算の手紙はまだ届いていなかった。 "),
        ("euc-kr", "CP949", "아침 항구는 조용했고 예산 편지는 오지 않았다. "),
        ("utf-8", "UTF-8", "The harbour was quiet in the morning. Утром было тихо, 早上很安静. "),
    ].map { label, name, text in Recipe(head: bytes(label + "\n"), unit: converted(text, to: name)) }

    private static func converted(_ text: String, to name: String) -> [UInt8] {
        guard let handle = iconv_open(name, "UTF-8"), Int(bitPattern: handle) != -1 else { return bytes(text) }
        defer { iconv_close(handle) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: 4 * input.count)
        let left = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var source = input.baseAddress
                var target = output.baseAddress
                var (sourceLeft, targetLeft) = (input.count, output.count)
                _ = iconv(handle, &source, &sourceLeft, &target, &targetLeft)
                return targetLeft
            }
        }
        return output.dropLast(left).map { UInt8(bitPattern: $0) }
    }
}
