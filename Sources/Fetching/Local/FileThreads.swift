private import Dispatch
private import Locking

/// `FileThreads` does work that waits for a file system on a few threads of its own: a mount that does not answer holds
/// up these, and neither the transfers nor the threads that tasks share.
package final class FileThreads: Sendable {
    /// A piece of work that has not ended, in line or under way.
    private struct Entry {
        var begun: ContinuousClock.Instant
        var noAnswer: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var line: [(number: Int, work: @Sendable () -> Void)] = []
        /// How many of `line` were taken out already.
        var taken = 0
        var running = 0
        var count = 0
        var isLooking = false
    }

    /// `NoAnswer` says that the work was not done in time. It may end all the same, then or later.
    package struct NoAnswer: Error {
        /// So many seconds were waited.
        package let seconds: Int64
    }

    private let limit: Int
    private let patience: Duration
    private let look: Int
    private let state = Locked(State())

    /// - Parameters:
    ///   - limit: of threads.
    ///   - patience: how long work may take, with the wait for a thread.
    ///   - look: how often it is looked for work that takes longer, in milliseconds.
    init(limit: Int = 8, patience: Duration = .seconds(10), look: Int = 1000) {
        self.limit = limit
        self.patience = patience
        self.look = look
    }

    /// Does `work` on one of the threads. Returns at once.
    ///
    /// - Parameter noAnswer: called, from any thread, where it takes too long; the work may end all the same, then or later.
    func run(_ work: @escaping @Sendable () -> Void, noAnswer: @escaping @Sendable () -> Void) {
        let (mustStart, mustLook) = state.withLock { state in
            state.count += 1
            state.entries[state.count] = Entry(begun: .now, noAnswer: noAnswer)
            state.line.append((state.count, work))
            let mustStart = state.running < limit
            if mustStart { state.running += 1 }
            defer { state.isLooking = true }
            return (mustStart, !state.isLooking)
        }
        if mustStart { DispatchQueue(label: "newswire.file").async { self.work() } }
        if mustLook { lookLater() }
    }

    /// Does `work` on one of the threads, and returns its result to the task that waits for it. Throws where it takes
    /// too long, with the wait for a thread.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(NoAnswer) -> Value {
        let answer = Answer<Value>()
        let value = await withCheckedContinuation { continuation in
            answer.wait(continuation)
            run({ answer.give(work()) }, noAnswer: { answer.give(nil) })
        }
        guard let value else { throw NoAnswer(seconds: patience.components.seconds) }
        return value
    }

    private func work() {
        while true {
            let next = state.withLock { state -> (number: Int, work: @Sendable () -> Void)? in
                while state.taken < state.line.count {
                    defer { state.taken += 1 }
                    // What was given up while it stood in line is not begun.
                    let next = state.line[state.taken]
                    if state.entries[next.number] != nil { return next }
                }
                state.line = []
                state.taken = 0
                state.running -= 1
                return nil
            }
            guard let next else { return }
            next.work()
            state.withLock { $0.entries[next.number] = nil }
        }
    }

    private func lookLater() {
        DispatchQueue(label: "newswire.file.patience").asyncAfter(
            deadline: .now() + .milliseconds(look)
        ) { [weak self] in self?.giveUpLate() }
    }

    private func giveUpLate() {
        let (late, mustLook) = state.withLock { state in
            let latest = ContinuousClock.now - patience
            let late = state.entries.filter { $0.value.begun < latest }
            for number in late.keys { state.entries[number] = nil }
            state.isLooking = !state.entries.isEmpty
            return (late.values.map(\.noAnswer), state.isLooking)
        }
        for noAnswer in late { noAnswer() }
        if mustLook { lookLater() }
    }

    /// A value that is given once, to a task that waits for it.
    private final class Answer<Value: Sendable>: Sendable {
        private let continuation = Locked<CheckedContinuation<Value?, Never>?>(nil)

        func wait(_ continuation: CheckedContinuation<Value?, Never>) {
            self.continuation.withLock { $0 = continuation }
        }

        func give(_ value: Value?) {
            let continuation = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            continuation?.resume(returning: value)
        }
    }
}
