private import CShims
private import Glibc

/// Writes files of the configuration so that there is always one that is whole: a new file beside, synced, put in place by
/// one step.
enum FileReplacement {
    /// Says what was done, to what, what went wrong and what a person can do about it.
    struct Failure: Error {
        let message: String

        init(_ message: String) {
            self.message = message
        }

        init(_ action: String, _ path: String, _ code: Int32) {
            let advice =
                switch code {
                case EACCES, EPERM, EROFS: "run it as who may write there, or change the file by hand"
                case EEXIST: "look into that file, which has come just now"
                default: "check the file system that holds it"
                }
            message = "\(action) \(path): \(String(cString: strerror(code))); \(advice)"
        }
    }

    /// Makes a file where none is, with the owner and the mode of another.
    static func create(_ path: String, _ bytes: [UInt8], like model: String) throws(Failure) {
        var status = stat()
        guard stat(model, &status) == 0 else { throw Failure("looking at", model, errno) }
        // Only root may give it away; the mode is what others need to read it.
        status.st_mode = status.st_mode & 0o644 | 0o600
        try write(bytes, for: path, as: status, isOwnerNeeded: false) { temporary in
            // Unlike a rename, this never takes the place of a file that is there.
            link(temporary, path)
        }
    }

    /// Puts other bytes in the place of those of a file, with its owner and mode, wherever links lead to it.
    ///
    /// - Parameter old: what the file is known to hold; one that holds anything else by now stays as it is.
    static func replace(_ path: String, _ old: [UInt8], with new: [UInt8]) throws(Failure) {
        let path = try real(path)
        let status = try check(path, old)
        try write(new, for: path, as: status, isOwnerNeeded: true) { temporary in
            rename(temporary, path)
        }
    }

    /// Removes a file that is known to hold these bytes, and not the one that a link leads to.
    static func remove(_ path: String, _ old: [UInt8]) throws(Failure) {
        _ = try check(path, old)
        guard unlink(path) == 0 else { throw Failure("removing", path, errno) }
        sync(folder: Path.directory(of: Path.absolute(path)))
    }

    private static func real(_ path: String) throws(Failure) -> String {
        guard let resolved = realpath(path, nil) else { throw Failure("looking at", path, errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func check(_ path: String, _ old: [UInt8]) throws(Failure) -> stat {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure("looking at", path, errno) }
        guard status.st_nlink == 1 else {
            throw Failure("changing \(path): it has several names (hard links), and would lose them; change it by hand")
        }
        let now: [UInt8]
        do {
            now = try FileReader.read(path, limit: LoadingState.Limit.fileBytes).bytes
        } catch {
            throw Failure("changing \(path): it \(error.message); run it as who may read and write it")
        }
        guard now == old else { throw Failure("changing \(path): somebody else has changed it just now; try again") }
        return status
    }

    /// - Parameters:
    ///   - isOwnerNeeded: whether a file that would have another owner or group is not written.
    ///   - publish: gives the temporary file its name; 0, or -1 with errno.
    private static func write(
        _ bytes: [UInt8], for path: String, as status: stat, isOwnerNeeded: Bool, _ publish: (String) -> Int32
    ) throws(Failure) {
        let folder = Path.directory(of: Path.absolute(path))
        let temporary = "\(folder)/\(temporaryPrefix)\(getpid())"
        unlink(temporary)
        removeRemains(in: folder)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure("making", temporary, errno) }
        defer {
            close(descriptor)
            unlink(temporary)
        }
        if fchown(descriptor, status.st_uid, status.st_gid) != 0, isOwnerNeeded {
            throw Failure("keeping the owner of", path, errno)
        }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
            throw Failure("keeping the mode of", path, errno)
        }
        guard newswire_write_all(descriptor, bytes, bytes.count) == 0, fsync(descriptor) == 0 else {
            throw Failure("writing", temporary, errno)
        }
        guard publish(temporary) == 0 else { throw Failure("writing", path, errno) }
        sync(folder: folder)
    }

    private static let temporaryPrefix = ".newswire-"

    /// Removes what processes that are no more have left half written.
    static func removeRemains(in folder: String) {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        let descriptor = dirfd(directory)
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name.hasPrefix(temporaryPrefix), let process = Int32(name.dropFirst(temporaryPrefix.count)),
                process > 0,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlinkat(descriptor, name, 0)
        }
    }

    private static func sync(folder: String) {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
