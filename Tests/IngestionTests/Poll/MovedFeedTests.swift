import Configuration
import FeedModel
import TestSupport
import Testing

@testable import Ingestion

@Suite("Feeds that have moved are asked at their target (polling.md §9)")
struct MovedFeedTests {
    /// A feed that has been adopted at the other server, and the time since which it points there.
    private func adopted(_ options: String = "") async throws -> PollerFixture {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .redirect(301, to: fixture.other.url("/new")))
        fixture.other.on("/new", .init(headers: [("ETag", "\"v1\"")], body: PollerFixture.rss()))
        for _ in 0..<4 {
            let report = try await fixture.poll(options: options)
            #expect(report.notes.isEmpty && report.failure == nil)
            fixture.pass(hours: 24)
            try await fixture.restart()
        }
        #expect(fixture.state?.move.polls == 4)
        let report = try await fixture.poll(options: options)
        #expect(report.notes.count == 1)
        #expect(report.notes.first?.contains("permanently since 2026-11-01T00:00:00Z") == true)
        #expect(report.notes.first?.contains("write url = \"\(fixture.other.url("/new"))\" at ") == true)
        return fixture
    }

    @Test(
        "A feed that has moved is asked at its target after five good polls over 72 hours, also after a restart, with its ETag"
    )
    func adoption() async throws {
        let fixture = try await adopted()
        #expect(fixture.state?.move.adopted == fixture.other.url("/new"))
        try await fixture.restart()
        fixture.other.on("/new") { $1.send(.conditional($0, etag: "\"v1\"", body: PollerFixture.rss())) }
        let report = try await fixture.poll()
        #expect(report.outcome == .notModified && report.notes.isEmpty)
        #expect(fixture.server.requests.count == 5)
        #expect(fixture.other.requests.count == 6)
        let feed = try #require(try fixture.configuration("/feed").feeds.first)
        #expect(
            HostAllowances(try fixture.configuration("/feed")).allowance(for: feed, state: fixture.state).key
                == "127.0.0.2")
        await fixture.close()
    }

    @Test("A feed that has moved is asked at its configured URL again after three failures in a row")
    func fallingBack() async throws {
        let fixture = try await adopted()
        fixture.other.on("/new", .init(status: 500))
        for _ in 0..<2 { try await fixture.poll() }
        #expect(fixture.state?.move.adopted != nil && fixture.server.requests.count == 5)
        try await fixture.poll()
        #expect(fixture.state?.move.adopted == nil)
        fixture.server.on("/feed", .init(body: PollerFixture.rss("2")))
        #expect(try await fixture.poll().newArticles == 1)
        #expect(fixture.server.requests.count == 6 && fixture.other.requests.count == 8)
        await fixture.close()
    }

    @Test("security.md §12: what belongs to the configured origin is not sent to the adopted one")
    func credentials() async throws {
        let fixture = try await adopted("bearer = { env = \"TOKEN\" }\nheaders = { X-Own = \"1\" }")
        try await fixture.poll(options: "bearer = { env = \"TOKEN\" }\nheaders = { X-Own = \"1\" }")
        #expect(fixture.server.requests.allSatisfy { $0.header("Authorization") == "Bearer s3cret" })
        #expect(fixture.other.requests.count == 6)
        #expect(fixture.other.requests.allSatisfy { $0.header("Authorization") == nil && $0.header("X-Own") == nil })
        await fixture.close()
    }

    @Test("A feed whose URL is configured anew starts anew, and keeps its id when the advice is followed")
    func reconfigured() async throws {
        let fixture = try await adopted()
        let state = try #require(fixture.state)
        let known = [state].knownFeeds
        #expect(known.map(\.url) == [fixture.server.url("/feed"), fixture.other.url("/new")])
        let ids = FeedIDResolver.assign([.init(url: fixture.other.url("/new"), id: nil)], known: known)
        #expect(ids == [state.feed])
        fixture.server.on("/elsewhere", .init(body: PollerFixture.rss()))
        try await fixture.poll("/elsewhere")
        #expect(fixture.server.requests.last?.path == "/elsewhere")
        #expect(fixture.state?.move == FeedState.Move())
        await fixture.close()
    }

    @Test("security.md §12: a target with a secret in it is never remembered")
    func secretTarget() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .redirect(301, to: fixture.other.url("/new?token=hunter2")))
        fixture.other.on("/new", .init(body: PollerFixture.rss()))
        for _ in 0..<6 {
            #expect(try await fixture.poll().failure == nil)
            fixture.pass(hours: 24)
        }
        #expect(fixture.state?.move == FeedState.Move())
        #expect(fixture.server.requests.count == 6)
        await fixture.close()
    }

    @Test("security.md §18: a target too long to be configured is followed anew each time")
    func longTarget() async throws {
        let fixture = try PollerFixture()
        let path = "/" + String(repeating: "x", count: FeedState.Move.longestURL)
        fixture.server.on("/feed", .redirect(301, to: fixture.other.url(path)))
        fixture.other.on(path, .init(body: PollerFixture.rss()))
        for _ in 0..<6 {
            #expect(try await fixture.poll().failure == nil)
            fixture.pass(hours: 24)
        }
        #expect(fixture.state?.move == FeedState.Move() && fixture.server.requests.count == 6)
        await fixture.close()
    }

    @Test(
        "security.md §18: an adopted URL that cannot be asked, or may not, leads back to the configured one at once",
        arguments: ["http://127.0.0.08/", "http://a\u{fffd}b.example/", "http://OTHER/new"])
    func unaskable(target: String) async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(body: PollerFixture.rss()))
        try await fixture.poll()
        var state = try #require(fixture.state)
        // Of an earlier newswire, which did not say whether it was led there by a public server.
        state.move.adopted = target.replacing("http://OTHER", with: fixture.other.url(""))
        try fixture.put(state)
        let failure = try await fixture.poll().failure
        #expect(failure?.kind == .invalidRequest || failure?.kind == .refusedAddress)
        #expect(failure?.message.contains("private_networks") == false)
        #expect(fixture.state?.move == FeedState.Move() && fixture.other.requests.isEmpty)
        #expect(try await fixture.poll().failure == nil)
        await fixture.close()
    }

    @Test("A feed's own private_networks let it be asked at a private address that it was led to")
    func ownNetworks() async throws {
        let fixture = try PollerFixture()
        fixture.other.on("/new", .init(body: PollerFixture.rss()))
        fixture.server.on("/feed", .init(body: PollerFixture.rss()))
        try await fixture.poll()
        var state = try #require(fixture.state)
        state.move.adopted = fixture.other.url("/new")
        try fixture.put(state)
        #expect(
            try await fixture.poll(options: "private_networks = [\"127.0.0.2:\(fixture.other.port)\"]").failure == nil)
        #expect(fixture.state?.move.adopted != nil && fixture.other.requests.count == 1)
        await fixture.close()
    }

    @Test("security.md §18: a feed of a store that holds more of its URL than is stored today goes on as before")
    func storedURL() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(headers: [("ETag", "\"1\"")], body: PollerFixture.rss()))
        try await fixture.poll("/feed?passkey=A1")
        let state = try #require(fixture.state)
        #expect(state.url == fixture.server.url("/feed?passkey=***") && state.urlMark != nil)
        var old = state
        old.urlMark = nil
        old.schedule.isGoneForGood = true
        try fixture.put(old)
        try await fixture.poll("/feed?passkey=A1")
        #expect(fixture.server.requests.last?.header("If-None-Match") == "\"1\"")
        #expect(fixture.state?.schedule.polls == 2 && fixture.state?.urlMark == state.urlMark)
        await fixture.close()
    }

    @Test("A feed that is redirected back to where it was is asked there")
    func movedBack() async throws {
        let fixture = try await adopted()
        fixture.other.on("/new", .redirect(308, to: fixture.server.url("/feed")))
        fixture.server.on("/feed", .init(body: PollerFixture.rss()))
        for _ in 0..<5 {
            try await fixture.poll()
            fixture.pass(hours: 24)
        }
        #expect(fixture.state?.move == FeedState.Move())
        #expect(fixture.other.requests.count == 10)
        await fixture.close()
    }
}

@Suite("A server whose ETag never matches is asked otherwise (polling.md §2.9)")
struct ETagTrapPollTests {
    @Test(
        "A feed that answers three times with the same body is sent only Last-Modified for 30 days, also after a restart"
    )
    func trap() async throws {
        let fixture = try PollerFixture()
        fixture.server.on(
            "/feed",
            .init(
                headers: [("ETag", "\"x-gzip\""), ("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")],
                body: PollerFixture.rss()))
        for _ in 0..<4 { try await fixture.poll() }
        try await fixture.restart()
        try await fixture.poll()
        fixture.pass(hours: 31 * 24)
        try await fixture.poll()
        try await fixture.poll()
        let requests = fixture.server.requests
        #expect(requests.map { $0.header("If-None-Match") != nil } == [false, true, true, true, false, true, false])
        #expect(requests.dropFirst().allSatisfy { $0.header("If-Modified-Since") != nil })
        await fixture.close()
    }

    @Test("A server whose ETag matches, or whose body changes, is asked with its ETag")
    func noTrap() async throws {
        let fixture = try PollerFixture()
        for item in 0..<6 {
            fixture.server.on(
                "/feed",
                .init(
                    headers: [("ETag", "\"\(item)\""), ("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")],
                    body: PollerFixture.rss("\(item)")))
            try await fixture.poll()
        }
        #expect(fixture.server.requests.dropFirst().allSatisfy { $0.header("If-None-Match") != nil })
        #expect(fixture.state?.tagRepeats == FeedState.TagRepeats())
        await fixture.close()
    }
}
