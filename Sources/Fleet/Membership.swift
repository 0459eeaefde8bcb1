/// `Membership` is one machine's part in a fleet as a value without I/O: it joins, says that it is alive, puts machines out
/// that are silent, and takes and gives up shards (docs/spec/fleet.md §4).
///
/// Whoever drives it asks `next` what to do, does it at once, and tells it what was answered, or that nothing was. Times are
/// milliseconds of one steady clock that goes on while the machine sleeps; it never reads another one, and trusts none.
///
/// What makes two owners impossible: the lease counts from before the beat was sent, a beat of others from after it was
/// read, and every statement that takes something away names the run and the beat that it means, so that it does nothing
/// where it comes late.
package struct Membership: Sendable {
    /// `Machine` is what a machine is in the fleet.
    package struct Machine: Sendable {
        package var name: String
        /// A hash of the machine's id and its store's path.
        package var id: String
        package var weight: Int
        /// Milliseconds.
        package var lease: Int64

        package init(name: String, id: String, weight: Int = 1, lease: Int64) {
            self.name = name
            self.id = id
            self.weight = weight
            self.lease = lease
        }

        /// Milliseconds from one beat to the next.
        package var heartbeat: Int64 { lease / 4 }
        /// Milliseconds that the lease ends before others may think that it does.
        var margin: Int64 { lease / 4 }
        /// Milliseconds between two tries while the engine is away.
        var retry: Int64 { min(1000, heartbeat) }
    }

    /// `Step` is what to do next.
    package enum Step: Sendable, Equatable {
        case look
        case join(NodeRow, replacing: String?)
        case beat(run: String)
        case putOut(run: String, beat: UInt64)
        case claim([Int], run: String)
        case giveUp([Int], run: String, beat: UInt64)
        case leave(run: String)
        /// There is nothing to do before that time, unless something is told.
        case wait(until: Int64)
        /// It is over.
        case end(Ending)
    }

    /// `Ending` is how a membership comes to its end.
    package enum Ending: Sendable, Equatable {
        /// It was told to leave.
        case left
        /// A machine that lives has this one's name.
        case nameIsTaken
    }

    /// `Obstacle` is why a machine is not in the fleet.
    package enum Obstacle: Sendable, Equatable {
        /// The store is not at the end of the log.
        case behind(by: UInt64)
        /// The time of day is this many milliseconds from the engine's.
        case clock(off: Int64)
        /// A machine with this one's name may live.
        case name
    }

    /// Milliseconds that the time of day may be from the engine's.
    package static let clockTolerance: Int64 = 10_000
    /// Milliseconds for which a machine may be out of order before its shards go to others.
    private static let patience: Int64 = 60_000
    /// Milliseconds that a leaving machine waits for what it has begun.
    private static let farewell: Int64 = 10_000
    /// Milliseconds after which a leaving machine looks again whether it has ended what it has begun.
    private static let farewellStep: Int64 = 200

    package let machine: Machine
    let makeRun: @Sendable () -> String

    /// What this machine may poll. Whoever lets requests go has it before `next` is asked, and again before what that says is
    /// done.
    package internal(set) var claims = ShardClaims()
    /// Why this machine is not in the fleet; nil where it is, or where it has not looked.
    package internal(set) var obstacle: Obstacle?
    /// How often this machine was put out, and how often it has put out others.
    package internal(set) var timesPutOut = 0
    package internal(set) var putOuts = 0

    /// The number of this machine's last heartbeat that a look has shown.
    package internal(set) var beat: UInt64 = 0
    /// When the beat or the join was sent that the engine has taken, and that no look has followed yet.
    var alive: Int64?
    var sent = Int64.min
    var plan: [Step] = []
    var givesUp = false
    var nextTurn = Int64.min
    var watch = PeerWatch()
    /// Since when every call was answered, and within a heartbeat.
    var connectedSince: Int64?
    /// The store must have read the log up to here before it joins.
    var goal: UInt64?
    /// Since when a machine of this one's name has been seen that is another, and its beat then.
    var namesake: (since: Int64, run: String, beat: UInt64)?
    /// By run, who should have each shard: kept while the machines are the same.
    var map: (shares: [ShardMap.Share], owners: [String?]) = ([], [])
    var leaveBy: Int64?
    var ending: Ending?
    private var isReportedIll = false
    var isClockOff = false
    private var illSince: Int64?

    /// - Parameter makeRun: gives a UUID that was never given before.
    package init(_ machine: Machine, makeRun: @escaping @Sendable () -> String) {
        self.machine = machine
        self.makeRun = makeRun
    }

    // MARK: - What to do

    /// Says what to do now. What it says is to be done at once: the lease counts from this moment.
    ///
    /// - Parameters:
    ///   - applied: the position in the log that the store is at.
    ///   - about: what the row is to say of this machine.
    ///   - isBusy: whether something of a shard is under way, or fetched and not in the log. By then nothing of a shard
    ///     begins any more that `claims` do not have, or have as leaving.
    package mutating func next(
        at now: Int64, applied: UInt64 = .max, about: String = "{}", isBusy: (Int) -> Bool = { _ in false }
    ) -> Step {
        if let ending { return .end(ending) }
        if let leaveBy, let step = farewell(until: leaveBy, at: now, isBusy: isBusy) { return step }
        if givesUp {
            givesUp = false
            let idle = claims.claims.filter { $0.value.isLeaving && !isBusy($0.key) }.keys.sorted()
            if let run = claims.run, !idle.isEmpty { plan.insert(.giveUp(idle, run: run, beat: beat), at: 0) }
        }
        if plan.isEmpty {
            guard now >= nextTurn else { return .wait(until: nextTurn) }
            nextTurn = now + machine.heartbeat
            plan = [claims.run.map { .beat(run: $0) } ?? .look]
        }
        if case .join(var row, let earlier) = plan[0] {
            row.applied = applied
            row.about = about
            plan[0] = .join(row, replacing: earlier)
        }
        sent = now
        return plan[0]
    }

    /// Nothing is given up shard by shard: the row goes, and with it all that the run has.
    private mutating func farewell(until end: Int64, at now: Int64, isBusy: (Int) -> Bool) -> Step? {
        guard let run = claims.run else {
            ending = .left
            return .end(.left)
        }
        guard now >= end || !claims.claims.keys.contains(where: isBusy) else {
            guard plan.isEmpty, now < nextTurn else { return nil }
            return .wait(until: min(nextTurn, now + Self.farewellStep))
        }
        // A try that failed is not followed by another at once.
        if connectedSince == nil, now < nextTurn { return .wait(until: nextTurn) }
        claims.until = .min
        plan = [.leave(run: run)]
        sent = now
        return plan[0]
    }

    /// Whether it is in order, or out of order for a short while only: what `NodeAbout` is to say.
    package func isWell(at now: Int64) -> Bool { illSince.map { now - $0 < Self.patience } ?? true }

    // MARK: - What is told

    /// Takes in whether the machine's network and disk are in order.
    package mutating func report(isIll: Bool, at now: Int64) {
        isReportedIll = isIll
        judgeHealth(at: now)
    }

    mutating func judgeHealth(at now: Int64) {
        illSince = isReportedIll || isClockOff ? illSince ?? now : nil
    }

    /// Leaves the fleet as soon as what is under way has ended, or after ten seconds.
    package mutating func leave(at now: Int64) {
        guard leaveBy == nil else { return }
        leaveBy = now + Self.farewell
        for shard in claims.claims.keys { claims.claims[shard]?.isLeaving = true }
    }

    /// An append of that run was told that it is not in the fleet any more.
    package mutating func learnedPutOut(run: String, at now: Int64) {
        if run == claims.run { wasPutOut(at: now) }
    }

    mutating func wasPutOut(at now: Int64) {
        let machines = claims.machines
        claims = ShardClaims()
        claims.machines = machines
        timesPutOut += 1
        goal = nil
        alive = nil
        plan = []
        givesUp = false
        nextTurn = now
    }
}
