private import CShims
private import Dispatch
import Glibc
private import Locking

/// Listens for commands on a Unix socket (security.md §16): one request a connection, answered in lines of JSON.
///
/// Only the owner and the group of the socket get in, and what removes articles is for the owner and root. Each connection has a thread of its own, up to a limit.
package final class ControlServer: Sendable {
    /// Asked from the connections' threads; answers through the reply, at once or later.
    package typealias Handler = @Sendable (ControlRequest, ControlReply) -> Void

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let maximumConnections = 16
    /// Seconds that an asker may take to send its request, or to take an answer.
    private static let patience = 10

    private let listener: Int32
    private let wake: Int32
    private let path: String
    private let handler: Handler
    private let peerUser: @Sendable (LineSocket) -> UInt32?
    private let connections = Locked(0)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter path: of the socket; what lies there is replaced.
    package convenience init(at path: String, handler: @escaping Handler) throws(Failure) {
        try self.init(at: path, peerUser: \.peerUser, handler: handler)
    }

    init(
        at path: String, peerUser: @escaping @Sendable (LineSocket) -> UInt32?, handler: @escaping Handler
    ) throws(Failure) {
        do throws(UnixSocket.Failure) {
            listener = try UnixSocket.listen(at: path)
        } catch {
            throw Failure(
                description: "cannot listen at the control socket \(path): \(error.call): "
                    + String(cString: strerror(error.code)))
        }
        wake = newswire_eventfd()
        self.path = path
        self.peerUser = peerUser
        self.handler = handler
        DispatchQueue(label: "newswire.control").async { self.accept() }
    }

    /// Lets nobody in any more and takes the socket away. Connections that are being answered end by their replies.
    package func stop() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
        ended.wait()
        unlink(path)
        close(listener)
        close(wake)
    }

    private func accept() {
        while true {
            var sources = [
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&sources, 2, -1)
            if count < 0, errno != EINTR { break }
            if sources[1].revents != 0 { break }
            guard count > 0, sources[0].revents != 0 else { continue }
            let descriptor = newswire_accept(listener)
            if descriptor < 0 {
                // Out of descriptors: the transfers will give some back.
                if errno == EMFILE || errno == ENFILE { usleep(100_000) }
                continue
            }
            let socket = LineSocket(descriptor)
            socket.setTimeouts(read: Self.patience, write: Self.patience)
            let isOne = connections.withLock { count in
                guard count < Self.maximumConnections else { return false }
                count += 1
                return true
            }
            guard isOne else {
                let reply = ControlReply()
                reply.fail("too many commands are being answered; try again")
                reply.write(to: socket)
                continue
            }
            DispatchQueue(label: "newswire.control.connection").async {
                self.serve(socket)
                self.connections.withLock { $0 -= 1 }
            }
        }
        ended.signal()
    }

    private func serve(_ socket: LineSocket) {
        guard let line = socket.readLine(limit: ControlRequest.maximumLength) else { return }
        let reply = ControlReply()
        do throws(ControlRequest.Refusal) {
            let request = try ControlRequest(line)
            if request.isForOwner, let refusal = refusal(of: socket) { throw refusal }
            handler(request, reply)
        } catch {
            reply.fail(error.message)
        }
        reply.write(to: socket)
    }

    private func refusal(of socket: LineSocket) -> ControlRequest.Refusal? {
        let user = peerUser(socket)
        if user == 0 || user == geteuid() { return nil }
        return ControlRequest.Refusal(message: "only root and the service's own user may do that; use sudo")
    }
}
