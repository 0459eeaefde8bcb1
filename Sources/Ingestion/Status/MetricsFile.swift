private import CShims
private import Dispatch
import Glibc
private import Locking
internal import Logging

/// `MetricsFile` is the file that node_exporter's textfile collector reads: replaced as a whole, so that it never sees
/// half of one.
struct MetricsFile {
    let path: String

    /// As many names are tried for the new file.
    private static let names = 8

    /// - Returns: what went wrong; nil where nothing did.
    func write(_ text: String) -> String? {
        guard let (descriptor, temporary) = newFile() else { return reason("making \(temporary(0))") }
        let bytes = Array(text.utf8)
        let isWritten = newswire_write_all(descriptor, bytes, bytes.count) == 0
        var failure = isWritten ? nil : reason("writing \(temporary)")
        // The collector runs as somebody else, whatever the umask says.
        fchmod(descriptor, 0o644)
        close(descriptor)
        if failure == nil, rename(temporary, path) != 0 { failure = reason("replacing \(path)") }
        if failure != nil { unlink(temporary) }
        return failure
    }

    func remove() { unlink(path) }

    /// Beside it: a rename does not cross file systems. The collector takes only names that end in .prom.
    private func temporary(_ number: Int) -> String {
        "\(path).\(getpid())\(number == 0 ? "" : ".\(number)")"
    }

    /// A new file, and never one that is there: others may write to the folder, and a link under a name that they have
    /// foreseen would lead into the store.
    private func newFile() -> (descriptor: Int32, path: String)? {
        for number in 0..<Self.names {
            let path = temporary(number)
            unlink(path)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return (descriptor, path) }
            // A folder in its place, for one.
            if errno != EEXIST { return nil }
        }
        return nil
    }

    private func reason(_ action: String) -> String { "\(action): \(String(cString: strerror(errno)))" }
}

/// `MetricsJob` writes `[status] textfile`, on a thread of its own: one version at a time, and none while one is being
/// written.
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

    /// Removes the file, behind a version that is being written. Returns at once.
    func remove(_ path: String) {
        queue.async { [self] in watch.during("removing the metrics \(path)") { MetricsFile(path: path).remove() } }
    }

    /// The same, and waits for it.
    func removeNow(_ path: String) {
        remove(path)
        queue.sync {}
    }
}
