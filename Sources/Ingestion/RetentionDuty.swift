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

/// Lets the running service's store forget what is older than `[store] keep`, when it starts and once a day, and what
/// somebody asks it to.
///
/// One removal at a time, on a thread of its own, beside the polls.
package final class RetentionDuty: Sendable {
    private struct State {
        var keep: StoreSettings.Retention
        var lastRun: Timestamp?
        /// The store is about to be closed.
        var hasEnded = false
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
            guard state.keep != keep else { return }
            state.keep = keep
            state.lastRun = nil
        }
    }

    /// Returns when its task is cancelled and nothing is being removed any more.
    package func run() async {
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                if let cutoff = takeTurn() {
                    await onQueue { self.expire(before: cutoff) }
                }
                try? await Task.sleep(for: Self.look)
            }
        } onCancel: {
            state.withLock { $0.hasEnded = true }
        }
        // What was asked for before is on the queue still.
        await onQueue {}
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

    private func onQueue(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { done in
            queue.async {
                work()
                done.resume()
            }
        }
    }

    private var hasEnded: Bool { state.withLock(\.hasEnded) }

    private func expire(before cutoff: Timestamp) {
        do throws(StoreError) {
            let result = try store.expire(before: cutoff, goesOn: { !hasEnded })
            log(result, cutoff, "removed old articles")
            if let obstacle = result.obstacle { logger.warning("old articles are kept: \(obstacle)") }
        } catch {
            logger.error("old articles were not removed: \(error)")
        }
    }

    /// What `newswire store expire` asks for. Returns at once; the answer comes when it is done. Ends early with the
    /// service, and where nobody waits for the answer any more.
    package func expire(before cutoff: Timestamp, isForced: Bool, isDryRun: Bool, _ reply: ControlReply) {
        queue.async { [self] in
            var isCutShort = hasEnded
            do throws(StoreError) {
                let result = try store.expire(before: cutoff, force: isForced, isDryRun: isDryRun) {
                    isCutShort = hasEnded || reply.isGone
                    return !isCutShort
                }
                if !isDryRun { log(result, cutoff, "removed old articles by hand") }
                if isCutShort { return reply.fail("the service was stopped before all of it was removed; try again") }
                reply.send { RetentionReport(result).write(to: &$0) }
                reply.done()
            } catch {
                reply.fail(error.description)
            }
        }
    }

    private func log(_ result: RetentionResult, _ cutoff: Timestamp, _ message: Logger.Message) {
        if result.segments == 0 { return }
        logger.notice(
            message,
            metadata: [
                "before": "\(cutoff)", "records": "\(result.records)", "last_seq": "\(result.lastSeq)",
                "bytes": "\(result.bytes)",
            ])
    }
}
