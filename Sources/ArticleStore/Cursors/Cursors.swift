import Glibc

/// How far each consumer has read: a file of digits for each, named by the consumer.
///
/// Any process may read and move cursors, beside the writer and without it. A cursor is moved durably and at once: who
/// reads it sees the old number or the new.
package struct Cursors: Sendable {
    let directory: StoreDirectory
    let files: FileSystem

    /// - Parameter path: the store's.
    package init(directory path: String) throws(StoreError) {
        guard let directory = try StoreDirectory(existing: path) else {
            throw .system("opening the store", path, errno: ENOENT, advice: "name the right [store] directory")
        }
        _ = try directory.checkFormat()
        self.init(directory: directory, FileSystem())
    }

    init(directory: StoreDirectory, _ files: FileSystem) {
        self.directory = directory
        self.files = files
    }

    /// Whether a consumer may be called so: 1 to 64 of A–Z a–z 0–9 `.` `_` `-`, and no dot first.
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

    private func path(of name: String) throws(StoreError) -> String {
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

    /// The last record that the consumer has had; nil where it never had any.
    package func read(_ name: String) throws(StoreError) -> UInt64? {
        let path = try path(of: name)
        guard let file = try OpenFile.reading(path) else { return nil }
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
        let lock = try lockForMoving(name)
        try replace(name, with: seq)
        withExtendedLifetime(lock) {}
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
        let lock = try lockForMoving(name)
        defer { withExtendedLifetime(lock) {} }
        let there = try read(name)
        if let there, there != old { return there }
        guard try isRight() else { return nil }
        try replace(name, with: seq)
        guard try !isStillRight() else { return nil }
        if let old { try replace(name, with: old) } else { _ = files.remove(try path(of: name)) }
        return nil
    }

    private func replace(_ name: String, with seq: UInt64) throws(StoreError) {
        try directory.replace(
            try path(of: name), with: Array("\(seq)\n".utf8), in: directory.cursors,
            temporary: "\(directory.cursors)/.new", files)
    }

    /// One mover at a time, so that all may use one temporary file.
    private func lockForMoving(_ name: String) throws(StoreError) -> OpenFile {
        _ = try path(of: name)
        try directory.makeFolder(directory.cursors, files)
        let lock = try directory.openFile("\(directory.cursors)/.lock", in: directory.cursors, files)
        while flock(lock.descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw .system("locking", lock.path) }
        }
        return lock
    }

    /// All consumers by name, each with its cursor; nil for one that holds no number.
    package func list() throws(StoreError) -> [(name: String, seq: UInt64?)] {
        var result: [(name: String, seq: UInt64?)] = []
        for name in try fileNames(in: directory.cursors).sorted() where Self.isName(name) {
            do throws(StoreError) {
                if let seq = try read(name) { result.append((name, seq)) }
            } catch {
                guard error.code == .damaged else { throw error }
                result.append((name, nil))
            }
        }
        return result
    }

    /// The right to dump for a consumer, which one process has at a time.
    package func lockForDump(_ name: String) throws(StoreError) -> ConsumerLock {
        let file = try openDumpLock(name)
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system("locking", file.path) }
            throw StoreError(
                .inUse, "dumping for the consumer", name, "another newswire dumps for it",
                advice: "wait for it to end, or take another name with --as")
        }
        return ConsumerLock(file)
    }

    /// The same for a dump that leaves the cursor: nil where the disk is read-only or full, or the store somebody else's.
    package func lockForReading(_ name: String) throws(StoreError) -> ConsumerLock? {
        do throws(StoreError) {
            _ = try openDumpLock(name)
        } catch {
            if error.code == .wrongName { throw error }
            return nil
        }
        return try lockForDump(name)
    }

    private func openDumpLock(_ name: String) throws(StoreError) -> OpenFile {
        _ = try path(of: name)
        try directory.makeFolder(directory.cursors, files)
        return try directory.openFile("\(directory.cursors)/.\(name).lock", in: directory.cursors, files)
    }

    /// Puts cursors that are beyond the last record back to it: the numbers behind it will be other records'.
    func moveBack(to lastSeq: UInt64, report: (StoreEvent) -> Void) throws(StoreError) {
        for (name, seq) in try list() {
            guard let seq, seq > lastSeq else { continue }
            try advance(name, to: lastSeq)
            report(.cursorMovedBack(name: name, from: seq, to: lastSeq))
        }
    }
}

/// Held while dumping for a consumer; given up when it goes away, or its process does.
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
