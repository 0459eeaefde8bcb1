import Locking

@testable import Fleet
@testable import Ingestion

/// A territory on a clock that moves when somebody sleeps, against an engine whose answers the test makes up.
final class TerritoryFixture: Sendable {
    static let start: Int64 = 100_000
    let clock = Locked(TerritoryFixture.start)
    let applied = Locked<UInt64>(10)
    let changes = Locked(0)
    /// What waits for all to be appended.
    let settling = Locked<[@Sendable () -> Void]>([])
    let visits = FakeVisits()
    let territory: Territory

    init() {
        let (clock, applied, changes, settling, visits) = (clock, applied, changes, settling, visits)
        territory = Territory(
            Territory.Surroundings(
                steady: { clock.withLock { $0 } }, sleep: { time in clock.withLock { $0 += time } },
                applied: { applied.withLock { $0 } },
                settle: { body in settling.withLock { $0.append(body) } },
                changed: { changes.withLock { $0 += 1 } }), visits: { visits })
    }

    /// What still waits to be settled holds the territory, which holds where it waits.
    deinit { settling.withLock { $0 = [] } }

    var now: Int64 { clock.withLock { $0 } }

    func pass(_ milliseconds: Int64) { clock.withLock { $0 += milliseconds } }

    /// Lets this machine have shards, with a lease that lasts for so long.
    func own(
        _ shards: [Int], for lease: Int64 = 1_000_000, since: Int64 = 0, leaving: [Int] = [], at position: UInt64 = 10
    ) {
        var claims = ShardClaims()
        claims.run = "run"
        claims.until = now + lease
        claims.longestLease = 20_000
        claims.machines = [String?](repeating: "news2", count: ShardMap.shards)
        for shard in shards + leaving {
            claims.claims[shard] = ShardClaims.Claim(
                since: since, position: position, isLeaving: leaving.contains(shard))
        }
        territory.adopt(claims)
    }

    /// All has been appended.
    func settle() {
        let waiting = settling.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for body in waiting { body() }
    }
}

/// Gives turns as it was told to.
final class FakeVisits: FleetVisits, Sendable {
    struct State {
        var entered: [String] = []
        /// What is answered next; nothing: at once.
        var waits: [Int64?] = []
        var asked: [Int64] = []
        var isAway = false
        /// Is called while a turn is asked for: the way takes time.
        var meanwhile: @Sendable () -> Void = {}
    }

    let state = Locked(State())

    func enter(_ host: String) throws(EngineFailure) {
        let isAway = state.withLock { state in
            state.entered.append(host)
            return state.isAway
        }
        if isAway { throw EngineFailure(.away, "no answer") }
    }

    func turn(at host: String, delay: Int64) throws(EngineFailure) -> Int64? {
        let (isAway, wait, meanwhile) = state.withLock { state in
            state.asked.append(delay)
            return (state.isAway, state.waits.isEmpty ? 0 : state.waits.removeFirst(), state.meanwhile)
        }
        meanwhile()
        if isAway { throw EngineFailure(.away, "no answer") }
        return wait
    }
}

/// An engine's register in memory.
final class FakeRegister: FleetRegister, Sendable {
    struct State {
        var nodes: [NodeRow] = []
        var owners = [String?](repeating: nil, count: ShardMap.shards)
        var position: UInt64 = 10
        var visited: [String] = []
        var isAway = false
        var calls: [String] = []
        /// Is called with each call, before it is answered.
        var onCall: @Sendable (inout State) -> Void = { _ in }
        var timeOfDay: Int64 = 0
    }

    let state = Locked(State())

    private func call<Answer: Sendable>(_ name: String, _ body: (inout State) -> Answer) throws(EngineFailure) -> Answer
    {
        let answer: Answer? = state.withLock { state in
            state.calls.append(name)
            state.onCall(&state)
            return state.isAway ? nil : body(&state)
        }
        guard let answer else { throw EngineFailure(.away, "no answer") }
        return answer
    }

    func join(_ node: NodeRow, replacing earlier: String?) throws(EngineFailure) {
        try call("join") { state in
            if let earlier { state.remove { $0.run == earlier } }
            state.nodes.append(node)
        }
    }

    func beat(run: String, applied: UInt64, about: String) throws(EngineFailure) -> Bool {
        try call("beat") { state in
            guard let index = state.nodes.firstIndex(where: { $0.run == run }) else { return false }
            state.nodes[index].beat += 1
            state.nodes[index].about = about
            return true
        }
    }

    func view() throws(EngineFailure) -> FleetView {
        try call("view") {
            FleetView(
                nodes: $0.nodes, owners: $0.owners, position: $0.position, time: $0.timeOfDay, visited: $0.visited)
        }
    }

    func putOut(run: String, beat: UInt64) throws(EngineFailure) {
        try call("putOut") { $0.remove { $0.run == run && $0.beat == beat } }
    }

    func claim(_ shards: [Int], for run: String) throws(EngineFailure) {
        try call("claim") { state in
            for shard in shards where state.owners[shard] == nil { state.owners[shard] = run }
        }
    }

    func giveUp(_ shards: [Int], of run: String, beat: UInt64) throws(EngineFailure) {
        try call("giveUp") { state in
            guard state.nodes.contains(where: { $0.run == run && $0.beat == beat }) else { return }
            for shard in shards where state.owners[shard] == run { state.owners[shard] = nil }
        }
    }

    func leave(run: String) throws(EngineFailure) {
        try call("leave") { $0.remove { $0.run == run } }
    }
}

extension FakeRegister.State {
    fileprivate mutating func remove(where isMeant: (NodeRow) -> Bool) {
        let gone = nodes.filter(isMeant).map(\.run)
        nodes.removeAll(where: isMeant)
        for shard in owners.indices where owners[shard].map(gone.contains) ?? false { owners[shard] = nil }
    }
}
