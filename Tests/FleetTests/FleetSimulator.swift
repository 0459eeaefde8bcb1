import Fleet
import TestSupport

/// Machines, an engine and what goes wrong between them, on a clock of its own: milliseconds of true time, from which each
/// machine's clock runs away at its own rate.
///
/// A statement is carried out when it arrives. Its answer may be lost, and where a connection is cut the statement itself may
/// be lost, or arrive when its sender has given it up long ago.
struct FleetSimulator {
    struct Settings {
        /// Clocks are as much faster or slower as that at most; the first two machines' are at either end.
        var rate = 0.1
        var machines = 3
        /// A control: what a machine has it uses, whether its lease is over or not.
        var ignoresLeases = false
    }

    struct Findings {
        /// Steps after which two machines had a shard.
        var twoOwners = 0
        /// The longest that a shard was nobody's while nothing else went wrong, in milliseconds of true time.
        var longestOrphan: Int64 = 0
        var putOuts = 0
        var rejoins = 0
        var handovers = 0
        var lateStatements = 0
    }

    private struct Machine {
        let name: String
        let rate: Double
        let skew: Double
        var membership: Membership
        var isUp = true
        /// It stands still until then, or is off.
        var resumes: Int64 = 0
        var cutUntil: Int64 = 0
        var isIllUntil: Int64 = 0
        /// The statement that it waits for.
        var call: Int?
        var deadline: Int64 = 0
        var answer: Answer?
        /// It does something at that time.
        var wakes: Int64 = 0

        func clock(_ time: Int64) -> Int64 { Int64(skew + Double(time) * rate) }
        /// The first moment of true time at which its clock shows that.
        func time(of clock: Int64) -> Int64 { Int64(((Double(clock) - skew) / rate).rounded(.up)) + 1 }
    }

    private enum Answer {
        case done
        case beaten(Bool)
        case looked(FleetView)
        case refused
    }

    private struct Statement {
        var number: Int
        var machine: Int
        var step: Membership.Step
        var arrives: Int64
        /// The connection is gone: nobody hears of what becomes of it.
        var isLate = false
        var about: String
    }

    private static let shards = 16
    private static let lease: Int64 = 20_000
    private static let deadline: Int64 = 3000

    private let settings: Settings
    private var random: SeededGenerator
    private var machines: [Machine] = []
    private var statements: [Statement] = []
    private var answers: [(machine: Int, call: Int, arrives: Int64, answer: Answer)] = []
    // The engine.
    private var nodes: [NodeRow] = []
    private var owners = [String?](repeating: nil, count: shards)
    private var engineDownUntil: Int64 = 0
    private var time: Int64 = 0
    private var nextFault: Int64 = 60_000
    /// When something last began or ceased to be wrong.
    private var calmSince: Int64 = 0
    private var orphanSince = [Int64](repeating: 0, count: shards)
    private var calls = 0
    private(set) var findings = Findings()

    init(seed: UInt64, settings: Settings = Settings()) {
        self.settings = settings
        random = SeededGenerator(seed: seed)
        for number in 0..<settings.machines {
            let place = number == 0 ? -1 : number == 1 ? 1 : Double.random(in: -1...1, using: &random)
            machines.append(
                Machine(
                    name: "n\(number)", rate: 1 + settings.rate * place,
                    skew: Double.random(in: 0...1e9, using: &random),
                    membership: Self.membership(number, incarnation: 0)))
        }
    }

    private static func membership(_ number: Int, incarnation: Int) -> Membership {
        let runs = RunCounter()
        return Membership(Membership.Machine(name: "n\(number)", id: "m\(number)", lease: lease)) {
            "n\(number)-\(incarnation)-\(runs.next())"
        }
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps { step() }
        findings.putOuts += machines.map(\.membership.putOuts).reduce(0, +)
    }

    // MARK: One step

    private mutating func step() {
        var next = min(nextFault, machines.map(\.wakes).min() ?? .max)
        for statement in statements { next = min(next, statement.arrives) }
        for answer in answers { next = min(next, answer.arrives) }
        time = max(time, next)
        if time >= nextFault { fault() }
        if let index = statements.firstIndex(where: { $0.arrives <= time }) {
            carryOut(statements.remove(at: index))
        } else if let index = answers.firstIndex(where: { $0.arrives <= time }) {
            let answer = answers.remove(at: index)
            guard machines[answer.machine].call == answer.call else { return }
            machines[answer.machine].answer = answer.answer
            machines[answer.machine].wakes = max(time, machines[answer.machine].resumes)
        } else if let index = machines.firstIndex(where: { $0.wakes <= time }) {
            wake(index)
        }
        judge()
    }

    private mutating func wake(_ index: Int) {
        guard time >= machines[index].resumes else {
            machines[index].wakes = machines[index].resumes
            return
        }
        if !machines[index].isUp { start(index) }
        let now = machines[index].clock(time)
        if machines[index].call != nil {
            if let answer = machines[index].answer {
                hear(answer, index, now)
            } else if time >= machines[index].deadline {
                machines[index].membership.failed(at: now)
            } else {
                machines[index].wakes = machines[index].deadline
                return
            }
            machines[index].call = nil
            machines[index].answer = nil
        }
        machines[index].membership.report(isIll: time < machines[index].isIllUntil, at: now)
        let busy = random.next()
        let step = machines[index].membership.next(at: now) { busy >> UInt64($0) & 3 == 0 }
        switch step {
        case .wait(let until): machines[index].wakes = max(time + 1, machines[index].time(of: until))
        case .end: stop(index, for: .random(in: 1000...30_000, using: &random))
        default: send(step, index, now)
        }
    }

    private mutating func hear(_ answer: Answer, _ index: Int, _ now: Int64) {
        switch answer {
        case .done: machines[index].membership.done(at: now)
        case .beaten(let isMember):
            machines[index].membership.beaten(isMember, at: now)
            if !isMember { findings.rejoins += 1 }
        case .looked(let view): machines[index].membership.looked(view, at: now, timeOfDay: view.time)
        case .refused: machines[index].membership.failed(at: now)
        }
    }

    // MARK: The network

    private mutating func send(_ step: Membership.Step, _ index: Int, _ now: Int64) {
        calls += 1
        machines[index].call = calls
        machines[index].answer = nil
        machines[index].deadline = machines[index].time(of: now + Self.deadline)
        machines[index].wakes = machines[index].deadline
        let isWell = machines[index].membership.isWell(at: now)
        var statement = Statement(
            number: calls, machine: index, step: step, arrives: time + latency(),
            about: isWell ? "{}" : #"{"well":false}"#)
        if time < machines[index].cutUntil || time < engineDownUntil {
            guard Int.random(in: 0..<2, using: &random) == 0 else { return }
            // The kernel tries on for a while, and the engine takes what comes.
            statement.arrives = max(machines[index].cutUntil, engineDownUntil) + .random(in: 0...40_000, using: &random)
            statement.isLate = true
        }
        statements.append(statement)
    }

    private mutating func latency() -> Int64 {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: .random(in: 500...4000, using: &random)
        case 1...4: .random(in: 20...300, using: &random)
        default: .random(in: 1...5, using: &random)
        }
    }

    private mutating func carryOut(_ statement: Statement) {
        if time < engineDownUntil { return }
        if statement.isLate { findings.lateStatements += 1 }
        let answer = execute(statement)
        let isLost =
            statement.isLate || time < machines[statement.machine].cutUntil
            || Int.random(in: 0..<100, using: &random) == 0
        let way = latency()
        // Whoever waits in vain is not well for that long.
        if isLost || way > Self.deadline { calmSince = max(calmSince, time + Self.deadline) }
        if !isLost { answers.append((statement.machine, statement.number, time + way, answer)) }
    }

    // MARK: The engine

    private mutating func execute(_ statement: Statement) -> Answer {
        switch statement.step {
        case .look:
            return .looked(FleetView(nodes: nodes, owners: owners, position: 0, time: time, visited: []))
        case .join(let row, let earlier):
            if let earlier { delete { $0.run == earlier && $0.name == row.name && $0.machine == row.machine } }
            guard !nodes.contains(where: { $0.name == row.name || $0.run == row.run }) else { return .refused }
            nodes.append(row)
            return .done
        case .beat(let run):
            guard let index = nodes.firstIndex(where: { $0.run == run }) else { return .beaten(false) }
            nodes[index].beat += 1
            nodes[index].about = statement.about
            return .beaten(true)
        case .putOut(let run, let beat): delete { $0.run == run && $0.beat == beat }
        case .claim(let shards, let run):
            guard nodes.contains(where: { $0.run == run }) else { return .refused }
            for shard in shards where owners[shard] == nil { owners[shard] = run }
        case .giveUp(let shards, let run, let beat):
            guard nodes.contains(where: { $0.run == run && $0.beat == beat }) else { break }
            for shard in shards where owners[shard] == run {
                owners[shard] = nil
                findings.handovers += 1
            }
        case .leave(let run): delete { $0.run == run }
        case .wait, .end: break
        }
        return .done
    }

    private mutating func delete(where isMeant: (NodeRow) -> Bool) {
        for node in nodes where isMeant(node) {
            for shard in owners.indices where owners[shard] == node.run { owners[shard] = nil }
        }
        nodes.removeAll(where: isMeant)
    }

    // MARK: What goes wrong

    private mutating func fault() {
        nextFault = time + .random(in: 5000...180_000, using: &random)
        let index = Int.random(in: 0..<machines.count, using: &random)
        let span = [2000, 8000, 14_000, 16_000, 19_000, 21_000, 25_000, 40_000].randomElement(using: &random) ?? 2000
        var end = time + Int64(span)
        switch Int.random(in: 0..<12, using: &random) {
        case 0...3: machines[index].resumes = max(machines[index].resumes, end)
        case 4...7: machines[index].cutUntil = end
        case 8: engineDownUntil = end
        case 9: stop(index, for: Int64(span))
        case 10: machines[index].membership.leave(at: machines[index].clock(time))
        default:
            end = time + 90_000
            machines[index].isIllUntil = end
        }
        calmSince = max(calmSince, end)
    }

    private mutating func stop(_ index: Int, for span: Int64) {
        machines[index].isUp = false
        machines[index].call = nil
        machines[index].resumes = time + span
        machines[index].wakes = machines[index].resumes
        calmSince = max(calmSince, machines[index].resumes)
    }

    private mutating func start(_ index: Int) {
        findings.putOuts += machines[index].membership.putOuts
        calls += 1
        machines[index].membership = Self.membership(index, incarnation: calls)
        machines[index].isUp = true
    }

    // MARK: What must hold

    private mutating func judge() {
        var holders = [Int](repeating: 0, count: Self.shards)
        for machine in machines where machine.isUp {
            // Also while it stands still: it could act the moment that it goes on.
            let claims = machine.membership.claims
            guard machine.clock(time) < claims.until || settings.ignoresLeases else { continue }
            for (shard, claim) in claims.claims where !claim.isLeaving { holders[shard] += 1 }
        }
        for shard in 0..<Self.shards {
            if holders[shard] > 0 { orphanSince[shard] = time }
            if holders[shard] > 1 { findings.twoOwners += 1 }
            let orphan = time - max(orphanSince[shard], calmSince)
            findings.longestOrphan = max(findings.longestOrphan, orphan)
        }
    }
}

private final class RunCounter: @unchecked Sendable {
    // The simulator is a single thread's.
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}
