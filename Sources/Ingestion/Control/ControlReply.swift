package import JSONText
private import Locking

/// The answer to one request: lines of JSON, the last of which is `{"done":true}` or has `error`.
///
/// May be used from any thread. Nothing here waits for the other side: the server's thread sends what is handed over, and
/// an asker that does not take it is given up.
package final class ControlReply: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var hasEnded = false
        var isGone = false
    }

    /// Bytes that may wait for all askers together.
    final class Budget: Sendable {
        private let left: Locked<Int>

        init(bytes: Int) { left = Locked(bytes) }

        /// - Returns: whether there is room for so many more.
        func take(_ count: Int) -> Bool {
            left.withLock { left in
                guard left >= count else { return false }
                left -= count
                return true
            }
        }

        func giveBack(_ count: Int) { left.withLock { $0 += count } }
    }

    private let state = Locked(State())
    private let budget: Budget?
    private let changed: @Sendable () -> Void

    /// One that nobody reads.
    package convenience init() { self.init(budget: nil) {} }

    /// - Parameter changed: called from whatever thread hands something over.
    init(budget: Budget?, changed: @escaping @Sendable () -> Void) {
        self.budget = budget
        self.changed = changed
    }

    deinit { drop() }

    /// Whether the asker has gone, so that nothing need be prepared for it.
    package var isGone: Bool { state.withLock(\.isGone) }

    package func send(_ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        write(&json)
        hand(over: json.finish() + [UInt8(ascii: "\n")], isLast: false)
    }

    package func done() { hand(over: Array("{\"done\":true}\n".utf8), isLast: true) }

    package func fail(_ message: String) { fail(ControlRequest.Refusal(message: message)) }

    func fail(_ refusal: ControlRequest.Refusal) {
        var json = JSONWriter()
        json.beginObject()
        json.member("error", refusal.message)
        if refusal.isOtherStore { json.flag("other_store", true) }
        json.endObject()
        hand(over: json.finish() + [UInt8(ascii: "\n")], isLast: true)
    }

    private func hand(over bytes: [UInt8], isLast: Bool) {
        let isNews = state.withLock { state in
            guard !state.hasEnded, !state.isGone else { return false }
            state.hasEnded = isLast
            if budget?.take(bytes.count) ?? true {
                state.waiting += bytes
            } else {
                state.isGone = true
            }
            return true
        }
        if isNews { changed() }
    }

    // MARK: The server's thread

    /// What was handed over since the last time, and whether that is all. Whoever takes it gives it back to the budget.
    func take() -> (bytes: [UInt8], isOver: Bool) {
        state.withLock { state in
            defer { state.waiting = [] }
            return (state.waiting, state.hasEnded || state.isGone)
        }
    }

    /// The asker has gone.
    func drop() {
        let count = state.withLock { state in
            defer { state.waiting = [] }
            state.isGone = true
            return state.waiting.count
        }
        budget?.giveBack(count)
    }
}
