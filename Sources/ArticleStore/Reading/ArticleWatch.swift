import Glibc

/// Tells when a store may have got new articles: inotify(7) on what its writer publishes.
///
/// It may tell too often, and where the system has no watch left, or the file system is another machine's, not at all:
/// who waits looks for himself now and then.
package final class ArticleWatch: Sendable {
    private let directory: String
    /// Readable when something has changed; -1 where nothing can be watched.
    package let descriptor: Int32

    /// Watches nothing before `arm` is called.
    ///
    /// - Parameter directory: the store's, which need not be there yet.
    package init(directory: String) {
        self.directory = directory
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Forgets what has changed so far, and notices all that changes from here on; to be called before looking at the
    /// store, never after. The folders may come, go and come again.
    package func arm() {
        guard descriptor >= 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
        let changes = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)
        // What is watched already is not watched twice. The writer says in the store's folder how far it has come; copies
        // are only seen to grow.
        inotify_add_watch(descriptor, directory, changes)
        inotify_add_watch(descriptor, "\(directory)/articles", changes)
    }
}
