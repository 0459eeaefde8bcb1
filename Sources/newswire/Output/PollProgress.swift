internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Locking

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
