internal import ArticleStore
internal import FeedModel

/// `EntryFinder` tells which entry a record is part of (web.md §7): an article is one from its first version on that readers
/// are shown, which is neither blocked by a rule nor a copy of what another feed had before.
struct EntryFinder {
    enum Entry: Equatable {
        /// The record is the first version that is shown.
        case own
        case of(UInt64)
        /// Readers are not shown it.
        case hidden
    }

    /// An article with more versions that are not shown in a row is looked through no further.
    private static let mostVersions = 1000

    let reader: StoreReader

    /// - Parameter known: what is known already of a record; nil where nothing is.
    func entry(
        of record: StoredRecord, known: (UInt64) throws(SearchFailure) -> Entry?
    ) throws(SearchFailure) -> Entry {
        guard Self.isShown(record) else { return .hidden }
        guard record.kind == .update, !record.isReleased, let seq = record.seq, let first = record.first, first < seq
        else { return .own }
        // Nearly always the first version was shown. One that retention has removed counts as shown.
        switch try known(first) {
        case .own: return .of(first)
        case .of(let entry): return .of(entry)
        case .hidden: break
        case nil:
            guard let version = try self.record(first), !Self.isShown(version) else { return .of(first) }
        }
        return try entry(from: record.previous, downTo: first, known).map { .of($0) } ?? .own
    }

    /// Looks through the versions before one, of which the first is not shown, for the first that is.
    private func entry(
        from newest: UInt64?, downTo first: UInt64, _ known: (UInt64) throws(SearchFailure) -> Entry?
    ) throws(SearchFailure) -> UInt64? {
        var found: UInt64?
        var next = newest
        for _ in 0..<Self.mostVersions {
            guard let seq = next, seq > first else { break }
            switch try known(seq) {
            case .own: return seq
            case .of(let entry): return entry
            case .hidden, nil: break
            }
            guard let version = try record(seq) else { return first }
            if Self.isShown(version) {
                found = seq
                if version.isReleased { break }
            }
            next = version.previous.flatMap { $0 < seq ? $0 : nil }
        }
        return found
    }

    private static func isShown(_ record: StoredRecord) -> Bool {
        switch record.kind {
        case .new, .update: record.blockedBy == nil && record.duplicateOf == nil
        case .duplicate, .alias, .fulltext, nil: false
        }
    }

    /// What of a record is looked at here.
    private static let members = StoredRecord.Members(
        item: [],
        own: [
            "seq", "kind", RecordMember.blocked, RecordMember.released, RecordMember.duplicateOf, RecordMember.first,
            RecordMember.previous,
        ])

    private func record(_ seq: UInt64) throws(SearchFailure) -> StoredRecord? {
        do throws(StoreError) {
            return try reader.line(seq: seq).flatMap { line in
                line.withUnsafeBytes { StoredRecord(line: $0, only: Self.members) }
            }
        } catch {
            throw .store(error)
        }
    }
}
