import FeedModel
import Testing

@testable import Scheduling

@Suite("polling.md §5: when a feed is silent")
struct FeedSilenceTests {
    private let latest = Timestamp(seconds: 1_700_000_000)
    private let day = 86_400

    private func rhythm(_ gaps: [Int]) -> Rhythm { Rhythm(latest: latest, gaps: gaps) }

    private func since(_ gaps: [Int], after limit: Int? = nil, days: Int) -> Timestamp? {
        FeedSilence.since(rhythm(gaps), after: limit, at: latest.adding(seconds: days * day + 1))
    }

    @Test("A feed is silent once nothing has come for three times its longest gap, and never within two days")
    func learnt() {
        let daily = Array(repeating: day, count: 7) + [3 * day]
        #expect(since(daily, days: 8) == nil)
        #expect(since(daily, days: 10) == latest)
        let hourly = Array(repeating: 3600, count: 20)
        #expect(since(hourly, days: 1) == nil)
        #expect(since(hourly, days: 2) == latest)
    }

    @Test(
        "Of a feed of which too little is known, or whose gaps were too long to be kept, nobody says that it is silent")
    func unknown() {
        #expect(since([day, day, day, day], days: 1000) == nil)
        #expect(since([], days: 1000) == nil)
        #expect(since(Array(repeating: day, count: 5) + [40 * day], days: 1000) == nil)
        #expect(FeedSilence.since(Rhythm(), after: 1, at: latest) == nil)
    }

    @Test("What a person has set counts before what is learnt, also where nothing is known")
    func set() {
        #expect(since([], after: 3 * day, days: 2) == nil)
        #expect(since([], after: 3 * day, days: 3) == latest)
        #expect(since(Array(repeating: 3600, count: 20), after: 30 * day, days: 29) == nil)
    }
}
