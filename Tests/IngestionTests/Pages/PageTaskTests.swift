import ArticleStore
import Digest
import FeedModel
import JSONText
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

@Suite("A page is fetched, read and stored", .serialized)
struct PageTaskTests {
    private let long = "The headline\n" + String(repeating: "word ", count: 100)

    private func failure(_ outcome: PageTask.Outcome) -> PageFailure? {
        if case .failed(let failure) = outcome { failure.kind } else { nil }
    }

    @Test("What the page says is a record of its own, and the article's stays as it is")
    func stored() async throws {
        let fixture = try PageFixture()
        fixture.server.on(
            "/a",
            LoopbackResponse(headers: [("Content-Type", "text/html"), ("ETag", "\"1\"")], body: long))
        let seq = try fixture.article(1, at: fixture.server.url("/a?token=s3cret"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        let record = try #require(try fixture.records().first)
        #expect(record.seq == seq + 1 && record.version == 1 && record.uid == PageFixture.uid(1))
        #expect(record.contentText == long && record.contentHTML == "<p>\(long)</p>")
        #expect(record.id == "1" && record.title == "Word 1" && record.feedTags == ["naval"])
        let page = try #require(record.page)
        #expect(page["article"]?.integer == Int64(seq) && page["status"]?.integer == 200)
        #expect(page["url"]?.string?.contains("s3cret") == false)
        #expect(page["fetched_at"]?.string == "2026-11-22T08:00:00Z" && page["etag"]?.string == "\"1\"")
        #expect(page["title"]?.string == "The headline" && page["quality"]?.double == 0.9)
        #expect(page["extractor"]?.integer == 3 && page["sha256"]?.string?.utf8.count == 64)
        #expect(page["authors"]?.array?.compactMap(\.string) == ["Ann Author"])
        #expect(page["teaser"] == nil)
        #expect(try fixture.store.known(PageFixture.uid(1))?.seq == seq)
        await fixture.close()
    }

    @Test("The request says who asks and what for, and nothing that is the feed's alone")
    func request() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let options = """
            fulltext = "always"
            cookies = "session"
            headers = { X-Lang = "de" }
            """
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        let request = try #require(fixture.server.requests(to: "/a").first)
        #expect(request.header("Accept") == "text/html, application/xhtml+xml;q=0.9")
        #expect(request.header("User-Agent") == "newswire/test (+https://example.org/bot)")
        #expect(request.header("X-Lang") == nil && request.header("Cookie") == nil)
        await fixture.close()
    }

    @Test("The same text is not stored again, and another one names the record before and what has changed")
    func versions() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        #expect(try await fixture.fetch(seq) == .unchanged(isLonger: true))
        fixture.server.page("/a", "Another headline\n" + long)
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        let records = try fixture.records()
        #expect(records.count == 2)
        #expect(records[1].previous == records[0].seq && records[1].changed == ["title", "content_text"])
        #expect(records[0].changed.isEmpty && records[0].previous == nil)
        await fixture.close()
    }

    @Test("A page whose text is the same is stored for each version of its article for which it was fetched, once")
    func sameForVersions() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let url = fixture.server.url("/a")
        #expect(try await fixture.fetch(try fixture.article(1, at: url)) == .stored(isLonger: true))
        let second = try fixture.article(1, at: url, version: 2)
        #expect(try await fixture.fetch(second) == .stored(isLonger: true))
        #expect(try await fixture.fetch(second) == .unchanged(isLonger: true))
        let records = try fixture.records()
        #expect(records.map(\.version) == [1, 2] && records.map(\.contentText) == [long, long])
        let last = try #require(records.last)
        #expect(last.pageOf == second && last.previous == records.first?.seq && last.changed.isEmpty)
        #expect(last.title == "Word 1 (2)")
        await fixture.close()
    }

    @Test("Once the page of a later version is stored, what the server has is not taken for that of an earlier one")
    func laterVersion() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let url = fixture.server.url("/a")
        let first = try fixture.article(1, at: url)
        let second = try fixture.article(1, at: url, version: 2)
        #expect(try await fixture.fetch(second) == .stored(isLonger: true))
        #expect(try await fixture.fetch(first) == .unwanted)
        #expect(try fixture.records().map(\.pageOf) == [second] && fixture.server.requests(to: "/a").count == 1)
        await fixture.close()
    }

    @Test("A page that comes while that of a later version is stored is not stored behind that")
    func overtaken() async throws {
        let fixture = try PageFixture()
        let (store, text) = (fixture.store, long)
        fixture.server.on("/a") { _, connection in
            let later = PendingRecord(
                prefix: Array("{\"id\":\"1\",\"_newswire\":{\"page\":{\"article\":2}".utf8), uid: PageFixture.uid(1),
                kind: .fulltext, version: 2, isInitial: false, contentHash: .init(high: 7, low: 7),
                keys: [PageKey.of(PageFixture.uid(1))])
            let commit = FeedCommit(feed: FeedIdentifier("feed"), records: [later], state: nil)
            #expect(throws: Never.self) { try store.commit([commit]) }
            connection.send(LoopbackResponse(headers: [("Content-Type", "text/html")], body: text))
        }
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .unwanted)
        #expect(try fixture.records().map(\.version) == [2])
        await fixture.close()
    }

    @Test("A page that says less than the feed is a teaser, and its record says so")
    func teaser() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", "Word")
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: false))
        #expect(try fixture.records().first?.page?["teaser"]?.bool == true)
        await fixture.close()
    }

    @Test(
        "What is no article's page is told apart by what the server says, and nothing of it is stored",
        arguments: [
            (404, PageFailure.notFound), (410, .gone), (451, .legal), (401, .refused), (402, .refused),
            (403, .refused), (429, .busy), (503, .busy), (500, .serverError), (418, .status),
        ])
    func statuses(status: Int, expected: PageFailure) async throws {
        let fixture = try PageFixture()
        fixture.server.on("/a", LoopbackResponse(status: status, headers: [("Content-Type", "text/html")], body: "x"))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(failure(try await fixture.fetch(seq)) == expected)
        #expect(try fixture.records().isEmpty)
        await fixture.close()
    }

    @Test("What is no HTML, too large, or has no article that is likely to be one, is not stored")
    func contents() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/pdf", LoopbackResponse(headers: [("Content-Type", "application/pdf")], body: "%PDF"))
        fixture.server.page("/large", String(repeating: "x", count: 3000))
        fixture.server.page("/none", "no article")
        fixture.server.page("/poor", "doubtful")
        fixture.server.page("/other", String(repeating: "cookies ", count: 100))
        fixture.server.page("/wall", "wall")
        fixture.server.page("/picture", "no HTML")
        let expected: [(String, PageFailure)] = [
            ("/pdf", .notHTML), ("/large", .tooLarge), ("/none", .noArticle), ("/poor", .poor), ("/other", .poor),
            ("/wall", .refused), ("/picture", .notHTML),
        ]
        for (number, (path, kind)) in expected.enumerated() {
            let seq = try fixture.article(UInt64(number), at: fixture.server.url(path))
            #expect(
                failure(try await fixture.fetch(seq, options: "fulltext = \"always\"\nfulltext_max = \"2KiB\"")) == kind
            )
        }
        #expect(try fixture.records().isEmpty)
        await fixture.close()
    }

    @Test("What the feed's table says of its pages goes to whoever reads them, before what [fulltext] says")
    func selectors() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        _ = try await fixture.fetch(
            seq, options: "fulltext = \"always\"\nfulltext_container = \"#own\"",
            tables: "[fulltext]\nfulltext_container = \"main\"\nfulltext_remove = [\".promo\"]\n")
        let warnings = try fixture.records().first?.page?["warnings"]?.array?.compactMap(\.string)
        #expect(warnings == ["#own", ".promo"])
        await fixture.close()
    }

    @Test("An article that is gone, or whose page nobody wants any more, is asked for nowhere")
    func unwanted() async throws {
        let fixture = try PageFixture()
        #expect(try await fixture.fetch(99) == .unwanted)
        let seq = try fixture.article(1, at: fixture.other.url("/a"))
        #expect(try await fixture.fetch(seq) == .unwanted)
        #expect(fixture.visits.isEmpty)
        await fixture.close()
    }

    @Test("A host that has too much to do is left alone for as long as it says, by polls as well")
    func busy() async throws {
        let fixture = try PageFixture()
        fixture.server.on(
            "/a", LoopbackResponse(status: 429, headers: [("Retry-After", "900")], body: "later"))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let tables = "[host.\"127.0.0.1\"]\npause_scope = \"host\"\ndelay = \"0s\""
        let outcome = try await fixture.fetch(seq, tables: tables)
        let until = fixture.now.adding(seconds: 900)
        #expect(outcome == .failed(.init(kind: .busy, until: until)))
        #expect(fixture.leaves.last?.verdict.pause?.until == until && fixture.leaves.last?.isGood == false)
        #expect(fixture.health.pausedUntil("127.0.0.1", at: fixture.now) == until)
        await fixture.close()
    }

    @Test(
        "503, and 429 without a time, of one page rest the pages of the host, and let polls of it go on",
        arguments: [429, 503])
    func oneVoice(status: Int) async throws {
        let fixture = try PageFixture()
        let headers = status == 503 ? [("Retry-After", "900")] : []
        fixture.server.on("/a", LoopbackResponse(status: status, headers: headers, body: "later"))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        // Another feed has the host, too: one voice is not the host's.
        let tables = """
            [host."127.0.0.1"]
            pause_scope = "host"
            delay = "0s"
            [[feed]]
            id = "other"
            url = "\(fixture.server.url("/other"))"
            """
        let outcome = try await fixture.fetch(seq, tables: tables)
        let until = fixture.now.adding(seconds: status == 503 ? 900 : PageFetcher.leastRest)
        #expect(outcome == .failed(.init(kind: .busy, until: until)))
        #expect(fixture.leaves.last?.verdict.pause == nil && fixture.leaves.last?.verdict.isInDoubt == true)
        #expect(fixture.health.pausedUntil("127.0.0.1", at: fixture.now) == nil)
        await fixture.close()
    }

    @Test("A page in a private network is not asked for where only a feed's document names it")
    func privateNetwork() async throws {
        let fixture = try PageFixture()
        fixture.other.page("/a", long)
        fixture.server.on("/away", .redirect(302, to: fixture.other.url("/a")))
        let open = "fulltext = \"always\"\nfulltext_hosts = [\"127.0.0.2\"]"
        let direct = try fixture.article(1, at: fixture.other.url("/a"))
        #expect(failure(try await fixture.fetch(direct, options: open)) == .refusedAddress)
        #expect(fixture.other.requests.isEmpty)
        let own = open + "\nprivate_networks = \"allow\""
        #expect(try await fixture.fetch(direct, options: own) == .stored(isLonger: true))
        await fixture.close()
    }

    @Test("A redirect to another host waits for that host, and gives the first one back before")
    func redirect() async throws {
        let fixture = try PageFixture()
        fixture.other.page("/b", long)
        fixture.server.on("/a", .redirect(301, to: fixture.other.url("/b")))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let open = "fulltext = \"always\"\nprivate_networks = \"allow\"\nfulltext_hosts = [\"127.0.0.2\"]"
        #expect(try await fixture.fetch(seq, options: open) == .stored(isLonger: true))
        #expect(fixture.visits == ["127.0.0.1", "127.0.0.2"])
        #expect(fixture.leaves.map(\.key) == ["127.0.0.1", "127.0.0.2"])
        #expect(try fixture.records().first?.page?["url"]?.string == fixture.other.url("/b"))
        await fixture.close()
    }
}
