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

    private let store: ArticleStore
    private let queue = DispatchQueue(label: "newswire.store")
    private let waiting = Locked(Waiting())
    /// What the polls that share this writer are about to store.
    let claims = KeyClaims()

    package init(_ store: ArticleStore) {
        self.store = store
    }

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
            if batch.isEmpty { return }
            let result = Result { () throws(StoreError) in try store.commit(batch.map(\.commit)) }
            for waiting in batch { waiting.answer.resume(returning: result) }
        }
    }
}
