import FeedModel
import Testing

@testable import Ingestion

@Suite("Not all at once (polling.md §6)")
struct DueTimesTests {
    private let now = Timestamp(seconds: 1_000_000)
    private let hour: Int64 = 3_600_000

    private func due(_ id: String, next: Timestamp? = nil, waiting: Int) -> Timestamp {
        DueTimes.due(FeedIdentifier(id), next: next, interval: hour, waiting: waiting, now: now)
    }

    @Test("A restart does not poll again what is not due")
    func planned() {
        let next = Timestamp(seconds: 1_000_777)
        #expect(due("a", next: next, waiting: 1000) == next)
    }

    @Test("A single new feed is polled at once, a few within seconds")
    func few() {
        #expect(due("a", waiting: 1) == now)
        for feed in 0..<20 {
            #expect(due("f\(feed)", waiting: 20).milliseconds - now.milliseconds < 2000)
        }
    }

    @Test("The first polls of many feeds are spread over 15 minutes, none of them over its interval")
    func first() {
        let dues = (0..<100_000).map { due("f\($0)", waiting: 100_000).milliseconds - now.milliseconds }
        #expect(dues.allSatisfy { $0 >= 0 && $0 < 900_000 })
        let busiest = Dictionary(grouping: dues) { $0 / 1000 }.values.map(\.count).max() ?? 0
        #expect(busiest < 1000)
        let short = DueTimes.due(FeedIdentifier("a"), next: nil, interval: 5000, waiting: 100_000, now: now)
        #expect(short.milliseconds - now.milliseconds < 5000)
    }

    @Test("What became due while nothing ran is spread over 10 minutes, the same way each time")
    func overdue() {
        let past = Timestamp(seconds: 999_000)
        for feed in 0..<1000 {
            let time = due("f\(feed)", next: past, waiting: 100_000)
            #expect(time >= now && time.milliseconds - now.milliseconds < 600_000)
            #expect(time == due("f\(feed)", next: past, waiting: 100_000))
        }
    }
}
