private import CShims
import Glibc

/// The right to write to a store, which one process has at a time and loses when it ends, however it ends.
///
/// There are two locks, both of open file descriptions (`F_OFD_SETLK`). The one on `writer.lock` decides between writers:
/// nobody can open that file who may not write to the store, so that no reader can keep a writer out. The one on `lock` is
/// there to be looked at: readers do so to tell whether what stands behind the published end may still be taken back, and
/// a newswire that knows no `writer.lock` takes it for the lock itself.
final class WriterLock: Sendable {
    private let own: OpenFile
    /// Nil where it could not be had.
    private let shown: OpenFile?

    /// - Parameter report: told where readers cannot see the writer.
    init(_ directory: StoreDirectory, _ files: FileSystem, report: (StoreEvent) -> Void) throws(StoreError) {
        do throws(StoreError) {
            own = try directory.openFile(
                directory.writerFile, in: directory.path, mode: directory.writersMode, files)
        } catch {
            // Where it is there already, it is the disk that fails, or a right that is missing.
            let isThere = access(directory.writerFile, F_OK) == 0
            throw StoreError(
                isThere ? .inputOutput : .cannotCreate, error.action, error.path, error.reason, advice: error.advice)
        }
        // A copy that was put back may have let others in, or be root's. Not where the file has another name as well: root
        // would give away what is not the store's.
        if try own.status().st_nlink == 1 { directory.adopt(own.descriptor, mode: directory.writersMode) }
        guard newswire_lock_file(own.descriptor) == 0 else {
            throw errno == EAGAIN ? Self.inUse(directory) : .system("locking", directory.writerFile)
        }
        do throws(StoreError) {
            shown = try Self.show(directory, files)
        } catch {
            if error.code == .inUse { throw error }
            shown = nil
            report(.writerNotShown(error))
        }
    }

    deinit {
        // Said aloud, because a child process that is just being started may hold the descriptor a moment longer.
        if let shown { newswire_unlock_file(shown.descriptor) }
        newswire_unlock_file(own.descriptor)
    }

    private static func inUse(_ directory: StoreDirectory) -> StoreError {
        StoreError(
            .inUse, "opening the store", directory.path, "another newswire is writing to it",
            advice: "wait for it to end, or stop it")
    }

    /// Takes the lock that readers look at. Whoever may read `lock` can hold a read lock on it, which no newswire takes
    /// and which keeps a write lock out: the file is then replaced by one that nobody else has open yet.
    private static func show(_ directory: StoreDirectory, _ files: FileSystem) throws(StoreError) -> OpenFile {
        let file = try directory.openFile(directory.lockFile, in: directory.path, files)
        if newswire_lock_file(file.descriptor) == 0 { return file }
        guard errno == EAGAIN else { throw .system("locking", directory.lockFile) }
        // An older newswire writes.
        if try isWriteLocked(file) { throw inUse(directory) }
        let temporary = "\(directory.lockFile).new"
        _ = files.remove(temporary)
        let new = try directory.openFile(temporary, in: directory.path, flags: O_EXCL, files)
        guard newswire_lock_file(new.descriptor) == 0 else { throw .system("locking", temporary) }
        try directory.rename(temporary, to: directory.lockFile, files)
        // It may have come between the two looks.
        if try isWriteLocked(file) { throw inUse(directory) }
        return new
    }

    /// Whether some process writes to the store.
    static func isTaken(_ directory: StoreDirectory) throws(StoreError) -> Bool {
        guard let file = try OpenFile.reading(directory.lockFile) else { return false }
        return try isWriteLocked(file)
    }

    private static func isWriteLocked(_ file: OpenFile) throws(StoreError) -> Bool {
        let answer = newswire_file_is_write_locked(file.descriptor)
        if answer < 0 { throw .system("looking at the lock", file.path) }
        return answer == 1
    }
}
