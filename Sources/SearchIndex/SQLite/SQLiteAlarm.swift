internal import CSQLite
internal import Dispatch
internal import Locking

/// `SQLiteAlarm` interrupts what a connection does at a time, from another thread. SQLite itself looks at the clock between its
/// own steps alone, and one step of a search may be to collect what begins with a letter: seconds, and more of them for each
/// such word.
final class SQLiteAlarm: Sendable {
    private struct State {
        /// Where SQLite has the connection; nil once it is closed.
        var address: UInt?
        /// Goes up each time it is set or put out, so that no alarm rings for who comes later.
        var turn: UInt64 = 0
    }

    private let state: Locked<State>
    private static let queue = DispatchQueue(label: "newswire-web.alarm", qos: .userInitiated)

    init(_ handle: OpaquePointer) { state = Locked(State(address: UInt(bitPattern: handle))) }

    /// Rings after a while, unless it is put out before.
    func set(in duration: Duration) {
        let turn = next()
        let (seconds, attoseconds) = max(.zero, min(duration, .seconds(86_400))).components
        let wait = DispatchTimeInterval.milliseconds(Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        Self.queue.asyncAfter(deadline: .now() + wait) { [weak self] in self?.ring(turn) }
    }

    func putOut() { _ = next() }

    /// The connection is closed next.
    func forget() { state.withLock { $0.address = nil } }

    private func next() -> UInt64 {
        state.withLock { state in
            state.turn += 1
            return state.turn
        }
    }

    private func ring(_ turn: UInt64) {
        state.withLock { state in
            guard state.turn == turn, let handle = state.address.flatMap({ OpaquePointer(bitPattern: $0) }) else {
                return
            }
            sqlite3_interrupt(handle)
        }
    }
}
