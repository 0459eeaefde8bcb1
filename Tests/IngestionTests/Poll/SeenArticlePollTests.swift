import Configuration
import FeedModel
import Fetching
import Identity
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite("Polls keep when articles disappear from a feed (identity.md §8)")
struct SeenArticlePollTests {
    private let fixture: PollerFixture

    init() throws {
        fixture = try PollerFixture()
    }

    /// The feed has these items from now on.
    private func publish(_ ids: String..., note: String = "", end: String = "</channel></rss>", status: Int = 200) {
        let items = ids.map { id in
            let number = id.filter(\.isNumber)
            return "<item><guid isPermaLink=\"false\">\(id)</guid><link>https://example.org/\(number)</link>"
                + "<title>Title \(number)</title></item>"
        }
        let body = "<rss version=\"2.0\"><channel><title>T\(note)</title>\(items.joined())\(end)"
        let etag = "\"\(ids.joined())\(note)\(end.count)\""
        fixture.server.on("/feed") { request, connection in
            var answer = LoopbackResponse.conditional(request, etag: etag, body: body)
            if answer.status == 200 { answer.status = status }
            connection.send(answer)
        }
    }

    /// An hour later.
    @discardableResult
    private func poll() async throws -> PollReport {
        fixture.pass(hours: 1)
        return try await fixture.poll()
    }

    private func hour(_ number: Int64) -> Timestamp {
        Timestamp(milliseconds: PollerFixture.start.milliseconds + number * 3_600_000)
    }

    /// What is told of the article that first came with this id.
    private func sighting(_ id: String) throws -> Sighting? {
        var keys = ArticleKey(feed: FeedIdentifier("feed"))
        var article = Article()
        article.id = id
        return try StoreReader(directory: fixture.folder.file("store")).sighting(
            of: keys.identifier(of: article), in: FeedIdentifier("feed"), stored: nil)
    }

    private func still(_ number: Int64) -> Sighting {
        Sighting(isInDocument: true, documentTime: hour(number), lastSeen: hour(number))
    }

    private func gone(_ number: Int64, lastSeen: Int64?) -> Sighting {
        Sighting(isInDocument: false, documentTime: hour(number), lastSeen: lastSeen.map(hour))
    }

    @Test(
        "identity.md §8: an article that disappears was last seen at the last answer that had it, and is not new when it is back"
    )
    func disappearance() async throws {
        publish("a1", "a2")
        #expect(try await poll().newArticles == 2)
        #expect(try await poll().outcome == .notModified)
        #expect(try sighting("a1") == still(2))
        publish("a2", "a3")
        #expect(try await poll().newArticles == 1)
        #expect(try sighting("a1") == gone(3, lastSeen: 2))
        #expect(try sighting("a2") == still(3))
        let lines = try StoreReader(directory: fixture.folder.file("store")).lastSeq()
        #expect(lines == 3)
        publish("a1", "a2", "a3")
        let back = try await poll()
        #expect(back.newArticles == 0 && back.updatedArticles == 0)
        #expect(try sighting("a1") == still(4))
        #expect(try StoreReader(directory: fixture.folder.file("store")).lastSeq() == 3)
        await fixture.close()
    }

    @Test("identity.md §8: another process goes on with what the last one knew of a feed's articles")
    func restarts() async throws {
        publish("a1", "a2")
        try await poll()
        try await fixture.restart()
        #expect(try await poll().outcome == .notModified)
        try await fixture.restart()
        publish("a2")
        #expect(try await poll().outcome == .unchanged)
        #expect(try sighting("a1") == gone(3, lastSeen: 2))
        try await fixture.restart()
        #expect(try await poll().outcome == .notModified)
        #expect(try sighting("a1") == gone(4, lastSeen: 2))
        await fixture.close()
    }

    @Test("security.md §5: from a document that is cut off nothing has disappeared")
    func cutOff() async throws {
        publish("a1", "a2")
        try await poll()
        publish("a2", "a3", end: "<item>")
        let report = try await poll()
        #expect(report.outcome == .failed && report.newArticles == 1)
        #expect(try sighting("a1") == still(1))
        #expect(try sighting("a3") == gone(1, lastSeen: nil))
        publish("a2", "a3")
        try await poll()
        #expect(try sighting("a1") == gone(3, lastSeen: 1))
        #expect(try sighting("a3") == still(3))
        await fixture.close()
    }

    @Test("polling.md §10: a 226 is a part, from which nothing has disappeared")
    func partial() async throws {
        publish("a1", "a2")
        try await poll()
        publish("a3", status: 226)
        #expect(try await poll().newArticles == 1)
        #expect(try sighting("a1") == still(1))
        publish("a2", "a3", note: "2")
        try await poll()
        #expect(try sighting("a1") == gone(3, lastSeen: 1))
        #expect(try sighting("a3") == still(3))
        await fixture.close()
    }

    @Test("security.md §4: of a document some of whose items found no room nothing is taken for gone")
    func noRoom() {
        var feed = Feed(format: .rss20)
        #expect(feed.hasAllItems(status: 200))
        var surplus = SurplusItems()
        feed.surplus = surplus
        #expect(feed.hasAllItems(status: 200))
        surplus.leftChanged = 1
        feed.surplus = surplus
        #expect(!feed.hasAllItems(status: 200))
        (surplus.leftChanged, surplus.leftNew) = (0, 1)
        feed.surplus = surplus
        #expect(!feed.hasAllItems(status: 200))
    }

    @Test("security.md §4: a document with more items than the limit is read whole: what is gone from it is gone")
    func tooMany() async throws {
        func publish(from first: Int) {
            let items = (first..<first + 2001).map { "<item><guid>\($0)</guid><title>\($0)</title></item>" }
            fixture.server.on(
                "/feed",
                .init(body: "<rss version=\"2.0\"><channel><title>T</title>\(items.joined())</channel></rss>"))
        }
        publish(from: 0)
        #expect(try await poll().newArticles == 2001)
        publish(from: 100)
        #expect(try await poll().newArticles == 100)
        #expect(try sighting("1") == gone(2, lastSeen: 1))
        #expect(try sighting("100") == still(2))
        await fixture.close()
    }

    @Test("identity.md §8: an article under a new id is in the feed as long as that id is")
    func alias() async throws {
        publish("a1", "a2")
        try await poll()
        publish("b1", "a2")
        #expect(try await poll().newArticles == 0)
        #expect(try sighting("a1") == still(2))
        publish("a2")
        try await poll()
        #expect(try sighting("a1") == gone(3, lastSeen: 2))
        await fixture.close()
    }

    @Test("A failed poll, a 304, the same bytes and a dry run write nothing of what a feed has")
    func nothingWritten() async throws {
        fixture.server.on("/feed", .init(body: PollerFixture.rss("a1")))
        try await poll()
        let file = "store/state/contents"
        let before = try #require(fixture.folder.read(file))
        try await poll()
        fixture.server.on("/feed", .init(status: 500))
        try await poll()
        #expect(try sighting("a1") == still(2))
        fixture.server.on("/feed", .init(body: PollerFixture.rss("a2")))
        let configuration = try fixture.configuration("/feed")
        let report = try await fixture.poller(configuration).polling(.dryRun(isForced: false)).poll(
            configuration.feeds[0])
        #expect(report.newArticles == 1)
        // What waits is written then.
        await fixture.close()
        #expect(fixture.folder.read(file) == before)
    }
}
