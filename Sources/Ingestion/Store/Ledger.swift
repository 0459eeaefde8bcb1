package import ArticleStore
package import Configuration
package import Digest
package import Dispatch
package import FeedModel

/// `Ledger` is where `StoreWriter` puts what polls leave: into the store of this machine (`StoreLedger`), or into the log of a
/// fleet and then into the store (`FleetLedger`).
///
/// What is called on `queue` alone says so, and may block; all else may be called by any thread and waits for nothing.
package protocol Ledger: AnyObject, Sendable {
    /// Where everything is written, one thing after the other.
    var queue: DispatchQueue { get }
    /// Tells how long the write to the disk that is under way has taken.
    var watch: DiskWatch { get }
    /// Milliseconds for which states without articles may wait for others.
    var stateDelay: Int { get }
    /// Why nothing that came could be kept, beside what the disk says; nil where it could.
    var trouble: StoreError? { get }
    /// What is judged from here on is judged with all that is known here now.
    var basis: CommitBasis { get }

    /// Something was put on `queue` that is to be done soon: where the thread waits there for news, it waits no longer.
    func hurry()

    /// What a commit changes in its feed's state, to be asked when it is handed in; nil where states are kept whole.
    func difference(to state: FeedState) -> StateDifference?

    /// Takes in a state that no articles came with. It is known at once, and written with what comes next or with `writeStates`.
    ///
    /// - Parameter basis: what the poll began with.
    /// - Returns: whether it is the first that waits for that.
    /// - Throws: where it is not kept.
    func keep(_ state: FeedState, _ basis: CommitBasis) throws(StoreError) -> Bool

    /// Waits until what is there may go, so that others may go with it. On the queue.
    ///
    /// - Parameter hasCommits: else there are states at most, and nothing is waited for where there are none.
    func gather(hasCommits: Bool)

    /// Stores what many polls leave, and returns once it is durable what became of each. On the queue.
    func commit(_ batch: [LedgerCommit]) -> [Result<CommitResult, StoreError>]

    /// Writes the states that wait. On the queue.
    func writeStates()

    /// Remembers, durably, that feeds are not to be polled before a time, or, where that is nil, that they may be. On the
    /// queue.
    func hold(_ feeds: [FeedConfiguration], until: Timestamp?) throws(StoreError)
}

/// `CommitBasis` is what a poll knew when it judged: by it is told whether others have stored meanwhile what would have changed
/// its mind.
package struct CommitBasis: Sendable, Equatable {
    /// Changes when this machine is put out of its fleet: what was polled before is not kept then.
    package var term: UInt64 = 0
    /// The last record that was there.
    package var seq: UInt64 = 0
    /// The keys under which no other machine may have stored anything behind that record.
    package var keys: [Hash128] = []

    package init(term: UInt64 = 0, seq: UInt64 = 0, keys: [Hash128] = []) {
        self.term = term
        self.seq = seq
        self.keys = keys
    }
}

/// `LedgerCommit` is a commit as it is handed to a ledger.
package struct LedgerCommit: Sendable {
    package var commit: FeedCommit
    package var basis: CommitBasis
    /// What `Ledger.difference` has said of its state.
    package var difference: StateDifference?

    package init(_ commit: FeedCommit, _ basis: CommitBasis, _ difference: StateDifference?) {
        self.commit = commit
        self.basis = basis
        self.difference = difference
    }
}

/// `StoreLedger` keeps everything in the store of this machine.
final class StoreLedger: Ledger {
    let queue = DispatchQueue(label: "newswire.store")
    let watch: DiskWatch
    let stateDelay = 1000
    private let store: ArticleStore
    private let action: String

    init(_ store: ArticleStore, _ watch: DiskWatch) {
        self.store = store
        self.watch = watch
        action = StoreWriter.action(on: store)
    }

    var trouble: StoreError? { nil }
    var basis: CommitBasis { CommitBasis() }

    func hurry() {}

    func difference(to state: FeedState) -> StateDifference? { nil }

    func keep(_ state: FeedState, _ basis: CommitBasis) -> Bool { store.stage(state) }

    func gather(hasCommits: Bool) {}

    func commit(_ batch: [LedgerCommit]) -> [Result<CommitResult, StoreError>] {
        let result = Result { () throws(StoreError) in
            try watch.during(action) { () throws(StoreError) in try store.commit(batch.map(\.commit)) }
        }
        return batch.map { _ in result }
    }

    func writeStates() { watch.during(action, store.writeStates) }

    func hold(_ feeds: [FeedConfiguration], until: Timestamp?) throws(StoreError) {
        try watch.during(action) { () throws(StoreError) in try store.hold(feeds, until: until) }
    }
}
