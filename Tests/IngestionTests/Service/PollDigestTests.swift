import FeedModel
import Logging
import Scheduling
import Testing

@testable import Ingestion

@Suite("The log says once a day what polls have brought")
struct PollDigestTests {
    private func time(hours: Int64) -> SteadyTime { SteadyTime(milliseconds: hours * 3_600_000) }

    private func report(_ outcome: PollReport.Outcome, new: Int = 0, updated: Int = 0) -> PollReport {
        var report = PollReport(feed: FeedIdentifier("a"), url: "https://a.example/", outcome: outcome)
        (report.newArticles, report.updatedArticles) = (new, updated)
        if outcome == .failed { report.failure = .init(kind: .dns, message: "it failed") }
        return report
    }

    @Test("A day's polls, articles and failures are one line, and the next day counts from zero")
    func daily() {
        var digest = PollDigest(since: time(hours: 0))
        for report in [report(.new, new: 3, updated: 1), report(.unchanged), report(.failed), report(.skipped)] {
            digest.add(report)
        }
        #expect(digest.line(at: time(hours: 23), failing: 1) == nil)
        #expect(
            digest.line(at: time(hours: 24), failing: 1)
                == .init(
                    level: .notice, text: "in 24 h 3 polls brought 3 new articles",
                    fields: ["updated": "1", "failed": "1", "failing_feeds": "1"]))
        #expect(digest.line(at: time(hours: 47), failing: 1) == nil)
        // A day without a poll is worth a line more than any other.
        #expect(digest.line(at: time(hours: 48), failing: 0)?.text == "in 24 h 0 polls brought 0 new articles")
    }

    @Test("A reload says what there was since the last line, unless that is nothing")
    func reload() {
        var digest = PollDigest(since: time(hours: 0))
        #expect(digest.lineNow(at: time(hours: 1), failing: 0) == nil)
        digest.add(report(.new, new: 1))
        #expect(digest.lineNow(at: time(hours: 1), failing: 0)?.text == "in 60 min 1 poll brought 1 new article")
        #expect(digest.line(at: time(hours: 24), failing: 0) == nil)
        #expect(digest.line(at: time(hours: 25), failing: 0) != nil)
    }
}
