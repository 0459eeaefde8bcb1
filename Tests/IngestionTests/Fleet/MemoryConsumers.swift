import Fleet
import Locking

/// Consumers of a fleet in memory, as its engine keeps them.
final class MemoryConsumers: FleetConsumers, Sendable {
    struct Row: Equatable {
        var seq: UInt64
        var run: String?
        var holder: String
    }

    struct State {
        var rows: [String: Row] = [:]
        /// Runs that are in the fleet, with the names of their machines.
        var runs: [String: String] = [:]
        var isAway = false
    }

    let state: Locked<State>

    init(runs: [String: String]) { state = Locked(State(runs: runs)) }

    subscript(name: String) -> Row? { state.withLock { $0.rows[name] } }

    func set(away: Bool) { state.withLock { $0.isAway = away } }

    /// Takes a run out of the fleet.
    func putOut(_ run: String) {
        state.withLock { state in
            state.runs[run] = nil
            for (name, row) in state.rows where row.run == run { state.rows[name]?.run = nil }
        }
    }

    private func whenThere<Value: Sendable>(
        _ body: (inout State) -> Value
    ) throws(EngineFailure) -> Value {
        let value: Value? = state.withLock { state in state.isAway ? nil : body(&state) }
        guard let value else { throw EngineFailure(.away, "the engine is away") }
        return value
    }

    func take(
        _ consumer: String, run: String, machine: String, seq: UInt64
    ) throws(EngineFailure) -> ConsumerTaking {
        try whenThere { state in
            guard state.runs[run] != nil else { return .putOut }
            guard let row = state.rows[consumer] else {
                state.rows[consumer] = Row(seq: seq, run: run, holder: machine)
                return .held(seq: seq, wasHere: true)
            }
            if let other = row.run, other != run { return .elsewhere(state.runs[other] ?? "?") }
            state.rows[consumer]?.run = run
            state.rows[consumer]?.holder = machine
            return .held(seq: row.seq, wasHere: row.holder == machine)
        }
    }

    func move(_ consumer: String, run: String, to seq: UInt64) throws(EngineFailure) -> Bool {
        try whenThere { state in
            guard state.rows[consumer]?.run == run else { return false }
            state.rows[consumer]?.seq = seq
            return true
        }
    }

    func free(_ consumer: String, run: String) throws(EngineFailure) {
        try whenThere { state in if state.rows[consumer]?.run == run { state.rows[consumer]?.run = nil } }
    }

    func forget(_ consumer: String, run: String) throws(EngineFailure) {
        try whenThere { state in if state.rows[consumer]?.run == run { state.rows[consumer] = nil } }
    }

    func all() throws(EngineFailure) -> [ConsumerRow] {
        try whenThere { state in
            state.rows.sorted { $0.key < $1.key }.map { name, row in
                ConsumerRow(name: name, seq: row.seq, machine: row.run.flatMap { state.runs[$0] })
            }
        }
    }
}
