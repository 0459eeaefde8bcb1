package import ArticleStore
package import Configuration
private import Dispatch
package import FeedModel
private import Locking
package import Logging

extension StoreSettings.Retention {
    /// Before when articles are too old; nil where none ever is.
    package func cutoff(now: Timestamp) -> Timestamp? {
        switch self {
        case .forever: nil
        case .span(let span): Timestamp(milliseconds: now.milliseconds - span.components.seconds * 1000)
        }
    }

    /// How old the first record of a segment gets before the segment is sealed: an eighth of what is kept, so that whole
    /// segments become too old at all in a store that is slow to fill them.
    package var segmentAge: Duration? {
        switch self {
        case .forever: nil
        case .span(let span): span / 8
        }
    }
}

/// Lets the running service's store forget what is older than `[store] keep`: when it starts, and once a day.
package final class RetentionDuty: Sendable {
    private struct State {
        var keep: StoreSettings.Retention
        var lastRun: Timestamp?
    }

    private static let period: Int64 = 24 * 3600 * 1000
    /// How often it looks at the clock: machines sleep, and clocks are set.
    private static let look = Duration.seconds(600)

    private let store: ArticleStore
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let state: Locked<State>
    private let queue = DispatchQueue(label: "newswire.retention", qos: .utility)

    package init(
        _ store: ArticleStore, keep: StoreSettings.Retention, logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.logger = logger
        self.now = now
        state = Locked(State(keep: keep))
    }

    /// From here on this is what is kept.
    package func adopt(_ keep: StoreSettings.Retention) {
        state.withLock { state in
            if state.keep != keep { state = State(keep: keep) }
        }
    }

    /// Returns when its task is cancelled. The work is done on a thread of its own, beside the polls.
    package func run() async {
        while !Task.isCancelled {
            if let cutoff = takeTurn() { await expire(before: cutoff) }
            try? await Task.sleep(for: Self.look)
        }
    }

    private func takeTurn() -> Timestamp? {
        let time = now()
        return state.withLock { state in
            guard let cutoff = state.keep.cutoff(now: time) else { return nil }
            if let last = state.lastRun, abs(time.milliseconds - last.milliseconds) < Self.period { return nil }
            state.lastRun = time
            return cutoff
        }
    }

    private func expire(before cutoff: Timestamp) async {
        let isCancelled = Locked(false)
        await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                queue.async { [self] in
                    tell(
                        Result { () throws(StoreError) in
                            try store.expire(before: cutoff, goesOn: { !isCancelled.withLock { $0 } })
                        }, cutoff)
                    done.resume()
                }
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }

    private func tell(_ result: Result<RetentionResult, StoreError>, _ cutoff: Timestamp) {
        switch result {
        case .failure(let error): logger.error("old articles were not removed: \(error)")
        case .success(let result):
            if result.segments > 0 {
                logger.notice(
                    "removed old articles",
                    metadata: [
                        "before": "\(cutoff)", "records": "\(result.records)", "last_seq": "\(result.lastSeq)",
                        "bytes": "\(result.bytes)",
                    ])
            }
            if let obstacle = result.obstacle { logger.warning("old articles are kept: \(obstacle)") }
        }
    }
}
