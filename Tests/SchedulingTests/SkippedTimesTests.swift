import FeedModel
import Testing

@testable import Scheduling

@Suite("SkippedTimes knows the hours and days that feeds exclude")
struct SkippedTimesTests {
    private func skipping(hours: [Int] = [], days: [String] = []) -> SkippedTimes {
        var hints = PollingHints()
        hints.skipHours = hours
        hints.skipDays = days
        return SkippedTimes(hints)
    }

    private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }

    @Test("SkippedTimes knows each day of the week, and before 1970 too")
    func days() {
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        for (index, name) in names.enumerated() {
            let skipped = skipping(days: [name])
            for day in 0..<7 {
                let time = Timestamp(year: 2026, month: 11, day: 2 + day, hour: 23, minute: 59)
                #expect(skipped.contains(time) == (day == index))
            }
        }
        #expect(skipping(days: ["Wednesday"]).contains(time("1969-12-31T23:00:00Z")))
    }

    @Test("SkippedTimes takes hour 24 for midnight, and leaves out numbers that are no hour")
    func hours() {
        #expect(skipping(hours: [24]).contains(time("2026-11-02T00:30:00Z")))
        #expect(skipping(hours: [25, -1]).isEmpty)
        #expect(skipping(days: ["someday"]).isEmpty)
    }

    @Test("The first time that a feed allows may be days away")
    func firstAllowed() {
        let week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        let skipped = skipping(hours: Array(0...22), days: week)
        #expect(skipped.firstAllowed(from: time("2026-11-02T00:00:01Z")) == time("2026-11-08T23:00:00Z"))
        #expect(skipped.firstAllowed(from: time("2026-11-08T23:10:00Z")) == time("2026-11-08T23:10:00Z"))
        #expect(skipping(hours: Array(0...23)).excludesAll)
        #expect(skipping(days: week + ["Sunday"]).excludesAll)
    }
}
