import FeedModel
import Glibc

/// `ArchiveWriter` appends to the files of an archive, and removes those that may not stay. It belongs to one thread, and no
/// other process writes beside it.
///
/// A file is named `….open` while it is written, and gets its own name when it is closed. What `append` has returned a place of is
/// durable. Where the disk does not take something, what was written of it is taken back before anything else is written.
final class ArchiveWriter {
    private struct Current {
        let name: ArchiveFileName
        let file: ArchiveDescriptor
        /// What is durable of it.
        var bytes: UInt64
        /// Something may stand behind that.
        var needsRepair = false
        /// Nothing more is written to it.
        var isSpent = false
    }

    private let folder: ArchiveFolder
    private let calls: ArchiveCalls
    private let about: WARCFields
    private let now: @Sendable () -> Timestamp
    private let report: @Sendable (ArchiveEvent) -> Void
    var rules: ArchiveRules
    private var serial: ArchiveSerial?
    private var current: Current?
    /// The closed files, oldest first.
    private var closed: [ArchivedFile] = []
    /// It was said that files go since the disk is nearly full, and there has not been plenty of room since.
    private var hasToldOfRoom = false
    /// What is left of a file that could not be begun.
    private var orphan: String?

    /// Touches no file before it is told to do something.
    ///
    /// - Parameters:
    ///   - about: what each file says first of who wrote it.
    ///   - now: the time of day.
    init(
        _ folder: ArchiveFolder, _ rules: ArchiveRules, about: WARCFields, calls: ArchiveCalls,
        now: @escaping @Sendable () -> Timestamp, report: @escaping @Sendable (ArchiveEvent) -> Void
    ) {
        self.folder = folder
        self.rules = rules
        self.about = about
        self.calls = calls
        self.now = now
        self.report = report
    }

    /// How many files there are, and their bytes; what was seen last, where it has not been looked at yet.
    var extent: (files: Int, bytes: UInt64) {
        (closed.count + (current == nil ? 0 : 1), closed.reduce(current?.bytes ?? 0) { $0 + $1.bytes })
    }

    // MARK: Writing

    /// Appends packed records, some that belong together in each element, and makes them durable.
    ///
    /// - Returns: where each element begins. Where it throws, nothing of them is in the archive.
    func append(_ groups: [[UInt8]]) throws(ArchiveError) -> [ArchivePlace] {
        if groups.isEmpty { return [] }
        try begin()
        let count = groups.reduce(0) { $0 + UInt64($1.count) }
        try makeRoom(for: count)
        try repair()
        if let current, isFull(current, with: count) { try close() }
        var file: Current
        if let current { file = current } else { file = try open() }
        let places = places(of: groups, in: file)
        file.needsRepair = true
        current = file
        try file.file.write(groups.count == 1 ? groups[0] : Array(groups.joined()), at: file.bytes, calls)
        do throws(ArchiveError) {
            try file.file.syncData(calls)
        } catch {
            // After that nobody knows what of the file is on the disk but what had been before: the next records go to another.
            current?.isSpent = true
            try? close()
            throw error
        }
        file.bytes += count
        file.needsRepair = false
        current = file
        removeSurplus()
        return places
    }

    private func places(of groups: [[UInt8]], in file: Current) -> [ArchivePlace] {
        var offset = file.bytes
        return groups.map { group in
            defer { offset += UInt64(group.count) }
            return ArchivePlace(file: file.name, offset: offset)
        }
    }

    private func isFull(_ file: Current, with count: UInt64) -> Bool {
        file.isSpent || file.bytes + count > rules.rotateBytes || isOld(file)
    }

    /// A clock that was set back makes no file old.
    private func isOld(_ file: Current) -> Bool {
        now().milliseconds - file.name.begun.milliseconds >= rules.rotateMilliseconds
    }

    /// Gets the archive ready the first time: its folder, its lock, and what a crash has left.
    func begin() throws(ArchiveError) {
        if serial != nil { return }
        try folder.make(calls)
        let lock = try ArchiveSerial(in: folder, calls)
        try ArchiveRecovery(folder: folder, calls: calls, report: report).run()
        closed = try folder.files().filter { !$0.isOpen }
        if let last = closed.last { lock.isAtLeast(last.name.serial) }
        serial = lock
    }

    private func open() throws(ArchiveError) -> Current {
        if let path = orphan {
            guard calls.remove(path) == 0 || errno == ENOENT else { throw .system("removing", path) }
            orphan = nil
        }
        // Not nil: `begin` comes before.
        let name = ArchiveFileName(begun: now(), serial: try serial!.next(calls))
        let path = name.text + ArchiveFileName.openSuffix
        let file = try folder.create(path, calls, exclusively: true)
        var info = WARCRecord(.warcinfo, at: name.begun, contentType: WARCRecord.fieldsType, block: about.bytes)
        info.header.add(WARCRecord.Name.fileName, name.text)
        let bytes = info.packed
        do throws(ArchiveError) {
            try file.write(bytes, at: 0, calls)
            try file.syncData(calls)
            try folder.sync(calls)
        } catch {
            orphan = folder.file(path)
            throw error
        }
        return Current(name: name, file: file, bytes: UInt64(bytes.count))
    }

    /// Takes back what a failed write has left.
    private func repair() throws(ArchiveError) {
        guard var file = current, file.needsRepair else { return }
        try file.file.truncate(to: file.bytes, calls)
        file.needsRepair = false
        current = file
    }

    /// Gives the file that is being written its own name; the next records go to another.
    func close() throws(ArchiveError) {
        guard let file = current else { return }
        try repair()
        let path = folder.file(file.name.text)
        guard calls.rename(path + ArchiveFileName.openSuffix, path) == 0 else { throw .system("closing", path) }
        current = nil
        closed.append(ArchivedFile(name: file.name, isOpen: false, bytes: file.bytes, changed: now()))
        try folder.sync(calls)
    }

    /// Closes the file that is being written, and lets others write to the archive. The next record begins anew.
    func end() throws(ArchiveError) {
        defer { serial = nil }
        try close()
    }

    // MARK: Removing

    /// Closes what has been written to for long enough, and removes what is too old or too much.
    ///
    /// - Parameter trusted: the time, where it counts for what lasts; nil while it is in doubt, and nothing is too old.
    func tidy(trusted: Timestamp?) throws(ArchiveError) {
        try begin()
        if let current, isOld(current) { try close() }
        if let kept = rules.keptSeconds, let trusted {
            let limit = trusted.milliseconds - kept * 1000
            remove(.age) { file, _ in file.changed.milliseconds < limit }
        }
        removeSurplus()
    }

    private func removeSurplus() {
        remove(.size) { _, left in left > rules.mostBytes }
    }

    /// Removes files from the oldest on, as long as that is wanted.
    private func remove(_ reason: ArchiveEvent.Reason, while isWanted: (ArchivedFile, _ left: UInt64) -> Bool) {
        var (files, bytes) = (0, UInt64(0))
        while let file = closed.first, isWanted(file, extent.bytes) {
            // What cannot be removed is tried again the next time; it is counted as there.
            guard calls.remove(folder.file(file.fileName)) == 0 else { break }
            closed.removeFirst()
            files += 1
            bytes += file.bytes
        }
        if files == 0 || reason == .room && hasToldOfRoom { return }
        if reason == .room { hasToldOfRoom = true }
        report(.removed(files: files, bytes: bytes, reason: reason))
    }

    /// The archive steps back before the disk is full: what else is written there comes first.
    private func makeRoom(for count: UInt64) throws(ArchiveError) {
        guard let room = calls.room(folder.path) else { return }
        let reserve = ArchiveRules.reserve(of: room)
        // What was removed is not always free at once.
        var free = room.free
        func isShort() -> Bool { free < reserve + count }
        guard isShort() else {
            if free >= reserve * 2 + count { hasToldOfRoom = false }
            return
        }
        remove(.room) { file, _ in
            defer { free += file.bytes }
            return isShort()
        }
        if isShort(), current != nil {
            try close()
            remove(.room) { file, _ in
                defer { free += file.bytes }
                return isShort()
            }
        }
        if isShort() {
            throw ArchiveError(
                .noRoom, "writing to", folder.path,
                "its disk has \(room.free >> 20) MiB free, and \(reserve >> 20) MiB are left to all else",
                advice: "free some space there, or set a smaller [archive] max_size")
        }
    }
}
