import Glibc

/// A file of the archive that is open for as long as this object lives.
final class ArchiveDescriptor: Sendable {
    let number: Int32
    /// Where the file was opened, for messages.
    let path: String

    /// Takes the descriptor over.
    init(_ number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit { close(number) }

    /// Opens a regular file, and nothing else, without waiting: neither a pipe nor a device holds anybody up, and no link is
    /// followed.
    static func reading(_ path: String) throws(ArchiveError) -> ArchiveDescriptor {
        while true {
            let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
            if number >= 0 {
                let file = ArchiveDescriptor(number, path: path)
                try file.checkIsRegular()
                return file
            }
            if errno != EINTR { throw .system("opening", path) }
        }
    }

    func checkIsRegular() throws(ArchiveError) {
        guard try status().st_mode & S_IFMT == S_IFREG else {
            throw ArchiveError(
                .damaged, "opening", path, "it is no regular file",
                advice: "look who has put it there, and remove it; newswire makes its files itself")
        }
    }

    func status() throws(ArchiveError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .system("looking at", path) }
        return status
    }

    func size() throws(ArchiveError) -> UInt64 { UInt64(max(0, try status().st_size)) }

    /// Reads until the buffer is full or the file ends.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ArchiveError) -> Int {
        guard let start = Int(exactly: offset) else { return 0 }
        var done = 0
        while done < buffer.count {
            // Not nil: the buffer is not empty.
            let count = pread(number, buffer.baseAddress! + done, buffer.count - done, start + done)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("reading", path)
            }
            done += count
        }
        return done
    }

    func read(_ count: Int, at offset: UInt64) throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(ArchiveError) in try read(into: buffer, at: offset) }
        }
        bytes.removeLast(count - (try result.get()))
        return bytes
    }

    /// Writes all of it, however many calls that takes.
    func write(_ bytes: [UInt8], at offset: UInt64, _ calls: ArchiveCalls) throws(ArchiveError) {
        guard var position = Int(exactly: offset) else { throw .system("appending to", path, errno: EFBIG) }
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ArchiveError) in
                var rest = buffer
                while !rest.isEmpty {
                    let count = calls.write(number, rest, position)
                    if count < 0 {
                        if errno == EINTR { continue }
                        throw .system("appending to", path)
                    }
                    // A device that takes nothing and gives no reason would hold us for ever.
                    if count == 0 { throw .system("appending to", path, errno: ENOSPC) }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                    position += count
                }
            }
        }
        try result.get()
    }

    func syncData(_ calls: ArchiveCalls) throws(ArchiveError) {
        while calls.syncData(number) != 0 {
            if errno != EINTR { throw .system("writing to disk", path) }
        }
    }

    func truncate(to size: UInt64, _ calls: ArchiveCalls) throws(ArchiveError) {
        guard let size = Int(exactly: size) else { throw .system("cutting", path, errno: EFBIG) }
        while calls.truncate(number, size) != 0 {
            if errno != EINTR { throw .system("cutting", path) }
        }
    }
}
