internal import ArticleStore
internal import FeedModel
internal import SearchIndex

/// `Neighbours` finds the articles of a feed that were stored right before and behind a record.
enum Neighbours {
    /// So many records are looked at in each direction, where there is no index.
    private static let reach: UInt64 = 5000

    static func find(
        of seq: UInt64, _ ids: [FeedIdentifier], _ reader: StoreReader, _ search: ArticleSearch?
    ) throws -> (older: UInt64?, newer: UInt64?) {
        if let search, search.standing.isComplete, let found = try? find(of: seq, ids, search) { return found }
        let bytes = ids.map { Array($0.text.utf8) }
        func isMeant(_ envelope: RecordEnvelope) -> Bool {
            guard envelope.kind == .new else { return false }
            return bytes.contains { envelope.isOfFeed($0) } || ids.contains(envelope.feed)
        }
        var (older, newer): (UInt64?, UInt64?)
        try reader.read(after: seq > reach ? seq - reach - 1 : 0, damage: { _ in }) { slice in
            guard slice.envelope.seq < seq else { return false }
            if isMeant(slice.envelope) { older = slice.envelope.seq }
            return true
        }
        try reader.read(after: seq, damage: { _ in }) { slice in
            guard slice.envelope.seq - seq <= reach else { return false }
            if isMeant(slice.envelope) { newer = slice.envelope.seq }
            return newer == nil
        }
        return (older, newer)
    }

    private static func find(
        of seq: UInt64, _ ids: [FeedIdentifier], _ search: ArticleSearch
    ) throws(SearchFailure) -> (older: UInt64?, newer: UInt64?) {
        var request = RecordRequest()
        request.feeds = Set(ids)
        request.blocked = true
        request.limit = 1
        request.before = seq
        let older = try search.records(request).found.first
        request.before = nil
        request.after = seq
        request.order = .oldestFirst
        return (older, try search.records(request).found.first)
    }
}
