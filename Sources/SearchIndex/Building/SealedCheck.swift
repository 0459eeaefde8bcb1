internal import Digest
internal import FeedModel
internal import Glibc

/// `SealedCheck` looks whether sealed files have the bytes that they were sealed with (web.md §11.7): SQLite itself notices no
/// bit that has turned in a page, and would answer wrongly.
///
/// Each file is read once after the start and then once a week, a piece at a time. It belongs to the keeper's thread.
struct SealedCheck {
    /// What came of looking at the next piece.
    enum Finding {
        /// No file is due.
        case nothing
        /// A piece was read, and nothing is wrong so far.
        case fine
        /// The file is to be made again, for that reason.
        case damaged(SearchFile, String)
        /// A file could not be looked at, and is again in an hour.
        case failed(SearchFailure)
    }

    /// In milliseconds.
    private static let period: Int64 = 7 * 24 * 3600 * 1000
    private static let periodOfFailed: Int64 = 3600 * 1000

    private struct Look {
        var time: Timestamp
        /// It could not be looked at.
        var hasFailed = false
        /// The disk has not given its bytes.
        var isUnreadable = false
    }

    private let pieceBytes: Int
    /// When each file was looked at last.
    private var looks: [SearchSpan: Look] = [:]
    /// What is being read.
    private var reading: (file: SearchFile, sum: FileSum)?

    init(pieceBytes: Int) {
        self.pieceBytes = pieceBytes
    }

    /// Reads the next piece of what is due.
    ///
    /// - Parameter files: the sealed files that there are.
    mutating func step(_ files: [SearchFile], now: Timestamp) -> Finding {
        if let file = reading?.file, !files.contains(where: { $0 === file }) { reading = nil }
        guard let file = reading?.file ?? files.last(where: { isDue($0, now) }) else { return .nothing }
        let sum: FileSum
        do throws(FileSum.Failure) {
            if let reading { sum = reading.sum } else { sum = try FileSum(file.path) }
            reading = (file, sum)
            if try sum.read(pieceBytes) { return .fine }
            reading = nil
        } catch {
            reading = nil
            return judge(file, error, now)
        }
        do throws(SearchFailure) {
            return try judge(file, sum.sum, now)
        } catch {
            looks[file.span] = Look(time: now, hasFailed: true)
            return .failed(error)
        }
    }

    private func isDue(_ file: SearchFile, _ now: Timestamp) -> Bool {
        guard let look = looks[file.span] else { return true }
        let age = now.milliseconds.subtractingReportingOverflow(look.time.milliseconds)
        // Also where the clock has gone back.
        return age.overflow || !(0..<(look.hasFailed ? Self.periodOfFailed : Self.period)).contains(age.partialValue)
    }

    private mutating func judge(_ file: SearchFile, _ sum: Hash128, _ now: Timestamp) throws(SearchFailure) -> Finding {
        if let wanted = try FileSum.text(beside: file.path) {
            looks[file.span] = Look(time: now)
            return wanted == FileSum.text(of: sum)
                ? .fine : .damaged(file, "a file of the index has other bytes than were written")
        }
        // It was sealed by a version that wrote none, or somebody has removed it.
        try FileSum.write(sum, beside: file.path)
        looks[file.span] = Look(time: now)
        return .fine
    }

    private mutating func judge(_ file: SearchFile, _ failure: FileSum.Failure, _ now: Timestamp) -> Finding {
        // What a disk does not give once it may give later: only one that fails again is without hope.
        let isHopeless = failure.code == EIO && looks[file.span]?.isUnreadable == true
        if failure.code == ENOENT || isHopeless {
            looks[file.span] = nil
            return .damaged(file, "\(failure.failure.message)")
        }
        looks[file.span] = Look(time: now, hasFailed: true, isUnreadable: failure.code == EIO)
        return .failed(failure.failure)
    }
}
