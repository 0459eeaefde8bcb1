import FeedModel
import Testing

@testable import Scheduling

@Suite("When a feed is polled again")
struct PollPlanTests {
    private let now = Timestamp(seconds: 1_000_000)

    private func plan(
        interval: Int? = nil, failures: Int = 0, freshFor: Int? = nil, retryAfter: Int? = nil
    ) -> PollPlan {
        var settings = IntervalSettings()
        settings.interval = interval
        return PollPlan.after(
            PollEnd(
                time: now, failed: failures > 0, failures: failures, freshFor: freshFor, retryAfter: retryAfter),
            settings: settings)
    }

    @Test("A feed is polled at its interval, else at the initial one")
    func interval() {
        #expect(plan().next == now.adding(seconds: 3600))
        #expect(plan(interval: 1800).next == now.adding(seconds: 1800))
        #expect(plan(interval: 1800).notBefore == nil)
    }

    @Test("polling.md §3: freshness puts a poll off, never forward, and at most by a day")
    func freshness() {
        #expect(plan(interval: 600, freshFor: 7200).next == now.adding(seconds: 7200))
        #expect(plan(interval: 600, freshFor: 7200).notBefore == now.adding(seconds: 7200))
        #expect(plan(interval: 600, freshFor: 60).next == now.adding(seconds: 600))
        #expect(plan(interval: 600, freshFor: .max).next == now.adding(seconds: 86_400))
        #expect(plan(interval: 600, freshFor: -1).next == now.adding(seconds: 600))
    }

    @Test("polling.md §8: Retry-After is honoured up to seven days")
    func retryAfter() {
        #expect(plan(failures: 1, retryAfter: 100_000).next == now.adding(seconds: 100_000))
        #expect(plan(failures: 1, retryAfter: .max).next == now.adding(seconds: 7 * 86_400))
    }

    @Test("polling.md §8: failures double the interval up to a day, and one success resets it")
    func backoff() {
        #expect(plan(failures: 1).next == now.adding(seconds: 7200))
        #expect(plan(failures: 3).next == now.adding(seconds: 28_800))
        #expect(plan(failures: 1000).next == now.adding(seconds: 86_400))
        #expect(plan(interval: 604_800, failures: 4).next == now.adding(seconds: 604_800))
        #expect(plan(failures: 0).next == now.adding(seconds: 3600))
    }
}
