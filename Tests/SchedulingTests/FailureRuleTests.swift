import FeedModel
import Testing

@testable import Scheduling

@Suite("Failures put polls off (polling.md §8)")
struct FailureRuleTests {
    private let start = PolicyFixture.start

    // MARK: Pauses

    private func pause(
        after previous: FeedState.Pause? = nil, retryAfter: Int? = nil, at now: Timestamp = PolicyFixture.start
    ) -> FeedState.Pause {
        PauseRules.pause(after: previous, retryAfter: retryAfter, coversHost: false, spread: 0, at: now)
    }

    @Test(
        "polling.md §8: Retry-After is honoured as it is, up to 7 days",
        arguments: [(1, 1), (5, 5), (100_000, 100_000), (7 * 86_400, 7 * 86_400), (.max, 7 * 86_400)])
    func retryAfter(asked: Int, expected: Int) {
        #expect(pause(retryAfter: asked).until == start.adding(seconds: expected))
    }

    @Test(
        "polling.md §8: without Retry-After a pause is 10 minutes", arguments: [nil, 0, -5])
    func withoutRetryAfter(asked: Int?) {
        #expect(pause(retryAfter: asked).until == start.adding(seconds: 600))
    }

    @Test("polling.md §8: a pause doubles with each incident, up to a day, and is forgiven after 24 quiet hours")
    func doubles() {
        var last = pause()
        var waits: [Int] = []
        for _ in 0..<10 {
            let now = last.until.adding(seconds: 60)
            last = pause(after: last, at: now)
            waits.append(Int(last.until.seconds - now.seconds))
        }
        #expect(waits == [1200, 2400, 4800, 9600, 19_200, 38_400, 76_800, 86_400, 86_400, 86_400])
        let later = pause(after: last, at: last.until.adding(seconds: 86_400))
        #expect(later.incidents == 1)
        let sooner = pause(after: last, at: last.until.adding(seconds: 86_399))
        #expect(sooner.incidents == last.incidents + 1)
    }

    @Test("polling.md §8: a server that refuses again after its own Retry-After is left alone for longer than it says")
    func retryAfterTooShort() {
        var last = pause(retryAfter: 60)
        var waits: [Int] = []
        for _ in 0..<3 {
            let now = last.until.adding(seconds: 1)
            last = pause(after: last, retryAfter: 60, at: now)
            waits.append(Int(last.until.seconds - now.seconds))
        }
        #expect(waits == [600, 1200, 2400])
        let measured = pause(after: last, retryAfter: 100_000, at: last.until.adding(seconds: 1))
        #expect(measured.until == last.until.adding(seconds: 100_001))
    }

    @Test("polling.md §8: up to a tenth is added to a pause that the server has not measured out")
    func spread() {
        let longest = PauseRules.pause(after: nil, retryAfter: nil, coversHost: true, spread: 1, at: start)
        #expect(longest.until == start.adding(seconds: 660))
        let measured = PauseRules.pause(after: nil, retryAfter: 100, coversHost: true, spread: 1, at: start)
        #expect(measured.until == start.adding(seconds: 100))
    }

    @Test("Requests that were under way when a pause began are no further incidents, and do not shorten it")
    func underWay() {
        let first = pause(retryAfter: 3600)
        let second = pause(after: first, at: start.adding(seconds: 1))
        #expect(second.incidents == 1)
        #expect(second.until == first.until)
    }

    @Test("polling.md §8: the next poll is after Retry-After, freshness, and backoff, whichever is last")
    func latest() {
        let feed = PolicyFixture()
        feed.retryAfter = 5000
        #expect(feed.poll(.failure(.busy)).wait(from: start) == 5000)
        #expect(feed.schedule.reason == .retryAfter)
        feed.freshness = .init(lifetime: 9000, age: 0)
        #expect(feed.poll(.failure(.busy)).wait(from: start) == 9000)
        #expect(feed.schedule.reason == .freshness)
        feed.retryAfter = 20
        feed.freshness = nil
        feed.schedule.pause = nil
        feed.schedule.failureQuarters = 16
        #expect(feed.poll(.failure(.busy)).terms.reason == .backoff)
    }

    @Test("polling.md §8: a feed that was told to wait is held back, and its host with it")
    func heldBack() {
        let feed = PolicyFixture()
        feed.retryAfter = 5000
        let verdict = HostVerdict(pause: pause(retryAfter: 5000), pace: .init(seconds: 64, since: start))
        let decision = feed.poll(.failure(.busy), host: verdict)
        #expect(decision.notBefore == start.adding(seconds: 5000))
        #expect(decision.schedule.pause == verdict.pause && decision.schedule.hostPace == verdict.pace)
        #expect(decision.terms.notes.contains(.hostPause))
    }

    @Test("polling.md §8: an answer ends what refusals of the feed have added up to, and leaves its host's pace")
    func answered() {
        let feed = PolicyFixture()
        feed.poll(.failure(.busy), host: HostVerdict(pace: .init(seconds: 64, since: start)))
        feed.pollInTime(.failure(.busy))
        #expect(feed.schedule.pause?.incidents == 2)
        feed.pollInTime(.unchanged)
        #expect(feed.schedule.pause == nil && feed.schedule.hostPace?.seconds == 64)
        feed.pollInTime(.failure(.busy))
        #expect(feed.schedule.pause?.incidents == 1)
        feed.now = start.adding(seconds: 70 * 86_400)
        feed.poll(.unchanged)
        #expect(feed.schedule.hostPace == nil)
    }

    @Test("polling.md §8: a redirect or another refusal with Retry-After is waited for too")
    func retryAfterElsewhere() {
        let feed = PolicyFixture()
        feed.retryAfter = 40_000
        #expect(feed.poll(.failure(.soft)).wait(from: start) == 40_000)
        #expect(feed.poll(.unchanged).wait(from: start) == 40_000)
    }

    // MARK: Backoff

    @Test(
        "polling.md §8: backoff doubles by the weight of failures: hard 1, soft a half, a name server's a quarter",
        arguments: [
            (PollEvent.Failure.hard, [7200, 14_400, 28_800, 57_600, 86_400]),
            (.soft, [3600, 7200, 7200, 14_400, 14_400]),
            (.temporary, [3600, 3600, 3600, 7200, 7200]),
        ])
    func backoff(failure: PollEvent.Failure, waits: [Int]) {
        let feed = PolicyFixture()
        for wait in waits { #expect(feed.poll(.failure(failure)).wait(from: start) == wait) }
    }

    @Test("polling.md §8: the cap is a day in the first week of failing, a week afterwards; it never gives up")
    func backoffCap() {
        let feed = PolicyFixture()
        for _ in 0..<100 { feed.poll(.failure(.hard)) }
        #expect(feed.poll(.failure(.hard)).wait(from: start) == 86_400)
        feed.now = start.adding(seconds: 7 * 86_400)
        #expect(feed.poll(.failure(.hard)).wait(from: feed.now) == 7 * 86_400)
        for _ in 0..<100_000 { feed.poll(.failure(.hard)) }
        #expect(feed.poll(.failure(.hard)).wait(from: feed.now) == 7 * 86_400)
    }

    @Test("polling.md §8.6: a document that was cut short is looked at soon, never below min_interval, without backoff")
    func cutShort() {
        let feed = PolicyFixture()
        feed.poll(.failure(.cutShort))
        #expect(feed.poll(.failure(.cutShort)).wait(from: start) == 600)
        #expect(feed.schedule.reason == .cutShort && feed.schedule.failureQuarters == 0)
        for _ in 0..<9 { #expect(feed.poll(.failure(.cutShortAgain)).wait(from: start) == 3600) }
        feed.freshness = .init(lifetime: 9000, age: 0)
        #expect(feed.poll(.failure(.cutShort)).wait(from: start) == 9000)
        feed.freshness = nil
        feed.settings.minInterval = 1800
        #expect(feed.poll(.failure(.cutShort)).wait(from: start) == 1800)
    }

    @Test(
        "polling.md §8.6: polls by hand of a feed that fails put its next poll no further off, whatever they meet",
        arguments: [PollEvent.Failure.hard, .soft, .refused, .credentials])
    func byHand(failure: PollEvent.Failure) {
        let feed = PolicyFixture()
        feed.begin(gaps: 3600)
        feed.pollInTime(.failure(failure))
        let (planned, counted) = (feed.due, feed.schedule)
        for _ in 0..<7 {
            feed.now = feed.now.adding(seconds: 60)
            feed.poll(.failure(failure), byHand: true)
        }
        #expect(feed.due == planned)
        #expect(feed.schedule.failureQuarters == counted.failureQuarters && feed.schedule.refusals == counted.refusals)
        // What the server asks for counts, whoever has asked.
        feed.retryAfter = 5 * 86_400
        #expect(feed.poll(.failure(failure), byHand: true).next ?? feed.now >= feed.now.adding(seconds: 5 * 86_400))
    }

    @Test("polling.md §8.6: the first failure counts, whoever has found it, and a success by hand ends the backoff")
    func firstByHand() {
        let feed = PolicyFixture()
        feed.begin(gaps: 3600)
        feed.poll(.failure(.hard), byHand: true)
        #expect(feed.schedule.failureQuarters == 4)
        feed.poll(.unchanged, byHand: true)
        #expect(feed.schedule.failureQuarters == 0)
    }

    @Test("polling.md §8: one success resets the backoff")
    func reset() {
        let feed = PolicyFixture()
        for _ in 0..<9 { feed.poll(.failure(.hard)) }
        let decision = feed.poll(.unchanged)
        #expect(decision.schedule.failureQuarters == 0)
        #expect(decision.schedule.failingSince == nil)
        #expect(decision.wait(from: start) == 3600)
    }

    @Test("polling.md §8: a longer interval than the cap is not shortened by failing")
    func longInterval() {
        let feed = PolicyFixture {
            $0.interval = 7 * 86_400
            $0.maxInterval = 7 * 86_400
        }
        for _ in 0..<5 { #expect(feed.poll(.failure(.hard)).wait(from: start) ?? 0 >= 7 * 86_400) }
    }

    @Test("polling.md §8: a 403 pauses the feed for 4 hours, doubling, a day at most in the first week")
    func refused() {
        let feed = PolicyFixture()
        let waits = (0..<4).map { _ in feed.poll(.failure(.refused)).wait(from: start) }
        #expect(waits == [14_400, 28_800, 57_600, 86_400])
        #expect(feed.schedule.reason == .refused)
        feed.poll(.unchanged)
        #expect(feed.poll(.failure(.refused)).wait(from: start) == 14_400)
    }

    @Test("polling.md §8: a 401 is asked again in a day")
    func credentials() {
        let feed = PolicyFixture()
        for _ in 0..<20 { #expect(feed.poll(.failure(.credentials)).wait(from: start) == 86_400) }
        #expect(feed.schedule.reason == .credentials)
    }

    @Test("polling.md §8: a 410 is confirmed once after 24 hours, then the feed is never asked again")
    func gone() {
        let feed = PolicyFixture()
        #expect(feed.poll(.failure(.gone)).wait(from: start) == 86_400)
        #expect(feed.schedule.reason == .gone)
        let last = feed.pollInTime(.failure(.gone))
        #expect(last.next == nil)
        #expect(last.schedule.isGoneForGood)
        #expect(last.terms.reason == .goneForGood)
    }

    @Test("polling.md §8: a 410 that is asked again by hand before its time is not confirmed by that")
    func goneByHand() {
        let feed = PolicyFixture()
        feed.poll(.failure(.gone))
        feed.now = start.adding(seconds: 3600)
        #expect(feed.poll(.failure(.gone)).wait(from: feed.now) == 82_800)
        feed.now = start.adding(seconds: 86_400)
        #expect(feed.poll(.failure(.gone)).next == nil)
        #expect(feed.poll(.unchanged).next != nil)
        #expect(!feed.schedule.isGoneForGood)
    }
}
