internal import ArticleStore
internal import FeedModel
internal import JSONText
internal import Querying

extension StoredRecord {
    /// What rules have written into a record, and what stands behind that in every record (docs/store.md).
    private static let ruled = Set(
        [
            RecordMember.labels, RecordMember.undecided, RecordMember.blocked, RecordMember.shown,
            RecordMember.released,
        ].map { "\($0)" })
    private static let superseding = "\(RecordMember.supersedes)"
    private static let tail: Set = ["clock_doubtful", "commit", "index", "feed"]

    /// Returns the record with what other rules say in the place of what it says, and `"refiltered":true` (filters.md §3.3).
    /// Chain and checksum are left out, which are of its line.
    func refiltered(_ verdict: FilterVerdict, _ standing: RecordStanding) -> StoredRecord {
        var before: [JSONValue.Member] = [Self.flag(RecordMember.refiltered)]
        before += [(RecordMember.labels, verdict.labels), (RecordMember.undecided, verdict.undecided)].compactMap {
            $1.isEmpty ? nil : .init(key: "\($0)", value: .array($1.map { .string($0) }))
        }
        return changing { own in
            var own = own.filter { !Self.ruled.contains($0.key) }
            let tail = own.firstIndex { Self.tail.contains($0.key) } ?? own.endIndex
            own.insert(contentsOf: Self.members(standing), at: tail)
            let first = own.firstIndex { $0.key == Self.superseding } ?? tail
            own.insert(contentsOf: before, at: first)
            return own
        }
    }

    private static func members(_ standing: RecordStanding) -> [JSONValue.Member] {
        switch standing {
        case .passed: []
        case .released: [flag(RecordMember.released)]
        case .blocked(let rule, let wasShown):
            [.init(key: "\(RecordMember.blocked)", value: .string(rule))] + (wasShown ? [flag(RecordMember.shown)] : [])
        }
    }

    private static func flag(_ name: StaticString) -> JSONValue.Member { .init(key: "\(name)", value: .bool(true)) }
}
