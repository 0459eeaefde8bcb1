package import ArticleStore
package import Configuration
internal import Digest
package import Dispatch
package import FeedModel
package import Fleet
internal import Locking

/// `FleetLedger` keeps what polls leave in the log of a fleet first, and then in the store, which is a copy of that
/// (docs/spec/fleet.md §5).
///
/// On the writer's thread it follows the log, also while nobody polls here. States that came without articles count at once
/// on this machine (`ArticleStore.show`), and are the log's two seconds later.
package final class FleetLedger: Ledger {
    /// `Delays` are how long things wait.
    package struct Delays: Sendable {
        /// Between two entries of this machine.
        package var entries = Duration.milliseconds(250)
        /// States without articles, for others.
        package var states = Duration.seconds(2)
        /// Before an engine is asked again that was away.
        package var tries = Duration.seconds(1)
        /// Between two looks at the log, where nobody says that something has come.
        package var looks = Duration.milliseconds(250)
        /// Between two times that the store notes how far it is.
        package var notes = Duration.seconds(1)

        package init() {}
    }

    /// `Figures` are what was appended since the start.
    package struct Figures: Sendable, Equatable {
        package var appended = 0
        package var overtaken = 0
        package var putOut = 0
        /// Appends without an answer.
        package var unanswered = 0
        /// Commits that were given back to be judged again.
        package var judgedAgain = 0
        package var durations = DurationSum()
    }

    /// `Hearers` are told what concerns more than the ledger; on the writer's thread, which they must not hold up.
    package struct Hearers: Sendable {
        /// This machine is not in the fleet any more.
        package var putOut: @Sendable () -> Void = {}
        /// Store and log are not the same: the process is to end, with what is wrong.
        package var diverged: @Sendable (StoreError) -> Void = { _ in }
        /// Entries have come from others that say something of these feeds.
        package var changed: @Sendable (Set<FeedIdentifier>) -> Void = { _ in }

        package init() {}
    }

    struct Shared {
        var term: UInt64 = 1
        /// States that no entry has yet, by their feeds.
        var waiting: [FeedIdentifier: StateDifference] = [:]
        /// Those of the entry that is being appended, and the term they are of.
        var appending: [FeedIdentifier: StateDifference] = [:]
        var appendingTerm: UInt64 = 1
        var position: UInt64
        var engine: EngineFailure?
        var divergence: StoreError?
        var isStopped = false
        var figures = Figures()
        var hearers: Hearers
    }

    /// The writer's thread alone has it.
    struct Writing {
        var follower: LogFollower
        var log: any FleetLog
        var lastEntry: ContinuousClock.Instant?
        var lastNote: ContinuousClock.Instant?
        /// Whether the log is to be read before anything is appended.
        var mustRead = true
    }

    package let queue = DispatchQueue(label: "newswire.store")
    package let watch: DiskWatch
    let store: ArticleStore
    private let entrySize: Int
    let delays: Delays
    let shared: Locked<Shared>
    let writing: WriterBound<Writing>
    private let waker: @Sendable () -> Void
    /// Wakes whoever waits for an engine that is away.
    let stopping = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - store: opened as a fleet's.
    ///   - log: its; from here on the writer's thread alone has it.
    ///   - entrySize: what goes into an entry has no more bytes.
    package init(
        _ store: ArticleStore, _ log: sending any FleetLog, entrySize: Int = CommitGroup.mostBytes,
        delays: Delays = Delays(), hearers: Hearers = Hearers(), watch: DiskWatch = DiskWatch()
    ) {
        self.store = store
        self.entrySize = entrySize
        self.watch = watch
        self.delays = delays
        shared = Locked(Shared(position: store.fleetPlace?.position ?? 0, hearers: hearers))
        let follower = LogFollower(store, log, StoreWatch(watch: watch, action: StoreWriter.action(on: store)))
        waker = log.waker
        writing = WriterBound(Writing(follower: follower, log: log), queue)
    }

    // MARK: What any thread may ask

    /// The position of the last entry that is applied here.
    package var position: UInt64 { shared.withLock { $0.position } }

    /// What is different in store and log; nil where nothing is known to be. The process is to end with it.
    package var divergence: StoreError? { shared.withLock { $0.divergence } }

    package var figures: Figures { shared.withLock { $0.figures } }

    package var stateDelay: Int { Int(delays.states.milliseconds) }

    package var trouble: StoreError? {
        let (divergence, engine) = shared.withLock { ($0.divergence, $0.engine) }
        return divergence ?? engine.map { away($0.text) }
    }

    package func hurry() { waker() }

    package var basis: CommitBasis { CommitBasis(term: shared.withLock { $0.term }, seq: store.lastSeq) }

    package func difference(to state: FeedState) -> StateDifference? {
        StateDifference(from: store.packedState(of: state.feed), to: state)
    }

    package func keep(_ state: FeedState, _ basis: CommitBasis) throws(StoreError) -> Bool {
        let packed = PackedFeedState(state)
        return try shared.withLock { shared throws(StoreError) in
            guard basis.term == shared.term else { throw putOut }
            let old = store.packedState(of: state.feed)
            guard let difference = StateDifference(from: old, to: state, packed: packed) else { return false }
            let isFirst = shared.waiting.isEmpty
            shared.waiting[state.feed] = shared.waiting[state.feed]?.followed(by: difference) ?? difference
            store.show(packed, of: state.feed)
            return isFirst
        }
    }

    /// This machine is not in the fleet any more: whatever was polled so far and is not in the log is thrown away. Waits for
    /// nothing. What is being appended may still come through, until `catchUp` has been called and has returned: only then may
    /// the machine join again.
    package func endTerm() {
        shared.withLock { shared in
            shared.term += 1
            throwAway(&shared.waiting)
        }
    }

    /// Follows the log no more, and lets nobody wait for an engine that is away: what it does not take at once is not kept.
    package func stop() {
        shared.withLock { $0.isStopped = true }
        stopping.signal()
        waker()
    }

    // MARK: The writer's thread

    package func gather(hasCommits: Bool) {
        let writing = writing.value
        guard let last = writing.lastEntry else { return }
        while !shared.withLock({ $0.isStopped || !hasCommits && $0.waiting.isEmpty }) {
            let rest = delays.entries - (ContinuousClock.now - last)
            if rest <= .zero { return }
            writing.log.wait(milliseconds: max(1, Int(rest.milliseconds)))
            do throws(LogFollower.Failure) { try follow() } catch {
                take(error)
                return
            }
        }
    }

    package func commit(_ batch: [LedgerCommit]) -> [Result<CommitResult, StoreError>] {
        commit(batch, isPatient: true)
    }

    private func commit(_ batch: [LedgerCommit], isPatient: Bool) -> [Result<CommitResult, StoreError>] {
        var answers = [Result<CommitResult, StoreError>?](repeating: nil, count: batch.count)
        var ends: [Int: UInt64] = [:]
        for group in CommitGroup.groups(of: batch, mostBytes: entrySize) {
            var group = group
            // Of a commit of which a part has failed no other is stored, and its first parts are none that overtake the others.
            group.parts.removeAll { answers[$0.index] != nil }
            for index in group.parts.indices {
                if let end = ends[group.parts[index].index] { group.parts[index].basis.seq = end }
            }
            let end = append(group, &answers, isPatient: isPatient)
            for part in group.parts where !part.isLast { ends[part.index] = end }
        }
        note()
        // Each commit has a last part, and that has an answer.
        return answers.map { $0 ?? .failure(overtaken) }
    }

    package func writeStates() {
        if shared.withLock({ $0.waiting.isEmpty }) { return }
        var answers: [Result<CommitResult, StoreError>?] = []
        _ = append(CommitGroup(), &answers, isPatient: false)
        note()
    }

    package func hold(_ feeds: [FeedConfiguration], until: Timestamp?) throws(StoreError) {
        let basis = basis
        let batch = store.held(feeds, until: until).map { commit in
            LedgerCommit(commit, basis, commit.state.flatMap { difference(to: $0) })
        }
        for answer in commit(batch, isPatient: false) { _ = try answer.get() }
        try watch.during(StoreWriter.action(on: store)) { () throws(StoreError) in try store.noteFleetPlace() }
    }
}
