internal import CShims
internal import Configuration
internal import Glibc

/// Where batches go that a target does not take, however often it gets them: a file for each, named by consumer and
/// numbers. What was kept before stays, also where another store had articles of the same numbers.
struct DeadLetters: Sendable {
    /// After so many attempts in vain a batch goes there.
    let attempts: Int
    let directory: String

    /// So many batches of the same numbers are kept.
    private static let mostNames = 1000

    /// Why a batch could not be kept: then it is not given up.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Keeps a batch, durably, so that the cursor may move past it.
    ///
    /// - Returns: the path of the file.
    func keep(_ batch: DeliveryBatch, of consumer: String) throws(Failure) -> String {
        let name = "\(directory)/\(consumer)-\(batch.first)-\(batch.last)"
        let temporary = "\(name).jsonl.new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw failure(temporary) }
        defer { close(descriptor) }
        guard newswire_write_all(descriptor, batch.bytes, batch.bytes.count) == 0, fsync(descriptor) == 0 else {
            let failure = failure(temporary)
            unlink(temporary)
            throw failure
        }
        let path = try place(temporary, batch, name)
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(directory) }
        return path
    }

    /// Gives a file that is written the first name that is free, or that a file of the same bytes has.
    ///
    /// - Returns: the path that it has now.
    private func place(_ temporary: String, _ batch: DeliveryBatch, _ name: String) throws(Failure) -> String {
        defer { unlink(temporary) }
        for number in 1...Self.mostNames {
            let path = number == 1 ? "\(name).jsonl" : "\(name).\(number).jsonl"
            if link(temporary, path) == 0 { return path }
            guard errno == EEXIST else { throw failure(path) }
            if Self.holds(path, batch.bytes) { return path }
        }
        throw Failure(
            description:
                "keeping it in \(directory): there are \(Self.mostNames) other batches of these numbers; it comes "
                + "again, and is kept once files are moved away")
    }

    private static func holds(_ path: String, _ bytes: [UInt8]) -> Bool {
        do throws(FileReader.Failure) {
            return try FileReader.read(path, limit: bytes.count).bytes == bytes
        } catch {
            return false
        }
    }

    private func failure(_ path: String) -> Failure {
        Failure(description: "keeping it in \(path): \(SystemReason.text(errno)); it comes again")
    }
}
