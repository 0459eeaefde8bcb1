internal import FeedModel
internal import Glibc

/// Why what was meant for standard output did not get there.
enum OutputError: Error {
    /// The reader has gone (`| head`): there is nothing to say and nobody to say it to.
    case closed
    case failed(errno: Int32)
}

/// Standard output in large pieces, with every error seen.
///
/// SIGPIPE must be ignored. Nothing has been written for sure before `flush` has returned.
struct StandardOutput: ~Copyable {
    private static let bufferSize = 1 << 17
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.bufferSize)
    }

    /// Makes room for much, where the output is a pipe: writer and reader then wait for each other less often.
    func widen() {
        // Best effort: an unprivileged user may have used up what is allowed, and a file is no pipe.
        _ = fcntl(descriptor, Self.setPipeSize, Int32(1 << 20))
    }

    /// F_SETPIPE_SZ, which Swift's Glibc does not have.
    private static let setPipeSize: Int32 = 1031

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            try writeAll(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(OutputError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        buffer.append(contentsOf: bytes)
    }

    /// One line, whatever is in it; tabs separate its columns.
    mutating func write(line: String) throws(OutputError) {
        try write(Array(SafeText.columns(line).utf8))
        buffer.append(UInt8(ascii: "\n"))
    }

    mutating func flush() throws(OutputError) {
        var offset = 0
        while offset < buffer.count {
            let (written, code) = buffer.withUnsafeBytes { bytes in
                (Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset), errno)
            }
            offset += try Self.count(written, code)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Flushes, and where the output is a file waits until the disk has it.
    mutating func synchronize() throws(OutputError) {
        try flush()
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        if fsync(descriptor) != 0 { throw .failed(errno: errno) }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
        var offset = 0
        while offset < bytes.count {
            // Not nil: there are bytes left.
            let written = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            offset += try Self.count(written, errno)
        }
    }

    private static func count(_ written: Int, _ code: Int32) throws(OutputError) -> Int {
        if written >= 0 { return written }
        switch code {
        case EINTR, EAGAIN: return 0
        case EPIPE: throw .closed
        default: throw .failed(errno: code)
        }
    }
}
