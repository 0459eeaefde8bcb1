import FeedModel
import TestSupport
import Testing

@testable import Ingestion

@Suite("Adding a feed takes one request: what was discovered is the first poll (polling.md §1)")
struct DiscoveredFeedTests {
    private let fixture: PollerFixture

    init() throws {
        fixture = try PollerFixture()
    }

    private func serve(_ path: String, extra: [(name: String, value: String)] = []) {
        fixture.server.on(path) { request, connection in
            var response = LoopbackResponse.conditional(request, etag: "\"v1\"", body: PollerFixture.rss())
            response.headers += extra
            connection.send(response)
        }
    }

    @Test(
        "The articles of a discovered feed are stored without another request, and the next poll sends their validators"
    )
    func reused() async throws {
        serve("/feed")
        let found = try await fixture.discover("/feed")
        #expect(found.map(\.url) == [fixture.server.url("/feed")] && found.first?.title == "T")
        let report = try await fixture.poll(answer: found.first?.answer)
        #expect(report.outcome == .new && report.newArticles == 1 && report.status == 200 && report.bytes > 0)
        #expect(fixture.server.requests.count == 1)
        try await fixture.restart()
        #expect(try await fixture.poll().outcome == .notModified)
        #expect(fixture.server.requests.map { $0.header("If-None-Match") } == [nil, "\"v1\""])
        await fixture.close()
    }

    @Test("An answer that depends on Accept is stored, and its validators are not sent with another Accept")
    func negotiated() async throws {
        serve("/feed", extra: [("Vary", "Accept-Encoding, Accept")])
        let found = try await fixture.discover("/feed")
        #expect(try await fixture.poll(answer: found.first?.answer).newArticles == 1)
        #expect(try await fixture.poll().outcome == .unchanged)
        #expect(fixture.server.requests.last?.header("If-None-Match") == nil)
        await fixture.close()
    }

    @Test("A discovered feed is configured where permanent redirects led, and temporary ones go on being followed")
    func redirected() async throws {
        fixture.server.on("/old", .redirect(301, to: "/moved"))
        fixture.server.on("/moved", .redirect(302, to: "/feed"))
        serve("/feed")
        let found = try await fixture.discover("/old")
        #expect(found.map(\.url) == [fixture.server.url("/moved")])
        #expect(try await fixture.poll("/moved", answer: found.first?.answer).newArticles == 1)
        #expect(fixture.server.requests.count == 3)
        #expect(fixture.state?.move.candidate == nil)
        #expect(try await fixture.poll("/moved").outcome == .notModified)
        await fixture.close()
    }

    @Test(
        "A discovered answer that the feed's own request would not have brought is asked for again",
        arguments: ["user_agent = \"newswire-of-mine/1\"", "bearer = { env = \"TOKEN\" }", "headers = { X-A = \"1\" }"])
    func otherRequest(options: String) async throws {
        serve("/feed")
        let found = try await fixture.discover("/feed")
        #expect(try await fixture.poll(options: options, answer: found.first?.answer).newArticles == 1)
        #expect(fixture.server.requests.count == 2)
        await fixture.close()
    }

    @Test("A discovered answer of another URL is asked for again, and a page that only links to a feed has none")
    func otherURL() async throws {
        serve("/feed")
        serve("/other")
        let found = try await fixture.discover("/feed")
        #expect(try await fixture.poll("/other", answer: found.first?.answer).newArticles == 1)
        #expect(fixture.server.requests(to: "/other").count == 1)
        fixture.server.on(
            "/page",
            .init(
                headers: [("Content-Type", "text/html")],
                body: "<!doctype html><link rel=alternate type=application/rss+xml href=/feed>"))
        let linked = try await fixture.discover("/page")
        #expect(linked.count == 1 && linked.first?.answer == nil)
        let guessed = try await fixture.discover("/", guesses: true)
        #expect(guessed.first?.answer != nil)
        await fixture.close()
    }
}
