package import ArticleStore
private import Dispatch
private import Locking

/// The one place that writes to the store: what many polls leave is committed together, so that they share one
/// fdatasync.
///
/// While a commit is with the disk the next ones gather. The writes block, so they have a thread of their own and not
/// one of those that parse.
package final class StoreWriter: Sendable {
    private typealias Answer = CheckedContinuation<Result<CommitResult, StoreError>, Never>

    private struct Waiting {
        var commits: [(commit: FeedCommit, answer: Answer)] = []
        var isWriting = false
    }

    /// How long to wait before a disk that did not take something is tried again.
    private let patience: Duration
    private let store: ArticleStore
    private let lastTry = Locked<ContinuousClock.Instant?>(nil)
    private let queue = DispatchQueue(label: "newswire.store")
    private let waiting = Locked(Waiting())
    private let durations = Locked(DurationSum())
    /// What the polls that share this writer are about to store.
    let claims = KeyClaims()

    package init(_ store: ArticleStore, patience: Duration = .seconds(10)) {
        self.store = store
        self.patience = patience
    }

    /// To be asked before anything is fetched: while the disk takes nothing, nothing that came could be kept. Now and then
    /// it is tried again.
    package func checkDisk() async throws(StoreError) {
        guard let trouble = store.trouble else { return }
        let now = ContinuousClock.now
        let isTime = lastTry.withLock { last in
            if let last, now - last < patience { return false }
            last = now
            return true
        }
        guard isTime else { throw trouble }
        let result: Result<Void, StoreError> = await withCheckedContinuation { answer in
            queue.async { [store] in
                answer.resume(returning: Result { () throws(StoreError) in try store.recoverFromTrouble() })
            }
        }
        try result.get()
    }

    /// How long commits took, with the wait for the disk.
    package var commitDurations: DurationSum { durations.withLock { $0 } }

    /// Returns once the articles are on the disk.
    package func commit(_ commit: FeedCommit) async throws(StoreError) -> CommitResult {
        let result = await withCheckedContinuation { answer in
            let mustStart = waiting.withLock { waiting in
                waiting.commits.append((commit, answer))
                defer { waiting.isWriting = true }
                return !waiting.isWriting
            }
            if mustStart { queue.async { self.write() } }
        }
        return try result.get()
    }

    private func write() {
        while true {
            let batch = waiting.withLock { waiting in
                defer { waiting.commits.removeAll(keepingCapacity: true) }
                waiting.isWriting = !waiting.commits.isEmpty
                return waiting.commits
            }
            if batch.isEmpty { return store.finishIndexing() }
            let begun = ContinuousClock.now
            let result = Result { () throws(StoreError) in try store.commit(batch.map(\.commit)) }
            let duration = (ContinuousClock.now - begun).milliseconds
            durations.withLock { $0.add(milliseconds: duration) }
            for waiting in batch { waiting.answer.resume(returning: result) }
        }
    }
}
