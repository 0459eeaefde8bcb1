internal import Fetching
private import Locking
package import Scheduling

/// `HostGate` lets requests of pages to hosts, one by one, as the poll loop allows them (`PollQueue.visit`).
package struct HostGate: Sendable {
    /// `Answer` says whether a host may be asked.
    package enum Answer: Sendable, Equatable {
        /// It may; `leave` is to be called with this key of its allowance.
        case go(key: String)
        /// It may be asked for again after so many milliseconds.
        case later(milliseconds: Int64)
        /// It has asked to be left alone for so many milliseconds.
        case held(milliseconds: Int64)
        /// The loop ends.
        case stopped
    }

    /// Asks for a host by its name.
    package let visit: @Sendable (_ host: String) async -> Answer
    /// Ends a visit.
    package let leave: @Sendable (_ key: String, _ isGood: Bool, _ verdict: HostVerdict) -> Void
}

extension HostGate {
    /// Asks a poll loop.
    package init(_ control: PollLoop.Control) {
        visit = { host in
            let answer = OneAnswer()
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    answer.wait(continuation)
                    control.send(.visit(host: host) { answer.give($0) })
                }
            } onCancel: {
                // The loop may have ended, and answers nobody any more.
                answer.give(.stopped)
            }
        }
        leave = { control.send(.left(host: $0, isGood: $1, $2)) }
    }
}

extension HostGate {
    /// Milliseconds after which a host is asked for again to which the fleet lets nobody at present.
    private static let fleetDelay: Int64 = 5000

    /// Returns the gate of a machine in a fleet: who would wait long for a host of another machine's is told to come later, and
    /// takes nothing up until then.
    func minding(_ limiter: HostRateLimiter, _ allowances: HostAllowances) -> HostGate {
        HostGate(
            visit: { [visit] host in
                let (key, allowance) = allowances.allowance(forHost: host)
                do throws(Territory.Refusal) {
                    let wait = try await limiter.guestWait(at: key, delay: allowance.delay)
                    return wait > 0 ? .later(milliseconds: wait) : await visit(host)
                } catch {
                    return .later(milliseconds: Self.fleetDelay)
                }
            }, leave: leave)
    }
}

/// The first answer to a question counts, whoever gives it.
private final class OneAnswer: Sendable {
    private struct State {
        var continuation: CheckedContinuation<HostGate.Answer, Never>?
        var answer: HostGate.Answer?
    }

    private let state = Locked(State())

    func wait(_ continuation: CheckedContinuation<HostGate.Answer, Never>) {
        let answer = state.withLock { state in
            if state.answer == nil { state.continuation = continuation }
            return state.answer
        }
        if let answer { continuation.resume(returning: answer) }
    }

    func give(_ answer: HostGate.Answer) {
        let continuation = state.withLock { state in
            if state.answer == nil { state.answer = answer }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: answer)
    }
}

/// `HostVisit` is the allowance of one host after another that a page's requests have, given back whatever happens.
final class HostVisit: Sendable {
    private struct State {
        var key: String?
        var isGood = false
        var verdict = HostVerdict()
    }

    private let gate: HostGate
    private let state: Locked<State>

    /// - Parameter key: of the allowance that the gate has given.
    init(_ key: String, of gate: HostGate) {
        self.gate = gate
        state = Locked(State(key: key))
    }

    deinit { end() }

    /// The key of the host at hand; nil between two of them.
    var key: String? { state.withLock { $0.key } }

    /// The host has answered.
    ///
    /// - Parameter isGood: whether that shows that it can be asked.
    func answered(isGood: Bool, _ verdict: HostVerdict = HostVerdict()) {
        state.withLock { state in
            state.isGood = isGood
            state.verdict = verdict
        }
    }

    /// Gives back what it has.
    func end() {
        let ended = state.withLock { state in
            defer { state = State(key: nil) }
            return state
        }
        if let key = ended.key { gate.leave(key, ended.isGood, ended.verdict) }
    }

    /// Gives back what it has, because the host at hand has led the request elsewhere: that is a good answer.
    func rest() {
        answered(isGood: true)
        end()
    }

    /// How often a host is asked for that a redirect leads to.
    private static let tries = 10

    /// Goes on to another host, for which it waits a while.
    ///
    /// - Parameter sleep: waits for so many milliseconds; throws where the task is cancelled.
    func move(to host: String, _ sleep: (Int64) async throws -> Void) async -> RedirectDecision {
        rest()
        for _ in 0..<Self.tries {
            switch await gate.visit(host) {
            case .go(let key):
                state.withLock { $0 = State(key: key) }
                return .go
            case .later(let milliseconds):
                do { try await sleep(min(milliseconds, 5000)) } catch { return .stopped }
            case .held: return .held
            case .stopped: return .stopped
            }
        }
        return .crowded
    }
}
