import Glibc
import Locking

@testable import ArticleStore

/// File calls of which one, or all from one on, go wrong.
final class FaultyFileSystem: Sendable {
    enum Fault: CaseIterable, Sendable {
        case noSpace, inputOutput, shortThenNoSpace
    }

    private struct Plan {
        var calls = 0
        var failingAt = Int.max
        var isSticky = false
        var fault = Fault.noSpace
        /// What was called, in order, for tests of the order.
        var log: [String] = []
    }

    private let plan = Locked(Plan())

    func fail(at call: Int, sticky: Bool, _ fault: Fault) {
        plan.withLock { $0 = Plan(failingAt: call, isSticky: sticky, fault: fault) }
    }

    /// Lets everything succeed again.
    func heal() {
        plan.withLock { $0.failingAt = .max }
    }

    var calls: Int { plan.withLock { $0.calls } }
    var log: [String] { plan.withLock { $0.log } }
    var hasFailed: Bool { plan.withLock { $0.calls >= $0.failingAt } }
    func clearLog() { plan.withLock { $0.log = [] } }

    /// Counts a call; the fault that it is to have.
    private func next(_ what: String) -> Fault? {
        plan.withLock { plan in
            plan.calls += 1
            plan.log.append(what)
            let fails = plan.isSticky ? plan.calls >= plan.failingAt : plan.calls == plan.failingAt
            return fails ? plan.fault : nil
        }
    }

    private func fails(_ what: String) -> Bool {
        guard let fault = next(what) else { return false }
        errno = fault == .inputOutput ? EIO : ENOSPC
        return true
    }

    private static func name(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "/").last.map(String.init)
            ?? ""
    }

    var calling: FileSystem {
        var files = FileSystem()
        files.create = { path, flags, mode in
            flags & O_CREAT != 0 && self.fails("create") ? -1 : Glibc.open(path, flags | O_CLOEXEC, mode)
        }
        files.write = { descriptor, bytes, offset in
            switch self.next("write \(Self.name(descriptor))") {
            case .noSpace:
                errno = ENOSPC
                return -1
            case .inputOutput:
                errno = EIO
                return -1
            case .shortThenNoSpace where bytes.count > 1:
                // Half of it, and the disk is full from the next call on.
                self.plan.withLock { $0.failingAt = $0.calls + 1 }
                return Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count / 2, offset)
            case .shortThenNoSpace:
                errno = ENOSPC
                return -1
            case nil: return Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
            }
        }
        files.syncData = { self.fails("sync \(Self.name($0))") ? -1 : 0 }
        files.sync = { self.fails("sync \(Self.name($0))") ? -1 : 0 }
        files.syncAll = { self.fails("sync all of \(Self.name($0))") ? -1 : 0 }
        files.truncate = { self.fails("truncate \(Self.name($0))") ? -1 : Glibc.ftruncate($0, $1) }
        files.allocate = { self.fails("allocate") ? -1 : Glibc.ftruncate($0, $1) }
        files.rename = { self.fails("rename") ? -1 : Glibc.rename($0, $1) }
        files.remove = { self.fails("remove") ? -1 : Glibc.unlink($0) }
        return files
    }
}
