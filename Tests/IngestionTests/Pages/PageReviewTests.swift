import Archiving
import ArticleStore
import Configuration
import FeedModel
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("Kept pages are read again by the rules of today", .serialized)
struct PageReviewTests {
    private let long = "The headline\n" + String(repeating: "word ", count: 100)
    /// The rules of the fixture, by which the pages were stored.
    private let rules: PageReading = PageFixture.reading

    /// The verdicts on all kept pages, oldest first.
    private func verdicts(_ fixture: PageFixture, _ rules: PageReading) throws -> [PageReview.Verdict] {
        try fixture.keptPages().map { try outcome($0, fixture, rules).verdict }
    }

    private func outcome(_ page: KeptPage, _ fixture: PageFixture, _ rules: PageReading) throws -> PageReview.Outcome {
        try PageReview(page, try StoreReader(directory: fixture.store.path)) { key throws(StoreError) in
            try fixture.store.record(key: key)
        }.run(rules) { _ in PageSettings() }
    }

    /// Stores what the rules find in the newest kept page.
    private func store(_ fixture: PageFixture, _ rules: PageReading) throws {
        let outcome = try outcome(try #require(try fixture.keptPages().last), fixture, rules)
        let pending = try #require(outcome.pending)
        _ = try fixture.store.commit([FeedCommit(feed: outcome.feed, records: [pending], state: nil)])
    }

    @Test("By the same rules nothing differs, however often and however much later the pages are read")
    func same() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        fixture.server.page("/b", "no article")
        let archive = try fixture.archive()
        for (number, path) in ["/a", "/b"].enumerated() {
            let seq = try fixture.article(UInt64(number), at: fixture.server.url(path))
            _ = try await fixture.fetch(seq, archive: archive)
        }
        fixture.pass(seconds: 90 * 86_400)
        #expect(try verdicts(fixture, rules) == [.same, .same])
        #expect(try verdicts(fixture, rules) == [.same, .same])
        await fixture.close()
    }

    @Test("What other rules find differs in the fields that it differs in, and is the same once it is stored")
    func differs() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        _ = try await fixture.fetch(seq, archive: try fixture.archive())
        let better: PageReading = { bytes, type, url, settings, time in
            PageFixture.reading(bytes, type, url, settings, time).map { content in
                var content = content
                content.text += "and more words"
                content.title = "Another"
                content.published = "2026-11-21T10:00:00Z"
                content.authors = []
                content.quality = 0.95
                return content
            }
        }
        guard case .differs(let changes) = try verdicts(fixture, better)[0] else {
            Issue.record("other rules find the same")
            return
        }
        #expect(changes.fields == ["title", "authors", "published", "content_text"])
        #expect(changes.words?.added == 3 && changes.words?.removed == 0)
        #expect(changes.values.first?.old == .string("The headline") && changes.values.first?.new == .string("Another"))
        #expect(changes.values.last?.old == nil && changes.quality?.new == .number("0.95"))
        let before = try #require(try fixture.records().last)
        fixture.pass(seconds: 1000)
        try store(fixture, better)
        #expect(try verdicts(fixture, better) == [.same])
        let after = try #require(try fixture.records().last)
        #expect(after.previous == before.seq && after.changed == changes.fields && after.version == before.version)
        #expect(after.uid == before.uid && after.page?["archive"] == before.page?["archive"])
        #expect(
            after.page?["fetched_at"] == before.page?["fetched_at"] && after.page?["sha256"] == before.page?["sha256"])
        #expect(after.storedAt != before.storedAt && after.pageOf == seq)
        await fixture.close()
    }

    @Test("An article where none was found is found, and one that is not found any more is lost and stays stored")
    func foundAndLost() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", "no article of a word")
        fixture.server.page("/b", long)
        let archive = try fixture.archive()
        for (number, path) in ["/a", "/b"].enumerated() {
            let seq = try fixture.article(UInt64(number), at: fixture.server.url(path), text: "")
            _ = try await fixture.fetch(seq, archive: archive)
        }
        let others: PageReading = { bytes, _, _, _, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            guard text == "no article of a word" else { return .failure(.noArticle) }
            return .success(PageContent(quality: 0.8, html: "<p>\(text)</p>", text: text, extractor: 4))
        }
        #expect(try verdicts(fixture, others) == [.found(quality: 0.8), .lost(.noArticle)])
        let pages = try fixture.keptPages()
        #expect(try outcome(pages[0], fixture, others).pending != nil)
        #expect(try outcome(pages[1], fixture, others).pending == nil)
        await fixture.close()
    }

    @Test("A page that was fetched again since is not compared with what came after it")
    func superseded() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let archive = try fixture.archive()
        _ = try await fixture.fetch(seq, archive: archive)
        fixture.server.page("/a", long + "another end")
        fixture.pass(seconds: 60)
        _ = try await fixture.fetch(seq, archive: archive)
        #expect(try verdicts(fixture, rules) == [.superseded, .same])
        // The same text is no record, and what was fetched last counts all the same.
        fixture.pass(seconds: 60)
        #expect(try await fixture.fetch(seq, archive: archive) == .unchanged(isLonger: true))
        #expect(try verdicts(fixture, rules) == [.superseded, .same, .same])
        // Fetched again where none was kept.
        fixture.server.page("/a", long + "a third end")
        fixture.pass(seconds: 60)
        _ = try await fixture.fetch(seq)
        #expect(try verdicts(fixture, rules) == [.superseded, .superseded, .superseded])
        await fixture.close()
    }

    @Test("What other rules find in a page that has not changed belongs to the version for which it was so last")
    func unchangedForVersion() async throws {
        let fixture = try PageFixture()
        let long = long
        fixture.server.on("/a") { request, connection in
            let isKnown = request.header("If-None-Match") != nil
            connection.send(
                LoopbackResponse(
                    status: isKnown ? 304 : 200, headers: [("Content-Type", "text/html"), ("ETag", "\"1\"")],
                    body: isKnown ? "" : long))
        }
        let archive = try fixture.archive()
        let url = fixture.server.url("/a")
        _ = try await fixture.fetch(try fixture.article(1, at: url), archive: archive)
        let second = try fixture.article(1, at: url, version: 2)
        _ = try await fixture.fetch(second, archive: archive)
        #expect(try verdicts(fixture, rules) == [.same])
        try store(fixture) { bytes, type, url, settings, time in
            PageFixture.reading(bytes, type, url, settings, time).map { content in
                var content = content
                content.text += "and more words"
                return content
            }
        }
        let last = try #require(try fixture.records().last)
        #expect(last.version == 2 && last.pageOf == second && last.changed == ["content_text"])
        await fixture.close()
    }

    @Test("A kept page of an earlier version is not compared with the page of a later one")
    func earlierVersion() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let url = fixture.server.url("/a")
        let first = try fixture.article(1, at: url)
        let archive = try fixture.archive()
        _ = try await fixture.fetch(try fixture.article(1, at: url, version: 2))
        let article = try #require(try StoreReader(directory: fixture.store.path).record(seq: first))
        fixture.pass(seconds: 60)
        let page = FetchedPage(url: url, status: 200, bytes: Array("word".utf8), fetchedAt: fixture.now)
        #expect(await archive.keep(page, .failure(.noArticle), of: article) != nil)
        #expect(try verdicts(fixture, rules) == [.superseded])
        await fixture.close()
    }

    @Test("A page of an article that is not in the store is gone, and one of several pages is not compared alone")
    func gone() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        _ = try await fixture.fetch(seq, archive: try fixture.archive())
        let page = try #require(try fixture.keptPages().first)
        #expect(PageReview(page, article: nil, stored: nil).run(rules, { _ in PageSettings() }).verdict == .gone)
        // Nor is what was put together of several pages compared with one of them.
        let article = try #require(try StoreReader(directory: fixture.store.path).record(seq: seq))
        let stored = try #require(try fixture.records().last)
        #expect(PageReview(page, article: article, stored: stored).run(rules, { _ in PageSettings() }).verdict == .same)
        let joined = stored.changing(own: { members in
            members.map { member in
                guard member.key == "page", let page = member.value.object else { return member }
                return .init(key: "page", value: .object(page + [.init(key: "pages", value: .number("3"))]))
            }
        })
        #expect(
            PageReview(page, article: article, stored: joined).run(rules, { _ in PageSettings() }).verdict == .joined)
        await fixture.close()
    }

    @Test("Only pages of the feeds and times that are meant are read")
    func choice() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let archive = try fixture.archive()
        for number in 1...3 {
            let seq = try fixture.article(UInt64(number), at: fixture.server.url("/a"))
            _ = try await fixture.fetch(seq, archive: archive)
            fixture.pass(seconds: 3600)
        }
        var pages = KeptPages(in: fixture.archiveFolder)
        func count() throws -> Int {
            var count = 0
            try pages.read(try pages.files(), damage: { _ in }, progress: { _ in }) { _ in count += 1 }
            return count
        }
        pages.since = PageFixture.start.adding(seconds: 3600)
        #expect(try count() == 2)
        pages.until = PageFixture.start.adding(seconds: 7200)
        #expect(try count() == 1)
        pages.feeds = [FeedIdentifier("other")]
        #expect(try count() == 0)
        pages.feeds = [FeedIdentifier("other"), FeedIdentifier("feed")]
        #expect(try count() == 1)
        await fixture.close()
    }

    @Test(
        "Words are counted as often as they are there, and characters of scripts without spaces each by itself",
        arguments: [
            ("a b b", "b a", 0, 1), ("", "one  two\n", 2, 0), ("漢字と", "漢字を", 1, 1), ("x漢y", "x y", 0, 1),
            ("", "", 0, 0),
        ])
    func words(old: String, new: String, added: Int, removed: Int) {
        #expect(WordCount.difference(old, new) == (added, removed))
    }
}
