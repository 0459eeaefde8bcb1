private import Glibc

/// Reads whole files of bounded size, through links too: configurations, secrets and certificates are often reached that way.
package enum FileReader {
    /// What was read.
    package struct Content {
        package var bytes: [UInt8]
        /// Permission bits of the file that was read.
        package var mode: UInt32
    }

    /// Why a file was not read.
    package struct Failure: Error {
        /// `cannot be read: No such file or directory`.
        package var message: String
        package var isMissing = false
    }

    /// What may be read.
    package enum Kind {
        /// Opened without waiting, so that a pipe in a folder of configuration holds up no reload.
        case regularFile
        /// Also a pipe or a terminal, which is waited for: somebody has named it on the command line.
        case stream
    }

    /// Reads a file to its end, on the thread of the caller, which waits for its file system.
    ///
    /// - Parameter limit: bytes; a longer file is a failure.
    package static func read(
        _ path: String, limit: Int, _ kind: Kind = .regularFile
    ) throws(Failure) -> Content {
        // A path with a NUL in it would end there for the kernel, and name another file.
        guard !path.utf8.contains(0) else { throw Failure(message: "cannot be read: there is a NUL in its name") }
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (kind == .regularFile ? O_NONBLOCK : 0)
        var descriptor = open(path, flags)
        while descriptor < 0, errno == EINTR { descriptor = open(path, flags) }
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        let type = status.st_mode & S_IFMT
        guard type != S_IFDIR else { throw failure(EISDIR) }
        guard kind == .stream || type == S_IFREG else {
            throw Failure(message: "cannot be read: it is no regular file")
        }
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
