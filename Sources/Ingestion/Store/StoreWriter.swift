package import ArticleStore
package import Configuration
private import Dispatch
package import FeedModel
internal import FeedParsing
private import Locking
package import Logging

/// `StoreWriter` is the one place that writes to the store: what many polls leave is committed together, so that they
/// share one fdatasync. Any thread may use it.
///
/// While a commit is with the disk the next ones gather. The writes block, so they have a thread of their own and not
/// one of those that parse. What brings no articles waits for nobody: it goes out with the next commit, or a second
/// later.
package final class StoreWriter: Sendable {
    private typealias Answer = CheckedContinuation<Result<CommitResult, StoreError>, Never>

    private struct Waiting {
        var commits: [(commit: LedgerCommit, answer: Answer)] = []
        var isWriting = false
        /// What is kept is written soon.
        var isAboutToFlush = false
        /// Called once all is written that was kept before they came.
        var afterwards: [@Sendable () -> Void] = []
    }

    /// How long to wait before a disk that did not take something is tried again.
    private let patience: Duration
    private let store: ArticleStore
    private let ledger: any Ledger
    private let history: PollHistory?
    private let contents: FeedContents?
    private let lastTry = Locked<ContinuousClock.Instant?>(nil)
    private let waiting = Locked(Waiting())
    private let durations = Locked(DurationSum())
    private let action: String
    /// Whether other machines write to the same articles.
    let isShared: Bool
    /// What the polls that share this writer are about to store.
    let locks = KeyLocks()

    /// Writes to that store from here on, on a thread of its own.
    ///
    /// - Parameters:
    ///   - history: where polls are kept; nil for nowhere.
    ///   - contents: where it is kept which articles the documents have; nil for nowhere.
    ///   - ledger: of that store, where it is a fleet's.
    package init(
        _ store: ArticleStore, history: PollHistory? = nil, contents: FeedContents? = nil,
        patience: Duration = .seconds(10), watch: DiskWatch = DiskWatch(), ledger: (any Ledger)? = nil
    ) {
        self.store = store
        self.ledger = ledger ?? StoreLedger(store, watch)
        self.history = history
        self.contents = contents
        self.patience = patience
        action = Self.action(on: store)
        isShared = ledger != nil
    }

    /// What is being done to the store, for whoever says that it takes long.
    static func action(on store: ArticleStore) -> String { "writing to the store \(store.path)" }

    /// Tells how long the write under way has taken.
    package var watch: DiskWatch { ledger.watch }

    /// Why nothing that came could be kept; nil where it could.
    package var trouble: StoreError? { store.trouble ?? ledger.trouble }

    private var queue: DispatchQueue { ledger.queue }

    /// Does something on the writer's thread, which in a fleet waits there for news of the log where it has nothing to do.
    private func soon(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
        ledger.hurry()
    }

    /// What is judged from here on is judged with all that is known now.
    var basis: CommitBasis { ledger.basis }

    /// Throws where nothing that came could be kept: while the disk takes nothing, or does not answer, or the fleet's log is
    /// away. To be asked before anything is fetched; now and then it tries the disk again.
    package func checkDisk() async throws(StoreError) {
        if let delay = watch.delay { throw .noAnswer(from: store.path, for: delay.seconds) }
        if let trouble = ledger.trouble { throw trouble }
        guard let trouble = store.trouble else { return }
        let now = ContinuousClock.now
        let isTime = lastTry.withLock { last in
            if let last, now - last < patience { return false }
            last = now
            return true
        }
        guard isTime else { throw trouble }
        let result: Result<Void, StoreError> = await withCheckedContinuation { answer in
            soon { [self] in
                let result = Result { () throws(StoreError) in
                    try watch.during(action) { () throws(StoreError) in try store.recoverFromTrouble() }
                }
                answer.resume(returning: result)
            }
        }
        try result.get()
    }

    /// Commits took so long, with the wait for the disk.
    package var commitDurations: DurationSum { durations.withLock { $0 } }

    /// Stores articles with their feed's state, and returns once they are on the disk. Throws what the commit fails
    /// with that they were part of.
    ///
    /// - Parameter basis: what was known when they were judged; nil where that does not matter. Where another machine of a
    ///   fleet has stored since what changes the judgement, `.overtaken` is thrown.
    package func commit(_ commit: FeedCommit, on basis: CommitBasis? = nil) async throws(StoreError) -> CommitResult {
        let commit = LedgerCommit(commit, basis ?? ledger.basis, commit.state.flatMap(ledger.difference))
        let result = await withCheckedContinuation { answer in
            let mustStart = waiting.withLock { waiting in
                waiting.commits.append((commit, answer))
                defer { waiting.isWriting = true }
                return !waiting.isWriting
            }
            if mustStart { soon { self.write() } }
        }
        return try result.get()
    }

    /// Takes in the state of a feed whose poll has brought no articles; it is known at once, and in the file soon.
    ///
    /// - Parameter basis: what the poll began with; nil where the state comes from none.
    /// - Throws: where it is not kept.
    package func keep(_ state: FeedState, on basis: CommitBasis? = nil) throws(StoreError) {
        if try ledger.keep(state, basis ?? ledger.basis) { flushSoon() }
    }

    /// Keeps a poll for whoever asks later. It is in the file soon.
    ///
    /// - Parameter state: as the poll has left it.
    func keep(_ record: PollRecord, of state: FeedState) {
        guard let history, let block = state.schedule.historyBlock else { return }
        history.stage(record, block: block, number: state.schedule.polls)
        flushSoon()
    }

    /// Keeps which articles a whole document has. It is in the file soon.
    ///
    /// - Parameter previous: the feed's state before the poll.
    func keep(_ articles: [ArticleIdentifier], of state: FeedState, after previous: FeedState) {
        guard let contents else { return }
        contents.stage(articles, of: state, after: previous)
        flushSoon()
    }

    /// A place for a feed's polls; nil where none are kept.
    func newHistoryBlock() -> UInt32? { history?.newBlock() }

    /// Writes what is kept in memory, behind what is being written. Blocks for as long as the system takes to write it into
    /// its cache, or a fleet's log to take it. Not for the writer's own thread.
    package func flush() {
        let done = DispatchSemaphore(value: 0)
        soon { [self] in
            writeKept()
            done.signal()
        }
        done.wait()
    }

    private func writeKept() {
        ledger.gather(hasCommits: false)
        // Whoever comes from here on may have kept what is not written with this.
        let afterwards = waiting.withLock { waiting in
            defer { waiting.afterwards = [] }
            return waiting.afterwards
        }
        ledger.writeStates()
        watch.during(action) {
            history?.write()
            contents?.write()
        }
        for body in afterwards { body() }
    }

    /// Calls `body` on the writer's thread once all is written that has been kept in memory so far. Returns at once.
    ///
    /// All that is called before the thread gets there is written at once: polls that somebody waits for end in hundreds.
    func afterFlush(_ body: @escaping @Sendable () -> Void) {
        let isFirst = waiting.withLock { waiting in
            waiting.afterwards.append(body)
            return waiting.afterwards.count == 1
        }
        if isFirst { soon { self.writeKept() } }
    }

    /// Remembers that feeds are not to be polled before a time, or, where that is nil, that they may be. Returns at once.
    ///
    /// - Parameter done: called on the writer's thread; with nil once it is durable.
    func hold(
        _ feeds: [FeedConfiguration], until: Timestamp?, done: @escaping @Sendable (StoreError?) -> Void
    ) {
        soon { [self] in
            do throws(StoreError) {
                try ledger.hold(feeds, until: until)
                done(nil)
            } catch {
                done(error)
            }
        }
    }

    private func flushSoon() {
        let isFirst = waiting.withLock { waiting in
            defer { waiting.isAboutToFlush = true }
            return !waiting.isAboutToFlush
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(ledger.stateDelay)) {
            self.waiting.withLock { $0.isAboutToFlush = false }
            self.writeKept()
        }
    }

    private func write() {
        while isToGoOn() {
            ledger.gather(hasCommits: true)
            let batch = waiting.withLock { waiting in
                defer { waiting.commits.removeAll(keepingCapacity: true) }
                return waiting.commits
            }
            let begun = ContinuousClock.now
            let answers = ledger.commit(batch.map(\.commit))
            let duration = (ContinuousClock.now - begun).milliseconds
            durations.withLock { $0.add(milliseconds: duration) }
            for (waiting, answer) in zip(batch, answers) { waiting.answer.resume(returning: answer) }
        }
    }

    /// Whether there are commits to write. Before they are gathered: nobody waits for a turn that nobody needs.
    private func isToGoOn() -> Bool {
        waiting.withLock { waiting in
            waiting.isWriting = !waiting.commits.isEmpty
            return waiting.isWriting
        }
    }
}

extension ArticleStore {
    /// Remembers that feeds are not to be polled before a time, or, where that is nil, that they may be. Throws where
    /// the disk does not take it.
    package func hold(_ feeds: [FeedConfiguration], until: Timestamp?) throws(StoreError) {
        _ = try commit(held(feeds, until: until))
        try flushStates()
    }

    /// Makes the commits that remember it.
    func held(_ feeds: [FeedConfiguration], until: Timestamp?) -> [FeedCommit] {
        feeds.map { feed in
            var state =
                feed.takingOver { self.state(of: $0) } ?? self.state(of: feed.id)
                ?? FeedState(feed: feed.id, configured: feed.url)
            state.schedule.heldUntil = until
            return FeedCommit(feed: feed.id, records: [], state: state)
        }
    }
}

extension Feed {
    /// Whether no item can have been left out: what is not here is not in the document.
    ///
    /// - Parameter status: 226 brings only what has changed (RFC 3229).
    func hasAllItems(status: Int?) -> Bool {
        !isTruncated && status != 226 && surplus?.left ?? 0 == 0
    }
}

extension FeedContents {
    /// Opens the contents of a store's feeds; nil where they cannot be kept, which the log says and which stops nothing.
    package convenience init?(of store: ArticleStore, _ logger: Logger) {
        do throws(StoreError) {
            try self.init(directory: store.path) { logger.warning("\($0)") }
        } catch {
            logger.warning("\(error)")
            return nil
        }
    }
}

extension PollHistory {
    /// Opens the history of a store's polls; nil where it cannot be kept, which the log says and which stops nothing.
    package convenience init?(of store: ArticleStore, _ logger: Logger) {
        do throws(StoreError) {
            var last: UInt32?
            store.forEachState { _, state in
                if let block = state.schedule.historyBlock { last = max(block, last ?? 0) }
            }
            try self.init(directory: store.path, lastBlock: last) { logger.warning("\($0)") }
        } catch {
            logger.warning("\(error)")
            return nil
        }
    }
}
