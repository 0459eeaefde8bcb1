internal import FeedModel
internal import Logging
internal import Scheduling

/// Counts what polls have brought since the log last said so: one line a day, and one at each reload, tells who reads the
/// journal that all is well.
struct PollDigest {
    /// Milliseconds between two lines.
    private static let interval: Int64 = 24 * 3600 * 1000

    private var since: SteadyTime
    private var polls = 0
    private var new = 0
    private var updated = 0
    private var failed = 0

    init(since: SteadyTime) {
        self.since = since
    }

    mutating func add(_ report: PollReport) {
        if report.outcome == .skipped { return }
        polls += 1
        new += report.newArticles
        updated += report.updatedArticles
        if report.failure != nil { failed += 1 }
    }

    /// - Parameter failing: how many feeds fail at present.
    /// - Returns: nil where less than a day has passed since the last line.
    mutating func line(at now: SteadyTime, failing: Int) -> ReportLog.Line? {
        now.milliseconds(since: since) < Self.interval ? nil : lineNow(at: now, failing: failing)
    }

    /// - Returns: nil where there was no poll within the last day.
    mutating func lineNow(at now: SteadyTime, failing: Int) -> ReportLog.Line? {
        let passed = now.milliseconds(since: since)
        if polls == 0, passed < Self.interval { return nil }
        defer { self = PollDigest(since: now) }
        let span =
            passed < 120_000
            ? "\(passed / 1000) s" : passed < 7_200_000 ? "\(passed / 60_000) min" : "\(passed / 3_600_000) h"
        return ReportLog.Line(
            level: .notice,
            text: "in \(span) \(Self.counted(polls, "poll")) brought \(Self.counted(new, "new article"))",
            fields: ["updated": "\(updated)", "failed": "\(failed)", "failing_feeds": "\(failing)"])
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
