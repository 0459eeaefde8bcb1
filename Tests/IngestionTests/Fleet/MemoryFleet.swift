import Fleet
import Locking

/// A fleet's log in memory, with machines that append to it, and what can go wrong between.
final class MemoryFleet: Sendable {
    struct Core {
        var rows: [LogRow] = []
        var begin: LogEnd.Records
        var end: LogEnd
        /// The runs that are in the fleet.
        var runs: Set<String> = []
        /// Entries up to this one are not kept any more.
        var trimmed: UInt64 = 0

        mutating func append(_ body: [UInt8], end records: LogEnd.Records) -> UInt64 {
            end.position += 1
            rows.append(LogRow(position: end.position, before: end.records, body: body))
            end.records = records
            return end.position
        }
    }

    static let id = "0b54a9a5-2f3e-4c57-9a0e-6b4d2f1e8c77"
    let core: Locked<Core>

    init(seq: UInt64 = 0, chain: [UInt8] = [UInt8](repeating: 0, count: 32)) {
        let begin = LogEnd.Records(seq: seq, chain: chain)
        core = Locked(Core(begin: begin, end: LogEnd(fleet: Self.id, position: 0, records: begin)))
    }

    var position: UInt64 { core.withLock { $0.end.position } }

    /// What stands in the log, entry by entry.
    var entries: [LogEntry] { core.withLock { $0.rows.compactMap { try? LogEntry(body: $0.body) } } }

    func putOut(_ run: String) { core.withLock { _ = $0.runs.remove(run) } }

    /// Forgets all entries behind a position, as an engine does that was promoted without them.
    func lose(behind position: UInt64) {
        core.withLock { core in
            let lost = core.rows.filter { $0.position > position }
            core.rows.removeAll { $0.position > position }
            core.end.position = position
            if let first = lost.first { core.end.records = first.before }
        }
    }

    func trim(upTo position: UInt64) {
        core.withLock { core in
            core.trimmed = position
            core.rows.removeAll { $0.position <= position }
        }
    }
}

/// What happens to the calls of one machine, each thing once and in this order.
final class MemoryLink: Sendable {
    enum Mishap: Sendable {
        /// There is no answer, and nothing was done.
        case away
        /// It was done, and the answer is lost.
        case lostAnswer
        /// Fewer entries come than there are, or it is not told that these are all.
        case cutShort
        /// Something happens before it is done.
        case first(@Sendable () -> Void)
        case refused
    }

    struct Plan {
        var appends: [Mishap] = []
        var reads: [Mishap] = []
        var waits: [Int] = []
        /// What happens while the next wait lasts.
        var duringWait: (@Sendable () -> Void)?
        var appendCount = 0
        var readCount = 0
        var wakes = 0
        var losses = 0
    }

    let plan = Locked(Plan())

    func onAppend(_ mishaps: Mishap...) { plan.withLock { $0.appends += mishaps } }
    func onRead(_ mishaps: Mishap...) { plan.withLock { $0.reads += mishaps } }
    /// The connection is lost and made again while nobody asks.
    func reconnect() { plan.withLock { $0.losses += 1 } }
    var appendCount: Int { plan.withLock { $0.appendCount } }
    var readCount: Int { plan.withLock { $0.readCount } }
}

/// The log as one machine has it.
final class MemoryLog: FleetLog {
    private let fleet: MemoryFleet
    private let link: MemoryLink
    private let run: String

    init(_ fleet: MemoryFleet, _ link: MemoryLink, run: String) {
        self.fleet = fleet
        self.link = link
        self.run = run
    }

    private static let away = EngineFailure(.away, "reading the log: no answer")

    /// - Returns: the mishap that is still to happen to the answer.
    private func meet(_ list: WritableKeyPath<MemoryLink.Plan, [MemoryLink.Mishap]>) throws(EngineFailure) -> MemoryLink
        .Mishap?
    {
        let mishap = link.plan.withLock { plan in
            plan[keyPath: list].isEmpty ? nil : plan[keyPath: list].removeFirst()
        }
        switch mishap {
        case .away: throw Self.away
        case .refused: throw EngineFailure(.refused, "permission denied")
        case .first(let act):
            act()
            return nil
        case .lostAnswer, .cutShort, nil: return mishap
        }
    }

    var losses: Int { link.plan.withLock { $0.losses } }

    func end() throws(EngineFailure) -> LogEnd { fleet.core.withLock { $0.end } }

    func entries(after position: UInt64, bytes: Int) throws(EngineFailure) -> [LogRow] {
        link.plan.withLock { $0.readCount += 1 }
        let mishap = try meet(\.reads)
        let (rows, trimmed) = fleet.core.withLock { ($0.rows, $0.trimmed) }
        if position < trimmed { throw EngineFailure(.trimmed, "not kept any more") }
        var result: [LogRow] = []
        var size = 0
        for row in rows where row.position > position {
            if !result.isEmpty, size + row.body.count > bytes { break }
            size += row.body.count
            result.append(row)
            if case .cutShort? = mishap { break }
            result[result.count - 1].isLast = row.position == rows.last?.position
        }
        return result
    }

    func append(_ body: [UInt8], seen: UInt64, end: LogEnd.Records) throws(EngineFailure) -> AppendOutcome {
        link.plan.withLock { $0.appendCount += 1 }
        let mishap = try meet(\.appends)
        let outcome = fleet.core.withLock { core -> AppendOutcome in
            guard core.runs.contains(run) else { return .putOut }
            guard core.end.position == seen else { return .overtaken }
            return .appended(core.append(body, end: end))
        }
        if case .lostAnswer? = mishap { throw Self.away }
        return outcome
    }

    var waker: @Sendable () -> Void { { [link] in link.plan.withLock { $0.wakes += 1 } } }

    func wait(milliseconds: Int) {
        let act = link.plan.withLock { plan in
            defer { plan.duringWait = nil }
            plan.waits.append(milliseconds)
            return plan.duringWait
        }
        act?()
    }
}
