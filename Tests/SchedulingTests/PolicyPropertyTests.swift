import FeedModel
import Testing

@testable import Scheduling

@Suite("PollPolicy keeps its promises whatever the history of a feed")
struct PolicyPropertyTests {
    /// What may happen at a poll, made up from a number.
    private struct History {
        var seed: UInt64
        var count: UInt64 = 0

        mutating func number(_ bound: Int) -> Int {
            count += 1
            return Int(Jitter.mix(seed, count) % UInt64(bound))
        }

        mutating func event(at now: Timestamp, due: Timestamp?, interval: Int?) -> PollEvent {
            var result = PollEvent.Result.unchanged
            switch number(4) {
            case 0: result = .failure(PollEvent.Failure.allCases[number(PollEvent.Failure.allCases.count)])
            case 1, 2:
                let items = number(30)
                var document = PollEvent.Document(items: items, newItems: items == 0 ? 0 : number(items + 1))
                document.isFirst = number(20) == 0
                document.dates = (0..<items).map { _ in now.adding(seconds: 100_000 - number(1_000_000)) }
                result = .document(document)
            default: break
            }
            var event = PollEvent(startedAt: now, endedAt: now.adding(seconds: number(30)), result: result)
            event.due = due
            event.interval = interval
            event.hasValidators = number(3) > 0
            if number(3) == 0 { event.freshness = .init(lifetime: number(1_000_000), age: number(1000)) }
            if number(5) == 0 { event.retryAfter = number(1_000_000) }
            if number(3) == 0 { event.hints.ttlSeconds = number(1_000_000) }
            if number(6) == 0 { event.hints.skipHours = (0..<number(24)).map { _ in number(25) } }
            return event
        }
    }

    private func settings(_ history: inout History) -> PollSettings {
        var settings = PollSettings()
        settings.minInterval = 1 + history.number(3000)
        settings.maxInterval = settings.minInterval + history.number(100_000)
        settings.initialInterval =
            settings.minInterval + history.number(settings.maxInterval - settings.minInterval + 1)
        if history.number(4) == 0 { settings.interval = 1 + history.number(200_000) }
        return settings
    }

    @Test("No poll comes before its floor, none later than asked for, and the same history decides the same")
    func properties() {
        for seed in 0..<300 {
            var history = History(seed: UInt64(seed))
            let settings = settings(&history)
            let policy = PollPolicy(settings, feed: UInt64(seed))
            var schedule = FeedState.Schedule()
            var now = PolicyFixture.start
            var due: Timestamp?
            var interval: Int?
            for _ in 0..<60 {
                let event = history.event(at: now, due: due, interval: interval)
                let decision = policy.decide(schedule, after: event)
                #expect(decision == policy.decide(schedule, after: event))
                check(decision, event, settings)
                schedule = decision.schedule
                interval = decision.terms.interval
                due = decision.next
                now = max(due ?? now, now).adding(seconds: history.number(2000))
            }
        }
    }

    private func check(_ decision: PollDecision, _ event: PollEvent, _ settings: PollSettings) {
        let terms = decision.terms
        #expect(terms.interval >= settings.minInterval)
        if !decision.schedule.isExpired { #expect(terms.interval <= settings.maxInterval) }
        guard let next = decision.next else {
            #expect(decision.schedule.isGoneForGood)
            return
        }
        let wait = Int((next.milliseconds - event.endedAt.milliseconds) / 1000)
        let asked = max(terms.freshFor, terms.retryAfter, terms.pause)
        #expect(wait >= asked)
        switch event.result {
        case .failure(.gone): break
        case .failure(.cutShort): #expect(wait >= min(terms.interval, max(600, settings.minInterval)))
        default: #expect(wait >= min(terms.interval, 86_400))
        }
        let latest = max(terms.interval, asked, terms.backoff, 86_400 * (event.result.isGone ? 1 : 0))
        #expect(wait <= latest + min(terms.interval / 10, 1800) + 31 + terms.skipped)
        #expect(terms.skipped <= 8 * 86_400)
    }

    @Test("Feeds with the same interval do not come together, and never on the quarter of an hour")
    func spread() {
        var seconds: [Int64: Int] = [:]
        for feed in 0..<10_000 {
            let fixture = PolicyFixture()
            fixture.feed = Jitter.mix(UInt64(feed), 0)
            let next = fixture.begin(gaps: 100_000).next ?? fixture.now
            seconds[next.seconds, default: 0] += 1
            #expect(next.seconds % 900 != 0)
        }
        #expect(seconds.values.max() ?? 0 < 100)
    }

    @Test("polling.md §6: jitter is at most a tenth of the interval and half an hour, and only makes later")
    func jitter() {
        for id in 0..<1000 {
            for (interval, longest) in [(10, 1000), (600, 60_000 + 30_000), (3600, 390_000), (86_400, 1_830_000)] {
                let due = PolicyFixture.start.adding(seconds: id * 17)
                let jitter = Jitter.milliseconds(feed: UInt64(id), due: due, interval: interval)
                #expect(jitter >= 0 && jitter <= longest)
                #expect(jitter == Jitter.milliseconds(feed: UInt64(id), due: due, interval: interval))
            }
        }
    }
}

extension PollEvent.Result {
    fileprivate var isGone: Bool {
        if case .failure(.gone) = self { true } else { false }
    }
}
