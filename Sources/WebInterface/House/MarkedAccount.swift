internal import FeedModel
internal import Locking

/// `EntryMarks` is what one account had read and starred at one moment. Entries go by their ids.
package struct EntryMarks: Sendable {
    /// What is before it is read.
    package fileprivate(set) var floor: UInt64 = 1
    fileprivate var bits = ReadBits(base: 1)
    fileprivate var stars: Set<UInt64> = []

    package func isRead(_ entry: UInt64) -> Bool { entry < floor || bits[entry] }

    /// The entries up to one that are read in these marks and not in others, or the other way round.
    ///
    /// - Returns: nil where there are more than `limit`, or where the floor is another.
    func changes(from other: EntryMarks, through last: UInt64, limit: Int) -> [UInt64]? {
        guard floor == other.floor else { return nil }
        return bits.changes(from: other.bits, through: last, limit: limit)
    }

    /// The ranges, of few numbers that are read, outside of which all up to one are read. They come in rising order.
    func unreadRanges(from first: UInt64, through last: UInt64) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        var next = max(first, floor)
        while let range = bits.unread(from: next, through: last, gap: Self.gap) {
            ranges.append(range)
            guard range.upperBound < last else { break }
            next = range.upperBound + 1
        }
        return ranges
    }

    /// Asking the index once more costs about as much as going through 2048 entries that are read.
    private static let gap = 256

    package func isStarred(_ entry: UInt64) -> Bool { stars.contains(entry) }

    /// The starred entries in rising order, also those that the store has no more.
    package var starred: [UInt64] { stars.sorted() }
}

/// `MarkedAccount` is one account's marks. What is changed is in its files when the call returns: a kill of the program loses
/// nothing, a loss of power the last marks.
///
/// Files are written under the lock, so that they have what is in memory; nobody but the same account waits for that.
package final class MarkedAccount: Sendable {
    private struct State {
        var marks = EntryMarks()
        /// When the floor was looked at; nil before the files have been read.
        var followedAt: Timestamp?
    }

    /// The floor follows the time once in so many milliseconds.
    private static let period: Int64 = 24 * 3600 * 1000
    /// No account has more, so that its file stays small enough to be replaced at each.
    static let mostStars = 100_000

    private let readFile: StateFile
    private let starFile: StateFile
    private let directory: String
    private let report: @Sendable (String) -> Void
    private let state = Locked(State())
    /// What was counted for it last.
    let unread = Locked<UnreadCounts?>(nil)

    init(directory: String, report: @escaping @Sendable (String) -> Void) {
        self.directory = directory
        self.report = report
        readFile = StateFile(path: "\(directory)/read")
        starFile = StateFile(path: "\(directory)/starred")
    }

    /// As they are now. They do not change with what is marked later.
    package var marks: EntryMarks { state.withLock { $0.marks } }

    /// Marks entries as read or unread; those before the floor stay read.
    ///
    /// - Parameter last: the largest id that there can be: what is behind it is not marked.
    package func mark(_ entries: [UInt64], read: Bool, upTo last: UInt64) throws(WebFailure) {
        try state.withLock { state throws(WebFailure) in
            let floor = state.marks.floor
            var bits = state.marks.bits
            let changed = bits.set(entries.filter { $0 >= floor && $0 <= last }, read)
            try write(changed, of: bits, before: state.marks.bits)
            state.marks.bits = bits
        }
    }

    /// Marks all entries as read up to one, which is known to be there.
    package func markAll(upTo last: UInt64) throws(WebFailure) {
        try state.withLock { state throws(WebFailure) in
            guard last >= state.marks.floor else { return }
            var bits = state.marks.bits
            let changed = bits.set(from: state.marks.floor, through: last)
            try write(changed, of: bits, before: state.marks.bits)
            state.marks.bits = bits
        }
    }

    /// Stars entries, or takes their stars away.
    ///
    /// - Throws: 403 where there would be more than 100 000.
    package func star(_ entries: [UInt64], _ isStarred: Bool) throws(WebFailure) {
        try state.withLock { state throws(WebFailure) in
            let stars = isStarred ? state.marks.stars.union(entries) : state.marks.stars.subtracting(entries)
            guard stars.count <= max(Self.mostStars, state.marks.stars.count) else {
                throw WebFailure(
                    403, "\(Self.mostStars) entries are starred, and no more are kept",
                    hint: "Take the stars of some away.")
            }
            guard stars.count != state.marks.stars.count else { return }
            try write(stars)
            state.marks.stars = stars
        }
    }

    // MARK: - Files

    func isDue(_ now: Timestamp) -> Bool {
        state.withLock { state in
            guard let followedAt = state.followedAt else { return true }
            let age = now.milliseconds.subtractingReportingOverflow(followedAt.milliseconds)
            // Also where the clock has gone back, once.
            return age.overflow || age.partialValue >= Self.period || age.partialValue <= -Self.period
        }
    }

    /// Reads the files where that has not been done, and takes away what the store has no more and what is too old to be
    /// unread.
    func follow(_ bounds: AccountMarks.Bounds, now: Timestamp) throws(WebFailure) {
        try state.withLock { state throws(WebFailure) in
            if state.followedAt == nil { state.marks = try read(bounds) }
            try raise(&state.marks, bounds)
            state.followedAt = now
        }
    }

    private func read(_ bounds: AccountMarks.Bounds) throws(WebFailure) -> EntryMarks {
        try StateFile.makeFolder(directory)
        var marks = EntryMarks()
        marks.stars = try readStars()
        if let bytes = try readFile.read(limit: ReadBits.fileBytes) {
            switch ReadBits.read(bytes) {
            case .success((let floor, var bits)):
                guard floor > bounds.last + 1 else {
                    // Numbers that were others' before, where an older copy of the store was put in its place.
                    if bits.cut(behind: bounds.last) {
                        report("\(readFile.path): the store has gone back; marks behind its end are lost")
                        try readFile.replace(with: bits.file(floor: floor))
                    }
                    marks.floor = floor
                    marks.bits = bits
                    return marks
                }
                report("\(readFile.path): the store has gone back behind what it is of; its marks are lost")
            case .failure(let damage): report("\(readFile.path): \(damage.reason); its marks are lost")
            }
        }
        marks.floor = max(1, bounds.floor)
        marks.bits = ReadBits(base: marks.floor)
        try readFile.replace(with: marks.bits.file(floor: marks.floor))
        return marks
    }

    private func raise(_ marks: inout EntryMarks, _ bounds: AccountMarks.Bounds) throws(WebFailure) {
        let stars = marks.stars.filter { $0 >= bounds.first && $0 <= bounds.last }
        if stars.count != marks.stars.count {
            try write(stars)
            marks.stars = stars
        }
        guard bounds.floor > marks.floor else { return }
        var bits = marks.bits
        bits.cut(before: bounds.floor)
        try readFile.replace(with: bits.file(floor: bounds.floor))
        marks.floor = bounds.floor
        marks.bits = bits
    }

    private func write(_ changed: Range<Int>, of bits: ReadBits, before: ReadBits) throws(WebFailure) {
        guard !changed.isEmpty else { return }
        do throws(WebFailure) {
            try readFile.write(bits.bytes[changed], at: ReadBits.headerBytes + changed.lowerBound)
        } catch {
            // A part of them may be in the file, and would count after the next start though they were refused.
            let former = changed.clamped(to: before.bytes.indices)
            try? readFile.write(before.bytes[former], at: ReadBits.headerBytes + former.lowerBound)
            try? readFile.cut(to: ReadBits.headerBytes + before.bytes.count)
            throw error
        }
    }

    private func write(_ stars: Set<UInt64>) throws(WebFailure) {
        try starFile.replace(with: stars.sorted().flatMap { Array("\($0)\n".utf8) })
    }

    private func readStars() throws(WebFailure) -> Set<UInt64> {
        let bytes = try starFile.read(limit: 32 * Self.mostStars) ?? []
        var stars: Set<UInt64> = []
        var damaged = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let seq = UInt64(String(decoding: line, as: UTF8.self)) {
                stars.insert(seq)
            } else {
                damaged += 1
            }
        }
        if damaged > 0 { report("\(starFile.path): \(damaged) lines are no numbers; these stars are lost") }
        return stars
    }
}
