import FeedModel
import Testing

@testable import Ingestion

@Suite("The log tells of a feed that fails now and then")
struct FailureLogTests {
    private let feed = FeedIdentifier("x")
    private let start = Timestamp(seconds: 1_000_000)
    private func hours(_ hours: Int64) -> Timestamp { Timestamp(seconds: 1_000_000 + hours * 3600) }

    @Test("A feed's first failure, and one of another kind, are said at once")
    func changes() {
        var telling = FailureLog()
        #expect(telling.failed(feed, kind: .dns, at: start) == .begins)
        #expect(telling.failed(feed, kind: .dns, at: hours(1)) == nil)
        #expect(telling.failed(feed, kind: .httpStatus, at: hours(2)) == .begins)
        #expect(telling.failed(FeedIdentifier("y"), kind: .httpStatus, at: hours(2)) == .begins)
    }

    @Test("A failure that goes on the same way is said once a day, with how often it came")
    func daily() {
        var telling = FailureLog()
        var said: [Int64: FailureLog.Line] = [:]
        for hour: Int64 in 0...72 {
            if let line = telling.failed(feed, kind: .dns, at: hours(hour)) { said[hour] = line }
        }
        #expect(
            said == [
                0: .begins, 24: .goesOn(failures: 25, since: start), 48: .goesOn(failures: 49, since: start),
                72: .goesOn(failures: 73, since: start),
            ])
    }

    @Test("A clock that is put back does not silence the log of failures")
    func clock() {
        var telling = FailureLog()
        _ = telling.failed(feed, kind: .dns, at: start)
        #expect(telling.failed(feed, kind: .dns, at: hours(-1)) == .goesOn(failures: 2, since: start))
        #expect(telling.failed(feed, kind: .dns, at: hours(0)) == nil)
    }

    @Test("A feed that is well again is said to be so once")
    func recovery() {
        var telling = FailureLog()
        let none = telling.succeeded(feed)
        #expect(none == nil)
        _ = telling.failed(feed, kind: .dns, at: start)
        _ = telling.failed(feed, kind: .dns, at: hours(1))
        let (before, after) = (telling.succeeded(feed), telling.succeeded(feed))
        #expect(before?.failures == 2 && before?.since == start)
        #expect(after == nil)
    }

    @Test("The same remark about a feed is made once a day, whatever numbers are in it")
    func notes() {
        var telling = FailureLog()
        let said = [
            telling.isNews(feed, "3 items were passed over", at: start),
            telling.isNews(feed, "12 items were passed over", at: hours(1)),
            telling.isNews(feed, "it has moved", at: hours(1)),
            telling.isNews(feed, "it has moved", at: hours(25)),
        ]
        #expect(said == [true, false, true, true])
    }

    @Test("The log forgets the failures of feeds that are not configured any more")
    func forgets() {
        var telling = FailureLog()
        _ = telling.failed(feed, kind: .dns, at: start)
        _ = telling.isNews(feed, "a", at: start)
        telling.keep { $0 != feed }
        let isSaid = telling.isNews(feed, "a", at: start)
        #expect(isSaid)
        #expect(telling.failed(feed, kind: .dns, at: start) == .begins)
    }
}
