package import ArticleStore
package import FeedModel
internal import Querying

/// `RuleActivity` counts what today's rules match of what was stored in the last 30 days, day by day from today back, so that
/// where the time is over the days that count most are counted.
package struct RuleActivity: Sendable {
    /// `Count` is what one rule has matched.
    package struct Count: Sendable {
        /// In the last 7 days.
        package var week = 0
        /// In the last 30 days.
        package var month = 0
        /// The youngest record that it matches was stored then.
        package var last: Timestamp?
        /// So many are blocked by this rule and no other.
        package var alone = 0
        /// Of so many of the last 30 days it is not known whether they match (filters.md §1.5).
        package var undecided = 0
    }

    private static let days: Int64 = 30
    private static let week: Int64 = 7
    /// The clock is looked at after so many records.
    private static let stride = 256

    /// In the order of the rules.
    package private(set) var counts: [Count]
    /// Only what was stored since then was counted; nil where all was.
    package private(set) var countedSince: Timestamp?
    private let ruling: RecordRuling
    private let now: Timestamp

    /// Counts nothing yet.
    package init(_ ruling: RecordRuling, now: Timestamp) {
        self.ruling = ruling
        self.now = now
        counts = Array(repeating: Count(), count: ruling.rules.rules.count)
    }

    /// Counts what is stored.
    ///
    /// - Parameter isOver: asked now and then; reading ends where it is true.
    package mutating func count(in reader: StoreReader, isOver: () -> Bool) throws {
        var end = UInt64.max
        for day in 1...Self.days {
            let since = Timestamp(seconds: now.seconds - day * 86_400)
            let first = try reader.place(storedSince: since, now: now).firstSeq
            // The first day is read at least in part.
            guard try read(from: first, to: end, isOfWeek: day <= Self.week, reader, isOver) else {
                countedSince = Timestamp(seconds: since.seconds + 86_400)
                return
            }
            end = min(end, first)
        }
    }

    /// Counts the records from a number up to another.
    ///
    /// - Returns: whether there was time for all of them.
    private mutating func read(
        from first: UInt64, to end: UInt64, isOfWeek: Bool, _ reader: StoreReader, _ isOver: () -> Bool
    ) throws -> Bool {
        var looked = 0
        var isWhole = true
        try reader.read(after: first > 0 ? first - 1 : 0, damage: { _ in }) { slice in
            guard slice.envelope.seq < end else { return false }
            looked += 1
            if looked.isMultiple(of: Self.stride), isOver() {
                isWhole = false
                return false
            }
            guard slice.envelope.kind.isVersion, let record = StoredRecord(line: slice.bytes) else { return true }
            add(try ruling.findings(on: record, in: reader, withWords: false).findings, of: record, isOfWeek)
            return true
        }
        return isWhole
    }

    private mutating func add(_ findings: [FilterFinding], of record: StoredRecord, _ isOfWeek: Bool) {
        for finding in findings where finding.matches != false {
            guard finding.matches == true else {
                counts[finding.rule].undecided += 1
                continue
            }
            counts[finding.rule].month += 1
            if isOfWeek { counts[finding.rule].week += 1 }
            let stored = record.storedAt
            if let stored, counts[finding.rule].last.map({ $0 < stored }) ?? true { counts[finding.rule].last = stored }
        }
        if let rule = ruling.rules.onlyBlock(findings) { counts[rule].alone += 1 }
    }
}
