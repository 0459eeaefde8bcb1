import FeedModel
import Testing

@testable import Scheduling

@Suite("Simulation shows what a schedule makes of feeds over days")
struct SimulationTests {
    private let allowance = HostAllowance(concurrency: 1, delay: 2000)
    private let start = Timestamp(year: 2026, month: 11, day: 2)

    private func result(_ rule: IntervalRule, feeds: Int, days: Int) -> SimulationResult {
        var simulation = Simulation(rule: rule, start: start, concurrency: 64)
        for number in 0..<feeds { simulation.add(.madeUp(number, allowance: allowance)) }
        return simulation.run(days: days)
    }

    @Test("A simulation of the same feeds gives the same result again")
    func deterministic() {
        let (one, other) = (result(.newswire, feeds: 50, days: 1), result(.newswire, feeds: 50, days: 1))
        #expect(one.requests == other.requests && one.items == other.items && one.bytes == other.bytes)
        #expect(one.delay.quantile(0.5) == other.delay.quantile(0.5))
    }

    @Test("A simulated fixed interval asks as often as it says, and is late by half of it on average")
    func fixed() {
        let result = result(.fixed(900), feeds: 100, days: 2)
        #expect(result.requestsPerFeedAndDay > 94 && result.requestsPerFeedAndDay < 97)
        let median = result.delay.quantile(0.5) ?? 0
        #expect(median > 350 && median < 550)
    }

    @Test("newswire's own rule asks a third as often as every 15 minutes, and is on time with hourly feeds")
    func newswire() {
        let own = result(.newswire, feeds: 300, days: 3)
        let every15 = result(.fixed(900), feeds: 300, days: 3)
        #expect(own.requests * 3 <= every15.requests)
        #expect(own.hourlyFeeds > 10)
        #expect(own.hourlyDelay.quantile(0.5) ?? .max <= 1200)
        #expect(own.missedOfTen == 0)
    }

    @Test("Simulated feeds of one host are asked no closer together than its delay")
    func hostDelay() {
        var simulation = Simulation(rule: .fixed(600), start: start, concurrency: 64)
        for number in 0..<50 {
            simulation.add(.madeUp(number, host: "one", allowance: HostAllowance(concurrency: 1, delay: 10_000)))
        }
        let result = simulation.run(days: 1)
        #expect(result.busiestSecond == 1)
        #expect(result.longestBurst.host == "one")
        #expect(result.requests <= 8641)
    }

    /// Feeds of one host that refuses what comes sooner than so many seconds after what it has served.
    private func limited(feeds: Int, limit: Int, days: Int) -> SimulationResult {
        var simulation = Simulation(rule: .newswire, start: start, concurrency: 64)
        for number in 0..<feeds {
            var model = SimulatedFeed(
                host: "one", allowance: allowance, publisher: .random(gap: 7200, byDay: false), seed: UInt64(number))
            model.hasValidators = false
            model.hostLimit = limit
            simulation.add(model)
        }
        return simulation.run(days: days)
    }

    @Test(
        "polling.md §8: a host that allows one request a minute, or in ten, answers each feed daily, with few refusals",
        arguments: [(40, 60), (5, 60), (2, 60), (2, 1800), (200, 60), (40, 600), (40, 5), (300, 60)])
    func hostLimit(feeds: Int, limit: Int) {
        let result = limited(feeds: feeds, limit: limit, days: 5)
        #expect(result.longestUnserved <= 86_400)
        #expect(result.refusedLater * 20 <= result.requests * 4 / 5, "\(result.refusedLater) of \(result.requests)")
    }

    @Test("A simulation goes on from the gaps of a known feed, and from where its schedule stands")
    func known() {
        var model = SimulatedFeed(host: "h", allowance: allowance, publisher: .known(gaps: [7200, 7300]), seed: 1)
        model.items = 10
        var schedule = FeedState.Schedule()
        schedule.rhythm = Rhythm(latest: start.adding(seconds: -1000), gaps: [7200, 7300, 7200])
        schedule.adaptive = 2400
        schedule.items = 10
        var simulation = Simulation(rule: .newswire, start: start, concurrency: 1)
        simulation.add(model, schedule: schedule, due: start.adding(seconds: 60))
        let result = simulation.run(days: 2)
        #expect((20...26).contains(result.items))
        #expect(result.missed == 0)
        #expect(result.delay.quantile(0.5) ?? .max <= 2400)
    }

    @Test("IntervalRule gives the intervals that other programs' rules give, step by step")
    func rules() {
        let storm = IntervalRule.stormCrawler
        #expect(storm.interval(after: 0, hasNews: true, weekly: 0, freshFor: 0) == 5400)
        #expect(storm.interval(after: 10_000, hasNews: false, weekly: 0, freshFor: 0) == 15_000)
        #expect(storm.interval(after: 10_000, hasNews: true, weekly: 0, freshFor: 0) == 9080)
        let flux = IntervalRule.entryFrequency
        #expect(flux.interval(after: 0, hasNews: true, weekly: 168, freshFor: 0) == 3600)
        #expect(flux.interval(after: 0, hasNews: true, weekly: 0, freshFor: 0) == 86_400)
        #expect(flux.interval(after: 0, hasNews: true, weekly: 100_000, freshFor: 900) == 900)
    }

    @Test("DelayHistogram gives the delay that a part of all delays does not exceed")
    func quantiles() {
        var histogram = DelayHistogram()
        #expect(histogram.quantile(0.5) == nil)
        for delay in 1...100 { histogram.add(delay * 60) }
        #expect(histogram.quantile(0.5) == 3000)
        #expect(histogram.quantile(0.95) == 5700)
        #expect(histogram.quantile(1) == 6000)
    }
}
