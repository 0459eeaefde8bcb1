internal import ArticleStore
internal import FeedModel

/// The versions of an article, oldest first.
struct ArticleHistory {
    struct Version {
        var seq: UInt64
        var record: StoredRecord
        /// What differs from the version before; nil where there is none, or it cannot be read any more.
        var changes: [FieldChange]?
    }

    var uid: ArticleIdentifier
    var versions: [Version]
    /// Versions before the first of them, which retention has removed.
    var missing: Int
    /// nil where it is not known whether the article is still in its feed.
    var sighting: Sighting?

    /// Follows the records from the newest back to the first; each names the one before it.
    ///
    /// - Returns: nil where the store has no record of the article any more.
    init?(of known: KnownArticle, in reader: StoreReader) throws {
        uid = known.uid
        var chain: [Version] = []
        var next: UInt64? = known.seq
        while let seq = next, let record = try reader.record(seq: seq) {
            let version = Version(seq: seq, record: record, changes: nil)
            chain.append(version)
            next = record.previous.flatMap { $0 < seq ? $0 : nil }
            if next == nil, let number = record.version, number > 1 {
                // It does not say: the records are looked through.
                next = try reader.records(of: uid, upTo: seq - 1).last
            }
        }
        guard let oldest = chain.last else { return nil }
        versions = chain.reversed()
        sighting = try chain.first.flatMap { try reader.sighting(of: $0.record) }
        missing = Int(clamping: oldest.record.version ?? 1) - 1
        for index in versions.indices.dropFirst() {
            versions[index].changes = FieldChange.all(from: versions[index - 1].record, to: versions[index].record)
        }
    }
}
