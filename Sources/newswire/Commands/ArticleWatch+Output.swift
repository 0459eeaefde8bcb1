internal import ArticleStore
internal import Glibc

extension ArticleWatch {
    enum Reason {
        case mayHaveChanged
        case readerGone
    }

    /// Waits for the store to change, or for the reader of standard output to go: articles are seen within a second, also
    /// where the kernel does not tell.
    func wait(output: Int32 = STDOUT_FILENO) -> Reason {
        var descriptors = [
            pollfd(fd: output, events: 0, revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, 2, 500)
        let isGone = count > 0 && descriptors[0].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
        return isGone ? .readerGone : .mayHaveChanged
    }
}
