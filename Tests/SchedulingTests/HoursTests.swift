import FeedModel
import Testing

@testable import Scheduling

@Suite("A feed with hours of its own is polled in them (polling.md §5.5)")
struct HoursTests {
    @Test("No poll is planned outside of the hours, whatever comes of a poll")
    func inside() throws {
        let hours = try PollingHours("06:00-09:00, 20:00-22:00") { _ in nil }
        let feed = PolicyFixture { $0.hours = hours }
        var decision = feed.begin(gaps: 3600)
        var outside = 0
        for poll in 0..<200 {
            if decision.terms.reason == .hours { outside += 1 }
            let next = try #require(decision.next)
            #expect(hours.contains(next))
            decision = feed.pollInTime(poll % 7 == 0 ? .failure(.soft) : poll % 3 == 0 ? feed.document(1) : .unchanged)
        }
        #expect(outside > 10)
    }

    @Test("What waits for a window does not all come with its first second")
    func spread() throws {
        let hours = try PollingHours("06:00-22:00") { _ in nil }
        var times = Set<Timestamp>()
        for number in 0..<50 {
            let time = hours.next(
                from: PolicyFixture.start.adding(seconds: 11 * 3600), feed: UInt64(number), interval: 3600)
            #expect(hours.contains(time))
            times.insert(time)
        }
        #expect(times.count > 45)
        let short = try PollingHours("06:00-06:01") { _ in nil }
        #expect(short.contains(short.next(from: PolicyFixture.start, feed: 3, interval: 86_400)))
    }
}
