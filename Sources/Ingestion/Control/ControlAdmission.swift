internal import Glibc

/// Who may stay connected to the control socket. A value: the server does what it says.
///
/// Nobody is kept out by others who are slow: of those that have not sent their request, the one that was let in first
/// goes where another comes. Those that wait for polls are bounded for each user and in all, and there is always room
/// beside them for what is answered at once.
struct ControlAdmission {
    struct Limits {
        /// That have not sent their request.
        var unread = 64
        /// That wait for something that takes its time.
        var waiting = 384
        /// The same, of one user.
        var waitingOfUser = 256
        /// Of all kinds.
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

    /// A connection has come.
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

    /// It has sent its request.
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

    /// It has gone.
    mutating func leave(_ connection: Int) {
        unread.removeAll { $0 == connection }
        answered.removeAll { $0 == connection }
        guard let user = waiting.removeValue(forKey: connection), let count = waitingOfUser[user] else { return }
        waitingOfUser[user] = count > 1 ? count - 1 : nil
    }
}
