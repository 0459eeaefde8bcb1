import FeedModel
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("A page that is fetched again is asked for only where it has changed", .serialized)
struct PageConditionTests {
    private let text = "The headline\n" + String(repeating: "word ", count: 100)
    private let date = "Sun, 22 Nov 2026 07:00:00 GMT"

    /// Answers with a page that has validators, and with 304 to whoever sends one of them.
    private func serve(_ fixture: PageFixture, _ headers: [(String, String)] = [("ETag", "\"1\"")]) {
        let (text, date) = (text, date)
        fixture.server.on("/a") { request, connection in
            if request.header("If-None-Match") == "\"1\"" || request.header("If-Modified-Since") == date {
                connection.send(LoopbackResponse(status: 304, headers: headers, body: ""))
            } else {
                connection.send(LoopbackResponse(headers: [("Content-Type", "text/html")] + headers, body: text))
            }
        }
    }

    @Test("Its ETag or Last-Modified goes back to the server, and 304 is no record and no failure")
    func unchanged() async throws {
        for headers in [[("ETag", "\"1\"")], [("Last-Modified", date)]] {
            let fixture = try PageFixture()
            serve(fixture, headers)
            let seq = try fixture.article(1, at: fixture.server.url("/a"))
            #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
            #expect(try await fixture.fetch(seq) == .notModified(isLonger: true))
            #expect(try fixture.records().count == 1)
            #expect(fixture.server.requests(to: "/a").count == 2)
            await fixture.close()
        }
        var figures = PageFigures()
        figures.count(.notModified(isLonger: true))
        #expect(figures.notModified == 1 && figures.unchanged == 0 && figures.failures.isEmpty)
    }

    @Test(
        "304 for another version of the article is a record of what is stored, once, and with what is known of the bytes"
    )
    func unchangedForVersion() async throws {
        let fixture = try PageFixture()
        serve(fixture)
        let url = fixture.server.url("/a")
        let archive = try fixture.archive()
        let first = try fixture.article(1, at: url)
        #expect(try await fixture.fetch(first, archive: archive) == .stored(isLonger: true))
        fixture.pass(seconds: 60)
        let second = try fixture.article(1, at: url, version: 2)
        #expect(try await fixture.fetch(second, archive: archive) == .notModified(isLonger: true))
        #expect(try await fixture.fetch(second, archive: archive) == .notModified(isLonger: true))
        let records = try fixture.records()
        #expect(records.map(\.version) == [1, 2] && records.map(\.pageOf) == [first, second])
        let (before, after) = (try #require(records.first?.page), try #require(records.last?.page))
        #expect(records.last?.contentHTML == records.first?.contentHTML && records.last?.contentText == text)
        #expect(records.last?.previous == records.first?.seq && records.last?.changed.isEmpty == true)
        for member: StaticString in ["url", "etag", "sha256", "title", "authors", "quality", "extractor", "archive"] {
            #expect(before[member] != nil && before[member] == after[member], "\(member)")
        }
        #expect(before["status"]?.integer == 200 && after["status"]?.integer == 304)
        #expect(before["fetched_at"]?.string == "2026-11-22T08:00:00Z")
        #expect(after["fetched_at"]?.string == "2026-11-22T08:01:00Z")
        #expect(try fixture.keptPages().count == 1)
        await fixture.close()
    }

    @Test("A page that has not changed is poor, too, for a version of the article of which it says nothing")
    func unchangedButPoor() async throws {
        let fixture = try PageFixture()
        serve(fixture)
        let url = fixture.server.url("/a")
        #expect(try await fixture.fetch(try fixture.article(1, at: url)) == .stored(isLonger: true))
        let second = try fixture.article(
            1, at: url, text: "<p>Engineers found deep cracks in it.</p>", version: 2,
            title: "Harbour bridge closed for summer")
        #expect(try await fixture.fetch(second) == .failed(.init(kind: .poor)))
        #expect(try fixture.records().count == 1)
        // What was little because of the feed's words then is not less for that now.
        let other = try PageFixture()
        serve(other)
        let half = try other.article(
            1, at: other.server.url("/a"), text: "", title: "headline bridges closed summer autumn")
        #expect(try await other.fetch(half) == .stored(isLonger: true))
        let whole = try other.article(1, at: other.server.url("/a"), version: 2, title: "The headline of words")
        #expect(try await other.fetch(whole) == .notModified(isLonger: true))
        #expect(try other.records().map { $0.page?["quality"]?.double } == [0.45, 0.9])
        await other.close()
        await fixture.close()
    }

    @Test("Validators are kept with the page, but for those that say nothing of the next answer")
    func kept() async throws {
        let fixture = try PageFixture()
        serve(fixture, [("ETag", "\"1\""), ("Last-Modified", date)])
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        let page = try #require(try fixture.records().first?.page)
        #expect(page["etag"]?.string == "\"1\"" && page["last_modified"]?.string == date)
        let other = try PageFixture()
        serve(other, [("ETag", "\"1\""), ("Vary", "*")])
        _ = try await other.fetch(try other.article(1, at: other.server.url("/a")))
        #expect(try other.records().first?.page?["etag"] == nil)
        await other.close()
        await fixture.close()
    }

    @Test("Nothing is sent where the URL is another one, so that no other page is taken for the same")
    func otherURL() async throws {
        let fixture = try PageFixture()
        serve(fixture)
        let first = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(first) == .stored(isLonger: true))
        let query = try fixture.article(1, at: fixture.server.url("/a?2"))
        #expect(try await fixture.fetch(query) == .unchanged(isLonger: true))
        #expect(fixture.server.requests.allSatisfy { $0.header("If-None-Match") == nil })
        await fixture.close()
    }

    @Test("Nothing is sent where other rules have read the page, or where more of its pages may be wanted now")
    func otherRules() async throws {
        let fixture = try PageFixture()
        serve(fixture)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        let more = "fulltext = \"always\"\nfulltext_pages = 3"
        #expect(try await fixture.fetch(seq, options: more) == .unchanged(isLonger: true))
        #expect(try await fixture.fetch(seq, extractor: 4) == .unchanged(isLonger: true))
        #expect(fixture.server.requests(to: "/a").allSatisfy { $0.header("If-None-Match") == nil })
        await fixture.close()
    }

    @Test(
        "With selectors a page is asked for only where it has changed as long as the selectors are those by which it was read"
    )
    func selectors() async throws {
        let fixture = try PageFixture()
        serve(fixture)
        let url = fixture.server.url("/a")
        let options = "fulltext = \"always\"\nfulltext_container = \"#story\"\nfulltext_remove = [\".ad\", \"aside\"]"
        let seq = try fixture.article(1, at: url)
        #expect(try await fixture.fetch(seq, options: options) == .stored(isLonger: true))
        let page = try #require(try fixture.records().first?.page)
        #expect(page["container"]?.string == "#story")
        #expect(page["remove"]?.array?.compactMap(\.string) == [".ad", "aside"])
        #expect(try await fixture.fetch(seq, options: options) == .notModified(isLonger: true))
        let others = [
            "fulltext = \"always\"", options.replacing("#story", with: "#text"),
            options.replacing(", \"aside\"", with: ""),
        ]
        for other in others {
            #expect(try await fixture.fetch(seq, options: other) == .unchanged(isLonger: true), "\(other)")
        }
        #expect(fixture.server.requests(to: "/a").map { $0.header("If-None-Match") } == [nil, "\"1\"", nil, nil, nil])
        // The record of another version has them, too, whether the page came again or not.
        for version: UInt32 in 2...3 {
            if version == 3 { fixture.server.page("/a", text) }
            _ = try await fixture.fetch(try fixture.article(1, at: url, version: version), options: options)
        }
        let records = try fixture.records()
        #expect(records.map { $0.page?["status"]?.integer } == [200, 304, 200])
        #expect(
            records.allSatisfy { $0.page?["container"]?.string == "#story" && $0.page?["remove"] == page["remove"] })
        await fixture.close()
    }

    @Test("A server that does not understand what it once sent itself is asked without it", arguments: [400, 412, 431])
    func refusedCondition(status: Int) async throws {
        let fixture = try PageFixture()
        let text = text
        fixture.server.on("/a") { request, connection in
            if request.header("If-None-Match") != nil {
                connection.send(LoopbackResponse(status: status, body: ""))
            } else {
                connection.send(
                    LoopbackResponse(headers: [("Content-Type", "text/html"), ("ETag", "\"1\"")], body: text))
            }
        }
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        #expect(try await fixture.fetch(seq) == .unchanged(isLonger: true))
        #expect(fixture.server.requests(to: "/a").count == 3)
        await fixture.close()
    }
}
