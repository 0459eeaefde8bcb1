private import CShims
private import Dispatch
import Glibc
private import Locking

/// Listens for commands on a Unix socket (security.md §16): one request a connection, answered in lines of JSON.
///
/// Only the owner and the group of the socket get in, and what removes articles is for the owner and root. Each request
/// says which store it is for; one for another store is refused. All connections share one thread, which never waits for
/// any of them.
package final class ControlServer: Sendable {
    /// Asked from the server's thread; answers through the reply, at once or later.
    package typealias Handler = @Sendable (ControlRequest, ControlReply) -> Void

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let wake: Int32
    private let listener: Int32
    private let path: String
    private let news: News
    private let ended = DispatchSemaphore(value: 0)

    /// What other threads tell the server's.
    final class News: Sendable {
        private struct State {
            var changed = Set<Int>()
            var isStopping = false
        }

        private let wake: Int32
        private let state = Locked(State())

        init(wake: Int32) { self.wake = wake }

        /// Something was handed over to that connection.
        func note(_ connection: Int) {
            let isFirst = state.withLock { state in
                defer { state.changed.insert(connection) }
                return state.changed.isEmpty
            }
            if isFirst { ring() }
        }

        func stop() {
            state.withLock { $0.isStopping = true }
            ring()
        }

        func take() -> (changed: Set<Int>, isStopping: Bool) {
            state.withLock { state in
                defer { state.changed = [] }
                return (state.changed, state.isStopping)
            }
        }

        private func ring() {
            var one: UInt64 = 1
            _ = write(wake, &one, 8)
        }
    }

    /// - Parameters:
    ///   - path: of the socket; what lies there is replaced.
    ///   - store: the service's.
    package convenience init(
        at path: String, store: StoreIdentity, handler: @escaping Handler
    ) throws(Failure) {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        try self.init(
            at: path, store: store, limits: .fitting(descriptors: isKnown ? Int(clamping: limit.rlim_cur) : 1024),
            peerUser: \.peerUser, handler: handler)
    }

    init(
        at path: String, store: StoreIdentity, limits: ControlAdmission.Limits = ControlAdmission.Limits(),
        peerUser: @escaping @Sendable (ControlConnection) -> UInt32?, handler: @escaping Handler
    ) throws(Failure) {
        do throws(UnixSocket.Failure) {
            listener = try UnixSocket.listen(at: path)
        } catch {
            throw Failure(
                description: "cannot listen at the control socket \(path): \(error.call): "
                    + String(cString: strerror(error.code)))
        }
        wake = newswire_eventfd()
        news = News(wake: wake)
        self.path = path
        let (listener, wake, news, ended) = (listener, wake, news, ended)
        DispatchQueue(label: "newswire.control").async {
            var loop = ControlLoop(
                listener: listener, wake: wake, news: news, store: store, limits: limits, peerUser: peerUser,
                handler: handler)
            loop.run()
            ended.signal()
        }
    }

    /// Lets nobody in any more and takes the socket away. What was answered is still sent, to those that take it soon.
    package func stop() {
        news.stop()
        ended.wait()
        unlink(path)
        close(listener)
        close(wake)
    }
}
