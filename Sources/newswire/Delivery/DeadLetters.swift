internal import CShims
internal import Glibc

/// Where batches go that a target does not take, however often it gets them: a file for each, named by consumer and
/// numbers.
struct DeadLetters: Sendable {
    /// After so many attempts in vain a batch goes there.
    let attempts: Int
    let directory: String

    /// Why a batch could not be kept: then it is not given up.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Keeps a batch, durably, so that the cursor may move past it.
    ///
    /// - Returns: the path of the file.
    func keep(_ batch: DeliveryBatch, of consumer: String) throws(Failure) -> String {
        let path = "\(directory)/\(consumer)-\(batch.first)-\(batch.last).jsonl"
        let temporary = "\(path).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw failure(temporary) }
        defer { close(descriptor) }
        guard newswire_write_all(descriptor, batch.bytes, batch.bytes.count) == 0, fsync(descriptor) == 0,
            rename(temporary, path) == 0
        else {
            let failure = failure(temporary)
            unlink(temporary)
            throw failure
        }
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(directory) }
        return path
    }

    private func failure(_ path: String) -> Failure {
        Failure(description: "keeping it in \(path): \(SystemReason.text(errno)); it comes again")
    }
}
