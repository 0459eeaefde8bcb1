internal import Glibc

/// How many files and sockets this process may have open (RLIMIT_NOFILE).
///
/// Programs that use select(2) break beyond 1024, hence the low soft limit that processes are given; this one does not.
enum DescriptorLimit {
    /// For the store, the log, epoll and what the runtime opens.
    private static let reserve = 64
    /// A transfer whose name is being looked up has a pair of sockets for the answer, and the resolver's own.
    private static let perTransfer = 4

    /// Raises the soft limit to the hard one, as far as that is allowed.
    static func raise() {
        guard var limit = current, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many transfers can run at a time without running out; at least one.
    static var mostTransfers: Int {
        guard let limit = current else { return .max }
        return mostTransfers(limit: Int(clamping: limit.rlim_cur))
    }

    static func mostTransfers(limit: Int) -> Int {
        max(1, (limit - reserve) / perTransfer)
    }

    private static var current: rlimit? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
    }
}
