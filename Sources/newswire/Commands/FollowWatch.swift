internal import Glibc

/// Waits for a store to change, or for the reader of standard output to go.
///
/// The kernel tells (inotify) where it can: not on network file systems, and not where the user has no watch left. So
/// waiting never takes longer than `longest`, and whoever waits looks at the store again.
final class FollowWatch {
    enum Reason {
        case mayHaveChanged
        case readerGone
    }

    /// Articles are seen within a second, however they are seen.
    private static let longest: Int32 = 500
    private let store: String
    /// -1 where there is none.
    private let descriptor: Int32

    init(store: String) {
        self.store = store
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// From here on changes are noticed; call it before looking at the store. The folders may come, go and come again.
    func arm() {
        guard descriptor >= 0 else { return }
        let changes = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)
        // What is watched already is not watched twice. The writer says in the store's folder how far it has come; copies
        // are only seen to grow.
        inotify_add_watch(descriptor, store, changes)
        inotify_add_watch(descriptor, "\(store)/articles", changes)
    }

    /// - Parameter output: the descriptor that is written to; a pipe or socket whose reader goes ends the waiting.
    func wait(output: Int32 = STDOUT_FILENO) -> Reason {
        var descriptors = [
            pollfd(fd: output, events: 0, revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, 2, Self.longest)
        if count > 0, descriptors[0].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { return .readerGone }
        drain()
        return .mayHaveChanged
    }

    private func drain() {
        guard descriptor >= 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}
