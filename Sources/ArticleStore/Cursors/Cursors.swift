package import FeedModel
import Glibc

/// `Cursors` says how far each consumer has read: in a file of digits for each, named by the consumer.
///
/// Any process may read and move cursors, beside the writer and without it. A cursor is moved durably and at once: who
/// reads it sees the old number or the new.
///
/// The folder may be writable to a group, whose members can put anything there: only regular files count, no link is
/// followed, nothing is waited for without a limit, and trouble with one cursor is its consumer's alone.
package struct Cursors: Sendable {
    let directory: StoreDirectory
    let files: FileSystem
    /// How long the lock of all cursors is waited for. It is held for as long as two writes to the disk take.
    private let patience: Duration

    /// Opens the cursors of a store that is there, whether or not somebody writes to it.
    ///
    /// - Parameter path: the store's.
    package init(directory path: String) throws(StoreError) {
        let directory = try StoreDirectory.there(path)
        _ = try directory.format()
        self.init(directory: directory, FileSystem())
    }

    init(directory: StoreDirectory, _ files: FileSystem, patience: Duration = .seconds(5)) {
        self.directory = directory
        self.files = files
        self.patience = patience
    }

    /// Tells whether a consumer may be called so: 1 to 64 of A–Z a–z 0–9 `.` `_` `-`, and no dot first.
    package static func isName(_ name: String) -> Bool {
        let name = name.utf8
        return (1...64).contains(name.count) && name.first != UInt8(ascii: ".")
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    func path(of name: String) throws(StoreError) -> String {
        guard Self.isName(name) else {
            // The name may be anything, and is shown on a terminal.
            let shown = String(
                String.UnicodeScalarView(name.unicodeScalars.prefix(64).map { $0.value < 32 ? "?" : $0 }))
            throw StoreError(
                .wrongName, "looking for the consumer", "\"\(shown)\"", "that is no name for one",
                advice: "use 1 to 64 letters, digits, dots, underscores and hyphens, no dot first")
        }
        return "\(directory.cursors)/\(name)"
    }

    /// Reads which record the consumer has had last; nil where it never had any.
    package func read(_ name: String) throws(StoreError) -> UInt64? {
        let path = try path(of: name)
        guard let file = try OpenFile.reading(path, followsLinks: false) else { return nil }
        var bytes = try file.read(32, at: 0)
        if bytes.last == 0x0a { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let seq = UInt64(String(decoding: bytes, as: UTF8.self))
        else {
            throw StoreError(
                .damaged, "reading the cursor", path, "it holds no number",
                advice: "set it with `newswire ack \(name) SEQ`")
        }
        return seq
    }

    /// Moves the cursor, forwards or back; durable when this returns.
    package func advance(_ name: String, to seq: UInt64) throws(StoreError) {
        try moving(name) { lock throws(StoreError) in try replace(name, with: seq, holding: lock) }
    }

    /// Makes a cursor where there is none of that name; durable when this returns.
    ///
    /// - Returns: whether there was none.
    func create(_ name: String, at seq: UInt64) throws(StoreError) -> Bool {
        try moving(name) { lock throws(StoreError) in
            guard try read(name) == nil else { return false }
            try replace(name, with: seq, holding: lock)
            return true
        }
    }

    /// Takes the cursor away, whatever stands in its place but a folder; durable when this returns.
    func delete(_ name: String) throws(StoreError) {
        let path = try path(of: name)
        try moving(name) { _ throws(StoreError) in
            if files.remove(path) != 0, errno != ENOENT { throw .system("removing", path) }
        }
        try directory.syncFolder(directory.cursors, files)
    }

    /// Tells whether there is a cursor of that name, or anything in its place.
    package func isThere(_ name: String) throws(StoreError) -> Bool {
        var status = stat()
        return lstat(try path(of: name), &status) == 0
    }

    /// Moves the cursor if it still stands where it stood when the caller began: whoever moved it by hand meanwhile meant
    /// it so.
    ///
    /// - Parameters:
    ///   - old: nil where there was no cursor.
    ///   - isRight: asked before it is moved; where it says no the cursor stays.
    ///   - isStillRight: asked afterwards; where it says no the cursor goes back.
    /// - Returns: where the cursor stands, if it was moved meanwhile.
    func advance(
        _ name: String, from old: UInt64?, to seq: UInt64, isRight: () throws(StoreError) -> Bool,
        isStillRight: () throws(StoreError) -> Bool
    ) throws(StoreError) -> UInt64? {
        try moving(name) { lock throws(StoreError) in
            let there = try read(name)
            if let there, there != old { return there }
            guard try isRight() else { return nil }
            try replace(name, with: seq, holding: lock)
            guard try !isStillRight() else { return nil }
            if let old { try replace(name, with: old, holding: lock) } else { _ = files.remove(try path(of: name)) }
            return nil
        }
    }

    /// Says beforehand whether the cursor could be moved, so that nothing is printed that would come again.
    func checkCanMove(_ name: String) throws(StoreError) {
        try moving(name) { _ throws(StoreError) in
            let (_, temporary) = try newFile()
            _ = files.remove(temporary)
        }
        var status = stat()
        let path = try path(of: name)
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw .noRegularFile(path) }
    }

    /// `MovingLock` is the right to move cursors, which one process has at a time (I10). Only `moving` makes one.
    private struct MovingLock: ~Copyable {
        fileprivate let file: OpenFile
    }

    /// Replaces the cursor's file; durable when this returns.
    private func replace(_ name: String, with seq: UInt64, holding lock: borrowing MovingLock) throws(StoreError) {
        let target = try path(of: name)
        let (file, temporary) = try newFile()
        do throws(StoreError) {
            try file.write(Array("\(seq)\n".utf8), at: 0, files)
            try file.sync(files)
            try directory.rename(temporary, to: target, files)
        } catch {
            _ = files.remove(temporary)
            throw error
        }
        try directory.syncFolder(directory.cursors, files)
    }

    /// How many names are tried for a new file.
    private static let names = 8

    /// Makes a new, empty file, which nobody else has open. Whoever holds the lock is the only one to use the names, so
    /// that the first one is free unless somebody has put there what cannot be removed.
    private func newFile() throws(StoreError) -> (OpenFile, path: String) {
        var number = 0
        while true {
            let path = "\(directory.cursors)/.new\(number == 0 ? "" : ".\(number)")"
            _ = files.remove(path)
            do throws(StoreError) {
                return (try directory.openFile(path, in: directory.cursors, flags: O_EXCL, files), path)
            } catch {
                number += 1
                var status = stat()
                if number == Self.names || lstat(path, &status) != 0 { throw error }
            }
        }
    }

    /// Runs `body` while this process alone moves cursors, so that none undoes what another does.
    private func moving<Value>(
        _ name: String, _ body: (borrowing MovingLock) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let lock = MovingLock(file: try lockForMoving(name))
        defer { withExtendedLifetime(lock.file) {} }
        return try body(lock)
    }

    private func lockForMoving(_ name: String) throws(StoreError) -> OpenFile {
        _ = try path(of: name)
        try directory.makeFolder(directory.cursors, files)
        let lock = try directory.openFile("\(directory.cursors)/.lock", in: directory.cursors, files)
        let deadline = ContinuousClock.now + patience
        while flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system("locking", lock.path) }
            guard ContinuousClock.now < deadline else {
                throw StoreError(
                    .inUse, "locking", lock.path, "another process has held the lock for \(patience)",
                    advice: "the cursor of \(name) is where it was; find that process with `fuser`, and try again")
            }
            usleep(Self.pause)
        }
        return lock
    }

    /// Microseconds between two tries to get the lock.
    private static let pause: UInt32 = 10_000

    /// Takes the right to dump for a consumer, which one process has at a time.
    ///
    /// - Throws: an error of the code `inUse` where another process has it, and one where the cursor could not be moved
    ///   afterwards.
    package func lockForDump(_ name: String) throws(StoreError) -> ConsumerLock {
        let lock = try lock(name)
        try checkCanMove(name)
        return lock
    }

    func lock(_ name: String) throws(StoreError) -> ConsumerLock { try take(try openDumpLock(name), name) }

    /// Takes the same right for a dump that leaves the cursor where it is. It is nil where the disk is read-only or
    /// full, where the store is somebody else's, or where what stands in the lock's place is no regular file.
    package func lockForReading(_ name: String) throws(StoreError) -> ConsumerLock? {
        let file: OpenFile
        do throws(StoreError) {
            file = try openDumpLock(name)
        } catch {
            if error.code == .wrongName { throw error }
            return nil
        }
        return try take(file, name)
    }

    private func take(_ file: OpenFile, _ name: String) throws(StoreError) -> ConsumerLock {
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system("locking", file.path) }
            throw StoreError(
                .inUse, "taking articles for the consumer", name, "another newswire dumps or delivers for it",
                advice: "wait for it to end, end it, or take another name with --as")
        }
        return ConsumerLock(file)
    }

    /// Takes the right to have a command at work for a consumer. The caller has the consumer's lock.
    ///
    /// - Returns: nil while a command has it whose delivery was killed.
    package func lockForCommands(_ name: String) throws(StoreError) -> CommandLock? {
        let file = try openLock(name, "command")
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system("locking", file.path) }
            return nil
        }
        return CommandLock(file)
    }

    /// The path of the file that commands of a consumer have open while they work.
    package func commandLockPath(_ name: String) -> String { "\(directory.cursors)/.\(name).command" }

    private func openDumpLock(_ name: String) throws(StoreError) -> OpenFile { try openLock(name, "lock") }

    private func openLock(_ name: String, _ ending: String) throws(StoreError) -> OpenFile {
        _ = try path(of: name)
        try directory.makeFolder(directory.cursors, files)
        return try directory.openFile("\(directory.cursors)/.\(name).\(ending)", in: directory.cursors, files)
    }
}

/// `ConsumerLock` is the right to dump for a consumer. It is given up when this object or its process goes away.
package final class ConsumerLock: Sendable {
    private let file: OpenFile

    fileprivate init(_ file: OpenFile) {
        self.file = file
    }

    deinit {
        // Said aloud, because a child process that is just being started may hold the descriptor a moment longer.
        flock(file.descriptor, LOCK_UN)
    }
}

/// `CommandLock` is the right to have a command at work for a consumer. Commands inherit its descriptor: where the process
/// that has this object is killed, the right lasts until they have ended, and so has all that they have started.
package final class CommandLock: Sendable {
    private let file: OpenFile

    fileprivate init(_ file: OpenFile) {
        self.file = file
    }

    /// To be held open by each command; closed with this object.
    package var descriptor: Int32 { file.descriptor }

    deinit {
        // What a command that has ended left running in the background holds up nobody.
        flock(file.descriptor, LOCK_UN)
    }
}

/// `ConsumerCursor` is a consumer and where its cursor stands.
package struct ConsumerCursor: Sendable, Equatable {
    /// The consumer's name is that of its file.
    package var name: String
    /// The last record that it has had; nil where that cannot be told.
    package var seq: UInt64?
    /// Why the cursor cannot be read; nil where it can.
    package var trouble: StoreError?
}

extension Cursors {
    /// How many files the folder may hold: a member of the group can make any number of them.
    static let maximumFiles = 10_000

    /// Lists all consumers by name. One whose cursor cannot be read is among them, whatever stands in its place.
    ///
    /// - Throws: where the folder cannot be listed, or holds more than 10 000 files.
    package func list() throws(StoreError) -> [ConsumerCursor] {
        var result: [ConsumerCursor] = []
        for name in try fileNames(in: directory.cursors, limit: Self.maximumFiles).sorted() where Self.isName(name) {
            do throws(StoreError) {
                if let seq = try read(name) { result.append(ConsumerCursor(name: name, seq: seq)) }
            } catch {
                result.append(ConsumerCursor(name: name, trouble: error))
            }
        }
        return result
    }

    /// Puts cursors that are beyond the last record back to it: the numbers behind it will be other records'. What cannot
    /// be read or moved is reported and passed over.
    func moveBack(to lastSeq: UInt64, report: (StoreEvent) -> Void) {
        do throws(StoreError) {
            for cursor in try list() {
                if let trouble = cursor.trouble { report(.cursorLeft(trouble)) }
                guard let seq = cursor.seq, seq > lastSeq else { continue }
                try moveBack(cursor.name, from: seq, to: lastSeq, report)
            }
        } catch {
            report(.cursorLeft(error))
        }
    }

    /// - Throws: where no cursor can be moved, because somebody holds the lock of all.
    private func moveBack(
        _ name: String, from seq: UInt64, to lastSeq: UInt64, _ report: (StoreEvent) -> Void
    ) throws(StoreError) {
        do throws(StoreError) {
            try advance(name, to: lastSeq)
            report(.cursorMovedBack(name: name, from: seq, to: lastSeq))
        } catch {
            if error.code == .inUse { throw error }
            report(.cursorLeft(error))
        }
    }
}

extension Cursors {
    /// Tells when a consumer's cursor was last moved: when its file was written. Nil where there is none.
    package func moved(_ name: String) throws(StoreError) -> Timestamp? {
        var status = stat()
        guard lstat(try path(of: name), &status) == 0 else { return nil }
        return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
    }
}
