import Glibc

/// Tells when a store may have got new articles: inotify(7) on what its writer publishes.
///
/// It may tell too often, and where the system has no watch left, or the file system is another machine's, not at all:
/// who waits looks for himself now and then, at the interval that is given here.
package final class ArticleWatch: Sendable {
    /// Readable when something has changed; -1 where nothing can be watched.
    package let descriptor: Int32
    /// The longest to wait for it, in milliseconds.
    package var interval: Int32 { descriptor < 0 ? 1000 : 30_000 }

    /// - Parameter directory: the store's, which need not be there yet.
    package init(directory: String) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        let events = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)
        // The writer changes `articles.end` in the folder itself; a copy that is kept up to date has only the articles.
        let isWatched = inotify_add_watch(descriptor, directory, events) >= 0
        _ = inotify_add_watch(descriptor, "\(directory)/articles", events)
        if descriptor >= 0, !isWatched {
            close(descriptor)
            self.descriptor = -1
        } else {
            self.descriptor = descriptor
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Forgets what has changed so far; to be called before looking, never after.
    package func reset() {
        guard descriptor >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while read(descriptor, &buffer, buffer.count) > 0 {}
    }
}
