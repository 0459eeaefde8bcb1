private import CShims
import Glibc

/// The control socket's connections and the one thread that looks after them.
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
        let reply = ControlReply(budget: budget) { [news] in news.note(number) }
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
