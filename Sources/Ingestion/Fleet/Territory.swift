internal import Configuration
internal import Fleet
internal import Locking
internal import Web

/// `Territory` is what this machine of a fleet may poll, and until when: asked before a poll begins, and again right before
/// each request goes out (docs/spec/fleet.md F7, F8, F16, F17). Any thread may ask and tell it.
///
/// A machine alone has none.
package final class Territory: Sendable {
    fileprivate struct Poll {
        var shard: Int
        var task: Task<PollReport, Never>
    }

    /// How far a shard is that goes to another machine.
    fileprivate enum Settling: Equatable {
        /// Polls of it run.
        case draining
        /// What they have left is being appended.
        case settling(Int)
        case settled
    }

    struct Shared {
        var claims = ShardClaims()
        var visits = VisitTurns()
        var visitCount = 0
        /// How many polls of a shard run.
        fileprivate var running: [Int: Int] = [:]
        fileprivate var polls: [Int: Poll] = [:]
        fileprivate var leaving: [Int: Settling] = [:]
        fileprivate var numbers = 0
        /// The shards that could be polled when somebody was told last.
        fileprivate var open: Set<Int> = []
    }

    /// `Surroundings` are what it works with.
    struct Surroundings: Sendable {
        /// Milliseconds of the clock by which leases go: CLOCK_BOOTTIME's.
        var steady: @Sendable () -> Int64
        /// Waits for so many of them; throws where the task is cancelled.
        var sleep: @Sendable (Int64) async throws -> Void
        /// At which position of the log the store is.
        var applied: @Sendable () -> UInt64
        /// Calls what it is given once all is appended that was kept so far. Returns at once.
        var settle: @Sendable (@escaping @Sendable () -> Void) -> Void
        /// Is called, by any thread, when other shards may be polled than before.
        var changed: @Sendable () -> Void
    }

    let shared = Locked(Shared())
    let surroundings: Surroundings
    let desk: VisitDesk

    init(_ surroundings: Surroundings, visits: @escaping @Sendable () -> any FleetVisits) {
        self.surroundings = surroundings
        desk = VisitDesk(visits, steady: surroundings.steady)
    }

    /// Returns the shard of a feed: of the host that is asked first, or of its path where it is a file.
    static func shard(of feed: FeedConfiguration, adoptedURL: String?) -> Int {
        if feed.isLocalFile { return ShardMap.shard(ofSite: feed.url) }
        return shard(ofHost: feed.requestHost(adopting: adoptedURL) ?? "")
    }

    /// - Parameter host: the key of a host or of its allowance, which is of one site.
    static func shard(ofHost host: String) -> Int { ShardMap.shard(ofSite: Site.of(host)) }

    // MARK: Whose is what

    func standing(of shard: Int) -> ShardClaims.Standing {
        let (applied, now) = (surroundings.applied(), surroundings.steady())
        return shared.withLock { $0.claims.standing(of: shard, applied: applied, at: now) }
    }

    /// Milliseconds for which a host of a shard still rests from the machine that had it before; nil where polls of the shard may
    /// not begin.
    func rest(of shard: Int, delay: Int64) -> Int64? {
        guard case .mine(let since, _) = standing(of: shard) else { return nil }
        return max(0, since + delay - surroundings.steady())
    }

    /// Tells whether polls of a feed may begin.
    func mayPoll(_ feed: FeedConfiguration, adoptedURL: String?) -> Bool {
        standing(of: Self.shard(of: feed, adoptedURL: adoptedURL)).isMine
    }

    /// Why no poll of a shard may begin, for whoever has asked for one.
    func reason(_ shard: Int) -> String {
        switch standing(of: shard) {
        case .lapsed: "this machine is not in its fleet, or the fleet's engine does not answer"
        case .behind: "this machine has not read all that others have found of it"
        case .leaving: "it goes to another machine of the fleet"
        case .mine, .elsewhere:
            machine(of: shard).map { "\($0) polls it" } ?? "no machine of the fleet has it at present"
        }
    }

    /// The machine that has a shard, where it is known and another.
    func machine(of shard: Int) -> String? {
        shared.withLock { shared in
            guard shared.claims.claims[shard] == nil, shared.claims.machines.indices.contains(shard) else { return nil }
            return shared.claims.machines[shard]
        }
    }

    /// How many requests have had their turn from the engine.
    var visitCount: Int { shared.withLock { $0.visitCount } }

    // MARK: What membership tells and asks

    /// Takes in what this machine may poll from now on. Returns once nothing begins that it may not.
    func adopt(_ claims: ShardClaims) {
        shared.withLock { shared in
            shared.claims = claims
            let leaving = claims.claims.filter(\.value.isLeaving)
            shared.leaving = shared.leaving.filter { leaving[$0.key] != nil }
            for shard in leaving.keys where shared.leaving[shard] == nil { shared.leaving[shard] = .draining }
        }
        settleDrained()
        tick()
    }

    /// Takes in which hosts are visited.
    func see(visited: [String]) {
        let now = surroundings.steady()
        shared.withLock { $0.visits.see(visited, at: now) }
    }

    /// Tells whether a poll of a shard runs, or what one has left is not appended.
    func isBusy(_ shard: Int) -> Bool {
        shared.withLock { shared in
            if shared.running[shard, default: 0] > 0 { return true }
            return shared.claims.claims[shard]?.isLeaving == true && shared.leaving[shard] != .settled
        }
    }

    /// Looks whether a lease has ended, and breaks off what may not go on. To be called several times a second.
    func tick() {
        let (applied, now) = (surroundings.applied(), surroundings.steady())
        let (lost, isNews) = shared.withLock { shared in
            let isLapsed = now >= shared.claims.until
            let lost = shared.polls.values.filter { isLapsed || shared.claims.claims[$0.shard] == nil }.map(\.task)
            let open = Set(
                shared.claims.claims.keys.filter {
                    shared.claims.standing(of: $0, applied: applied, at: now).isMine
                })
            defer { shared.open = open }
            return (lost, shared.open != open)
        }
        for task in lost { task.cancel() }
        if isNews { surroundings.changed() }
    }

    // MARK: Polls

    /// Runs a poll of a shard, and breaks it off when the shard is lost.
    ///
    /// - Returns: nil where the shard may not be polled; then nothing was done.
    func run(
        _ shard: Int, on executor: any TaskExecutor, _ poll: @escaping @Sendable () async -> PollReport
    ) async -> PollReport? {
        let (applied, now) = (surroundings.applied(), surroundings.steady())
        let number: Int? = shared.withLock { shared in
            guard shared.claims.standing(of: shard, applied: applied, at: now).isMine else { return nil }
            shared.running[shard, default: 0] += 1
            shared.numbers += 1
            return shared.numbers
        }
        guard let number else { return nil }
        let task = Task(executorPreference: executor) { await poll() }
        // The lease may have ended before the poll was known.
        let later = surroundings.steady()
        let isLost = shared.withLock { shared in
            shared.polls[number] = Poll(shard: shard, task: task)
            return later >= shared.claims.until || shared.claims.claims[shard] == nil
        }
        if isLost { task.cancel() }
        let report = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        shared.withLock { shared in
            shared.polls[number] = nil
            let left = shared.running[shard, default: 1] - 1
            shared.running[shard] = left == 0 ? nil : left
        }
        settleDrained()
        return report
    }

    /// What the polls of shards have left that go to others is appended before those are given up.
    private func settleDrained() {
        let (number, drained) = shared.withLock { shared in
            let drained = shared.leaving.keys.filter { shard in
                shared.leaving[shard] == .draining && shared.running[shard, default: 0] == 0
            }
            shared.numbers += 1
            for shard in drained { shared.leaving[shard] = .settling(shared.numbers) }
            return (shared.numbers, drained)
        }
        if drained.isEmpty { return }
        surroundings.settle { [self] in
            shared.withLock { shared in
                for shard in drained where shared.leaving[shard] == .settling(number) {
                    shared.leaving[shard] = .settled
                }
            }
        }
    }
}
