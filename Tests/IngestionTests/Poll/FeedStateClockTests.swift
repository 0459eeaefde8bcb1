import Configuration
import FeedModel
import Fetching
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

@Suite("What a wrong clock has left of a feed silences it for no longer than it can have meant (contract.md §6)")
struct FeedStateClockTests {
    private let now = Timestamp(year: 2026, month: 11, day: 28)
    private let folder = TemporaryDirectory()

    private func configuration(_ option: String = "") throws -> Configuration {
        let text = """
            contact = "https://example.org/bot"
            [[feed]]
            id = "feed"
            url = "https://a.example/feed"
            \(option)
            """
        return try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"])
    }

    private func later(_ seconds: Int) -> Timestamp { now.adding(seconds: seconds) }
    private static let day = 86_400

    /// Polled then, and planned for an hour later.
    private func state(polled: Timestamp, _ change: (inout FeedState) -> Void = { _ in }) -> FeedState {
        var state = FeedState(feed: FeedIdentifier("feed"), url: "https://a.example/feed")
        state.lastPoll = polled
        state.lastSuccess = polled
        state.intervalSeconds = 3600
        state.nextPoll = polled.adding(seconds: 3600)
        change(&state)
        return state
    }

    private func believed(_ state: FeedState) throws -> FeedState {
        let configuration = try configuration()
        return state.believed(at: now, of: configuration.feeds[0], configuration.schedule)
    }

    @Test("A state that no wrong clock has touched is left as it is")
    func untouched() throws {
        let known = state(polled: later(-600)) { state in
            state.notBefore = later(7 * Self.day)
            state.schedule.heldUntil = later(400 * Self.day)
            state.schedule.goneSince = later(-Self.day)
            state.schedule.pause = .init(until: later(3600), incidents: 2, since: later(-60), coversHost: true)
            state.schedule.rhythm = Rhythm(latest: later(-7200), gaps: [3600])
            state.move.since = later(-3600)
            state.tagRepeats.since = later(-3600)
        }
        #expect(try believed(known) == known)
    }

    @Test("Times that a clock which was ahead has noted count from now", arguments: [20, 4000])
    func ahead(days: Int) throws {
        let then = later(days * Self.day)
        let known = state(polled: then) { state in
            state.notBefore = then.adding(seconds: 1800)
            state.tagRepeats.since = then
            state.move.since = then
            state.move.adoptedSince = then
            state.schedule.failingSince = then
            state.schedule.goneSince = then
            state.schedule.pause = .init(
                until: then.adding(seconds: 1800), incidents: 1, since: then, coversHost: true)
            state.schedule.rhythm = Rhythm(latest: then, gaps: [3600])
        }
        let state = try believed(known)
        #expect(state.nextPoll == later(3600))
        #expect(state.notBefore == later(1800))
        #expect(state.schedule.pause?.until == later(1800) && state.schedule.pause?.since == now)
        #expect(state.lastPoll == now && state.lastSuccess == now)
        #expect(state.tagRepeats.since == now && state.move.since == now && state.move.adoptedSince == now)
        #expect(state.schedule.failingSince == now && state.schedule.goneSince == now)
        #expect(state.schedule.rhythm.latest == now && state.schedule.rhythm.gaps == known.schedule.rhythm.gaps)
    }

    @Test("No wait of a feed ends later than it can, also where it began in the past")
    func bounded() throws {
        let far = later(4000 * Self.day)
        let known = state(polled: later(-60)) { state in
            state.nextPoll = far
            state.notBefore = far
            state.schedule.reason = .retryAfter
            state.schedule.pause = .init(until: far, incidents: 1, since: later(-60), coversHost: true)
        }
        let state = try believed(known)
        #expect(state.nextPoll == later(3600))
        #expect(state.notBefore == later(7 * Self.day))
        #expect(state.schedule.pause?.until == later(7 * Self.day))
    }

    @Test("A feed that a clock in 1970 has found gone is not gone for good a minute later")
    func beginning() throws {
        let state = try believed(
            state(polled: Timestamp(seconds: 30)) { $0.schedule.goneSince = Timestamp(seconds: 30) })
        #expect(state.schedule.goneSince == now)
    }

    @Test("A pause by hand outlasts every plan, and no clock shortens it")
    func heldByHand() throws {
        let configuration = try configuration()
        let known = state(polled: later(-60)) { $0.schedule.heldUntil = later(30 * Self.day) }
        let feed = DueTimes.Feed(
            number: 1, configuration.feeds[0], FeedOutlook(known, at: known.url), configuration.schedule)
        let plan = DueTimes(now: now, maxInterval: 86_400_000).plan([feed])
        #expect(plan.first?.due == later(30 * Self.day))
    }

    @Test("A host's pause from a clock that was ahead runs once from when it is seen, and is over then")
    func hostPause() {
        var pauses = HostRecords()
        func remember(_ pause: FeedState.Pause, host: String) {
            var schedule = FeedState.Schedule()
            schedule.pause = pause
            pauses.remember(schedule, host: host, at: now)
        }
        let then = later(20 * Self.day)
        remember(.init(until: then.adding(seconds: 3600), incidents: 1, since: then, coversHost: true), host: "a")
        #expect(pauses.until("a", at: now) == later(3600))
        #expect(pauses.until("a", at: later(1800)) == later(3600))
        #expect(pauses.until("a", at: later(3600)) == nil)
        // The clock is put back while it is known.
        remember(.init(until: later(600), incidents: 1, since: now, coversHost: true), host: "b")
        let back = later(-50 * Self.day)
        #expect(pauses.active(at: back).map(\.host) == ["a", "b"])
        #expect(pauses.until("b", at: back) == back.adding(seconds: 600))
        #expect(pauses.until("b", at: back.adding(seconds: 600)) == nil)
        // Nobody is left alone for longer than a week.
        remember(.init(until: later(4000 * Self.day), incidents: 1, since: now, coversHost: true), host: "c")
        #expect(pauses.until("c", at: now) == later(7 * Self.day))
    }

    @Test("A pause that cannot be does not make the next one as long")
    func nextPause() {
        let far = later(4000 * Self.day)
        let pause = PauseRules.pause(
            after: .init(until: far, incidents: 1, since: later(3000 * Self.day), coversHost: true), retryAfter: 60,
            coversHost: true, spread: 0, at: now)
        #expect(pause.until <= later(7 * Self.day))
    }

    private func reason(_ state: FeedState, at now: Timestamp, isClockDoubtful: Bool = false) throws -> String? {
        let configuration = try configuration()
        let health = HostHealth(configuration, at: now, isClockDoubtful: isClockDoubtful) { _ in (state.schedule, nil) }
        return SkipRules(
            selection: .due, health: health, schedule: configuration.schedule, now: now,
            isClockDoubtful: isClockDoubtful
        ).reasonToSkip(configuration.feeds[0], state, host: "a.example")
    }

    @Test(
        "A round passes over what is due outside of its hours, and takes what is named or asked for",
        arguments: [PollSelection.due, .all, .force])
    func hours(selection: PollSelection) throws {
        let configuration = try configuration("hours = \"20:00-20:01\"")
        let rules = SkipRules(
            selection: selection, health: HostHealth(configuration, at: now) { _ in nil },
            schedule: configuration.schedule, now: Timestamp(year: 2026, month: 11, day: 2, hour: 12),
            isClockDoubtful: false)
        let reason = rules.reasonToSkip(configuration.feeds[0], nil, host: "a.example")
        #expect((reason != nil) == (selection == .due))
        if let reason { #expect(reason.contains("outside of its hours (20:00-20:01 UTC)")) }
    }

    @Test(
        "A host's pause holds for feeds that were never polled, or have another URL now, unless it is forced",
        arguments: [PollSelection.due, .all, .force])
    func pausedHost(selection: PollSelection) throws {
        let configuration = try configuration()
        var paused = FeedState.Schedule()
        paused.pause = .init(until: later(3600), incidents: 1, since: now, coversHost: true)
        let health = HostHealth(configuration, at: now) { _ in (paused, nil) }
        let rules = SkipRules(
            selection: selection, health: health, schedule: configuration.schedule, now: now, isClockDoubtful: false)
        let feed = configuration.feeds[0]
        var moved = state(polled: later(-60))
        moved.url = "https://a.example/another"
        for state in [nil, moved] {
            let reason = rules.reasonToSkip(feed, state, host: "a.example")
            #expect((reason != nil) == (selection != .force))
            if let reason { #expect(reason.hasPrefix("paused: ")) }
        }
    }

    @Test("A plan that a clock in 2035 has made does not pass a feed over for more than its interval")
    func skipping() throws {
        let far = Timestamp(year: 2035, month: 1, day: 1)
        #expect(try reason(state(polled: later(-3700)), at: now) == nil)
        // Planned too far ahead by a clock that was right at the last poll.
        let planned = state(polled: later(-60)) { $0.nextPoll = far }
        #expect(try reason(planned, at: now) == "not due")
        #expect(try believed(planned).nextPoll == later(3600))
    }

    @Test("While the clock is in doubt, nothing from what it takes for the future keeps a round from polling a feed")
    func skippingInDoubt() throws {
        let known = state(polled: later(20 * Self.day)) { state in
            let then = later(20 * Self.day)
            state.schedule.pause = .init(
                until: then.adding(seconds: 3600), incidents: 1, since: then, coversHost: true)
        }
        #expect(try reason(known, at: now, isClockDoubtful: true) == nil)
        #expect(try reason(known, at: now) != nil)
    }

    @Test("A state that was put right is remembered, so that the next round finds the feed due")
    func setRight() async throws {
        let fixture = try PollerFixture()
        fixture.server.on("/feed", .init(body: Array(PollerFixture.rss().utf8)))
        fixture.pass(hours: 24 * 20)
        _ = try await fixture.poll()
        fixture.pass(hours: -24 * 20)
        #expect(try #require(fixture.state?.lastPoll) > fixture.now)
        try fixture.setRight()
        #expect(fixture.state?.lastPoll == fixture.now)
        #expect(try #require(fixture.state?.nextPoll) <= fixture.now.adding(seconds: 86_400))
        await fixture.close()
    }
}
