import Configuration
import FeedModel
import Locking
import Scheduling
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite("What a poll makes of what servers ask for (polling.md §3, §8)")
struct PoliteFeedTests {
    private func wait(_ fixture: PollerFixture, _ report: PollReport) -> Int {
        Int(((report.nextPoll?.milliseconds ?? 0) - fixture.now.milliseconds) / 1000)
    }

    @Test("A 429 pauses the feed alone where its address is not public, or the host where the configuration says so")
    func pauseScope() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(status: 429, headers: [("Retry-After", "9000")]))
        let alone = try await fixture.poll()
        #expect(alone.host == nil)
        #expect(fixture.state?.schedule.pause?.coversHost == false)
        #expect((9000...9400).contains(wait(fixture, alone)))
        let host = try await fixture.poll(options: "[host.\"127.0.0.1\"]\npause_scope = \"host\"")
        #expect(host.host?.key == "127.0.0.1")
        #expect(host.host?.verdict.pause?.until == fixture.health.pausedUntil("127.0.0.1", at: fixture.now))
        await fixture.close()
    }

    @Test("A host's pause is remembered by the next process, and its incidents go on doubling")
    func pausePersists() async throws {
        let fixture = try PollerFixture()
        let options = "[host.\"127.0.0.1\"]\npause_scope = \"host\""
        fixture.server.on("/feed", .init(status: 429, headers: [("Retry-After", "60")]))
        try await fixture.poll(options: options)
        let first = fixture.state?.schedule
        #expect(first?.hostPace?.seconds == 2)
        try await fixture.restart()
        #expect(fixture.health.pause(of: "127.0.0.1", at: fixture.now) == first?.pause)
        let allowance = HostAllowance(concurrency: 1, delay: 0)
        #expect(fixture.health.paced(allowance, of: "127.0.0.1", at: fixture.now).pace == 2000)
        fixture.pass(hours: 1)
        let second = try await fixture.poll(options: options)
        #expect(fixture.state?.schedule.pause?.incidents == 2)
        #expect((600...7700).contains(wait(fixture, second)))
        await fixture.close()
    }

    @Test("A feed that is gone is asked once more after a day, then never, until another URL is configured")
    func gone() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(status: 410))
        #expect(try await fixture.poll().outcome == .gone)
        #expect(fixture.state?.schedule.isGoneForGood == false)
        fixture.pass(hours: 24)
        #expect(try await fixture.poll().nextPoll == nil)
        #expect(fixture.state?.schedule.isGoneForGood == true)
        try await fixture.restart()
        #expect(fixture.state?.schedule.isGoneForGood == true)
        fixture.server.on("/other", .init(body: PollerFixture.rss()))
        #expect(try await fixture.poll("/other").nextPoll != nil)
        #expect(fixture.state?.schedule.isGoneForGood == false && fixture.state?.failures == 0)
        await fixture.close()
    }

    @Test("While the network is down failures are not counted and the feed stays due")
    func offline() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(body: PollerFixture.rss()))
        try await fixture.poll()
        let before = fixture.state
        for host in 0..<3 {
            _ = fixture.health.observe(HostReach(host: "h\(host)", isReached: false), at: fixture.clock.moment)
        }
        #expect(fixture.health.isNetworkDown)
        fixture.server.stop()
        let report = try await fixture.poll()
        #expect(report.outcome == .failed && report.failure?.kind == .connect)
        #expect(report.nextPoll == before?.nextPoll)
        #expect(fixture.state == before)
        await fixture.close()
    }

    @Test("An answer, whatever it says, shows that the network is up")
    func online() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(status: 500))
        for host in 0..<3 {
            _ = fixture.health.observe(HostReach(host: "h\(host)", isReached: false), at: fixture.clock.moment)
        }
        let report = try await fixture.poll()
        #expect(report.network == .up)
        #expect(!fixture.health.isNetworkDown)
        #expect(fixture.state?.failures == 1)
        await fixture.close()
    }

    @Test("A document with nothing in common with the one before is told of as a possible gap")
    func possibleGap() async throws {
        let fixture = try PollerFixture()
        func document(_ from: Int) -> LoopbackResponse {
            let items = (from..<(from + 6)).map { "<item><guid>\($0)</guid><title>A\($0)</title></item>" }
            return .init(
                body: "<rss version=\"2.0\"><channel><title>T</title>\(items.joined())</channel></rss>")
        }
        fixture.server.on("/feed", document(0))
        #expect(try await fixture.poll().notes.isEmpty)
        fixture.server.on("/feed", document(100))
        fixture.pass(hours: 5)
        #expect(try await fixture.poll().notes.first?.hasPrefix("possible_gap: none of the 6 items") == true)
        await fixture.close()
    }

    @Test("Each poll is kept with its terms, and with what validators were sent and kept")
    func history() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed") { request, connection in
            var response = LoopbackResponse.conditional(request, etag: "\"v1\"", body: PollerFixture.rss())
            response.headers.append(("Cache-Control", "max-age=9000"))
            response.headers.append(("Age", "100"))
            connection.send(response)
        }
        for _ in 0..<3 {
            try await fixture.poll()
            fixture.pass(hours: 3)
        }
        let state = try #require(fixture.state)
        let hash = UInt32(truncatingIfNeeded: FeedHash.of(FeedIdentifier("feed")))
        let polls = try PollHistoryReader(directory: fixture.folder.file("store")).polls(of: state, hash: hash)
        #expect(polls.map(\.outcome) == [.new, .notModified, .notModified])
        #expect(polls.map(\.status) == [200, 304, 304])
        #expect(polls[0].sent == 0 && polls[0].kept != 0)
        #expect(polls[1].sent == polls[0].kept && polls[2].sent == polls[1].kept)
        #expect(polls[1].terms.notes.contains(.conditional))
        #expect(polls[2].terms.lifetime == 9000 && polls[2].terms.age >= 100)
        #expect(polls[2].terms.reason == .freshness)
        #expect(polls[2].next?.seconds == state.nextPoll?.seconds)
        await fixture.close()
    }
}

@Suite("A round passes feeds over for a reason (contract.md §1)")
struct PollRoundTests {
    private let now = Timestamp(seconds: 1_000_000)

    private func configuration() throws -> Configuration {
        let folder = TemporaryDirectory()
        let text = """
            contact = "https://example.org/bot"
            [[feed]]
            id = "one"
            url = "https://a.example/1"
            [[feed]]
            id = "two"
            url = "https://a.example/2"
            """
        return try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"])
    }

    private func state(_ change: (inout FeedState) -> Void = { _ in }) -> FeedState {
        var state = FeedState(feed: FeedIdentifier("one"), url: "https://a.example/1")
        state.lastPoll = now.adding(seconds: -600)
        state.nextPoll = now.adding(seconds: 600)
        change(&state)
        return state
    }

    /// Why feed `one` is passed over; nil where it is polled.
    private func reason(_ selection: PollSelection, _ state: FeedState?, pausedHost: Bool = false) throws -> String? {
        let configuration = try configuration()
        let now = now
        var other = FeedState(feed: FeedIdentifier("two"), url: "https://a.example/2")
        other.schedule.pause = .init(until: now.adding(seconds: 100), incidents: 1, since: now, coversHost: true)
        let states = pausedHost ? [other] : []
        let health = HostHealth(remembered: states.map { ($0.schedule, "a.example") }, at: now)
        var reports: [PollReport] = []
        let fixture = try PollerFixture()
        let round = PollRound(
            feeds: [configuration.feeds[0]], selection: selection, poller: try fixture.poller(configuration),
            allowances: HostAllowances(configuration), health: health, now: now, state: { _ in state },
            report: { reports.append($0) })
        round.fill(PollLoop(concurrency: 1, clock: .system))
        return reports.first?.notes.first
    }

    @Test(
        "A feed is polled when it is due; --all polls it before, --force also where the server wants to be left alone")
    func selections() throws {
        #expect(try reason(.due, state()) == "not due")
        #expect(try reason(.all, state()) == nil)
        let asked = state { $0.notBefore = now.adding(seconds: 100) }
        #expect(try reason(.all, asked)?.contains("left alone") == true)
        #expect(try reason(.force, asked) == nil)
        #expect(try reason(.due, nil) == nil)
        #expect(try reason(.due, state { $0.url = "https://a.example/old" }) == nil)
    }

    @Test("A paused feed is skipped: by its host's pause unless forced, by a person's whatever is asked")
    func paused() throws {
        let due = state { $0.nextPoll = now }
        #expect(try reason(.due, due, pausedHost: true)?.hasPrefix("paused: a.example") == true)
        #expect(try reason(.all, due, pausedHost: true)?.hasPrefix("paused: a.example") == true)
        #expect(try reason(.force, due, pausedHost: true) == nil)
        let held = state { $0.schedule.heldUntil = FeedState.Schedule.forGood }
        #expect(try reason(.force, held)?.hasPrefix("paused") == true)
        #expect(
            try reason(
                .due,
                state {
                    $0.schedule.heldUntil = now; $0.nextPoll = now
                }) == nil)
    }

    @Test("polling.md §8: a round takes as many feeds of a slow host as it has time for, those first that are latest")
    func slowHost() throws {
        let configuration = try configuration()
        var schedule = FeedState.Schedule()
        schedule.hostPace = .init(seconds: 900, since: now)
        let fixture = try PollerFixture()
        func passedOver(_ selection: PollSelection, late: [Int], hostPace: Bool = true) -> [String] {
            var reports: [PollReport] = []
            let round = PollRound(
                feeds: configuration.feeds, selection: selection, poller: try! fixture.poller(configuration),
                allowances: HostAllowances(configuration),
                health: HostHealth(remembered: hostPace ? [(schedule, "a.example")] : [], at: now), now: now,
                state: { id in
                    let index = id.text == "one" ? 0 : 1
                    var state = FeedState(feed: id, url: "https://a.example/\(index + 1)")
                    state.lastPoll = now.adding(seconds: -8000)
                    state.nextPoll = now.adding(seconds: -late[index])
                    state.intervalSeconds = 3600
                    return state
                }, report: { reports.append($0) })
            round.fill(PollLoop(concurrency: 1, clock: .system))
            return reports.map { "\($0.feed): \($0.notes.joined())" }
        }
        #expect(
            passedOver(.due, late: [10, 600])
                == ["one: a.example is asked once in 900 s, as it has refused more; a later round takes it"])
        #expect(passedOver(.due, late: [600, 10]).first?.hasPrefix("two: ") == true)
        #expect(passedOver(.due, late: [600, 10], hostPace: false).isEmpty)
        #expect(passedOver(.force, late: [600, 10]).isEmpty)
    }

    @Test("A feed that is gone for good is asked only by force")
    func gone() throws {
        let gone = state {
            $0.schedule.isGoneForGood = true
            $0.nextPoll = nil
        }
        #expect(try reason(.due, gone)?.contains("gone for good") == true)
        #expect(try reason(.all, gone)?.contains("gone for good") == true)
        #expect(try reason(.force, gone) == nil)
    }
}
