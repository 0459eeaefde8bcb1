private import Glibc

/// Reads whole files of bounded size.
enum FileReader {
    struct Content {
        var bytes: [UInt8]
        /// Permission bits of the file that was read.
        var mode: UInt32
    }

    struct Failure: Error {
        /// `cannot be read: No such file or directory`.
        var message: String
        var isMissing = false
    }

    static func read(_ path: String, limit: Int) throws(Failure) -> Content {
        // A path with a NUL in it would end there for the kernel, and name another file.
        guard !path.utf8.contains(0) else { throw Failure(message: "cannot be read: there is a NUL in its name") }
        var descriptor = open(path, O_RDONLY | O_CLOEXEC)
        while descriptor < 0, errno == EINTR { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(EISDIR) }
        let expected = min(max(Int(status.st_size), 0), limit)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected + 1)
        while true {
            let wanted = max(expected + 1 - bytes.count, 65_536)
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: wanted))
            let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + start, wanted) }
            let reason = errno
            bytes.removeLast(wanted - max(count, 0))
            if count == 0 { return Content(bytes: bytes, mode: UInt32(status.st_mode & 0o7777)) }
            if count < 0, reason != EINTR { throw failure(reason) }
            guard bytes.count <= limit else {
                throw Failure(message: "is larger than \(ByteSize.text(limit)), the most that is read")
            }
        }
    }

    private static func failure(_ code: Int32) -> Failure {
        Failure(message: "cannot be read: \(String(cString: strerror(code)))", isMissing: code == ENOENT)
    }
}
