internal import FeedModel
internal import Glibc
internal import Ingestion
internal import JSONText
internal import Locking

/// Tells what came of a round: for people each feed and the sum on standard error, for programs a line of JSON for each
/// feed on standard output.
final class PollPrinter {
    private let json: Bool
    private let dryRun: Bool
    private let saysSkipped: Bool
    private let isQuiet: Bool
    private let progress: PollProgress?
    private var output = StandardOutput()
    private var outputError: OutputError?
    private var polled = 0
    private var failed = 0
    private var skipped = 0
    private var new = 0
    private var updated = 0
    private var storeFailure: String?

    /// - Parameters:
    ///   - saysSkipped: whether feeds that are not polled are named, with the reason: a person has named them.
    ///   - isQuiet: nothing is said but what a person has to mend, and of feeds that a person has named what has failed.
    init(json: Bool, dryRun: Bool, total: Int, showsProgress: Bool, saysSkipped: Bool, isQuiet: Bool) {
        self.saysSkipped = saysSkipped
        self.isQuiet = isQuiet
        self.json = json
        self.dryRun = dryRun
        progress = showsProgress ? PollProgress(total: total, now: SystemClock.now) : nil
    }

    func add(_ report: PollReport) {
        count(report)
        if json {
            var line = JSONWriter()
            report.write(to: &line)
            print(line.bytes + [UInt8(ascii: "\n")])
        } else if let lines = lines(report) {
            progress?.clear()
            StandardError.write(lines: lines)
        }
        progress?.add(report)
    }

    private func count(_ report: PollReport) {
        new += report.newArticles
        updated += report.updatedArticles
        if report.outcome == .skipped {
            skipped += 1
            return
        }
        polled += 1
        if let failure = report.failure {
            failed += 1
            if failure.kind == .store { storeFailure = failure.message }
        }
    }

    /// The round goes on when nobody reads what is printed: the articles matter more.
    private func print(_ bytes: [UInt8]) {
        guard outputError == nil else { return }
        do throws(OutputError) {
            try output.write(bytes)
            // Whoever watches, a program too, sees each feed when it is done.
            try output.flush()
        } catch {
            outputError = error
        }
    }

    private func lines(_ report: PollReport) -> [String]? {
        var lines: [String] = []
        if isQuiet, report.failure == nil || !(saysSkipped || report.isWorthAWord) { return nil }
        switch report.outcome {
        case .skipped:
            return saysSkipped ? ["\(report.feed): skipped: \(report.notes.joined(separator: "; "))"] : nil
        case .new: lines.append("\(report.feed): \(counts(report))")
        case .unchanged, .notModified: lines.append("\(report.feed): nothing new")
        // Said once, at the end.
        case .failed where report.failure?.kind == .store: return nil
        case .failed, .gone:
            let before = report.newArticles + report.updatedArticles > 0 ? "\(counts(report)), then " : ""
            lines.append("\(report.feed): \(before)failed: \(report.failure?.message ?? "unknown")")
        }
        if dryRun || report.failure == nil { lines += report.notes.map { "    \($0)" } }
        return lines
    }

    private func counts(_ report: PollReport) -> String {
        let verb = dryRun ? "would store " : ""
        let updates = report.updatedArticles > 0 ? ", \(report.updatedArticles) updated" : ""
        let duplicates =
            report.duplicateArticles > 0 ? ", \(counted(report.duplicateArticles, "duplicate")) of other feeds" : ""
        return "\(verb)\(report.newArticles) new\(updates)\(duplicates)"
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Prints the sum.
    /// - Returns: why the command ends with another status than 0.
    func finish(stopped: Bool) throws(OutputError) -> CommandFailure? {
        progress?.clear()
        var sum = "\(counted(polled, "feed")) polled: \(counted(new, "new article"))"
        if updated > 0 { sum += ", \(updated) updated" }
        if failed > 0 { sum += "; \(counted(failed, "feed")) failed" }
        if skipped > 0 { sum += "; \(counted(skipped, "feed")) skipped" }
        if dryRun { sum += " (dry run: nothing was written)" }
        if !isQuiet { StandardError.write("newswire: \(sum)") }
        if let storeFailure { return CommandFailure(.ioError, storeFailure) }
        if let outputError {
            if case .closed = outputError { return nil }
            throw outputError
        }
        if stopped { return CommandFailure(.interrupted, "stopped; the feeds that are left are polled the next time") }
        // What was said feed by feed need not be said again.
        return polled > 0 && failed == polled ? CommandFailure(.allFailed, "") : nil
    }
}

/// One line on the terminal that tells how far a round has come: feeds done, new articles, failures, time left.
final class PollProgress: Sendable {
    private struct State {
        var done = 0
        var new = 0
        var failed = 0
        var lastDrawn: Timestamp
        var isDrawn = false
    }

    private static let redrawMilliseconds: Int64 = 100
    private let total: Int
    private let start: Timestamp
    private let now: @Sendable () -> Timestamp
    private let state: Locked<State>

    init(total: Int, now: @escaping @Sendable () -> Timestamp) {
        self.total = total
        self.now = now
        start = now()
        state = Locked(State(lastDrawn: Timestamp(milliseconds: 0)))
    }

    func add(_ report: PollReport) {
        let line: String? = state.withLock { state in
            state.done += 1
            state.new += report.newArticles
            if report.failure != nil { state.failed += 1 }
            let time = now()
            guard time.milliseconds - state.lastDrawn.milliseconds >= Self.redrawMilliseconds else { return nil }
            state.lastDrawn = time
            state.isDrawn = true
            return text(state, at: time)
        }
        if let line { write("\r\u{1b}[K" + String(line.prefix(Terminal.width - 1))) }
    }

    /// Takes the line away, so that something else can be printed.
    func clear() {
        let wasDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if wasDrawn { write("\r\u{1b}[K") }
    }

    private func text(_ state: State, at time: Timestamp) -> String {
        var text = "\(state.done)/\(total) feeds, \(state.new) new, \(state.failed) failed"
        let elapsed = Double(time.milliseconds - start.milliseconds) / 1000
        if state.done > 0, state.done < total, elapsed > 1 {
            let left = elapsed / Double(state.done) * Double(total - state.done)
            text += left < 90 ? ", \(Int(left.rounded(.up))) s left" : ", \(Int((left / 60).rounded(.up))) min left"
        }
        return text
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
