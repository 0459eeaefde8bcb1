import FeedModel
import JSONText
import Locking
import TestSupport
import Testing
import newswire

@testable import WebInterface

@Suite("The API gives articles as they come")
struct StreamTests {
    private func events(_ answer: WebAnswer) throws -> any WebEvents {
        guard case .events(let events) = answer.body else { throw WebFixture.Missing() }
        return events
    }

    /// The numbers of the records that came as events.
    private func ids(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).replacing("\n\n", with: "\r").split(separator: "\r").compactMap {
            block in
            guard block.contains("\nevent: article\n"), block.hasPrefix("id: ") else { return nil }
            return block.dropFirst(4).split(separator: "\n").first.map(String.init)
        }
    }

    private func ids(_ news: WebNews) -> [String] { ids(news.bytes) }

    @Test("A stream begins now, behind its cursor, or behind the last event that was had, which counts most")
    func beginnings() throws {
        let fixture = try WebFixture((1...4).map { WebArticle("\($0)") })
        let now = try events(fixture.call(.get, "/api/stream"))
        #expect(ids(try now.news()) == [])
        #expect(ids(try fixture.call(.get, "/api/stream", [("after", "2")]).bytes()) == ["3", "4"])
        let again = try fixture.call(.get, "/api/stream", [("after", "1")], headers: [("last-event-id", "3")])
        #expect(ids(try again.bytes()) == ["4"])
        try fixture.store([WebArticle("new")])
        #expect(ids(try now.news()) == ["5"])
        #expect(ids(try now.news()) == [])
    }

    @Test("An event has the record's number, its kind, and its line")
    func form() throws {
        let fixture = try WebFixture([WebArticle("1", title: "Two\nlines \u{2028}")])
        let answer = try fixture.call(.get, "/api/stream", [("after", "0")])
        #expect(answer.contentType == "text/event-stream")
        let line = String(decoding: try fixture.line(1), as: UTF8.self)
        #expect(try answer.text() == "id: 1\nevent: article\ndata: \(line)\n")
    }

    @Test("A stream gives what is asked for, and nothing else")
    func filtered() throws {
        let fixture = try WebFixture([WebArticle("1"), WebArticle("2", feed: "other")])
        let stream = try events(
            fixture.call(.get, "/api/stream", [("feed", "example"), ("q", "drones"), ("after", "0")]))
        _ = try stream.news()
        try fixture.store([
            WebArticle("3", title: "Drones"), WebArticle("4", title: "Drones", feed: "other"), WebArticle("5"),
            WebArticle("6", title: "More drones").with {
                $0.kind = .update
                $0.version = 2
            },
        ])
        #expect(ids(try stream.news()) == ["3"])
    }

    @Test("Where nothing comes something is said every fifteen seconds")
    func comments() throws {
        let fixture = try WebFixture([WebArticle("1")])
        let time = Locked(ContinuousClock.now)
        let reading = try ArticleReading(ArticleRequest(), sanitizes: false, fixture.house, now: WebFixture.moment)
        let stream = try ArticleEvents(
            reading, after: 1, now: { WebFixture.moment }, steady: { time.withLock { $0 } })
        #expect(String(decoding: try stream.news().bytes, as: UTF8.self).hasPrefix(":"))
        time.withLock { $0 += .seconds(14) }
        #expect(try stream.news().bytes.isEmpty)
        time.withLock { $0 += .seconds(1) }
        #expect(String(decoding: try stream.news().bytes, as: UTF8.self).hasPrefix(":"))
    }

    @Test(
        "What takes long to be found is looked for in turns, between which others are served, and none of it is missed")
    func turns() throws {
        let fixture = try WebFixture(
            (1...200).map { WebArticle("\($0)", title: $0.isMultiple(of: 90) ? "Drones" : "Quiet") })
        var request = ArticleRequest()
        (request.query, request.after) = ("drones", 0)
        let reading = try ArticleReading(request, sanitizes: false, fixture.house, now: WebFixture.moment)
        let time = Locked(ContinuousClock.now)
        let stream = try ArticleEvents(
            reading, after: 0, now: { WebFixture.moment }, steady: { time.withLock { $0 } }, turn: .zero)
        var found: [String] = []
        var turns = 0
        while turns < 1000 {
            turns += 1
            let news = try stream.news()
            found += ids(news)
            if !news.hasMore { break }
        }
        #expect(found == ["90", "180"])
        #expect(turns > 10)
        time.withLock { $0 += .seconds(15) }
        // Whoever connects again begins behind all that was looked at, though no event has that number.
        #expect(String(decoding: try stream.news().bytes, as: UTF8.self) == ": so far\nid: 200\n\n")
        let pieces = try ArticlePieces(reading, .jsonl, limit: 1000, turn: .zero)
        var lines: [UInt8] = []
        var empty = 0
        while let piece = try pieces.next() {
            lines += piece
            if piece.isEmpty { empty += 1 }
        }
        #expect(empty > 5)
        #expect(try lines == fixture.line(90) + fixture.line(180))
        #expect(try pieces.next() == nil)
    }

    @Test("A stream that retention has passed by ends, and who asks anew is told what is missing")
    func gap() throws {
        let fixture = try WebFixture((1...30).map { WebArticle("\($0)") }, segmentSize: 4096)
        let stream = try events(fixture.call(.get, "/api/stream", [("after", "1")]))
        let segments = try fixture.segments()
        fixture.remove(segment: segments[0])
        #expect(throws: ArticleEvents.Ended.self) { try stream.news() }
        let answer = try fixture.call(.get, "/api/stream", headers: [("last-event-id", "1")])
        #expect(answer.status == 410)
        #expect(try answer.json()["first_seq"]?.integer == Int64(segments[1].prefix(20)))
    }

    @Test("A stream goes on while the store is away for a moment")
    func away() throws {
        let fixture = try WebFixture([WebArticle("1")])
        let stream = try events(fixture.call(.get, "/api/stream"))
        _ = try stream.news()
        fixture.move("store", to: "elsewhere")
        #expect(try stream.news().bytes.isEmpty)
        fixture.move("elsewhere", to: "store")
        try fixture.store([WebArticle("2")])
        #expect(ids(try stream.news()) == ["2"])
    }

    @Test("A feed that gets another id is the same feed to a stream")
    func renamed() throws {
        let fixture = try WebFixture([WebArticle("1", feed: "old")])
        let stream = try events(fixture.call(.get, "/api/stream", [("feed", "old")]))
        _ = try stream.news()
        fixture.folder.write(
            """
            contact = "https://example.org/bot"
            [store]
            directory = "store"
            [[feed]]
            url = "https://example.org/old.xml"
            id = "new"
            formerly = ["old"]
            """, to: "newswire.toml")
        try fixture.reload()
        try fixture.store([WebArticle("2", feed: "new"), WebArticle("3", feed: "third")])
        #expect(ids(try stream.news()) == ["2"])
    }
}
