import Glibc
import Locking

@testable import Archiving

/// Calls of which one, or all from one on, go wrong.
final class FaultyArchiveCalls: Sendable {
    private struct Plan {
        var calls = 0
        var failingAt = Int.max
        var isSticky = false
        var number = ENOSPC
        /// Half of what is to be written is, before a write fails.
        var isShort = false
        var room: ArchiveRoom?
        var log: [String] = []
    }

    private let plan = Locked(Plan())

    func fail(at call: Int, sticky: Bool = true, _ number: Int32 = ENOSPC, short: Bool = false) {
        plan.withLock { plan in
            plan.calls = 0
            plan.failingAt = call
            plan.isSticky = sticky
            plan.number = number
            plan.isShort = short
        }
    }

    func heal() { plan.withLock { $0.failingAt = .max } }

    var hasFailed: Bool { plan.withLock { $0.calls >= $0.failingAt } }
    var calls: Int { plan.withLock { $0.calls } }
    var log: [String] { plan.withLock { $0.log } }

    /// What the disk says of its room; nil for what it really has.
    func setRoom(_ room: ArchiveRoom?) { plan.withLock { $0.room = room } }

    private func fails(_ what: String) -> Bool {
        let number: Int32? = plan.withLock { plan in
            plan.calls += 1
            plan.log.append(what)
            let fails = plan.isSticky ? plan.calls >= plan.failingAt : plan.calls == plan.failingAt
            return fails ? plan.number : nil
        }
        guard let number else { return false }
        errno = number
        return true
    }

    var calling: ArchiveCalls {
        var calls = ArchiveCalls()
        calls.create = { self.fails("create") ? -1 : Glibc.open($0, $1 | O_CLOEXEC, $2) }
        calls.write = { descriptor, bytes, offset in
            if self.fails("write") {
                let number = errno
                if self.plan.withLock({ $0.isShort }), bytes.count > 1 {
                    self.plan.withLock { plan in
                        plan.failingAt = plan.calls + 1
                        plan.isSticky = true
                    }
                    return Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count / 2, offset)
                }
                errno = number
                return -1
            }
            return Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
        }
        calls.syncData = { _ in self.fails("syncData") ? -1 : 0 }
        calls.sync = { _ in self.fails("sync") ? -1 : 0 }
        calls.truncate = { self.fails("truncate") ? -1 : Glibc.ftruncate($0, $1) }
        calls.rename = { self.fails("rename") ? -1 : Glibc.rename($0, $1) }
        calls.remove = { self.fails("remove") ? -1 : Glibc.unlink($0) }
        calls.room = { self.plan.withLock { $0.room } ?? ArchiveCalls().room($0) }
        return calls
    }
}
