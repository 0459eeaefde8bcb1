import CShims
import Glibc
import Locking

/// An HTTP/1.1 server on a loopback address for tests: handlers by path, and a record of every request.
///
/// It has a thread for each connection, on which the handler runs; a handler that is to wait waits for a `Gate`. Gone
/// with its last reference: open connections are closed.
package final class LoopbackServer: Sendable {
    package typealias Handler = @Sendable (LoopbackRequest, LoopbackConnection) -> Void

    package let address: String
    package let port: UInt16
    private let listener: Int32
    private let shared: Locked<Shared>

    private struct Shared {
        var handlers: [String: Handler] = [:]
        var requests: [LoopbackRequest] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var open: Set<Int32> = []
        var connections = 0
        var isStopped = false
    }

    /// - Parameter address: any of 127.0.0.0/8, so that several servers are several hosts.
    package init(address: String = "127.0.0.1") {
        self.address = address
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(listener >= 0, "socket: errno \(errno)")
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        precondition(inet_pton(AF_INET, address, &name.sin_addr) == 1, "no IPv4 address: \(address)")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                precondition(bind(listener, name, length) == 0, "bind to \(address): errno \(errno)")
                precondition(listen(listener, 512) == 0, "listen: errno \(errno)")
                getsockname(listener, name, &length)
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: name.sin_port)
        shared = Locked(Shared())
        let shared = self.shared
        TestThread.start { Self.accept(listener, shared) }
    }

    deinit { stop() }

    /// `http://127.0.0.1:PORT/path`
    package func url(_ path: String) -> String { "http://\(address):\(port)\(path)" }

    /// Answers requests for a path, query not looked at, with what the closure does. Paths without a handler get 404.
    package func on(_ path: String, _ handler: @escaping Handler) {
        shared.withLock { $0.handlers[path] = handler }
    }

    /// Answers requests for a path with the same response each time.
    package func on(_ path: String, _ response: LoopbackResponse) {
        on(path) { _, connection in connection.send(response) }
    }

    /// All requests so far, in the order of their arrival.
    package var requests: [LoopbackRequest] { shared.withLock { $0.requests } }

    package func requests(to path: String) -> [LoopbackRequest] { requests.filter { $0.path == path } }

    /// How many connections have been accepted.
    package var connectionCount: Int { shared.withLock { $0.connections } }

    /// Returns once so many requests have arrived in all.
    package func received(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = shared.withLock { shared in
                if shared.requests.count >= count || shared.isStopped { return true }
                shared.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Closes the listener and all connections.
    package func stop() {
        let waiters: [CheckedContinuation<Void, Never>] = shared.withLock { shared in
            if shared.isStopped { return [] }
            shared.isStopped = true
            // The threads that read from them close them.
            for descriptor in shared.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
            defer { shared.waiters = [] }
            return shared.waiters.map { $0.continuation }
        }
        for waiter in waiters { waiter.resume() }
    }

    private static func accept(_ listener: Int32, _ shared: Locked<Shared>) {
        while true {
            // Not for programs that tests start: they would keep connections open.
            let descriptor = newswire_accept(listener)
            if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard descriptor >= 0 else { break }
            let number: Int? = shared.withLock { shared in
                if shared.isStopped { return nil }
                shared.open.insert(descriptor)
                shared.connections += 1
                return shared.connections
            }
            guard let number else {
                close(descriptor)
                break
            }
            TestThread.start { serve(descriptor, number, shared) }
        }
        close(listener)
    }

    private static func serve(_ descriptor: Int32, _ number: Int, _ shared: Locked<Shared>) {
        let connection = LoopbackConnection(descriptor)
        while let request = connection.readRequest(connection: number) {
            let (handler, waiters) = shared.withLock { shared in
                shared.requests.append(request)
                let count = shared.requests.count
                let ready = shared.waiters.filter { $0.count <= count }.map { $0.continuation }
                shared.waiters.removeAll { $0.count <= count }
                return (shared.handlers[request.path], ready)
            }
            for waiter in waiters { waiter.resume() }
            if let handler {
                handler(request, connection)
            } else {
                connection.send(LoopbackResponse(status: 404, body: "no handler for \(request.path)"))
            }
            if connection.isClosed { break }
        }
        shared.withLock { shared in
            shared.open.remove(descriptor)
            // Under the lock: `stop` must not shut down another file of that number.
            close(descriptor)
        }
    }
}
