import FeedModel
import Testing

@testable import Scheduling

@Suite("PollPolicy heeds what feeds and servers ask for (polling.md §3, §4)")
struct HintTests {
    @Test("polling.md §3: freshness less age puts a poll off, never forward")
    func freshness() {
        let feed = PolicyFixture()
        feed.freshness = .init(lifetime: 7200, age: 200)
        let late = feed.begin(gaps: 3600)
        #expect(late.wait(from: feed.now) == 7000)
        #expect(late.terms.reason == .freshness)
        #expect(late.notBefore == feed.now.adding(seconds: 7000))
        feed.freshness = .init(lifetime: 60, age: 0)
        #expect(feed.poll(.unchanged).wait(from: feed.now) ?? 0 >= 600)
        feed.freshness = .init(lifetime: 100, age: 5000)
        #expect(feed.poll(.unchanged).terms.freshFor == 0)
    }

    @Test("polling.md §3: freshness is believed up to the cap, which is noted")
    func cap() {
        let feed = PolicyFixture()
        feed.freshness = .init(lifetime: 7 * 86_400, age: 0)
        let decision = feed.begin(gaps: 3600)
        #expect(decision.wait(from: feed.now) == 86_400)
        #expect(decision.terms.notes.contains(.overCap))
        feed.settings.maxAgeCap = 3600
        #expect(feed.poll(.unchanged).terms.freshFor == 3600)
    }

    @Test("polling.md §3: freshness of refusals counts too")
    func freshnessOfFailures() {
        let feed = PolicyFixture()
        feed.freshness = .init(lifetime: 50_000, age: 0)
        #expect(feed.poll(.failure(.soft)).wait(from: feed.now) == 50_000)
    }

    @Test(
        "polling.md §4: ttl and update period raise an adaptive interval, within 5 minutes and a day",
        arguments: [
            (7200, 0, 7200, PollTerms.Reason.ttl), (60, 0, 3600, .adaptive), (500_000, 0, 86_400, .ttl),
            (0, 10_800, 10_800, .updatePeriod), (0, 604_800, 86_400, .updatePeriod),
            (5000, 9000, 9000, .updatePeriod),
        ])
    func hints(ttl: Int, period: Int, expected: Int, reason: PollTerms.Reason) {
        let feed = PolicyFixture()
        feed.hints.ttlSeconds = ttl == 0 ? nil : ttl
        feed.hints.updatePeriodSeconds = period == 0 ? nil : period
        let decision = feed.begin(gaps: 10_000)
        #expect(abs(decision.terms.interval - expected) < 400)
        #expect(decision.terms.reason == reason)
    }

    @Test("polling.md §4: the hints of a feed hold where its document was not sent anew")
    func hintsHold() {
        let feed = PolicyFixture()
        feed.hints.ttlSeconds = 20_000
        feed.begin(gaps: 3600)
        #expect(feed.pollInTime(.unchanged).terms.interval == 20_000)
    }

    @Test("polling.md §4: an update period of an hour, which WordPress says of every feed, raises no interval")
    func boilerplate() {
        let feed = PolicyFixture { $0.initialInterval = 900 }
        feed.hints.updatePeriodSeconds = 3600
        #expect(feed.begin(gaps: 3600).terms.interval == 900)
    }

    @Test("polling.md §4: a fixed interval is not raised by hints, but put off by freshness")
    func fixed() {
        let feed = PolicyFixture { $0.interval = 1800 }
        feed.hints.ttlSeconds = 20_000
        feed.hasValidators = false
        let decision = feed.begin(gaps: 3600)
        #expect(decision.terms.interval == 1800)
        #expect(decision.terms.reason == .fixed)
        feed.freshness = .init(lifetime: 4000, age: 0)
        #expect(feed.poll(.unchanged).wait(from: feed.now) == 4000)
    }

    @Test("The minimum and maximum hold for a fixed interval as well")
    func bounds() {
        let feed = PolicyFixture { $0.interval = 60 }
        #expect(feed.begin(gaps: 3600).terms.interval == 600)
        #expect(feed.schedule.reason == .minimum)
        feed.settings.interval = 7 * 86_400
        #expect(feed.poll(.unchanged).terms.interval == 86_400)
        #expect(feed.schedule.reason == .maximum)
    }

    @Test(
        "polling.md §2.11: a feed without validators is asked once an hour at most; a local file is no feed of others")
    func withoutValidators() {
        let feed = PolicyFixture { $0.initialInterval = 900 }
        feed.hasValidators = false
        let decision = feed.begin(gaps: 600)
        #expect(decision.terms.interval == 3600)
        #expect(decision.terms.reason == .noValidators)
        feed.settings.isLocal = true
        #expect(feed.poll(.unchanged).terms.interval < 3600)
    }

    @Test("polling.md §4: skipHours move the poll to the first allowed minute, not all feeds to the same second")
    func skipHours() {
        var times = Set<Timestamp>()
        for id in 0..<20 {
            let feed = PolicyFixture { $0.initialInterval = 3600 }
            feed.feed = UInt64(id)
            // It is 12:00.
            feed.hints.skipHours = [13, 14, 24]
            let decision = feed.begin(gaps: 20_000)
            let next = decision.next ?? feed.now
            #expect(next >= Timestamp(year: 2026, month: 11, day: 2, hour: 15))
            #expect(next < Timestamp(year: 2026, month: 11, day: 2, hour: 15, minute: 30))
            #expect(decision.terms.reason == .skipHours)
            times.insert(next)
        }
        #expect(times.count > 15)
    }

    @Test("polling.md §4: skipDays are UTC days of the week")
    func skipDays() {
        // A Monday.
        let feed = PolicyFixture { $0.interval = 86_400 }
        feed.hints.skipDays = ["Tuesday", "wednesday", "Donnerstag"]
        let next = feed.begin(gaps: 3600).next ?? feed.now
        #expect(next >= Timestamp(year: 2026, month: 11, day: 5))
        #expect(next < Timestamp(year: 2026, month: 11, day: 5, hour: 1))
    }

    @Test("polling.md §4: skips that exclude everything are ignored, and said to be")
    func excludesAll() {
        let feed = PolicyFixture()
        feed.hints.skipHours = Array(0...23)
        let decision = feed.begin(gaps: 3600)
        #expect(decision.terms.notes.contains(.skipIgnored))
        #expect(decision.wait(from: feed.now) ?? 0 <= 3600)
    }

    @Test("polling.md §4: a feed that publishes in its skipped hours twice is not believed any more")
    func publishesAnyway() {
        let feed = PolicyFixture()
        feed.begin(gaps: 3600)
        feed.hints.skipHours = [12, 13, 14]
        feed.now = feed.now.adding(seconds: 1800)
        #expect(feed.poll(feed.document(1)).terms.reason == .skipHours)
        #expect(!feed.poll(feed.document(1)).terms.notes.isDisjoint(with: .skipIgnored))
        #expect(feed.due ?? feed.now < Timestamp(year: 2026, month: 11, day: 2, hour: 15))
    }

    @Test("polling.md §4: an expired feed is asked every 30 days")
    func expired() {
        let feed = PolicyFixture()
        var document = feed.first(gaps: 3600, count: 3)
        document.isExpired = true
        let decision = feed.poll(.document(document))
        #expect(decision.terms.interval == 30 * 86_400)
        #expect(decision.terms.reason == .expired)
        #expect(feed.pollInTime(.unchanged).terms.interval == 30 * 86_400)
    }
}
