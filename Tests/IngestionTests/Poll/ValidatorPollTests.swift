import FeedModel
import Fetching
import TestSupport
import Testing

@testable import Ingestion

/// What the polls of a feed send, each made by a process of its own.
@Suite("Validators from poll to poll, across restarts (polling.md §2)")
struct ValidatorPollTests {
    private static let monday = "Mon, 02 Nov 2026 00:00:00 GMT"
    private static let tuesday = "Tue, 03 Nov 2026 00:00:00 GMT"

    private let fixture: PollerFixture

    init() throws {
        fixture = try PollerFixture()
    }

    private func answer(
        _ status: Int = 200, etag: String? = nil, lastModified: String? = nil, extra: [(String, String)] = [],
        body: String = PollerFixture.rss()
    ) {
        var headers: [(name: String, value: String)] = extra.map { (name: $0.0, value: $0.1) }
        if let etag { headers.append(("ETag", etag)) }
        if let lastModified { headers.append(("Last-Modified", lastModified)) }
        fixture.server.on("/feed", .init(status: status, headers: headers, body: status == 304 ? "" : body))
    }

    /// A poll by a new process, and the conditions that it sent.
    @discardableResult
    private func poll(_ path: String = "/feed", options: String = "") async throws -> (PollReport, Sent) {
        try await fixture.restart()
        let report = try await fixture.poll(path, options: options)
        return (report, Sent(fixture.server.requests.last))
    }

    struct Sent: Equatable {
        var etag: String?
        var lastModified: String?

        init(_ etag: String?, _ lastModified: String?) {
            self.etag = etag
            self.lastModified = lastModified
        }

        init(_ request: LoopbackRequest?) {
            self.init(request?.header("If-None-Match"), request?.header("If-Modified-Since"))
        }

        static let nothing = Sent(nil, nil)
    }

    @Test("polling.md §2.1, §2.2, §2.6: both validators go back as they came")
    func both() async throws {
        answer(etag: "W/\"a-gzip\" half", lastModified: "tuesday or so")
        #expect(try await poll().1 == .nothing)
        #expect(try await poll().1 == Sent("W/\"a-gzip\" half", "tuesday or so"))
        await fixture.close()
    }

    @Test(
        "polling.md §2.3: a good answer replaces the pair of validators as a set, also where its body is the known one")
    func replaced() async throws {
        answer(etag: "\"a\"", lastModified: Self.monday)
        try await poll()
        answer(etag: "\"b\"")
        #expect(try await poll().0.outcome == .unchanged)
        answer(lastModified: Self.tuesday)
        #expect(try await poll().1 == Sent("\"b\"", nil))
        answer()
        #expect(try await poll().1 == Sent(nil, Self.tuesday))
        #expect(try await poll().1 == .nothing)
        await fixture.close()
    }

    @Test("polling.md §2.4: a poll that brings a 304 overwrites the validators that it has and keeps the rest")
    func notModified() async throws {
        answer(etag: "\"a\"", lastModified: Self.monday)
        try await poll()
        answer(304, etag: "\"b\"", extra: [("Cache-Control", "max-age=7200")])
        let (report, _) = try await poll()
        #expect(report.outcome == .notModified)
        #expect(fixture.state?.notBefore?.seconds == fixture.now.seconds + 7200)
        answer(304, lastModified: Self.tuesday)
        #expect(try await poll().1 == Sent("\"b\"", Self.monday))
        #expect(try await poll().1 == Sent("\"b\"", Self.tuesday))
        await fixture.close()
    }

    /// Answers that are no feed, or not a whole one.
    static let bad: [(String, LoopbackServer.Handler)] = [
        ("status 404", { $1.send(.init(status: 404, headers: other, body: "")) }),
        ("status 429", { $1.send(.init(status: 429, headers: other, body: "")) }),
        ("status 503", { $1.send(.init(status: 503, headers: other, body: "")) }),
        ("a page", { $1.send(.init(headers: other, body: "<!doctype html><p>hello")) }),
        ("nothing", { $1.send(.init(headers: other, body: "")) }),
        ("a feed without its end", { $1.send(.init(headers: other, body: "<rss version=\"2.0\"><channel><title>T")) }),
        (
            "a body that breaks off",
            { _, connection in
                connection.writeHead(200, other + [("Content-Length", "1000")])
                connection.write("<rss version=\"2.0\"><channel><item><guid>9</guid></item>")
                connection.close()
            }
        ),
        ("no answer", { $1.close() }),
        (
            "too large",
            {
                $1.send(
                    .init(
                        headers: other,
                        body: PollerFixture.rss() + String(repeating: " ", count: ValidatorPollTests.maxBody)))
            }
        ),
    ]
    private static let maxBody = 1 << 20
    private static let other: [(name: String, value: String)] = [("ETag", "\"bad\""), ("Last-Modified", tuesday)]

    @Test(
        "polling.md §2.5: a document that is no whole feed leaves the pair of validators as it was",
        arguments: bad.map { $0.0 })
    func kept(name: String) async throws {
        let handler = try #require(Self.bad.first { $0.0 == name }?.1)
        answer(etag: "\"a\"", lastModified: Self.monday)
        try await poll()
        fixture.server.on("/feed", handler)
        #expect(try await poll().0.failure != nil)
        answer(304)
        #expect(try await poll().1 == Sent("\"a\"", Self.monday))
        await fixture.close()
    }

    @Test(
        "polling.md §2.5: a document that is no whole feed brings no validators, so that it is asked for again",
        arguments: bad.map { $0.0 })
    func none(name: String) async throws {
        let handler = try #require(Self.bad.first { $0.0 == name }?.1)
        fixture.server.on("/feed", handler)
        #expect(try await poll().0.failure != nil)
        answer(etag: "\"a\"")
        #expect(try await poll().1 == .nothing)
        #expect(try await poll().1 == Sent("\"a\"", nil))
        await fixture.close()
    }

    @Test(
        "polling.md §2.7: a request that has changed gets no condition of the old one",
        arguments: [
            "user_agent = \"newswire-of-mine/1\"", "headers = { Accept-Language = \"de\" }",
            "headers = { Accept = \"application/atom+xml\" }", "bearer = { env = \"TOKEN\" }",
        ])
    func changedRequest(options: String) async throws {
        answer(etag: "\"a\"", lastModified: Self.monday)
        try await poll()
        #expect(try await poll(options: options).1 == .nothing)
        #expect(try await poll(options: options).1 == Sent("\"a\"", Self.monday))
        #expect(try await poll().1 == .nothing)
        await fixture.close()
    }

    @Test("polling.md §2.7: another URL, or an answer that varies by anything, gets no condition")
    func changedURL() async throws {
        answer(etag: "\"a\"", extra: [("Vary", "*")])
        fixture.server.on("/new", .init(headers: [("ETag", "\"n\"")], body: PollerFixture.rss()))
        try await poll()
        #expect(try await poll().1 == .nothing)
        #expect(try await poll("/new").1 == .nothing)
        #expect(try await poll("/new").1 == Sent("\"n\"", nil))
        answer()
        #expect(try await poll().1 == .nothing)
        await fixture.close()
    }

    @Test("polling.md §2.8: a Last-Modified of the year 2038 is kept and not sent")
    func future() async throws {
        let date = "Tue, 19 Jan 2038 03:14:07 GMT"
        answer(etag: "\"a\"", lastModified: date)
        try await poll()
        #expect(try await poll().1 == Sent("\"a\"", nil))
        #expect(fixture.state?.validators?.lastModified == date)
        await fixture.close()
    }

    @Test("polling.md §2.11: without validators, a body known already is told by its hash")
    func bodyHash() async throws {
        answer(extra: [("Expires", "0")])
        #expect(try await poll().0.outcome == .new)
        let hash = try #require(fixture.state?.bodyHash)
        let (report, sent) = try await poll()
        #expect(report.outcome == .unchanged && sent == .nothing && fixture.state?.bodyHash == hash)
        answer(body: PollerFixture.rss() + "<!-- -->")
        #expect(try await poll().0.outcome == .unchanged)
        #expect(fixture.state?.bodyHash != hash)
        await fixture.close()
    }

    @Test("polling.md §2.12: a 304 to a request without a condition is an error and changes nothing")
    func unexpected() async throws {
        answer()
        try await poll()
        let before = try #require(fixture.state)
        answer(304, etag: "\"bad\"", lastModified: Self.tuesday)
        #expect(try await poll().0.failure?.kind == .unexpected304)
        #expect(fixture.state?.validators == nil && fixture.state?.bodyHash == before.bodyHash)
        #expect(fixture.state?.lastSuccess == before.lastSuccess)
        await fixture.close()
    }

    /// Values that no request can carry, or that are no validator's, with their reason.
    static let unsendable: [(value: String, reason: String)] = [
        ("\"a\u{1}b\"", "holds a control character"), ("\"a\u{7f}b\"", "holds a control character"),
        ("\"\u{1b}[31m\"", "holds a control character"),
        ("\"\(String(repeating: "x", count: 8192))\"", "is longer than 8192 bytes"),
    ]

    @Test(
        "security.md §18, polling.md §2.1: a validator that cannot go back is left out and told of, and the other goes back",
        arguments: unsendable)
    func leftOut(value: String, reason: String) async throws {
        answer(etag: value, lastModified: Self.monday)
        let (first, _) = try await poll()
        #expect(first.outcome == .new && first.notes == ["the server's ETag \(reason), so it is not sent back"])
        #expect(fixture.state?.validators?.etag == nil)
        answer(304, etag: value, lastModified: Self.tuesday)
        let (second, sent) = try await poll()
        #expect(second.outcome == .notModified && sent == Sent(nil, Self.monday) && second.notes == first.notes)
        answer(304, lastModified: value)
        #expect(try await poll().1 == Sent(nil, Self.tuesday))
        answer(body: PollerFixture.rss("2"))
        let (last, unconditional) = try await poll()
        #expect(last.newArticles == 1 && unconditional == .nothing)
        #expect(fixture.server.requests.count == 4)
        await fixture.close()
    }

    @Test("A server that finds fault with the conditions that it gave is asked without them the next time")
    func faultFound() async throws {
        answer(etag: "\"<script>\"")
        try await poll()
        fixture.server.on("/feed") { request, connection in
            let isConditional = request.header("If-None-Match") != nil
            connection.send(
                isConditional ? .init(status: 431, body: "") : .init(body: PollerFixture.rss("2")))
        }
        #expect(try await poll().0.status == 431)
        #expect(fixture.state?.validators?.etag == "\"<script>\"")
        let (report, sent) = try await poll()
        #expect(report.newArticles == 1 && sent == .nothing)
        #expect(fixture.state?.validators == nil)
        await fixture.close()
    }
}
