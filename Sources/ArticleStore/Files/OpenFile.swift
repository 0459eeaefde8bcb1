import Glibc

/// A file that is open for as long as this object lives.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// Where the file was opened, for messages.
    let path: String

    /// Takes the descriptor over.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Opens a regular file, and nothing else, without waiting: neither a pipe nor a device holds anybody up.
    ///
    /// - Parameter followsLinks: false in a folder that others may write to.
    /// - Returns: nil where there is no such file.
    static func reading(_ path: String, followsLinks: Bool = true) throws(StoreError) -> OpenFile? {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
        while true {
            let descriptor = open(path, flags)
            if descriptor >= 0 {
                let file = OpenFile(descriptor: descriptor, path: path)
                try file.checkIsRegular()
                return file
            }
            if errno == EINTR { continue }
            if errno == ENOENT { return nil }
            throw .opening(path)
        }
    }

    /// Opens a folder, to make the names in it durable.
    static func folder(_ path: String) throws(StoreError) -> OpenFile {
        while true {
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor >= 0 { return OpenFile(descriptor: descriptor, path: path) }
            if errno != EINTR { throw .system("opening", path) }
        }
    }

    func checkIsRegular() throws(StoreError) {
        guard try status().st_mode & S_IFMT == S_IFREG else { throw .noRegularFile(path) }
    }

    func status() throws(StoreError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("looking at", path) }
        return status
    }

    func size() throws(StoreError) -> UInt64 { UInt64(max(0, try status().st_size)) }

    /// Reads until the buffer is full or the file ends.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StoreError) -> Int {
        guard let start = Int(exactly: offset) else { return 0 }
        var done = 0
        while done < buffer.count {
            // Not nil: the buffer is not empty.
            let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, start + done)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("reading", path)
            }
            done += count
        }
        return done
    }

    func read(_ count: Int, at offset: UInt64) throws(StoreError) -> [UInt8] {
        var failure: StoreError?
        // Not zeroed first: of a large piece that costs as much as reading it from the system's cache.
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            do throws(StoreError) {
                done = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes all of it, however many calls that takes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, _ files: FileSystem) throws(StoreError) {
        guard var position = Int(exactly: offset) else { throw .system("writing", path, errno: EFBIG) }
        var rest = bytes
        while !rest.isEmpty {
            let count = files.write(descriptor, rest, position)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("writing", path)
            }
            // A device that takes nothing and gives no reason would hold us for ever.
            if count == 0 { throw .system("writing", path, errno: ENOSPC) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            position += count
        }
    }

    func write(_ bytes: [UInt8], at offset: UInt64, _ files: FileSystem) throws(StoreError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(StoreError) in try write(buffer, at: offset, files) }
        }
        try result.get()
    }

    func syncData(_ files: FileSystem) throws(StoreError) {
        while files.syncData(descriptor) != 0 {
            if errno != EINTR { throw .system("writing to disk", path) }
        }
    }

    func sync(_ files: FileSystem) throws(StoreError) {
        while files.sync(descriptor) != 0 {
            if errno != EINTR { throw .system("writing to disk", path) }
        }
    }

    func truncate(to size: UInt64, _ files: FileSystem) throws(StoreError) {
        guard let size = Int(exactly: size) else { throw .system("cutting", path, errno: EFBIG) }
        while files.truncate(descriptor, size) != 0 {
            if errno != EINTR { throw .system("cutting", path) }
        }
    }

    /// Writes what stands in another file, in pieces.
    ///
    /// - Returns: the place behind it.
    @discardableResult
    func append(
        _ other: OpenFile, from start: UInt64, upTo end: UInt64, at offset: UInt64, _ files: FileSystem
    ) throws(StoreError) -> UInt64 {
        var (from, to) = (start, offset)
        while from < end {
            let bytes = try other.read(Int(min(256 << 10, end - from)), at: from)
            if bytes.isEmpty { break }
            try write(bytes, at: to, files)
            from += UInt64(bytes.count)
            to += UInt64(bytes.count)
        }
        return to
    }
}
