import FeedModel
import Testing

@testable import Scheduling

@Suite("Wishes of feeds and servers do not beat the proof that they lose articles (polling.md §4)")
struct BelievedWishesTests {
    /// A way to ask for more time than a document of ten hourly items lasts.
    enum Wish: CaseIterable {
        case ttl, updatePeriod, maxAge, skipHours, skipDays

        func make(of feed: PolicyFixture) {
            switch self {
            case .ttl: feed.hints.ttlSeconds = 216_000
            case .updatePeriod: feed.hints.updatePeriodSeconds = 604_800
            case .maxAge: feed.freshness = .init(lifetime: 200_000, age: 0)
            // All but one hour, and all but one day.
            case .skipHours: feed.hints.skipHours = Array(0...22)
            case .skipDays: feed.hints.skipDays = ["Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            }
        }
    }

    /// Lets the feed publish an item an hour and be polled when it is due.
    ///
    /// - Returns: how many items were lost, and how many polls there were, from the first on.
    private func live(_ feed: PolicyFixture, days: Int) -> (lost: [Int], polls: Int) {
        feed.begin(gaps: 3600)
        let end = feed.now.adding(seconds: days * 86_400)
        var lost: [Int] = []
        var polls = 0
        var last = feed.now.seconds / 3600
        while let due = feed.due, due < end {
            feed.now = due
            let hour = due.seconds / 3600
            let published = Int(hour - last)
            last = hour
            let new = min(published, 10)
            let ago = (0..<new).map { Int(due.seconds % 3600) + $0 * 3600 }
            lost.append(published - new)
            feed.poll(new > 0 ? feed.document(new, ago: ago) : .unchanged)
            polls += 1
        }
        return (lost, polls)
    }

    @Test("Behind the first gap no item is lost to a wish again", arguments: Wish.allCases)
    func firstGapIsTheLast(wish: Wish) {
        let feed = PolicyFixture()
        wish.make(of: feed)
        let (lost, polls) = live(feed, days: 10)
        let gap = lost.firstIndex { $0 > 0 }
        #expect(gap != nil)
        #expect(lost.dropFirst((gap ?? 0) + 1).allSatisfy { $0 == 0 })
        // Half of what the document holds; gaps are remembered to 3 %.
        #expect((1...18_540).contains(Int(feed.schedule.wishLimit)))
        // The wish still counts up to that. Hours in which the feed is seen to publish do not.
        if wish != .skipHours, wish != .skipDays { #expect(polls <= 10 * 24 / 4 + 5) }
    }

    @Test("Who asks for more than a week has made a mistake, which does not count and is noted")
    func mistakes() {
        for ask in [
            { (feed: PolicyFixture) in feed.hints.ttlSeconds = 604_801 },
            { feed in feed.hints.updatePeriodSeconds = 30 * 86_400 },
            { feed in feed.freshness = .init(lifetime: 315_360_000, age: 0) },
        ] {
            let feed = PolicyFixture()
            ask(feed)
            let decision = feed.begin(gaps: 3600)
            #expect(decision.terms.notes.contains(.wishMistaken))
            #expect(decision.wait(from: feed.now) == decision.terms.interval)
            #expect(decision.terms.interval <= 3600)
            #expect(decision.notBefore == nil)
        }
    }

    @Test("A person who sets max_age_cap to more than a week is taken at the word")
    func ownCap() {
        let feed = PolicyFixture { $0.maxAgeCap = 20 * 86_400 }
        feed.freshness = .init(lifetime: 15 * 86_400, age: 0)
        #expect(feed.begin(gaps: 3600).terms.freshFor == 15 * 86_400)
    }

    @Test("Nobody is asked more often than at the interval, whatever is lost to wishes")
    func interval() {
        let feed = PolicyFixture { $0.minInterval = 1800 }
        feed.freshness = .init(lifetime: 86_400, age: 0)
        feed.begin(gaps: 600)
        for _ in 0..<10 {
            let decision = feed.pollInTime(feed.document(10))
            #expect((decision.wait(from: feed.now) ?? 0) >= 1800)
        }
    }

    @Test("A wish that has been doubted is believed again, slowly, up to half of the document's window")
    func recovery() {
        let feed = PolicyFixture()
        feed.hints.ttlSeconds = 86_400
        feed.begin(gaps: 3600)
        feed.pollInTime(feed.document(10, ago: [3600]))
        feed.schedule.wishLimit = 4000
        var limits: [Int32] = []
        for _ in 0..<20 {
            feed.pollInTime(.unchanged)
            limits.append(feed.schedule.wishLimit)
        }
        #expect(limits == limits.sorted())
        #expect(limits[0] <= 5001 && limits[0] > 4000)
        #expect((17_460...18_540).contains(limits.last ?? 0))
    }

    @Test("What a server says when it refuses is no wish that can be doubted")
    func refusals() {
        let feed = PolicyFixture()
        feed.begin(gaps: 3600)
        feed.retryAfter = 86_400
        feed.poll(.failure(.busy))
        feed.retryAfter = nil
        let decision = feed.pollInTime(feed.document(10))
        #expect(decision.terms.notes.contains(.possibleGap))
        #expect(feed.schedule.wishLimit == 0)
        feed.retryAfter = 86_400
        #expect(feed.pollInTime(.failure(.busy)).wait(from: feed.now) ?? 0 >= 86_400)
    }
}
