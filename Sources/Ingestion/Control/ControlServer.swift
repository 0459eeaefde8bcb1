private import CShims
private import Dispatch
import Glibc
private import Locking

/// `ControlServer` listens for commands on a Unix socket (security.md §16): one request a connection, answered in lines
/// of JSON.
///
/// Only the owner and the group of the socket get in, and what removes articles is for the owner and root. Each request
/// says which store it is for; one for another store is refused. All connections share one thread, which never waits for
/// any of them.
package final class ControlServer: Sendable {
    /// A `Handler` is called on the server's thread, which it must not hold up; it answers through the reply, at once
    /// or later.
    package typealias Handler = @Sendable (ControlRequest, ControlReply) -> Void

    /// `Failure` says why the server cannot listen.
    package struct Failure: Error, CustomStringConvertible {
        /// The description names the socket and the call that failed.
        package let description: String
    }

    private let wake: Int32
    private let listener: Int32
    private let path: String
    private let news: News
    private let ended = DispatchSemaphore(value: 0)

    /// `News` is what other threads tell the server's.
    final class News: Sendable {
        private struct State {
            var changed = Set<Int>()
            var isStopping = false
        }

        private let wake: Int32
        private let state = Locked(State())

        init(wake: Int32) { self.wake = wake }

        /// Tells the server's thread that something was handed over to that connection.
        func markChanged(_ connection: Int) {
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

    /// Listens from here on, on a thread of its own. Throws where there can be no socket at the path.
    ///
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

/// `ControlLoop` has the control socket's connections and is what the one thread does that looks after them.
struct ControlLoop {
    /// Milliseconds for which those that have been answered are still looked after when the service stops.
    private static let stoppingTime: Int64 = 2000

    private let listener: Int32
    private let wake: Int32
    private let news: ControlServer.News
    private let store: StoreIdentity
    private let peerUser: @Sendable (ControlConnection) -> UInt32?
    private let handler: ControlServer.Handler
    /// 128 MiB.
    private let budget = ControlReply.Budget(bytes: 128 << 20)
    private var admission: ControlAdmission
    private var connections: [Int: ControlConnection] = [:]
    private var lastNumber = 0
    private var stopsAt: Int64?

    init(
        listener: Int32, wake: Int32, news: ControlServer.News, store: StoreIdentity, limits: ControlAdmission.Limits,
        peerUser: @escaping @Sendable (ControlConnection) -> UInt32?, handler: @escaping ControlServer.Handler
    ) {
        self.listener = listener
        self.wake = wake
        self.news = news
        self.store = store
        self.peerUser = peerUser
        self.handler = handler
        admission = ControlAdmission(limits)
    }

    /// Returns once it was told to stop.
    mutating func run() {
        while true {
            let numbers = Array(connections.keys)
            var sources = [
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
                // One that is not to be looked at is passed over.
                pollfd(fd: stopsAt == nil ? listener : -1, events: Int16(POLLIN), revents: 0),
            ]
            for number in numbers {
                guard let connection = connections[number] else { continue }
                sources.append(pollfd(fd: connection.descriptor, events: connection.events, revents: 0))
            }
            let deadlines = connections.values.compactMap(\.deadline) + [stopsAt].compactMap(\.self)
            let wait = deadlines.min().map { Int32(clamping: max(0, $0 - Self.clock())) } ?? -1
            let count = poll(&sources, nfds_t(sources.count), wait)
            if count < 0, errno != EINTR { return }
            let now = Self.clock()
            if count > 0 {
                if sources[0].revents != 0 { takeNews(now) }
                for (number, source) in zip(numbers, sources.dropFirst(2)) where source.revents != 0 {
                    look(after: number, source.revents, now)
                }
                if sources[1].revents != 0 { accept(now) }
            }
            for (number, connection) in connections {
                if let deadline = connection.deadline, deadline <= now { end(number) }
            }
            if let stopsAt, connections.isEmpty || stopsAt <= now { return }
        }
    }

    /// Monotonic milliseconds.
    private static func clock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private mutating func takeNews(_ now: Int64) {
        var count: UInt64 = 0
        _ = read(wake, &count, 8)
        let (changed, isStopping) = news.take()
        if isStopping, stopsAt == nil {
            stopsAt = now + Self.stoppingTime
            // Who has not asked yet is too late.
            for (number, connection) in connections where connection.reply == nil { end(number) }
        }
        for number in changed { send(number, now) }
    }

    private mutating func accept(_ now: Int64) {
        let descriptor = newswire_accept(listener)
        if descriptor < 0 {
            // Out of descriptors: the transfers will give some back.
            if errno == EMFILE || errno == ENFILE { usleep(100_000) }
            return
        }
        lastNumber += 1
        if let leaves = admission.enter(lastNumber) { connections[leaves] = nil }
        connections[lastNumber] = ControlConnection(descriptor, budget: budget, now: now)
        // Most have sent their request already.
        look(after: lastNumber, Int16(POLLIN), now)
    }

    private mutating func look(after number: Int, _ events: Int16, _ now: Int64) {
        guard let connection = connections[number] else { return }
        if connection.reply == nil {
            switch connection.read(limit: ControlRequest.maximumLength) {
            case .wait: break
            case .line(let line): answer(line, number, connection, now)
            case .end: end(number)
            }
        } else if events & Int16(POLLHUP | POLLERR) != 0 {
            end(number)
        } else {
            send(number, now)
        }
    }

    private mutating func answer(_ line: [UInt8], _ number: Int, _ connection: ControlConnection, _ now: Int64) {
        let reply = ControlReply(budget: budget) { [news] in news.markChanged(number) }
        connection.answer(with: reply)
        do throws(ControlRequest.Refusal) {
            let request = try ControlRequest(line, for: store)
            let user = peerUser(connection)
            if request.isForOwner, user != 0, user != geteuid() {
                throw ControlRequest.Refusal(message: "only root and the service's own user may do that; use sudo")
            }
            guard admission.ask(number, user: user ?? .max, waits: request.mayWait) else {
                throw ControlRequest.Refusal(
                    message: "too many commands wait for the service already; try again when some of them have ended")
            }
            if request == .store { reply.done() } else { handler(request, reply) }
        } catch {
            _ = admission.ask(number, user: .max, waits: false)
            reply.fail(error)
        }
        send(number, now)
    }

    private mutating func send(_ number: Int, _ now: Int64) {
        if let connection = connections[number], !connection.send(now: now) { end(number) }
    }

    private mutating func end(_ number: Int) {
        admission.leave(number)
        connections[number] = nil
    }
}
