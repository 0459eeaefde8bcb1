import FeedModel
import Testing

@testable import newswire

@Suite("Templates of deliveries")
struct ArticleTemplateTests {
    private func record(_ members: String) throws -> StoredRecord {
        try #require(StoredRecord(line: Array(members.utf8)))
    }

    private func render(_ text: String, _ form: ArticleTemplate.Form = .text, of members: String) throws -> String {
        var bytes: [UInt8] = []
        try ArticleTemplate(text, form: form).append(record(members), line: Array(members.utf8)[...], to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static let article = """
        {"id":"1","url":"https://example.org/1","title":"One \\"two\\"","content_html":"<p>Body &amp; soul</p><p>End</p>",\
        "summary":"About <b>it</b>","date_published":"2019-05-20T09:30:00Z","authors":[{"name":"Ann"},{"name":"Bob"}],\
        "tags":["a","b"],"_newswire":{"seq":7,"version":2,"feed":"desk","feed_title":"The Desk","kind":"update",\
        "stored_at":"2026-01-01T00:00:00Z"}}
        """

    @Test(
        "Each place of a template is what the article says",
        arguments: [
            ("{{title}}", "One \"two\""), ("{{url}}", "https://example.org/1"), ("{{summary}}", "About it"),
            ("{{text}}", "Body & soul\n\nEnd"), ("{{authors}}", "Ann, Bob"), ("{{tags}}", "a, b"),
            ("{{published}}", "2019-05-20T09:30:00Z"), ("{{feed}}: {{feed_title}}", "desk: The Desk"),
            ("{{seq}}.{{version}} {{kind}}", "7.2 update"), ("{{stored_at}}", "2026-01-01T00:00:00Z"),
            ("{ {{title:3}} }", "{ On… }"), ("no places", "no places"), ("{{json}}", Self.article),
        ])
    func places(_ template: String, _ expected: String) throws {
        #expect(try render(template, of: Self.article) == expected)
    }

    @Test("The text of a page is that which is given beside the article's, and none of the pages of a store")
    func page() throws {
        let beside = #"{"content_text":"Short","_newswire":{"page":{"content_html":"<p>The <b>whole</b></p>"}}}"#
        #expect(try render("{{text}}|{{page}}", of: beside) == "Short|The whole")
        let stored = #"{"content_text":"The whole","_newswire":{"kind":"fulltext","page":{"article":1}}}"#
        #expect(try render("{{text}}|{{page}}", of: stored) == "The whole|")
    }

    @Test("What an article does not say is empty")
    func missing() throws {
        let names = TemplateField.allCases.filter { $0 != .json }.map { "{{\($0.rawValue)}}" }
        #expect(try render(names.joined(separator: "|"), of: "{}") == String(repeating: "|", count: names.count - 1))
    }

    @Test("Where a template makes JSON, a value never ends the string that it is in")
    func json() throws {
        let hostile = ##"{"title":"\",\"channel\":\"#all\\ \nx"}"##
        #expect(try render(#"{"text":"{{title}}"}"#, .json, of: hostile) == ##"{"text":"\",\"channel\":\"#all\\ x"}"##)
        #expect(try render("https://h/{{title}}", .url, of: #"{"title":"../a?b&c"}"#) == "https://h/..%2Fa%3Fb%26c")
    }

    @Test(
        "In a chat no title calls anybody, and none is a link",
        arguments: [
            ("slack", "<!channel> & <https://evil|x>", "&lt;!channel&gt; &amp; &lt;https://evil|x&gt;"),
            ("slack", "@everyone", "@\u{200b}everyone"),
            ("markdown", "@everyone <@123>", "@\u{200b}everyone <\u{200b}@\u{200b}123\\>"),
            ("markdown", "[x](javascript:1)", "\\[x\\]\\(javascript:1\\)"), ("markdown", "# a *b*", "\\# a \\*b\\*"),
            ("html", "<img src=x onerror='a\"&'>", "&lt;img src=x onerror=&#39;a&quot;&amp;&#39;&gt;"),
        ])
    func markup(_ name: String, _ title: String, _ expected: String) throws {
        let json = "{\"title\":\"\(title.replacing("\"", with: "\\\""))\"}"
        #expect(try render("{{title|\(name)}}", of: json) == expected)
    }

    @Test(
        "A link leads to the web and stays a link, whatever a publisher writes",
        arguments: [
            ("javascript:alert(1)", ""), ("data:text/html,x", ""), ("/relative", ""),
            ("https://e.org/a)b|c>d", "https://e.org/a%29b%7Cc%3Ed"), ("HTTPS://e.org/ü", "HTTPS://e.org/ü"),
        ])
    func links(_ url: String, _ expected: String) throws {
        #expect(try render("{{url|markdown}}", of: "{\"url\":\"\(url)\"}") == expected)
    }

    @Test("A link that is longer than its place is left out, and not cut")
    func longLink() throws {
        #expect(
            try render("[{{url:21}}|{{url:20}}]", of: #"{"url":"https://example.org/1"}"#) == "[https://example.org/1|]"
        )
    }

    @Test("Characters that steer a terminal or turn the direction of text are left out")
    func directions() throws {
        #expect(try render("{{title}}", of: #"{"title":"a\u202eb\u001b[1mc\nd"}"#) == "ab[1mc d")
    }

    @Test(
        "A text that is too long is cut behind a word",
        arguments: [
            ("one two three", 13, "one two three"), ("one two three", 12, "one two…"), ("one two three", 8, "one two…"),
            ("onetwothree", 4, "one…"), ("a bcdefghijk", 8, "a bcdef…"), ("", 1, ""),
        ])
    func cuts(_ text: String, _ limit: Int, _ expected: String) {
        #expect(ArticleTemplate.cut(text, to: limit) == expected)
        #expect(ArticleTemplate.cut(text, to: limit).count <= limit)
    }

    @Test(
        "A name that a template does not know is told with the nearest",
        arguments: [
            ("{{titel}}", "did you mean title?"), ("{{title|slak}}", "did you mean slack?"),
            ("{{xyzzyxyzzy}}", "the values are title, url"), ("{{title:0}}", "it takes 1 to 100000"),
            ("{{title:x}}", "it takes 1 to 100000"), ("{{title", "is not ended"), ("{{}}", "is not a value"),
        ])
    func mistakes(_ template: String, _ words: String) {
        do throws(ArticleTemplate.Problem) {
            _ = try ArticleTemplate(template, form: .text)
            Issue.record("\(template) was taken")
        } catch {
            #expect(error.description.contains(words), "\(error)")
        }
    }
}
