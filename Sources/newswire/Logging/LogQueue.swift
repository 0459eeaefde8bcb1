internal import Dispatch
internal import FeedModel
internal import Ingestion
internal import Locking
internal import Logging

/// The log lines of the service on their way out: one thread writes them, and nobody else waits for that.
///
/// Standard error may be a pipe that nobody reads, a file on a mount that does not answer, or a journal that takes each
/// line after a second. Polling goes on then, and what no longer fits into the queue is counted and said as soon as lines
/// are taken again. Used from any thread. Lines go out in the order in which they came.
final class LogQueue: Sendable {
    private struct State {
        /// Bytes of the lines that have not been written.
        var waiting = 0
        var lost = 0
    }

    private let output: LogOutput
    private let limit: Int
    private let queue = DispatchQueue(label: "newswire.log")
    private let state = Locked(State())

    /// - Parameter limit: bytes of lines that may wait; one line is taken in any case.
    init(_ output: LogOutput, limit: Int = 4 << 20) {
        self.output = output
        self.limit = limit
    }

    func write(_ line: LogLine) {
        let size = line.text.utf8.count
        // nil where there is no room; else how many have been lost just before it.
        let lost: Int? = state.withLock { state in
            guard state.waiting == 0 || state.waiting + size <= limit else {
                state.lost += 1
                return nil
            }
            state.waiting += size
            defer { state.lost = 0 }
            return state.lost
        }
        guard let lost else { return }
        queue.async { [self] in
            say(lost: lost, at: line.time)
            output.write(line)
            state.withLock { $0.waiting -= size }
        }
    }

    private func say(lost: Int, at time: Timestamp) {
        guard lost > 0 else { return }
        output.write(
            LogLine(
                time: time, level: .warning,
                message: "\(lost) log lines are missing here: they were not taken as fast as they came", metadata: [:]))
    }

    /// Waits until all that was written before is out, and how many lines are missing at the end has been said.
    ///
    /// - Parameter patience: milliseconds after which what is left is given up.
    /// - Returns: false where something is left.
    @discardableResult
    func drain(patience: Int = 2000) -> Bool {
        let isOut = DispatchSemaphore(value: 0)
        queue.async { [self] in
            let lost = state.withLock { state in
                defer { state.lost = 0 }
                return state.lost
            }
            say(lost: lost, at: SystemClock.now())
            isOut.signal()
        }
        return isOut.wait(timeout: .now() + .milliseconds(patience)) == .success
    }
}
