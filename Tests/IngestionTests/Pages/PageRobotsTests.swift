import FeedModel
import Locking
import TestSupport
import Testing

@testable import Ingestion

@Suite("robots.txt is asked for and obeyed (RFC 9309)", .serialized)
struct PageRobotsTests {
    private let text = String(repeating: "word ", count: 100)
    /// The feed's own table opens the hosts that redirects lead to.
    private let open = "fulltext = \"always\"\nprivate_networks = \"allow\"\nfulltext_hosts = [\"127.0.0.2\"]"

    private func failure(_ outcome: PageTask.Outcome) -> PageFailure? {
        if case .failed(let failure) = outcome { failure.kind } else { nil }
    }

    @Test("It is asked for once, by the same name as pages are, and what it forbids is not asked for")
    func obeyed() async throws {
        let fixture = try PageFixture()
        fixture.server.on(
            "/robots.txt",
            LoopbackResponse(
                headers: [("Content-Type", "text/plain")], body: "User-agent: newswire\nDisallow: /private/\n"))
        for path in ["/a", "/b", "/private/c"] { fixture.server.page(path, text) }
        let seqs = try ["/a", "/b", "/private/c"].enumerated().map {
            try fixture.article(UInt64($0.offset), at: fixture.server.url($0.element))
        }
        #expect(try await fixture.fetch(seqs[0]) == .stored(isLonger: true))
        #expect(try await fixture.fetch(seqs[1]) == .stored(isLonger: true))
        #expect(failure(try await fixture.fetch(seqs[2])) == .robots)
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt", "/a", "/b"])
        #expect(fixture.server.requests[0].header("User-Agent") == fixture.server.requests[1].header("User-Agent"))
        fixture.pass(seconds: RobotsCache.lifetime)
        #expect(try await fixture.fetch(seqs[0]) == .unchanged(isLonger: true))
        #expect(fixture.server.requests(to: "/robots.txt").count == 2)
        await fixture.close()
    }

    @Test(
        "A link whose path has segments of dots, encoded or not, is judged by where it leads, and asked for there",
        arguments: ["/a/../private/c", "/./private/c", "/a/%2e%2e/private/c", "/a/%2E./private/c"])
    func dots(path: String) async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(body: "User-agent: *\nDisallow: /private/\n"))
        let seq = try fixture.article(1, at: fixture.server.url(path))
        #expect(failure(try await fixture.fetch(seq)) == .robots)
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt"])
        fixture.server.page("/c", text)
        let other = try fixture.article(2, at: fixture.server.url(path.replacing("private/c", with: "c")))
        #expect(try await fixture.fetch(other) == .stored(isLonger: true))
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt", "/c"])
        await fixture.close()
    }

    @Test("A redirect to another private server is not followed where only what is written for all feeds opens it")
    func ledToPrivate() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(status: 404, body: ""))
        fixture.other.on("/robots.txt", LoopbackResponse(status: 404, body: ""))
        fixture.server.on("/away", .redirect(302, to: fixture.other.url("/b")))
        fixture.server.on("/near", .redirect(302, to: fixture.server.url("/a")))
        fixture.server.page("/a", text)
        fixture.other.page("/b", text)
        let away = try fixture.article(1, at: fixture.server.url("/away"))
        let near = try fixture.article(2, at: fixture.server.url("/near"))
        let named = "fulltext = \"always\"\nfulltext_hosts = [\"127.0.0.2\"]"
        #expect(failure(try await fixture.fetch(away, options: named)) == .privateNetwork)
        #expect(fixture.other.requests.isEmpty)
        #expect(try await fixture.fetch(near) == .stored(isLonger: true))
        #expect(try await fixture.fetch(away, options: open) == .stored(isLonger: true))
        await fixture.close()
    }

    @Test("Where robots = false it is not asked for")
    func off() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq, tables: "[fulltext]\nrobots = false") == .stored(isLonger: true))
        #expect(fixture.server.requests.map(\.path) == ["/a"])
        await fixture.close()
    }

    @Test("Where the server has none, or does not show it, everything may be asked for", arguments: [404, 401, 403])
    func none(status: Int) async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(status: status, body: "User-agent: *\nDisallow: /\n"))
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        await fixture.close()
    }

    @Test(
        "Where it cannot be had nothing is asked for, and it is tried again an hour later", arguments: [500, 503, 429])
    func unavailable(status: Int) async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(status: status, body: ""))
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let until = fixture.now.adding(seconds: RobotsCache.retry)
        #expect(try await fixture.fetch(seq) == .failed(.init(kind: .robotsUnavailable, until: until)))
        #expect(try await fixture.fetch(seq) == .failed(.init(kind: .robotsUnavailable, until: until)))
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt"])
        fixture.pass(seconds: RobotsCache.retry)
        fixture.server.on("/robots.txt", LoopbackResponse(status: 404, body: ""))
        #expect(try await fixture.fetch(seq) == .stored(isLonger: true))
        await fixture.close()
    }

    @Test("A redirect of it is followed, and five of them in vain count as none")
    func redirects() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", .redirect(301, to: fixture.other.url("/rules")))
        fixture.other.on("/rules", LoopbackResponse(body: "User-agent: *\nDisallow: /a\n"))
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(failure(try await fixture.fetch(seq, options: open)) == .robots)
        let circle = try PageFixture()
        circle.server.on("/robots.txt", .redirect(301, to: circle.server.url("/robots.txt?1")))
        circle.server.page("/a", text)
        #expect(
            try await circle.fetch(try circle.article(1, at: circle.server.url("/a"))) == .stored(isLonger: true))
        await circle.close()
        await fixture.close()
    }

    @Test("A robots.txt that is moved into a private network cannot be had, so that the page is tried again")
    func movedIntoPrivate() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", .redirect(301, to: fixture.other.url("/rules")))
        fixture.other.on("/rules", LoopbackResponse(body: "User-agent: *\nAllow: /\n"))
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let until = fixture.now.adding(seconds: RobotsCache.retry)
        #expect(try await fixture.fetch(seq) == .failed(.init(kind: .robotsUnavailable, until: until)))
        #expect(fixture.other.requests.isEmpty)
        // It is said of this feed alone: another one is let go there, and this one is once the redirect is gone.
        #expect(try await fixture.fetch(seq, options: open) == .stored(isLonger: true))
        #expect(PageFailure.robotsUnavailable.retryDelay(after: 1) == 3600)
        await fixture.close()
    }

    @Test("The rest of a host is that of the host which has caused it, not of the one that has led there")
    func restOfLed() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(status: 404, body: ""))
        fixture.other.on("/robots.txt", LoopbackResponse(status: 500, body: ""))
        fixture.server.on("/away", .redirect(302, to: fixture.other.url("/b")))
        let seq = try fixture.article(1, at: fixture.server.url("/away"))
        let until = fixture.now.adding(seconds: RobotsCache.retry)
        let expected = PageFetcher.Failure(kind: .robotsUnavailable, until: until, host: "127.0.0.2")
        #expect(try await fixture.fetch(seq, options: open) == .failed(expected))
        await fixture.close()
    }

    @Test("Each port of a host has a robots.txt of its own, which a redirect from another port has to obey")
    func otherPort() async throws {
        let fixture = try PageFixture()
        let second = LoopbackServer()
        fixture.server.on("/robots.txt", LoopbackResponse(status: 404, body: ""))
        second.on("/robots.txt", LoopbackResponse(body: "User-agent: *\nDisallow: /b\n"))
        fixture.server.on("/away", .redirect(302, to: second.url("/b")))
        second.page("/b", text)
        let seq = try fixture.article(1, at: fixture.server.url("/away"))
        #expect(failure(try await fixture.fetch(seq, options: open)) == .robots)
        #expect(try fixture.records().isEmpty)
        await fixture.close()
    }

    @Test("What a redirect leads to is judged by the robots.txt of its own host, and on one host by the same")
    func ledPages() async throws {
        let fixture = try PageFixture()
        fixture.server.on("/robots.txt", LoopbackResponse(body: "User-agent: *\nDisallow: /hidden\n"))
        fixture.other.on("/robots.txt", LoopbackResponse(body: "User-agent: *\nDisallow: /\n"))
        fixture.server.on("/away", .redirect(302, to: fixture.other.url("/b")))
        fixture.server.on("/inside", .redirect(302, to: fixture.server.url("/hidden")))
        fixture.other.page("/b", text)
        fixture.server.page("/hidden", text)
        let away = try fixture.article(1, at: fixture.server.url("/away"))
        let inside = try fixture.article(2, at: fixture.server.url("/inside"))
        #expect(failure(try await fixture.fetch(away, options: open)) == .robots)
        #expect(fixture.other.requests(to: "/b").isEmpty)
        #expect(failure(try await fixture.fetch(inside)) == .robots)
        #expect(try fixture.records().isEmpty)
        await fixture.close()
    }

    // MARK: In a fleet

    /// The server is this machine's, whose robots.txt lies at a host of another machine's.
    private func led(_ fleet: TerritoryFixture) throws -> (fixture: PageFixture, seq: UInt64) {
        let fixture = try PageFixture(fleet: fleet)
        fleet.own([Territory.shard(ofHost: fixture.server.address)])
        fixture.server.on("/robots.txt", .redirect(301, to: fixture.other.url("/rules")))
        fixture.other.on("/rules", LoopbackResponse(body: "User-agent: *\nAllow: /\n"))
        fixture.server.page("/a", text)
        return (fixture, try fixture.article(1, at: fixture.server.url("/a")))
    }

    /// A host that may be asked at any time needs no turn from the engine.
    private let delay = "[host.\"127.0.0.2\"]\ndelay = \"2s\""

    @Test(
        "fleet.md F17: one that lies at another machine's host holds neither the page's host nor a transfer for a lease"
    )
    func ledToOtherMachine() async throws {
        let (fixture, seq) = try led(TerritoryFixture())
        #expect(try await fixture.fetch(seq, options: open, tables: delay) == .stored(isLonger: true))
        let (own, other) = ("127.0.0.1", "127.0.0.2")
        #expect(
            fixture.steps == [
                "\(own) taken after 0", "\(own) left after 0", "\(other) taken after 22000",
                "\(other) left after 22000",
                "\(own) taken after 22000", "\(own) left after 22000",
            ])
        #expect(fixture.leaves.allSatisfy { $0.isGood })
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt", "/a"])
        #expect(try await fixture.fetch(seq, options: open, tables: delay) == .unchanged(isLonger: true))
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt", "/a", "/a"])
        await fixture.close()
    }

    @Test("Where the page's host cannot be had again then, what robots.txt says is kept, and the page is tried later")
    func noWayBack() async throws {
        let (fixture, seq) = try led(TerritoryFixture())
        fixture.refusals.withLock { $0 = [2: .held(milliseconds: 60_000)] }
        #expect(failure(try await fixture.fetch(seq, options: open, tables: delay)) == .busy)
        #expect(try await fixture.fetch(seq, options: open, tables: delay) == .stored(isLonger: true))
        #expect(fixture.server.requests.map(\.path) == ["/robots.txt", "/a"])
        await fixture.close()
    }

    @Test("Where the fleet's engine gives no turn, or the other host cannot be had by then, nothing is asked for")
    func noTurn() async throws {
        for isAway in [true, false] {
            let fleet = TerritoryFixture()
            let (fixture, seq) = try led(fleet)
            fleet.visits.state.withLock { $0.isAway = isAway }
            fixture.refusals.withLock { $0 = [1: .held(milliseconds: 60_000)] }
            #expect(failure(try await fixture.fetch(seq, options: open, tables: delay)) == .robotsUnavailable)
            #expect(fixture.other.requests.isEmpty && fixture.server.requests.map(\.path) == ["/robots.txt"])
            await fixture.close()
        }
    }

    @Test("Of a file that is too long the beginning counts")
    func long() async throws {
        let fixture = try PageFixture()
        let filler = String(repeating: "# filler\n", count: 100_000)
        fixture.server.on("/robots.txt", LoopbackResponse(body: "User-agent: *\nDisallow: /a\n\(filler)"))
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        #expect(failure(try await fixture.fetch(seq)) == .robots)
        await fixture.close()
    }
}
