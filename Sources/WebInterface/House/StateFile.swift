internal import CShims
internal import Glibc

/// `StateFile` is a file of the program's own, below `state_directory`. Whoever writes to it is the only one: one
/// newswire-web has the directory at a time.
struct StateFile: Sendable {
    let path: String

    /// Reads all of it; nil where there is none.
    ///
    /// - Parameter limit: bytes; what is longer is an error, because nothing here writes it.
    func read(limit: Int) throws(WebFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("opening")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("looking at") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure("reading", "it is no regular file") }
        guard status.st_size <= limit else { throw failure("reading", "it is larger than \(limit) bytes") }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                // Not nil: the buffer is not empty.
                let more = pread(descriptor, buffer.baseAddress! + count, buffer.count - count, count)
                if more < 0, errno == EINTR { continue }
                if more < 0 { code = errno }
                if more <= 0 { break }
                count += more
            }
        }
        if code != 0 { throw failure("reading", code) }
        return bytes
    }

    /// Puts other bytes in the place of what it holds, in one step: after a kill or a power loss it has the old ones or the
    /// new ones.
    func replace(with bytes: [UInt8], mode: mode_t = 0o640) throws(WebFailure) {
        let temporary = "\(path).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("making") }
        defer { close(descriptor) }
        guard newswire_write_all(descriptor, bytes, bytes.count) == 0, fsync(descriptor) == 0,
            rename(temporary, path) == 0
        else {
            let code = errno
            unlink(temporary)
            throw failure("writing", code)
        }
    }

    /// Writes bytes at a place of the file that is there.
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(WebFailure) {
        let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening") }
        defer { close(descriptor) }
        let code = bytes.withUnsafeBytes { buffer -> Int32 in
            var done = 0
            while done < buffer.count {
                // Not nil: the buffer is not empty.
                let count = pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, offset + done)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return count == 0 ? ENOSPC : errno }
                done += count
            }
            return 0
        }
        if code != 0 { throw failure("writing", code) }
    }

    /// Cuts the file to so many bytes.
    func cut(to count: Int) throws(WebFailure) {
        guard truncate(path, count) == 0 else { throw failure("cutting") }
    }

    /// Appends bytes, and makes the file where there is none; durable when this returns. Where it throws, the file is as it was.
    func append(_ bytes: [UInt8]) throws(WebFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("opening") }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw failure("looking at") }
        guard newswire_write_all(descriptor, bytes, bytes.count) == 0, fdatasync(descriptor) == 0 else {
            let code = errno
            // What is appended next would go on from the part that is there, in the middle of a line.
            ftruncate(descriptor, end)
            throw failure("writing", code)
        }
    }

    /// Makes the folder, and those above it that are missing.
    static func makeFolder(_ path: String) throws(WebFailure) {
        if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        guard errno == ENOENT, !parent.isEmpty else { throw StateFile(path: path).failure("making") }
        try makeFolder(path.hasPrefix("/") ? "/\(parent)" : parent)
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw StateFile(path: path).failure("making") }
    }

    private func failure(_ action: String, _ code: Int32 = errno) -> WebFailure {
        let reason = String(cString: strerror(code))
        guard code == ENOSPC || code == EDQUOT else { return failure(action, reason) }
        return failure(action, reason, hint: "Free some space there, and ask again: what was marked before is kept.")
    }

    private func failure(
        _ action: String, _ reason: String,
        hint: String = "See to `state_directory` on the machine that runs newswire-web."
    ) -> WebFailure {
        WebFailure(503, "\(action) \(path): \(reason)", hint: hint)
    }
}
