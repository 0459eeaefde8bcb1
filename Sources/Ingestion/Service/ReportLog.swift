internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// `ReportLog` decides which of a poll's news are worth a line in the log. `FailureLog` says that of failures.
struct ReportLog {
    struct Line: Equatable {
        let level: Logger.Level
        let text: String
        var fields: [String: String] = [:]
    }

    private var failures = FailureLog()
    private var remarks = RemarkLog<FeedIdentifier>()
    private var pauses = RemarkLog<String>()

    /// Forgets the feeds that are not asked for any more.
    mutating func keep(where isKept: (FeedIdentifier) -> Bool) {
        failures.keep(where: isKept)
        remarks.keep(where: isKept)
    }

    /// What has waited for more of its kind, and what is told once a day; to be asked now and then.
    mutating func due(at now: Timestamp) -> [Line] { failures.due(at: now).map(line) }

    /// - Parameter isNetworkDown: then failures say nothing of feeds.
    mutating func lines(for report: PollReport, isNetworkDown: Bool, at now: Timestamp) -> [Line] {
        // The store tells of its disk itself, and once.
        if report.failure?.kind == .store { return [] }
        let feed = ["feed": "\(report.feed)"]
        var lines: [Line] = []
        if let (host, verdict) = report.host, let pause = verdict.pause, let told = pauses.tell(host, "", at: now) {
            var fields = ["feed": "\(report.feed)", "host": host]
            fields["until"] = "\(Timestamp(seconds: pause.until.seconds))"
            if told > 1 { fields["pauses"] = "\(told)" }
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
        if let line = failures.succeeded(report.feed, at: now) { lines.append(self.line(line)) }
        if report.newArticles + report.updatedArticles > 0 {
            lines.append(
                Line(
                    level: .debug, text: "articles stored",
                    fields: feed.merging(["new": "\(report.newArticles)", "updated": "\(report.updatedArticles)"]) {
                        $1
                    }))
        }
        // Counts in it may differ from poll to poll and mean the same.
        for note in report.notes where remarks.tell(report.feed, note.filter { !$0.isNumber }, at: now) != nil {
            lines.append(Line(level: .warning, text: note, fields: feed.merging(["url": report.url]) { $1 }))
        }
        return lines
    }

    private mutating func failed(_ failure: FeedState.Failure, _ report: PollReport, at now: Timestamp) -> [Line] {
        let news = FailureLog.News(
            feed: report.feed, site: FailureSite.of(url: report.url), failure: failure, url: report.url,
            status: report.status)
        return failures.failed(news, at: now).map { [line($0)] } ?? []
    }

    private func line(_ line: FailureLog.Line) -> Line {
        switch line {
        case .begins(let news):
            return Line(level: .warning, text: "fails: \(news.failure.message)", fields: fields(news))
        case .goesOn(let news, let failures, let since):
            let more = ["failures": "\(failures)", "since": "\(since)"]
            return Line(
                level: .warning, text: "still fails: \(news.failure.message)",
                fields: fields(news).merging(more) { $1 })
        case .wellAgain(let feed, let failures, let since):
            return Line(
                level: .notice, text: "well again",
                fields: ["feed": "\(feed)", "failures": "\(failures)", "since": "\(since)"])
        case .many(let news, let count, let since, let isNew):
            return Line(
                level: .warning,
                text: "\(subject(count, news.site, news.feed)) \(isNew ? "" : "still ")"
                    + (count == 1 ? "fails" : "fail, such as \(news.feed)") + ": \(news.failure.message)",
                fields: ["class": news.failure.word, "feeds": "\(count)", "since": "\(since)"])
        case .manyWellAgain(let site, let feed, let count, let left):
            let rest = left > 0 ? "; \(left) still fail\(left == 1 ? "s" : "")" : ""
            return Line(
                level: .notice, text: "\(subject(count, site, feed)) \(count == 1 ? "is" : "are") well again\(rest)",
                fields: ["feeds": "\(count)"])
        case .nowAndThen(let news, let times, let since):
            return Line(
                level: .warning,
                text: "feeds of \(news.site) fail now and then and are well again, such as \(news.feed): "
                    + news.failure.message,
                fields: ["class": news.failure.word, "failures": "\(times)", "since": "\(since)"])
        }
    }

    /// - Parameter feed: named where it is the only one.
    private func subject(_ count: Int, _ site: String, _ feed: FeedIdentifier) -> String {
        count == 1 ? "\(feed), a feed of \(site)," : "\(count) feeds of \(site)"
    }

    private func fields(_ news: FailureLog.News) -> [String: String] {
        var fields = ["feed": "\(news.feed)", "class": news.failure.word, "url": news.url]
        if let status = news.status { fields["status"] = "\(status)" }
        return fields
    }
}

extension Logger {
    func log(_ line: ReportLog.Line) {
        log(level: line.level, "\(line.text)", metadata: line.fields.isEmpty ? nil : line.fields.mapValues { "\($0)" })
    }
}
