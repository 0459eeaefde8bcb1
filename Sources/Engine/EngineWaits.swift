private import Glibc
internal import PostgreSQL

/// Waits until a moment, for a server that is connected to.
struct LoginWait: SocketWait {
    let halt: EngineHalt
    let end: Int64

    init(_ halt: EngineHalt, milliseconds: Int64) {
        self.halt = halt
        end = EngineClock.now() + milliseconds
    }

    func readiness(of descriptor: Int32, toRead: Bool, toWrite: Bool) -> SocketReadiness {
        let left = max(0, end - EngineClock.now())
        return switch halt.wait(for: descriptor, events: events(toRead, toWrite), milliseconds: left) {
        case .ready: .ready
        case .halted: .stopped
        case nil: .timedOut
        }
    }
}

/// Waits for the answer to a statement as long as the server that has it is still the engine. A statement is never given up
/// for being slow: PostgreSQL that waits for its standby keeps what it was told, and every new attempt would be one more
/// session that waits.
struct StatementWait: SocketWait {
    let halt: EngineHalt
    let patience: Int64
    /// By `EngineClock`; nil for none.
    let end: Int64?
    /// Tells whether another server has become the engine.
    let isElsewhere: () -> Bool

    func readiness(of descriptor: Int32, toRead: Bool, toWrite: Bool) -> SocketReadiness {
        while true {
            let left = end.map { max(0, $0 - EngineClock.now()) }
            switch halt.wait(
                for: descriptor, events: events(toRead, toWrite), milliseconds: min(patience, left ?? patience))
            {
            case .ready: return .ready
            case .halted: return .stopped
            case nil: if left == 0 || isElsewhere() { return .timedOut }
            }
        }
    }
}

private func events(_ toRead: Bool, _ toWrite: Bool) -> Int16 { Int16((toRead ? POLLIN : 0) | (toWrite ? POLLOUT : 0)) }
