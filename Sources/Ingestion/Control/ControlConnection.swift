import Glibc

/// `ControlConnection` is one asker, as the server's thread has it. Nothing here waits.
final class ControlConnection {
    /// Milliseconds that an asker may take in all to send its request.
    static let requestTime: Int64 = 10_000
    /// Milliseconds for which an asker may take nothing of what waits for it.
    private static let takingTime: Int64 = 10_000
    /// Milliseconds that it may take in all to take the rest, once its answer is whole.
    private static let closingTime: Int64 = 60_000

    let descriptor: Int32
    private let budget: ControlReply.Budget
    private var incoming = LineBuffer()
    private var outgoing: [UInt8] = []
    private var sent = 0
    private(set) var reply: ControlReply?
    private var isLast = false
    /// Monotonic milliseconds.
    private var requestDeadline: Int64
    private var takingDeadline = Int64.max
    private var closingDeadline = Int64.max

    init(_ descriptor: Int32, budget: ControlReply.Budget, now: Int64) {
        self.descriptor = descriptor
        self.budget = budget
        requestDeadline = now + Self.requestTime
    }

    deinit {
        budget.giveBack(outgoing.count - sent)
        reply?.drop()
        close(descriptor)
    }

    var peerUser: UInt32? { UnixSocket.peerUser(descriptor) }

    /// What poll(2) is to look for.
    var events: Int16 {
        if reply == nil { return Int16(POLLIN) }
        // That the asker has gone is told without being asked for.
        return sent < outgoing.count ? Int16(POLLOUT) : 0
    }

    /// Monotonic milliseconds at which it is given up unless something happens; nil for never.
    var deadline: Int64? {
        if reply == nil { return requestDeadline }
        let earliest = min(takingDeadline, closingDeadline)
        return earliest == .max ? nil : earliest
    }

    enum Reading {
        case wait
        case line([UInt8])
        /// It has gone, or sends what is no request.
        case end
    }

    /// Reads what has come.
    ///
    /// - Parameter limit: bytes that a request may have.
    func read(limit: Int) -> Reading {
        while true {
            let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { space in
                let count = recv(descriptor, space.baseAddress, space.count, Int32(MSG_DONTWAIT))
                if count > 0 { incoming.append(space[..<count]) }
                return count
            }
            if count > 0 {
                if let line = incoming.next() { return line.count <= limit ? .line(line) : .end }
                if incoming.count > limit { return .end }
                continue
            }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wait : .end
        }
    }

    /// Lets the asker have what that reply brings from here on.
    func answer(with reply: ControlReply) {
        self.reply = reply
        incoming = LineBuffer()
    }

    /// Sends what was handed over, as far as it is taken.
    ///
    /// - Returns: whether it is to stay.
    func send(now: Int64) -> Bool {
        guard let reply else { return true }
        let (bytes, isOver) = reply.take()
        if sent == outgoing.count {
            outgoing = bytes
            sent = 0
            takingDeadline = bytes.isEmpty ? .max : now + Self.takingTime
        } else {
            outgoing += bytes
        }
        if isOver, !isLast {
            isLast = true
            closingDeadline = now + Self.closingTime
        }
        while sent < outgoing.count {
            let count = outgoing.withUnsafeBytes { bytes in
                // Not nil: there are bytes left.
                Glibc.send(
                    descriptor, bytes.baseAddress! + sent, bytes.count - sent,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
                budget.giveBack(count)
                takingDeadline = now + Self.takingTime
            } else if count < 0, errno == EINTR {
                continue
            } else {
                // What was taken is not kept twice.
                if sent > outgoing.count / 2 {
                    outgoing.removeSubrange(..<sent)
                    sent = 0
                }
                return count < 0 && errno == EAGAIN
            }
        }
        outgoing = []
        sent = 0
        takingDeadline = .max
        return !isLast
    }
}

/// `ControlAdmission` says who may stay connected to the control socket. It is a value: the server does what it says.
///
/// Nobody is kept out by others who are slow: of those that have not sent their request, the one that was let in first
/// goes where another comes. Those that wait for polls are bounded for each user and in all, and there is always room
/// beside them for what is answered at once.
struct ControlAdmission {
    struct Limits {
        /// How many may be connected that have not sent their request.
        var unread = 64
        /// How many may wait for an answer that takes its time.
        var waiting = 384
        /// How many of one user may wait for such an answer.
        var waitingOfUser = 256
        /// How many may be connected in all.
        var connections = 512

        /// - Parameter descriptors: files and sockets that the process may have open: few of them are for askers.
        static func fitting(descriptors: Int) -> Limits {
            let connections = min(512, max(16, descriptors / 8))
            return Limits(
                unread: connections / 8, waiting: connections * 3 / 4, waitingOfUser: connections / 2,
                connections: connections)
        }
    }

    private let limits: Limits
    /// In the order of their coming.
    private var unread: [Int] = []
    private var waiting: [Int: UInt32] = [:]
    private var waitingOfUser: [UInt32: Int] = [:]
    /// Those that have their answer, or are about to, in the order of their requests.
    private var answered: [Int] = []

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    private var count: Int { unread.count + waiting.count + answered.count }

    /// Takes in that a connection has come.
    ///
    /// - Returns: the one that has to go for it, which is no longer known here.
    mutating func enter(_ connection: Int) -> Int? {
        var leaves: Int?
        if unread.count >= limits.unread || count >= limits.connections {
            if !unread.isEmpty {
                leaves = unread.removeFirst()
            } else if !answered.isEmpty {
                leaves = answered.removeFirst()
            }
        }
        unread.append(connection)
        return leaves
    }

    /// Takes in that a connection has sent its request.
    ///
    /// - Parameters:
    ///   - user: of the process that has connected.
    ///   - waits: whether the answer may take its time.
    /// - Returns: whether there is room for that.
    mutating func ask(_ connection: Int, user: UInt32, waits: Bool) -> Bool {
        leave(connection)
        let ofUser = waitingOfUser[user] ?? 0
        guard waits, waiting.count < limits.waiting, ofUser < limits.waitingOfUser else {
            answered.append(connection)
            return !waits
        }
        waiting[connection] = user
        waitingOfUser[user] = ofUser + 1
        return true
    }

    /// Takes in that a connection has gone.
    mutating func leave(_ connection: Int) {
        unread.removeAll { $0 == connection }
        answered.removeAll { $0 == connection }
        guard let user = waiting.removeValue(forKey: connection), let count = waitingOfUser[user] else { return }
        waitingOfUser[user] = count > 1 ? count - 1 : nil
    }
}
