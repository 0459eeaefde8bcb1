internal import FeedModel
internal import Glibc
internal import Ingestion
internal import Locking

/// One line on the terminal that tells how far the reading of many bytes has come. Without a terminal it says nothing.
final class ByteProgress: Sendable {
    private struct State {
        var lastDrawn: Timestamp
        var isDrawn = false
    }

    private static let redrawMilliseconds: Int64 = 100
    private let what: String
    private let start: Timestamp
    private let state: Locked<State>

    /// - Parameter what: what happens to the bytes: `verified`.
    init(_ what: String) {
        self.what = what
        start = SystemClock.now()
        state = Locked(State(lastDrawn: start))
    }

    /// Called by any thread.
    func show(_ done: UInt64, of total: UInt64) {
        guard Terminal.isErrorTerminal else { return }
        let now = SystemClock.now()
        let isDue = state.withLock { state in
            guard now.milliseconds - state.lastDrawn.milliseconds >= Self.redrawMilliseconds else { return false }
            state.lastDrawn = now
            state.isDrawn = true
            return true
        }
        if isDue { write("\r\u{1b}[K" + String(text(done, total, now).prefix(Terminal.width - 1))) }
    }

    private func text(_ done: UInt64, _ total: UInt64, _ now: Timestamp) -> String {
        var text = "\(ByteCount.text(done)) of \(ByteCount.text(total)) \(what)"
        let elapsed = Double(now.milliseconds - start.milliseconds) / 1000
        if done > 0, done < total, elapsed > 1 {
            let left = elapsed / Double(done) * Double(total - done)
            text += left < 90 ? ", \(Int(left.rounded(.up))) s left" : ", \(Int((left / 60).rounded(.up))) min left"
        }
        return text
    }

    /// Takes the line away, so that something else can be printed.
    func clear() {
        let wasDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if wasDrawn { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// `ByteCount` says sizes for people.
package enum ByteCount {
    /// Says `812 bytes`, `4.2 MiB`: powers of 1024, as the configuration has them, rounded down to tenths.
    package static func text(_ bytes: UInt64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        guard let index = units.indices.last(where: { bytes >> (10 * ($0 + 1)) > 0 }) else { return "\(bytes) bytes" }
        // What is below a unit, in tenths of it; 64 bits hold no more than 16 EiB.
        let (whole, rest) = (bytes >> (10 * (index + 1)), bytes >> (10 * index) & 1023)
        return "\(whole).\(rest * 10 / 1024) \(units[index])"
    }
}
