private import Dispatch
internal import Fleet

/// `VisitDesk` asks the engine for turns at visited hosts, one question after the other, on a thread of its own.
// Sendable because what gives the turns is reached on the queue alone.
final class VisitDesk: @unchecked Sendable {
    private let queue = DispatchQueue(label: "newswire.visits")
    private let make: @Sendable () -> any FleetVisits
    private let steady: @Sendable () -> Int64
    private lazy var visits = make()

    /// - Parameter steady: milliseconds of the clock by which leases go.
    init(_ make: @escaping @Sendable () -> any FleetVisits, steady: @escaping @Sendable () -> Int64) {
        self.make = make
        self.steady = steady
    }

    /// Enters a host.
    ///
    /// - Returns: whether the engine has taken it.
    func enter(_ host: String) async -> Bool {
        await onQueue { desk in
            do throws(EngineFailure) {
                try desk.visits.enter(host)
                return true
            } catch {
                return false
            }
        }
    }

    /// What the engine has said: the milliseconds to the turn, or nothing where the host is not entered; and when it was asked.
    struct Answer: Sendable {
        var wait: Int64?
        var asked: Int64
    }

    /// Asks for a turn.
    ///
    /// - Returns: nil where the engine has not answered.
    func turn(at host: String, delay: Int64) async -> Answer? {
        await onQueue { desk in
            let asked = desk.steady()
            do throws(EngineFailure) {
                return Answer(wait: try desk.visits.turn(at: host, delay: delay), asked: asked)
            } catch {
                return nil
            }
        }
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable (VisitDesk) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body(self)) }
        }
    }
}
