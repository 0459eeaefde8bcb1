import FeedModel
import Scheduling
import TestSupport
import Testing

@testable import Configuration
@testable import Ingestion

@Suite("contract.md §7: what of a feed is an event")
struct FeedEventsTests {
    private let since = PollRehearsal.now
    private let telling = FeedEvents(feed: PollRehearsal.feed(), settings: EventSettings())

    private func state(_ change: (inout FeedState) -> Void) -> FeedState { PollRehearsal.known(change) }

    private func failing(
        hours: Int, failures: Int = 9, _ kind: FailureKind = .timeout, _ change: (inout FeedState) -> Void = { _ in }
    ) -> FeedState {
        state { state in
            state.failure = .init(kind: kind, message: "it failed")
            state.failures = failures
            state.schedule.failingSince = since
            state.lastPoll = since.adding(seconds: hours * 3600)
            change(&state)
        }
    }

    @Test("A feed that has failed for a day, three times at least, gives one event, the same at every poll")
    func failing() {
        #expect(telling.failed(failing(hours: 23)).isEmpty)
        #expect(telling.failed(failing(hours: 48, failures: 2)).isEmpty)
        let events = telling.failed(failing(hours: 24, failures: 3))
        #expect(events.map(\.kind) == [.failing] && events.first?.since == since)
        #expect(events.first?.failures == 3 && events.first?.failure?.word == "timeout")
        #expect(telling.failed(failing(hours: 99)).map(\.uid.description) == events.map(\.uid.description))
        var settings = EventSettings()
        settings.failingAfter = .seconds(3600)
        #expect(FeedEvents(feed: PollRehearsal.feed(), settings: settings).failed(failing(hours: 1)).count == 1)
    }

    @Test("A feed that is gone for good gives that event alone")
    func gone() {
        let gone = failing(hours: 30, .gone) { state in
            state.schedule.isGoneForGood = true
            state.schedule.goneSince = since
        }
        #expect(telling.failed(gone).map(\.kind) == [.gone])
    }

    @Test("A recovery is an event only behind that of the same failure")
    func recovered() {
        let before = failing(hours: 30)
        let well = state { $0.lastSuccess = since.adding(seconds: 40 * 3600) }
        let events = telling.succeeded(well, after: before, hasGap: false, items: 1)
        #expect(events.map(\.kind) == [.recovered])
        #expect(
            events.first?.follows.map(\.description) == telling.failed(before).map(\.uid.description))
        #expect(telling.succeeded(well, after: well, hasGap: false, items: 1).isEmpty)
    }

    @Test("A feed that gets another id is told nothing twice, and of no failure without its end")
    func renamed() {
        let told = telling.failed(failing(hours: 30)).map(\.uid.description)
        let former = PollRehearsal.feed().id.text
        let later = FeedEvents(feed: PollRehearsal.feed(id: "another"), settings: EventSettings())
        let before = failing(hours: 40) { $0.formerly = [former] }
        #expect(later.failed(before).map(\.uid.description) == told)
        #expect(later.failed(before).map(\.feed.text) == ["another"])
        let well = state { state in
            state.formerly = [former]
            state.lastSuccess = since.adding(seconds: 50 * 3600)
        }
        let events = later.succeeded(well, after: before, hasGap: false, items: 1)
        #expect(events.first?.follows.map(\.description) == told)
    }

    @Test("A gap is an event once a day, and a move once for each URL")
    func gapAndMove() {
        func gap(_ hours: Int) -> String? {
            let polled = state { $0.lastPoll = since.adding(seconds: hours * 3600) }
            return telling.succeeded(polled, after: polled, hasGap: true, items: 5).first?.uid.description
        }
        #expect(gap(0) != nil && gap(0) == gap(1) && gap(0) != gap(24))
        let moved = state { $0.move.adopted = "https://b.example/feed" }
        let events = telling.succeeded(moved, after: state { _ in }, hasGap: false, items: 1)
        #expect(events.map(\.kind) == [.moved] && events.first?.movedTo == "https://b.example/feed")
        #expect(telling.succeeded(moved, after: moved, hasGap: false, items: 1).isEmpty)
    }

    @Test("A feed that falls silent is one event until something new comes, and one that fails is not silent")
    func silent() {
        let quiet = state { state in
            state.schedule.rhythm = Rhythm(latest: since, gaps: Array(repeating: 3600, count: 10))
            state.lastSuccess = since.adding(seconds: 3 * 86_400)
        }
        let events = telling.succeeded(quiet, after: quiet, hasGap: false, items: 1)
        #expect(events.map(\.kind) == [.silent] && events.first?.since == since)
        var failing = quiet
        failing.failure = .init(kind: .dns, message: "it failed")
        #expect(failing.silentSince(PollRehearsal.feed()) == nil)
        var ended = quiet
        ended.schedule.isExpired = true
        #expect(ended.silentSince(PollRehearsal.feed()) == nil)
    }

    @Test("A feed that never had an item is silent since its first good poll, where a person has set after how long")
    func neverAny() async throws {
        let fixture = try PollerFixture()
        let start = fixture.now
        fixture.server.on(
            "/feed", .init(body: "<rss version=\"2.0\"><channel><title>T</title></channel></rss>"))
        func silent(_ options: String) async throws -> Timestamp? {
            let report = try await fixture.poll(options: options)
            #expect(report.failure == nil)
            return fixture.state?.silentSince(try fixture.configuration("/feed", options: options).feeds[0])
        }
        #expect(try await silent("silent_after = \"2d\"") == nil)
        fixture.pass(hours: 47)
        #expect(try await silent("silent_after = \"2d\"") == nil)
        fixture.pass(hours: 1)
        #expect(try await silent("silent_after = \"2d\"") == start)
        fixture.pass(hours: 24)
        #expect(try await silent("silent_after = \"2d\"") == start)
        #expect(try await silent("") == nil)
        await fixture.close()
    }

    @Test("A failure is worth a word once it lasts, then once a day; what is a person's own to mend at once")
    func words() {
        func word(_ hours: Int, after before: Int, _ kind: FailureKind = .timeout) -> Bool {
            telling.isWorthAWord(failing(hours: hours, kind), after: failing(hours: before, kind))
        }
        #expect(!word(1, after: 0))
        #expect(word(24, after: 23) && !word(25, after: 24) && word(49, after: 47))
        let well = state { _ in }
        #expect(telling.isWorthAWord(failing(hours: 0, failures: 1, .localFile), after: well))
        #expect(!telling.isWorthAWord(failing(hours: 0, failures: 1, .notFound), after: well))
        #expect(!word(1, after: 0, .localFile) && word(25, after: 23, .localFile))
        #expect(!telling.isWorthAWord(well, after: well))
    }

    @Test("By a clock in doubt no poll gives an event")
    func doubt() {
        let remembered = failing(hours: 0) { state in
            state.schedule.failingSince = since.adding(seconds: -40 * 3600)
            state.lastPoll = since.adding(seconds: -3600)
        }
        for isDoubtful in [false, true] {
            let poll = PollRehearsal(remembered, isDoubtful: isDoubtful)
            poll.ends(.timeout)
            poll.concluded(isDoubtful: isDoubtful)
            #expect(poll.poll.events.isEmpty == isDoubtful)
        }
    }

    @Test(
        "Rules that block whatever a feed brings are an event, the same until something is let through (filters.md §4.1)"
    )
    func blocksAll() throws {
        func blocked(_ count: Int, passed: Int = 0) -> FeedState {
            state { state in
                state.recentBlocks = FeedState.RecentBlocks.counting(
                    nil, passed: passed, blocked: Array(repeating: "no-deals", count: count), at: since)
            }
        }
        #expect(telling.succeeded(blocked(19), after: blocked(0), hasGap: false, items: 1).isEmpty)
        #expect(telling.succeeded(blocked(40, passed: 1), after: blocked(0), hasGap: false, items: 1).isEmpty)
        let events = telling.succeeded(blocked(20), after: blocked(0), hasGap: false, items: 1)
        #expect(events.map(\.kind) == [.blocksAll] && events.first?.since == since)
        #expect(events.first?.text.contains("all 20 articles of this feed") ?? false)
        let later = telling.succeeded(blocked(30), after: blocked(20), hasGap: false, items: 1)
        #expect(later.map(\.uid.description) == events.map(\.uid.description))
    }
}
