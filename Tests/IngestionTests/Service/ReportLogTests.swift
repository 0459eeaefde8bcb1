import FeedModel
import Logging
import Scheduling
import Testing

@testable import Ingestion

@Suite("The log tells what is news of polls")
struct ReportLogTests {
    private let now = PollRehearsal.now

    private func report(
        _ outcome: PollReport.Outcome, _ kind: FailureKind? = nil, _ change: (inout PollReport) -> Void = { _ in }
    ) -> PollReport {
        var report = PollReport(feed: FeedIdentifier("a"), url: "https://a.example/", outcome: outcome)
        report.failure = kind.map { .init(kind: $0, message: "it failed") }
        change(&report)
        return report
    }

    @Test("A failure is told with its class, URL and status once, and that the feed is well again")
    func failure() {
        var log = ReportLog()
        let failed = report(.failed, .httpStatus) { $0.status = 500 }
        #expect(
            log.lines(for: failed, isNetworkDown: false, at: now) == [
                .init(
                    level: .warning, text: "fails: it failed",
                    fields: ["feed": "a", "class": "http_status", "url": "https://a.example/", "status": "500"])
            ])
        #expect(log.lines(for: failed, isNetworkDown: false, at: now).isEmpty)
        let well = log.lines(for: report(.unchanged), isNetworkDown: false, at: now)
        #expect(well.map(\.text) == ["well again"] && well.first?.fields["failures"] == "2")
    }

    @Test("A failure that goes on is told once a day, with how often and since when")
    func goesOn() {
        var log = ReportLog()
        _ = log.lines(for: report(.failed, .dns), isNetworkDown: false, at: now)
        let lines = log.lines(for: report(.failed, .dns), isNetworkDown: false, at: now.adding(seconds: 86_400))
        #expect(lines.map(\.text) == ["still fails: it failed"])
        #expect(lines.first?.fields["failures"] == "2" && lines.first?.fields["since"] == "\(now)")
    }

    @Test("The log repeats nothing that the store says itself, and while the network is down no failures")
    func silence() {
        var log = ReportLog()
        #expect(log.lines(for: report(.failed, .store), isNetworkDown: false, at: now).isEmpty)
        #expect(log.lines(for: report(.skipped), isNetworkDown: false, at: now).isEmpty)
        let down = report(.failed, .connect) { $0.network = .down }
        #expect(log.lines(for: down, isNetworkDown: true, at: now).count == 1)
        #expect(log.lines(for: report(.failed, .connect), isNetworkDown: true, at: now).isEmpty)
        #expect(log.lines(for: report(.unchanged), isNetworkDown: false, at: now).isEmpty)
    }

    @Test("A host that wants to be left alone is named, with the time until which it is")
    func paused() {
        var log = ReportLog()
        let busy = report(.failed, .rateLimited) {
            $0.host = (
                "a.example",
                .init(
                    pause: .init(until: now, incidents: 1, since: now, coversHost: true),
                    pace: .init(seconds: 64, since: now))
            )
        }
        let lines = log.lines(for: busy, isNetworkDown: false, at: now)
        #expect(
            lines.first?.fields
                == ["feed": "a", "host": "a.example", "until": "\(now)", "one_request_in_seconds": "64"])
        #expect(lines.first?.level == .warning)
        let soon = log.lines(for: busy, isNetworkDown: false, at: now.adding(seconds: 3600))
        #expect(!soon.contains { $0.text.contains("left alone") })
        let later = log.lines(for: busy, isNetworkDown: false, at: now.adding(seconds: 86_400))
        #expect(later.first { $0.text.contains("left alone") }?.fields["pauses"] == "2")
        var served = busy
        (served.failure, served.outcome) = (nil, .unchanged)
        var other = ReportLog()
        #expect(other.lines(for: served, isNetworkDown: false, at: now).first?.level == .debug)
    }

    @Test("Feeds of one site that fail together are one line, with their number, one of them and the reason")
    func together() {
        var log = ReportLog()
        for feed in ["a", "b", "c"] {
            let failed = report(.failed, .notFound) { $0.feed = FeedIdentifier(feed) }
            _ = log.lines(for: failed, isNetworkDown: false, at: now)
        }
        #expect(
            log.due(at: now.adding(seconds: 3600)) == [
                .init(
                    level: .warning, text: "3 feeds of a.example fail, such as a: it failed",
                    fields: ["class": "not_found", "feeds": "3", "since": "\(now)"])
            ])
        for feed in ["a", "b"] {
            let well = report(.unchanged) { $0.feed = FeedIdentifier(feed) }
            #expect(log.lines(for: well, isNetworkDown: false, at: now.adding(seconds: 7200)).isEmpty)
        }
        let lines = log.due(at: now.adding(seconds: 10_800))
        #expect(lines.map(\.text) == ["2 feeds of a.example are well again; 1 still fails"])
    }

    @Test("Where one feed of several at a site is well again, or one still fails, it is named")
    func oneOfSeveral() {
        var log = ReportLog()
        for feed in ["a", "b"] {
            let failed = report(.failed, .notFound) { $0.feed = FeedIdentifier(feed) }
            _ = log.lines(for: failed, isNetworkDown: false, at: now)
        }
        _ = log.due(at: now.adding(seconds: 3600))
        let well = report(.unchanged) { $0.feed = FeedIdentifier("b") }
        #expect(log.lines(for: well, isNetworkDown: false, at: now.adding(seconds: 7200)).isEmpty)
        let lines = log.due(at: now.adding(seconds: 10_800))
        #expect(lines.map(\.text) == ["b, a feed of a.example, is well again; 1 still fails"])
        let later = log.due(at: now.adding(seconds: 3600 + 86_400))
        #expect(later.map(\.text) == ["a, a feed of a.example, still fails: it failed"])
    }

    @Test("Articles are told for debugging, and a remark about a feed once a day")
    func remarks() {
        var log = ReportLog()
        let new = report(.new) {
            $0.newArticles = 2
            $0.notes = ["3 items were passed over"]
        }
        #expect(log.lines(for: new, isNetworkDown: false, at: now).map(\.level) == [.debug, .warning])
        #expect(log.lines(for: new, isNetworkDown: false, at: now).map(\.level) == [.debug])
    }
}
