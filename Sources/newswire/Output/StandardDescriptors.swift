internal import Glibc

/// Standard input, output and error, of which a parent may have closed some (`>&-`).
enum StandardDescriptors {
    /// Takes the places of closed ones, before any file is opened: else a file of the store would get the number of
    /// standard output, and articles be printed into it. Writing to a closed standard output fails, as it should.
    static func takeClosedOnes() {
        for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDWR)]
        where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number: this one, since those below it are taken.
            _ = open("/dev/null", flags)
        }
    }
}
