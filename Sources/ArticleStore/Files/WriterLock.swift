private import CShims
import Glibc

/// The right to write to a store, which one process has at a time and loses when it ends, however it ends.
///
/// It is a lock of an open file description (`F_OFD_SETLK`), because that kind can be looked at without being taken:
/// readers do so to tell whether what stands behind the published end may still be taken back.
final class WriterLock: Sendable {
    private let file: OpenFile

    init(_ directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        do throws(StoreError) {
            file = try directory.openFile(directory.lockFile, in: directory.path, files)
        } catch {
            // Where it is there already, it is the disk that fails, or a right that is missing.
            let isThere = access(directory.lockFile, F_OK) == 0
            throw StoreError(
                isThere ? .inputOutput : .cannotCreate, error.action, error.path, error.reason, advice: error.advice)
        }
        guard newswire_lock_file(file.descriptor) == 0 else {
            if errno == EAGAIN {
                throw StoreError(
                    .inUse, "opening the store", directory.path, "another newswire is writing to it",
                    advice: "wait for it to end, or stop it")
            }
            throw .system("locking", directory.lockFile)
        }
    }

    deinit {
        // Said aloud, because a child process that is just being started may hold the descriptor a moment longer.
        newswire_unlock_file(file.descriptor)
    }

    /// Whether some process has the lock.
    static func isTaken(_ directory: StoreDirectory) throws(StoreError) -> Bool {
        guard let file = try OpenFile.reading(directory.lockFile) else { return false }
        let answer = newswire_file_is_locked(file.descriptor)
        if answer < 0 { throw .system("looking at the lock", directory.lockFile) }
        return answer == 1
    }
}
