internal import ArticleStore
internal import FeedModel
internal import SearchIndex

/// `FeedDays` is how many articles a feed has brought each day of the last 30.
struct FeedDays {
    static let days: Int64 = 30
    /// How long records are read, where there is no index.
    private static let patience = Duration.milliseconds(500)
    private static let stride: UInt64 = 20_000

    /// The days in UTC, the oldest first.
    let counts: [(start: Timestamp, count: Int)]
    /// Since when articles were counted, where there was no time for all; nil where all were.
    private(set) var countedSince: Timestamp?

    /// - Parameter ids: those that the feed has and had.
    init(of ids: [FeedIdentifier], in reader: StoreReader, _ search: ArticleSearch?, now: Timestamp) throws {
        let today = now.seconds / 86_400
        let first = today - Self.days + 1
        let since = Timestamp(seconds: first * 86_400)
        var counted = [Int](repeating: 0, count: Int(Self.days))
        func count(_ time: Timestamp) {
            let day = time.seconds / 86_400 - first
            if counted.indices.contains(Int(day)) { counted[Int(day)] += 1 }
        }
        if let search, search.standing.isComplete {
            try search.forEachEntry(feeds: Set(ids), order: .newestFirst) { _, _, stored in
                if stored >= since { count(stored) }
                return stored >= since
            }
        } else {
            countedSince = try Self.read(ids, reader, since, count)
        }
        counts = counted.enumerated().map { (Timestamp(seconds: (first + Int64($0.offset)) * 86_400), $0.element) }
    }

    /// Reads the records from the end back.
    ///
    /// - Returns: when what was read last was stored, where there was no time for all.
    private static func read(
        _ ids: [FeedIdentifier], _ reader: StoreReader, _ since: Timestamp, _ count: (Timestamp) -> Void
    ) throws -> Timestamp? {
        let deadline = ContinuousClock.now + patience
        let bytes = ids.map { Array($0.text.utf8) }
        var end = try reader.lastSeq()
        while end > 0 {
            let start = end > stride ? end - stride : 0
            var oldest: Timestamp?
            try reader.read(after: start, damage: { _ in }) { slice in
                let envelope = slice.envelope
                if envelope.seq > end { return false }
                if oldest == nil { oldest = envelope.storedAt }
                guard bytes.contains(where: { envelope.isOfFeed($0) }) || ids.contains(envelope.feed) else {
                    return true
                }
                let standing = envelope.standing
                if envelope.kind == .new && !standing.isBlocked || standing == .released, let time = envelope.storedAt {
                    count(time)
                }
                return true
            }
            guard let oldest, oldest >= since else { return nil }
            if ContinuousClock.now >= deadline, start > 0 { return oldest }
            end = start
        }
        return nil
    }
}
