internal import CShims
internal import Digest
internal import Glibc

/// `FileSum` reads a file of the index from its beginning, a piece at a time, and sums up its bytes. It belongs to one thread.
///
/// The checksum of a sealed file, the XXH3-128 of its bytes, stands beside it in a file of its own: 32 hexadecimal digits and a
/// line feed. It is there before the sealed file is, and goes after it.
final class FileSum {
    /// The system has not given its bytes.
    struct Failure: Error {
        let action: String
        let path: String
        /// As `errno` has it.
        let code: Int32

        fileprivate init(_ action: String, _ path: String) {
            code = errno
            self.action = action
            self.path = path
        }

        var failure: SearchFailure { .system(action, path, errno: code) }
    }

    private let path: String
    private let descriptor: Int32
    private var stream = XXH3Stream()
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("opening", path) }
    }

    deinit { close(descriptor) }

    /// Reads so many bytes more.
    ///
    /// - Returns: false where the file has ended.
    func read(_ count: Int) throws(Failure) -> Bool {
        var left = count
        while left > 0 {
            let had = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, min($0.count, left)) }
            if had < 0, errno == EINTR { continue }
            guard had >= 0 else { throw Failure("reading", path) }
            if had == 0 { return false }
            buffer.withUnsafeBytes { stream.update(UnsafeRawBufferPointer(rebasing: $0[..<had])) }
            left -= had
        }
        return true
    }

    /// What was read so far.
    var sum: Hash128 { stream.hash128() }

    /// Reads all of a file.
    static func of(_ path: String) throws(SearchFailure) -> Hash128 {
        do throws(Failure) {
            let file = try FileSum(path)
            while try file.read(.max) {}
            return file.sum
        } catch {
            throw error.failure
        }
    }

    // MARK: - Beside the file

    /// What is put behind a sealed file's path, and behind that while it is written.
    static let suffix = ".sum"
    static let suffixInTheMaking = ".sum.new"

    /// The checksum that stands beside a file, as it was written; nil where none does.
    static func text(beside path: String) throws(SearchFailure) -> [UInt8]? {
        let path = path + suffix
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system("opening", path)
        }
        defer { close(descriptor) }
        // More than it ever has.
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw .system("reading", path) }
        return Array(bytes[..<count])
    }

    static func text(of sum: Hash128) -> [UInt8] { Array("\(sum.hex)\n".utf8) }

    /// Puts a checksum beside a file, in one step.
    static func write(_ sum: Hash128, beside path: String) throws(SearchFailure) {
        let bytes = text(of: sum)
        let temporary = path + suffixInTheMaking
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .system("making", temporary) }
        defer { close(descriptor) }
        guard newswire_write_all(descriptor, bytes, bytes.count) == 0, fsync(descriptor) == 0 else {
            throw .system("writing", temporary)
        }
        guard rename(temporary, path + suffix) == 0 else { throw .system("renaming", temporary) }
    }
}
