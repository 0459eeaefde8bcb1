private import Glibc

/// The right to change the files of one configuration: from reading them to the last file that is written, so that nobody
/// writes what another has judged for files that are no more.
package enum ConfigurationLock {
    /// `Failure` says why the right was not had.
    package struct Failure: Error, Sendable {
        /// The message says what was done, to what, what went wrong and what a person can do about it.
        package let message: String
        /// Tells whether another process has it.
        package let isBusy: Bool
    }

    private static let interval: UInt32 = 50_000

    /// Does work that changes files while no other process does any for this main file, by whatever name it is called.
    ///
    /// The folder of the main file is locked, so that no file is left behind; the kernel gives the lock back when the
    /// process ends, however it does. A file system that has no locks leaves only the look at each file before it is
    /// replaced. What an earlier process has left half written is removed.
    ///
    /// - Parameters:
    ///   - patience: milliseconds for which another process is waited for, on the thread of the caller.
    ///   - waiting: called once where it is waited for.
    package static func hold<Value>(
        main: String, patience: Int = 10_000, waiting: () -> Void, _ work: () throws -> Value
    ) throws -> Value {
        let folder = Path.directory(of: ConfigurationPath.real(Path.absolute(main)))
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(message: FileReplacement.Failure("locking", folder, errno).message, isBusy: false)
        }
        defer { close(descriptor) }
        try lock(descriptor, folder, patience, waiting)
        FileReplacement.removeRemains(in: folder)
        FileReplacement.removeRemains(in: FeedFile.folder(Path.absolute(main)))
        return try work()
    }

    private static func lock(
        _ descriptor: Int32, _ folder: String, _ patience: Int, _ waiting: () -> Void
    ) throws(Failure) {
        var waited = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return }
            if waited == 0 { waiting() }
            guard waited < patience else {
                throw Failure(
                    message: "changing the configuration in \(folder): another process has been changing it for "
                        + "\(patience / 1000) s; `fuser \(folder)` may tell which; end it, or try again",
                    isBusy: true)
            }
            usleep(interval)
            waited += Int(interval) / 1000
        }
    }
}
