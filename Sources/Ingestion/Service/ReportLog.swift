internal import FeedModel
internal import Logging
internal import Scheduling

/// `ReportLog` decides which of a poll's news are worth a line in the log. `FailureLog` says how often the same failure
/// is.
struct ReportLog {
    struct Line: Equatable {
        let level: Logger.Level
        let text: String
        var fields: [String: String] = [:]
    }

    private var failures = FailureLog()

    /// Forgets the feeds that are not asked for any more.
    mutating func keep(where isKept: (FeedIdentifier) -> Bool) { failures.keep(where: isKept) }

    /// - Parameter isNetworkDown: then failures say nothing of feeds.
    mutating func lines(for report: PollReport, isNetworkDown: Bool, at now: Timestamp) -> [Line] {
        // The store tells of its disk itself, and once.
        if report.failure?.kind == .store { return [] }
        let feed = ["feed": "\(report.feed)"]
        var lines: [Line] = []
        if let (host, verdict) = report.host, let pause = verdict.pause {
            var fields = ["feed": "\(report.feed)", "host": host]
            fields["until"] = "\(Timestamp(seconds: pause.until.seconds))"
            if let pace = verdict.pace { fields["one_request_in_seconds"] = "\(pace.seconds)" }
            // What a host says with a good answer is nothing to worry about.
            let level = report.failure == nil ? Logger.Level.debug : .warning
            lines.append(Line(level: level, text: "host wants to be left alone", fields: fields))
        }
        if report.network == .down {
            lines.append(
                Line(
                    level: .warning,
                    text: "the network seems to be down: failures are not counted, one feed a minute is tried"))
        }
        if isNetworkDown, report.outcome == .failed { return lines }
        if let failure = report.failure { return lines + failed(failure, report, at: now) }
        if report.outcome == .skipped { return lines }
        if let before = failures.succeeded(report.feed) {
            lines.append(
                Line(
                    level: .notice, text: "well again",
                    fields: [
                        "feed": "\(report.feed)", "failures": "\(before.failures)", "since": "\(before.since)",
                    ]))
        }
        if report.newArticles + report.updatedArticles > 0 {
            lines.append(
                Line(
                    level: .debug, text: "articles stored",
                    fields: feed.merging(["new": "\(report.newArticles)", "updated": "\(report.updatedArticles)"]) {
                        $1
                    }))
        }
        for note in report.notes where failures.isNews(report.feed, note, at: now) {
            lines.append(Line(level: .warning, text: note, fields: feed.merging(["url": report.url]) { $1 }))
        }
        return lines
    }

    private mutating func failed(_ failure: FeedState.Failure, _ report: PollReport, at now: Timestamp) -> [Line] {
        guard let line = failures.failed(report.feed, kind: failure.kind, at: now) else { return [] }
        var fields = ["feed": "\(report.feed)", "class": failure.word, "url": report.url]
        if let status = report.status { fields["status"] = "\(status)" }
        switch line {
        case .begins: return [Line(level: .warning, text: "fails: \(failure.message)", fields: fields)]
        case .goesOn(let failures, let since):
            fields["failures"] = "\(failures)"
            fields["since"] = "\(since)"
            return [Line(level: .warning, text: "still fails: \(failure.message)", fields: fields)]
        }
    }
}

extension Logger {
    func log(_ line: ReportLog.Line) {
        log(level: line.level, "\(line.text)", metadata: line.fields.isEmpty ? nil : line.fields.mapValues { "\($0)" })
    }
}

/// `FailureLog` decides which failures of feeds are worth a line: the first, one of another kind, and of those that go
/// on the same way one a day, with their count.
struct FailureLog: Sendable {
    /// Milliseconds between two lines about the same thing.
    private static let repeatAfter: Int64 = 24 * 3600 * 1000

    enum Line: Equatable {
        case begins
        /// So many polls have failed the same way since it began.
        case goesOn(failures: Int, since: Timestamp)
    }

    private struct Failing {
        var kind: FailureKind
        var failures: Int
        var since: Timestamp
        var toldAt: Timestamp
    }

    private struct Note {
        var hash: Int
        var toldAt: Timestamp
    }

    private var failing: [FeedIdentifier: Failing] = [:]
    private var notes: [FeedIdentifier: Note] = [:]

    /// - Returns: nil where nothing is to be said.
    mutating func failed(_ feed: FeedIdentifier, kind: FailureKind, at now: Timestamp) -> Line? {
        guard var known = failing[feed], known.kind == kind else {
            failing[feed] = Failing(kind: kind, failures: 1, since: now, toldAt: now)
            return .begins
        }
        known.failures += 1
        defer { failing[feed] = known }
        guard Self.isDue(known.toldAt, now) else { return nil }
        known.toldAt = now
        return .goesOn(failures: known.failures, since: known.since)
    }

    /// - Returns: how often the feed had failed the same way before, and since when; nil where it had not.
    mutating func succeeded(_ feed: FeedIdentifier) -> (failures: Int, since: Timestamp)? {
        failing.removeValue(forKey: feed).map { ($0.failures, $0.since) }
    }

    /// Whether a remark about a feed is worth a line: the same one is once a day.
    mutating func isNews(_ feed: FeedIdentifier, _ text: String, at now: Timestamp) -> Bool {
        // Counts in it may differ from poll to poll and mean the same.
        let hash = text.filter { !$0.isNumber }.hashValue
        if let known = notes[feed], known.hash == hash, !Self.isDue(known.toldAt, now) { return false }
        notes[feed] = Note(hash: hash, toldAt: now)
        return true
    }

    /// Forgets the feeds that are not asked for any more.
    mutating func keep(where isKept: (FeedIdentifier) -> Bool) {
        failing = failing.filter { isKept($0.key) }
        notes = notes.filter { isKept($0.key) }
    }

    /// A clock that was put back starts the day anew.
    private static func isDue(_ toldAt: Timestamp, _ now: Timestamp) -> Bool {
        let passed = now.milliseconds - toldAt.milliseconds
        return passed >= repeatAfter || passed < 0
    }
}
