import ArticleStore
import Digest
import FeedModel
import Ingestion
import JSONText
import TestSupport
import Testing

extension Desk {
    /// Stores the page of an article, as it was fetched.
    ///
    /// - Parameters:
    ///   - seq: the article's record.
    ///   - previous: the record of the article's page before this one.
    func storePage(
        of article: StoredArticle, seq: UInt64, text: String, previous: UInt64? = nil, isTeaser: Bool = false
    ) throws {
        let prefix = """
            {"id":"\(article.id)","url":"\(article.article.url ?? "https://example.org/\(article.id)")",\
            "title":"\(article.title ?? "")","content_html":"<p>\(text)</p>","content_text":"\(text)",\
            "_newswire":{"page":{"article":\(seq),"url":"https://example.org/page",\(isTeaser ? "\"teaser\":true," : "")\
            "quality":0.9}\(previous.map { ",\"previous\":\($0)" } ?? "")
            """
        let record = PendingRecord(
            prefix: Array(prefix.utf8), uid: article.uid, kind: .fulltext, version: article.version, isInitial: false,
            contentHash: Hash128(high: 2, low: UInt64(text.utf8.count)), keys: [PageKey.of(article.uid)])
        let store = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions { article.stored }
        ) { _ in }
        _ = try store.commit([FeedCommit(feed: FeedIdentifier(article.feed), records: [record], state: nil)])
        store.close()
    }
}

@Suite("dump and deliver --fulltext: articles with their pages (docs/fulltext-feeds.md)", .serialized)
struct FullTextTests {
    private let desk = Desk()
    private let articles = [StoredArticle("1"), StoredArticle("2"), StoredArticle("3")]

    /// Three articles, 1 to 3, and the pages of the first two, 4 and 5, of which the second is a teaser.
    private func store() throws {
        try desk.store(articles)
        try desk.storePage(of: articles[0], seq: 1, text: "The whole of one")
        try desk.storePage(of: articles[1], seq: 2, text: "Subscribe", isTeaser: true)
    }

    @Test("Who does not ask for pages sees nothing of them")
    func unasked() async throws {
        try store()
        let lines = try await desk.dump("--updates", "--duplicates", "--blocked")
        #expect(lines.compactMap { $0["id"]?.string } == ["1", "2", "3"])
        #expect(lines.allSatisfy { $0["_newswire"]?["page"] == nil })
        #expect(lines[0]["content_html"]?.string == "<p>About 1</p>")
        #expect(await desk.run("history", "1", "--json").lines.count == 1)
        let verified = await desk.run("store", "verify")
        #expect(verified.status == 0 && verified.output.contains("3 new, 0 updates, 0 duplicates, 0 aliases, 2 pages"))
        #expect(try await desk.dump("--new").count == 3)
        #expect(desk.cursor() == "5\n")
        #expect(try await desk.dump("--new").isEmpty)
    }

    @Test("prefer puts the page's text in the place of the feed's, but not a teaser's")
    func prefer() async throws {
        try store()
        let lines = try await desk.dump("--fulltext", "prefer")
        #expect(
            lines.map { $0["content_html"]?.string } == ["<p>The whole of one</p>", "<p>About 2</p>", "<p>About 3</p>"])
        #expect(lines[0]["content_text"]?.string == "The whole of one")
        #expect(lines[0]["_newswire"]?["kind"]?.string == "new" && lines[0]["_newswire"]?["seq"]?.integer == 1)
        #expect(lines.map { $0["_newswire"]?["page"]?["url"]?.string != nil } == [true, true, false])
        #expect(lines[0]["_newswire"]?["chain"] == nil && lines[2]["_newswire"]?["chain"] != nil)
    }

    @Test("both leaves the feed's text where it is, and puts the page's beside it")
    func both() async throws {
        try store()
        let lines = try await desk.dump("--fulltext", "both")
        #expect(lines.map { $0["content_html"]?.string } == ["<p>About 1</p>", "<p>About 2</p>", "<p>About 3</p>"])
        #expect(lines[0]["_newswire"]?["page"]?["content_text"]?.string == "The whole of one")
        #expect(lines[1]["_newswire"]?["page"]?["content_html"]?.string == "<p>Subscribe</p>")
    }

    @Test("only gives the pages alone, chosen as articles are")
    func only() async throws {
        try store()
        let lines = try await desk.dump("--fulltext", "only")
        #expect(lines.compactMap { $0["_newswire"]?["seq"]?.integer } == [4, 5])
        #expect(try await desk.ids("--fulltext", "only", "--match", "whole") == ["1"])
        #expect(try await desk.ids("--fulltext", "only", "--feed", "example") == ["1", "2"])
        #expect(try await desk.ids("--fulltext", "only", "--since", "2026-11-23").isEmpty)
    }

    @Test("With --updates a page comes by itself that came after its article had been given, and not twice")
    func updates() async throws {
        try desk.store(Array(articles.prefix(2)))
        let words = ["--new", "--as", "a", "--updates", "--fulltext", "prefer"]
        func seqs() async throws -> [Int64] {
            await desk.run(["dump"] + words).lines.compactMap {
                (try? JSONParser.parse(Array($0.utf8)).value)?["_newswire"]?["seq"]?.integer
            }
        }
        #expect(try await seqs() == [1, 2])
        try desk.storePage(of: articles[0], seq: 1, text: "The whole of one")
        #expect(try await seqs() == [3])
        try desk.store([articles[2]])
        try desk.storePage(of: articles[2], seq: 4, text: "The whole of three")
        #expect(try await seqs() == [4])
        #expect(try await seqs().isEmpty)
    }

    @Test("deliver gives the same")
    func deliver() async throws {
        try store()
        let out = desk.folder.file("out")
        #expect(await desk.deliver(["--fulltext", "prefer"], to: out).status == 0)
        let lines = (desk.folder.text("out") ?? "").split(separator: "\n")
        #expect(lines.count == 3 && lines[0].contains("The whole of one"))
        #expect(desk.cursor("d") == "5\n")
    }

    @Test("Formats with texts have the page's, and with both that of the feed above it")
    func formats() async throws {
        try store()
        func text(_ choice: String, _ format: String, _ options: String...) async -> String {
            await desk.run(["dump", "--fulltext", choice, "--format", format] + options).output
        }
        #expect(await text("prefer", "text").contains("The whole of one"))
        #expect(await text("only", "text").contains("the page of 1"))
        let both = await text("both", "text")
        #expect(both.contains("\n\n  About 1\n\n  The page:\n\n  The whole of one\n\n"), "\(both)")
        #expect(both.contains("\n\n  About 3\n\n") && both.ranges(of: "The page:").count == 2)
        let atom = await text("both", "atom")
        let content = "&lt;p&gt;About 1&lt;/p&gt;\n&lt;hr&gt;\n&lt;h2&gt;The page&lt;/h2&gt;\n&lt;p&gt;The whole of one"
        #expect(atom.contains(content), "\(atom)")
        #expect(atom.ranges(of: "<content ").count == 3)
        let feed = try JSONParser.parse(Array(await text("both", "jsonfeed").utf8)).value
        #expect(feed["items"]?.array?[0]["_newswire"]?["page"]?["content_text"]?.string == "The whole of one")
    }

    @Test("Formats without texts are refused with both, which they would not show", arguments: ["tsv", "brief"])
    func textless(format: String) async throws {
        try store()
        let refused = await desk.run("dump", "--fulltext", "both", "--format", format)
        #expect(refused.status == 64 && refused.output.isEmpty)
        #expect(refused.errors.contains("needs a format that shows texts (jsonl, jsonfeed, atom, text)"))
        let found = await desk.run("dump", "--fulltext", "prefer", "--format", format, "--match", "whole")
        #expect(found.lines.count == 1 && found.output.contains("Article 1"))
    }

    @Test("--sanitize reduces the HTML of a page that stands beside the feed's as well")
    func sanitized() async throws {
        try desk.store([articles[0]])
        try desk.storePage(of: articles[0], seq: 1, text: "Whole<script>x</script><a href='/b'>b</a>")
        let line = try await desk.dump("--fulltext", "both", "--sanitize")[0]
        #expect(
            line["_newswire"]?["page"]?["content_html"]?.string
                == "<p>Whole<a href=\"https://example.org/b\">b</a></p>", "\(line)")
    }

    @Test("Events have no pages, and rules are not asked of them")
    func slips() async throws {
        try store()
        #expect(await desk.run("dump", "--fulltext", "prefer", "--events").status == 64)
        #expect(await desk.run("dump", "--fulltext", "prefer", "--refilter").status == 64)
        #expect(await desk.run("dump", "--fulltext", "all").status == 64)
    }

    @Test("explain says of a page's record whose page it is")
    func explained() async throws {
        try store()
        let output = await desk.run("explain", "5").output
        #expect(output.contains("record 5: fulltext") && output.contains("it is the page of record 2"))
        #expect(output.contains("the feed itself says more than the page"))
    }
}
