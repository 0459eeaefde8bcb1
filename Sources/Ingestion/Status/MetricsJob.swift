private import Dispatch
private import Locking
internal import Logging

/// Writes `[status] textfile`, on a thread of its own: one version at a time, and none while one is being written.
final class MetricsJob: Sendable {
    private struct State {
        var isWriting = false
        /// What was told last, so that it is told once and not with each version.
        var failure: String?
    }

    let watch: DiskWatch
    private let logger: Logger
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "newswire.metrics", qos: .utility)

    init(_ logger: Logger, watch: DiskWatch = DiskWatch()) {
        self.logger = logger
        self.watch = watch
    }

    /// Returns at once; false where the version before is not written yet.
    @discardableResult
    func write(_ text: String, to path: String) -> Bool {
        let isFree = state.withLock { state in
            defer { state.isWriting = true }
            return !state.isWriting
        }
        guard isFree else { return false }
        queue.async { [self] in
            let failure = watch.during("writing the metrics to \(path)") { MetricsFile(path: path).write(text) }
            let isNews = state.withLock { state in
                state.isWriting = false
                defer { state.failure = failure }
                return failure != nil && failure != state.failure
            }
            guard isNews, let failure else { return }
            logger.warning("[status] textfile: \(failure); the service's sandbox may need ReadWritePaths= for it")
        }
        return true
    }

    /// Removes the file. Waits for that, and for a version that is being written.
    func remove(_ path: String) {
        queue.sync { watch.during("removing the metrics \(path)") { MetricsFile(path: path).remove() } }
    }
}
