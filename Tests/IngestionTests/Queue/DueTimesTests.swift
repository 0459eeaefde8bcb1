import FeedModel
import Scheduling
import Testing

@testable import Ingestion

@Suite("Feeds are not polled all at once (polling.md §6)")
struct DueTimesTests {
    private let now = Timestamp(seconds: 1_000_000)
    private let hour: Int64 = 3_600_000

    private func feed(
        _ number: Int, next: Timestamp? = nil, last: Timestamp? = nil, interval: Int64 = 3_600_000
    ) -> DueTimes.Feed {
        DueTimes.Feed(
            number: number, hash: Jitter.mix(UInt64(number), 1), next: next, last: last, interval: interval)
    }

    private func plan(_ feeds: [DueTimes.Feed]) -> [(number: Int, due: Timestamp)] {
        DueTimes(now: now, maxInterval: 24 * hour).plan(feeds)
    }

    private func busiestSecond(_ plan: [(number: Int, due: Timestamp)]) -> Int {
        Dictionary(grouping: plan) { $0.due.seconds }.values.map(\.count).max() ?? 0
    }

    @Test("A restart does not poll again what is not due")
    func planned() {
        let next = Timestamp(seconds: 1_000_777)
        #expect(plan((0..<1000).map { feed($0, next: next) }).allSatisfy { $0.due == next })
    }

    @Test("Nothing is due outside of a feed's hours: neither what is new, nor what is late, nor what was planned")
    func hours() throws {
        // It is 13:46:40 in UTC.
        let hours = try PollingHours("20:00-22:00") { _ in nil }
        let feeds = (0..<300).map { number in
            var feed = feed(
                number, next: number % 3 == 0 ? nil : now.adding(seconds: number % 3 == 1 ? -5000 : 3000), last: now)
            feed.hours = hours
            return feed
        }
        for isHurried in [true, false] {
            let plan = DueTimes(now: now, maxInterval: 24 * hour).plan(feeds, isHurried: isHurried)
            #expect(plan.count == 300)
            #expect(plan.allSatisfy { hours.contains($0.due) && $0.due >= now })
            #expect(Set(plan.map(\.due.seconds)).count > 100)
        }
        let due = DueTimes(now: now, maxInterval: 24 * hour).due(feeds[1], notBefore: now.adding(seconds: 1))
        #expect(hours.contains(due))
    }

    @Test("What a poll decided by a clock that has gone back since is as far from now as it was from then")
    func clockSetBack() {
        let times = DueTimes(now: now, maxInterval: 24 * hour)
        let then = now.adding(seconds: 10 * 365 * 86_400)
        let soonest = now.adding(seconds: 1)
        let polled = feed(1, next: then.adding(seconds: 1800), last: then)
        #expect(times.due(polled, notBefore: soonest) == now.adding(seconds: 1800))
        #expect(times.due(feed(1, next: then, last: then), notBefore: soonest) == soonest)
        #expect(times.due(feed(1), notBefore: soonest) == soonest)
        var held = feed(1, next: now.adding(seconds: 60), last: now)
        #expect(times.due(held, notBefore: soonest) == now.adding(seconds: 60))
        held.heldUntil = now.adding(seconds: 7200)
        #expect(times.due(held, notBefore: soonest) == now.adding(seconds: 7200))
    }

    @Test("polling.md §8: what failed to connect since an outage began is as due as if its failure were not counted")
    func afterOutage() {
        let onset = now.adding(seconds: -36_000)
        func outlook(_ kind: FailureKind?, since: Timestamp) -> FeedOutlook {
            var state = FeedState(feed: FeedIdentifier("feed"), url: "")
            state.lastPoll = now.adding(seconds: -7200)
            state.nextPoll = now.adding(seconds: 86_400)
            state.failure = kind.map { .init(kind: $0, message: "") }
            state.schedule.failingSince = kind == nil ? nil : since
            return FeedOutlook(state, at: "")
        }
        let due = now.adding(seconds: -7200)
        for kind in [FailureKind.connect, .dns, .timeout, .proxy] {
            #expect(outlook(kind, since: onset).afterOutage(since: onset).nextPoll == due)
        }
        let planned = now.adding(seconds: 86_400)
        #expect(outlook(.connect, since: onset.adding(seconds: -1)).afterOutage(since: onset).nextPoll == planned)
        #expect(outlook(.rateLimited, since: now).afterOutage(since: onset).nextPoll == planned)
        #expect(outlook(nil, since: now).afterOutage(since: onset).nextPoll == planned)
        #expect(outlook(.connect, since: now).afterOutage(since: nil).nextPoll == planned)
    }

    @Test("A single new feed is polled at once, a few within seconds")
    func few() {
        #expect(plan([feed(1)]).first?.due == now)
        for entry in plan((0..<20).map { feed($0) }) { #expect(entry.due.milliseconds - now.milliseconds < 2000) }
    }

    @Test("The first polls of many feeds are spread over 15 minutes, none of them over its interval")
    func first() {
        let dues = plan((0..<100_000).map { feed($0) })
        #expect(dues.allSatisfy { $0.due >= now && $0.due.milliseconds - now.milliseconds < 900_000 })
        #expect(busiestSecond(dues) < 1000)
        for entry in plan((0..<1000).map { feed($0, interval: 5000) }) {
            #expect(entry.due.milliseconds - now.milliseconds < 5000)
        }
    }

    @Test("100 000 feeds that became due while nothing ran are polled over 10 minutes, at most 1 % in any second")
    func overdue() {
        let feeds = (0..<100_000).map { feed($0, next: Timestamp(seconds: 990_000 + Int64($0 % 9000))) }
        let dues = plan(feeds)
        #expect(dues.count == feeds.count)
        #expect(dues.allSatisfy { $0.due >= now && $0.due.milliseconds - now.milliseconds < 600_000 })
        #expect(busiestSecond(dues) < 1000)
        #expect(dues.map(\.due) == plan(feeds).map(\.due))
    }

    @Test("Feeds that became late while a running service could not poll come no faster than at other times")
    func interrupted() {
        let feeds = (0..<60).map { feed($0, next: Timestamp(seconds: 999_990), interval: 60_000) }
        let dues = DueTimes(now: now, maxInterval: 24 * hour).plan(feeds, isHurried: false)
        #expect(busiestSecond(dues) <= 3)
        #expect(dues.allSatisfy { $0.due >= now && $0.due.milliseconds - now.milliseconds < 60_000 })
        let slow = DueTimes(now: now, maxInterval: 24 * hour)
            .plan((0..<60).map { feed($0, next: Timestamp(seconds: 999_990)) }, isHurried: false)
        #expect(slow.contains { $0.due.milliseconds - now.milliseconds > 540_000 })
        #expect(slow.allSatisfy { $0.due.milliseconds - now.milliseconds < 600_000 })
    }

    @Test("Late feeds that have missed most polls come first")
    func ordered() {
        let feeds = [
            feed(1, next: Timestamp(seconds: 999_000), interval: 24 * hour),
            feed(2, next: Timestamp(seconds: 999_500), interval: 600_000),
            feed(3, next: Timestamp(seconds: 900_000), interval: 24 * hour),
        ]
        #expect(plan(feeds).sorted { $0.due < $1.due }.map(\.number) == [3, 2, 1])
    }

    @Test("A plan that was made when the clock was wrong is brought back")
    func clockWasWrong() {
        let future = Timestamp(seconds: 50_000_000)
        // Polled in the future, planned for an hour later: an hour from here.
        let last = plan([feed(1, next: future.adding(seconds: 3600), last: future)])
        #expect(last.first?.due == now.adding(seconds: 3600))
        // Nothing but the interval can have put it that far.
        #expect(plan([feed(1, next: future, last: now)]).first?.due == now.adding(seconds: 3600))
        // But a server's wish can.
        var asked = feed(1, next: now.adding(seconds: 7 * 86_400), last: now)
        asked.isPutOff = true
        #expect(plan([asked]).first?.due == now.adding(seconds: 7 * 86_400))
    }
}
