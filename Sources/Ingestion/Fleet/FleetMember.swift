private import Dispatch
internal import Fleet
private import Locking

/// `FleetMember` keeps this machine in its fleet: it does what `Membership` says, on a thread of its own, and hands what comes
/// of it to `Territory`. Any thread may tell and ask it.
final class FleetMember: Sendable {
    /// `Surroundings` are what it works with.
    struct Surroundings: Sendable {
        /// Milliseconds of the clock by which leases go: CLOCK_BOOTTIME's.
        var steady: @Sendable () -> Int64
        /// Milliseconds since 1970 by this machine's clock.
        var timeOfDay: @Sendable () -> Int64
        /// At which position of the log the store is.
        var applied: @Sendable () -> UInt64
        /// What this machine says of itself; whether it is well is put in.
        var about: @Sendable () -> NodeAbout
        /// Whether the network or the disk is out of order.
        var isIll: @Sendable () -> Bool
        /// Takes in what has happened; called by the member's thread.
        var tell: @Sendable (FleetNews) -> Void
    }

    private struct Inbox {
        var isLeaving = false
        /// The run that an append was refused of.
        var putOut: String?
        var figures = FleetFigures()
    }

    /// Milliseconds that the thread sleeps at most, as a machine that was asleep wants to know of it.
    private static let longestSleep: Int64 = 1000

    private let machine: Membership.Machine
    private let makeRegister: @Sendable () -> any FleetRegister
    private let run: Locked<String?>
    private let endTerm: @Sendable () -> Void
    private let catchUp: @Sendable () throws(EngineFailure) -> Void
    private let territory: Territory
    private let surroundings: Surroundings
    private let inbox: Locked<Inbox>
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let queue = DispatchQueue(label: "newswire.fleet")

    init(_ access: FleetAccess, territory: Territory, _ surroundings: Surroundings) {
        machine = access.machine
        makeRegister = access.register
        run = access.run
        endTerm = access.endTerm
        catchUp = access.catchUp
        self.territory = territory
        self.surroundings = surroundings
        inbox = Locked(Inbox(figures: FleetFigures(name: access.machine.name)))
    }

    /// Begins; once.
    func start() {
        queue.async { self.loop() }
    }

    /// Leaves the fleet once nothing is under way any more. Blocks until that is done, or for so many milliseconds.
    func leave(within milliseconds: Int) {
        inbox.withLock { $0.isLeaving = true }
        wake.signal()
        _ = ended.wait(timeout: .now() + .milliseconds(milliseconds))
    }

    /// An append was told that this machine is not in the fleet any more.
    func learnedPutOut() {
        guard let run = run.withLock({ $0 }) else { return }
        inbox.withLock { $0.putOut = run }
        wake.signal()
    }

    /// How it stands.
    var figures: FleetFigures { inbox.withLock { $0.figures } }

    // MARK: Its thread

    private func loop() {
        let register = makeRegister()
        var membership = Membership(machine) { FleetRun.new() }
        var news = NewsOfMembership()
        var terms = 0
        defer { ended.signal() }
        while true {
            hear(&membership)
            publish(membership)
            if membership.timesPutOut != terms {
                terms = membership.timesPutOut
                endTerm()
            }
            let now = surroundings.steady()
            let applied = surroundings.applied()
            let about = about(membership, at: now)
            let step = membership.next(at: now, applied: applied, about: about) { territory.isBusy($0) }
            publish(membership)
            for piece in news.after(step, membership) { surroundings.tell(piece) }
            switch step {
            case .wait(let until):
                let pause = max(1, min(Self.longestSleep, until - now))
                _ = wake.wait(timeout: .now() + .milliseconds(Int(pause)))
            case .end(let ending):
                surroundings.tell(.ended(ending))
                return
            default:
                do throws(EngineFailure) {
                    try carryOut(step, register, about, applied, &membership)
                    if let piece = news.answered(at: surroundings.steady()) { surroundings.tell(piece) }
                } catch {
                    let time = surroundings.steady()
                    membership.failed(at: time)
                    if let piece = news.failed(error, at: time) { surroundings.tell(piece) }
                }
            }
            keep(membership, news)
        }
    }

    private func about(_ membership: Membership, at now: Int64) -> String {
        var about = surroundings.about()
        about.isWell = membership.isWell(at: now)
        return about.text
    }

    private func hear(_ membership: inout Membership) {
        let now = surroundings.steady()
        let (isLeaving, putOut) = inbox.withLock { inbox in
            defer { inbox.putOut = nil }
            return (inbox.isLeaving, inbox.putOut)
        }
        if let putOut { membership.learnedPutOut(run: putOut, at: now) }
        if isLeaving { membership.leave(at: now) }
        membership.report(isIll: surroundings.isIll(), at: now)
    }

    private func publish(_ membership: Membership) {
        run.withLock { $0 = membership.claims.run }
        territory.adopt(membership.claims)
    }

    private func carryOut(
        _ step: Membership.Step, _ register: any FleetRegister, _ about: String, _ applied: UInt64,
        _ membership: inout Membership
    ) throws(EngineFailure) {
        switch step {
        case .look:
            let view = try register.view()
            guard view.owners.count == ShardMap.shards else {
                throw EngineFailure(
                    .damaged, "the engine has \(view.owners.count) shards, and a fleet has \(ShardMap.shards)",
                    advice: "look whether `newswire fleet init` has made it")
            }
            // The hosts first: who has a shard knows of its guests.
            territory.see(visited: view.visited)
            membership.looked(
                view, applied: applied, at: surroundings.steady(), timeOfDay: surroundings.timeOfDay())
            inbox.withLock { inbox in
                inbox.figures.machines = view.nodes.count
                inbox.figures.position = view.position
            }
        case .beat(let run):
            let isMember = try register.beat(run: run, applied: applied, about: about)
            membership.beaten(isMember, at: surroundings.steady())
        case .join(var row, let earlier):
            // What an earlier run has appended without an answer is in the store then, or comes too late.
            try catchUp()
            row.applied = surroundings.applied()
            try register.join(row, replacing: earlier)
        case .putOut(let run, let beat): try register.putOut(run: run, beat: beat)
        case .claim(let shards, let run): try register.claim(shards, for: run)
        case .giveUp(let shards, let run, let beat): try register.giveUp(shards, of: run, beat: beat)
        case .leave(let run): try register.leave(run: run)
        case .wait, .end: return
        }
        switch step {
        case .look, .beat: break
        default: membership.done(at: surroundings.steady())
        }
    }

    private func keep(_ membership: Membership, _ news: NewsOfMembership) {
        let claims = membership.claims
        inbox.withLock { inbox in
            inbox.figures.run = claims.run
            inbox.figures.until = claims.until
            inbox.figures.beat = membership.beat
            inbox.figures.shards = claims.claims.count
            inbox.figures.obstacle = membership.obstacle
            inbox.figures.awaySince = news.awaySince
            inbox.figures.answersSince = news.answersSince
            inbox.figures.putOuts = membership.putOuts
            inbox.figures.timesPutOut = membership.timesPutOut
        }
    }
}

/// A run's name: a UUID of version 4.
private enum FleetRun {
    static func new() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        func hex(_ value: UInt64) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        let digits = hex(high) + hex(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
