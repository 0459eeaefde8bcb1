import FeedModel
import Testing

@Suite("What rules have blocked of a feed of late is counted by the hour and the day (filters.md §3.6, §4.1)")
struct RecentBlocksTests {
    private let start = Timestamp(year: 2026, month: 11, day: 2, hour: 12)

    private func count(
        _ known: FeedState.RecentBlocks?, passed: Int = 0, blocked: Int, hours: Int = 0
    ) -> FeedState.RecentBlocks? {
        FeedState.RecentBlocks.counting(
            known, passed: passed, blocked: Array(repeating: "r", count: blocked),
            at: start.adding(seconds: hours * 3600))
    }

    @Test(
        "A feed of which nothing was blocked has none, and has none again a week after the last, and all that was let through"
    )
    func none() throws {
        #expect(count(nil, passed: 5, blocked: 0) == nil)
        let some = try #require(count(nil, blocked: 1))
        #expect(count(some, passed: 1, blocked: 0, hours: 24 * 6) != nil)
        #expect(count(some, passed: 1, blocked: 0, hours: 24 * 7) == nil)
    }

    @Test("A day is this hour and the 23 before it, a week this day and the six before it, by UTC")
    func spans() throws {
        var recent = try #require(count(nil, blocked: 3))
        recent = try #require(count(recent, blocked: 2, hours: 5))
        func day(_ hours: Int) -> UInt64 { recent.lastDay(at: start.adding(seconds: hours * 3600)) }
        func week(_ hours: Int) -> UInt64 { recent.lastWeek(at: start.adding(seconds: hours * 3600)) }
        #expect(day(5) == 5 && day(23) == 5 && day(24) == 2 && day(28) == 2 && day(29) == 0)
        #expect(week(5) == 5 && week(24 * 6) == 5 && week(24 * 7) == 0)
    }

    @Test("Twenty in a row are a run that people are told of; one that is let through ends it")
    func runs() throws {
        var recent = try #require(count(nil, blocked: 19))
        #expect(!recent.blocksAll(at: start))
        recent = try #require(count(recent, blocked: 1, hours: 30))
        #expect(recent.blocksAll(at: start.adding(seconds: 30 * 3600)) && recent.run == 20)
        #expect(recent.runSince == start && recent.rule == "r")
        #expect(!recent.blocksAll(at: start.adding(seconds: 9 * 86_400)))
        let ended = try #require(count(recent, passed: 1, blocked: 5, hours: 31))
        #expect(ended.run == 0 && !ended.blockedAll)
    }

    @Test("What a clock that was ahead has counted is neither shown nor added to")
    func clockAhead() throws {
        let ahead = try #require(count(nil, blocked: 4, hours: 24 * 365))
        #expect(ahead.lastDay(at: start) == 0 && ahead.lastWeek(at: start) == 0)
        #expect(count(ahead, blocked: 1)?.lastWeek(at: start) == 1)
    }
}
