import FeedModel
import JSONText
import TestSupport
import Testing

@Suite("What dump prints in other formats (contract.md §3)", .serialized)
struct FormatTests {
    private let desk = Desk(feeds: [])

    /// What publishers send, and worse.
    private static let articles: [StoredArticle] = [
        StoredArticle("plain").with {
            $0.tags = ["defence"]
            $0.article.published = Timestamp(year: 2019, month: 5, day: 20, hour: 9, minute: 30)
            $0.article.modified = Timestamp(year: 2019, month: 5, day: 21)
            $0.article.authors = [
                Author(name: "A. Writer", url: "https://example.org/a b", email: "a@example.org"),
                Author(email: "only@example.org"), Author(url: "https://example.org/nameless"), Author(name: ""),
                Author(name: "Mail & <Co>", email: "not an address"),
            ]
            $0.article.contributors = [Author(name: "C. Helper")]
            $0.article.summary = "<p>In short &amp; simple</p>"
            $0.article.tags = ["Tag & \"more\"", "", "second"]
            $0.article.language = "de-AT"
            $0.article.externalURL = "https://example.org/about?q=[1]|2"
            $0.article.commentsURL = "https://example.org/c#1#2"
            $0.article.license = "https://creativecommons.org/licenses/by/4.0/"
            $0.article.image = "https://example.org/i.png"
            $0.article.attachments = [
                Attachment(
                    url: "https://example.org/a.mp3", mimeType: "audio/mpeg", title: "\"Sound\"", sizeInBytes: 12,
                    durationInSeconds: 3.5),
                Attachment(url: "https://example.org/no type", mimeType: "audio"),
            ]
        },
        StoredArticle("controls \u{1}\t\n\\", title: "Bell\u{7} esc\u{1b}[2J \u{202e}tab\tline\r\nfeed\u{fffe}\u{85}")
            .with {
                $0.article.contentHTML = "]]> <script>alert(1)</script> \u{0}\u{b} &lt;b&gt; \r\n \u{1F600}"
                $0.article.url = "https://example.org/%zz/\u{e4}/\"<x>\"%20{y}#a#b"
                $0.article.language = "no language!"
                $0.article.rawDates = [.init(field: "date_published", text: "yesterday")]
                $0.article.unsafeURLs = ["javascript:alert(1)"]
            },
        StoredArticle("text", title: "").with {
            $0.article.contentText = "\n  First line <of> text & more\nSecond line"
        },
        StoredArticle("plain").with { ($0.kind, $0.version) = (.update, 2) },
        StoredArticle("copy").with { ($0.kind, $0.feed) = (.duplicate, "odd \"feed\"/ä") },
        StoredArticle("plain").with {
            ($0.kind, $0.version) = (.update, 3)
            $0.stored = Timestamp(year: 2026, month: 11, day: 23)
        },
    ]

    private static let rules = "\(Checkout.root)/Tests/Fixtures/rules"

    /// What the rules say is wrong with a dump.
    private func wrong(_ format: String, _ arguments: String...) async throws -> String {
        let ending = await desk.run(["dump", "--format", format] + arguments)
        #expect(ending.status == 0 && ending.errors.isEmpty)
        let checked = await ChildProcess(
            "/usr/bin/env", ["python3", "\(Self.rules)/\(format).py"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            input: Array(ending.output.utf8)
        ).wait()
        return checked.status == 0 ? "" : checked.output + checked.errors
    }

    @Test(
        "Atom is valid by RFC 4287 and JSON Feed by its specification, whatever publishers sent",
        .enabled(if: Tools.isThere("python3")), arguments: ["atom", "jsonfeed"])
    func valid(_ format: String) async throws {
        try desk.store(Self.articles)
        #expect(try await wrong(format) == "")
        #expect(try await wrong(format, "--updates", "--duplicates") == "")
        #expect(try await wrong(format, "--sanitize") == "")
        #expect(try await wrong(format, "--limit", "0") == "")
        #expect(try await wrong(format, "--limit", "1") == "")
    }

    /// The document that a dump is, as newswire itself reads it.
    private func parsed(_ format: String) async throws -> JSONValue {
        let text = await desk.run("dump", "--format", format).output
        let ending = await desk.plain("parse", "-", input: text)
        guard ending.status == 0 else { throw Desk.Failure(text: ending.errors) }
        return try JSONParser.parse(Array(ending.output.utf8)).value
    }

    @Test("Read again, a document has the same articles, under urn:newswire:UID", arguments: ["atom", "jsonfeed"])
    func roundTrip(_ format: String) async throws {
        try desk.store(Self.articles)
        let items = try #require(try await parsed(format)["items"]?.array)
        let stored = try await desk.dump()
        #expect(items.count == 3 && stored.count == 3)
        for (item, record) in zip(items, stored) {
            let uid = try #require(record["_newswire"]?["uid"]?.string)
            #expect(item["id"]?.string == "urn:newswire:\(uid)")
        }
        let (item, record) = (items[0], stored[0])
        for key in ["title", "url", "content_html", "summary", "date_published", "date_modified", "language"] {
            #expect(item[key] == record[key], "\(key)")
        }
        #expect(item["tags"]?.array?.compactMap(\.string).filter { !$0.isEmpty } == ["Tag & \"more\"", "second"])
        #expect(item["attachments"]?.array?.first?["url"]?.string == "https://example.org/a.mp3")
        #expect(item["authors"]?.array?.first?["name"]?.string == "A. Writer")
        #expect(items[2]["content_text"]?.string?.contains("First line <of> text & more") == true)
    }

    @Test("The JSON Feed keeps the publisher's id and newswire's own members, without the line's chain")
    func jsonFeedMembers() async throws {
        try desk.store(Self.articles)
        let text = await desk.run("dump", "--format", "jsonfeed").output
        let item = try #require(try JSONParser.parse(Array(text.utf8)).value["items"]?.array?.first)
        #expect(item["_newswire"]?["id"]?.string == "plain")
        #expect(item["_newswire"]?["seq"]?.integer == 1)
        #expect(item["_newswire"]?["xxh3"] == nil && item["_newswire"]?["chain"] == nil)
    }

    @Test("tsv has seq stored_at feed kind id url title, with tabs, line breaks and control characters escaped")
    func tsv() async throws {
        try desk.store(Self.articles)
        let ending = await desk.run("dump", "--format", "tsv", "--duplicates")
        let rows = ending.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        #expect(rows.allSatisfy { $0.count == 7 })
        #expect(
            rows[0] == [
                "1", "2026-11-22T08:00:00Z", "example", "new", "plain", "https://example.org/plain", "Article plain",
            ]
        )
        #expect(rows[1][4] == #"controls \u0001\t\n\\"#)
        #expect(rows[1][6] == "Bell\\u0007 esc\\u001b[2J \\u202etab\\tline\\r\\nfeed\u{fffe}\\u0085")
        #expect(rows[3].dropFirst(2).prefix(2) == ["odd \"feed\"/ä", "duplicate"])
    }

    @Test("--sanitize takes out scripts in every format", arguments: ["jsonl", "jsonfeed", "atom", "text"])
    func sanitize(_ format: String) async throws {
        try desk.store(Self.articles)
        let ending = await desk.run("dump", "--format", format, "--sanitize")
        #expect(ending.status == 0)
        #expect(!ending.output.contains("alert(1)</") && !ending.output.contains("alert(1)&lt;/"))
        #expect(ending.output.contains("plain"))
    }

    @Test("Without a filter that needs it, lines are copied as they stand in the store")
    func copied() async throws {
        try desk.store(Self.articles.filter { $0.kind == .new })
        let stored = try #require(desk.folder.text("store/articles/00000000000000000001.jsonl"))
        #expect(await desk.run("dump").output == stored)
        #expect(await desk.run("dump", "--feed", "example", "--since", "2026-01-01").output == stored)
    }
}
