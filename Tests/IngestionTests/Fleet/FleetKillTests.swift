import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite(
    "A machine of a fleet that dies when the log has its entry and its own disk has not (docs/spec/fleet.md F11, F12)")
struct FleetKillTests {
    @Test(
        "whichever call on its files is its last, it has the log's articles byte for byte and once when it starts again",
        arguments: [false, true])
    func dies(inTheMiddle: Bool) throws {
        var calls = 0
        while try dies(after: calls, inTheMiddle: inTheMiddle) { calls += 1 }
        // Writing articles, making them durable, the index, states, and how far it is.
        #expect(calls >= 5)
    }

    /// Lets a machine die while it applies an entry of its own.
    ///
    /// - Parameter calls: so many of its calls on files are done as they should be.
    /// - Returns: whether it has died; else it has done all.
    private func dies(after calls: Int, inTheMiddle: Bool) throws -> Bool {
        let (fleet, folder) = (MemoryFleet(), TemporaryDirectory())
        let before = try FleetMachine("one", in: fleet, folder)
        before.commit(.of("a", 1...3))
        before.crash()
        let disk = DyingDisk()
        let one = try FleetMachine("one", in: fleet, folder, files: disk.files)
        disk.die(after: calls, inTheMiddle: inTheMiddle)
        one.commit(.of("a", 4...9, etag: "\"2\""))
        one.crash()
        let when = Comment(rawValue: "died after \(calls) calls")
        #expect(fleet.position == 2, when)

        // The others have it, and go on.
        let two = try FleetMachine("two", in: fleet, folder)
        try two.ledger.catchUp()
        two.commit(.of("b", 1...2))
        let again = try FleetMachine("one", in: fleet, folder)
        try again.ledger.catchUp()
        #expect(again.store.lastSeq == 11, when)
        #expect(again.segments == two.segments, when)
        #expect(again.store.head == two.store.head, when)
        for feed in ["a", "b"].map({ FeedIdentifier($0) }) {
            let validators = again.store.state(of: feed)?.validators
            #expect(validators != nil && validators == two.store.state(of: feed)?.validators, when)
        }
        #expect(try again.commit(.of("a", 10...10))[0].get().firstSeq == 12, when)
        return disk.hasDied
    }
}

/// Files of a process that is gone from one call on: nothing reaches them any more.
private final class DyingDisk: Sendable {
    private struct State {
        /// nil: as many as come.
        var left: Int?
        var isHalf = false
        var hasDied = false
    }

    private enum Fate { case whole, half, nothing }

    private let state = Locked(State())

    /// - Parameter inTheMiddle: whether half of the last call's bytes are written, where it writes any.
    func die(after calls: Int, inTheMiddle: Bool) {
        state.withLock { $0 = State(left: calls, isHalf: inTheMiddle) }
    }

    var hasDied: Bool { state.withLock { $0.hasDied } }

    private var fate: Fate {
        state.withLock { state in
            guard let left = state.left else { return .whole }
            if left > 0 {
                state.left = left - 1
                return .whole
            }
            defer { state.hasDied = true }
            return state.isHalf && !state.hasDied ? .half : .nothing
        }
    }

    private func call<Result: FixedWidthInteger>(_ body: () -> Result) -> Result {
        if fate == .whole { return body() }
        errno = EIO
        return -1
    }

    var files: FileSystem {
        var files = FileSystem()
        files.create = { path, flags, mode in self.call { open(path, flags | O_CLOEXEC, mode) } }
        files.write = { descriptor, bytes, offset in
            let fate = self.fate
            if fate == .whole { return pwrite(descriptor, bytes.baseAddress, bytes.count, offset) }
            if fate == .half { _ = pwrite(descriptor, bytes.baseAddress, bytes.count / 2, offset) }
            errno = EIO
            return -1
        }
        files.syncData = { _ in self.call { 0 } }
        files.sync = { _ in self.call { 0 } }
        files.syncAll = { _ in self.call { 0 } }
        files.truncate = { descriptor, size in self.call { ftruncate(descriptor, size) } }
        files.allocate = { descriptor, size in self.call { posix_fallocate(descriptor, 0, size) == 0 ? 0 : -1 } }
        files.rename = { old, new in self.call { Glibc.rename(old, new) } }
        files.remove = { path in self.call { unlink(path) } }
        return files
    }
}
