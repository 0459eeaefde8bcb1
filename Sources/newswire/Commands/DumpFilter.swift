internal import ArticleStore
internal import FeedModel
internal import JSONText

/// Which records a dump prints.
struct DumpFilter {
    /// All feeds where there are none.
    private let feeds: [FeedIdentifier]
    private let feedBytes: [[UInt8]]
    private let tags: [String]
    /// As records have it: 20 bytes of RFC 3339, which sort as the times do. From the first on, before the second.
    private let since: [UInt8]?
    private let until: [UInt8]?
    private let end: [UInt8]?
    private let updates: Bool
    private let duplicates: Bool
    private let withoutInitial: Bool
    /// Which times of records can be right; nil where no time is asked for.
    var times: StoredTimes?

    /// How far clocks may have gone back without a dump ending too early, in seconds.
    private static let clockMargin: Int64 = 24 * 3600

    /// - Parameter isForConsumer: the dump ends at the first record that is not before `until`, and leaves it to the next.
    init(
        feeds: [FeedIdentifier], tags: [String], since: Timestamp?, until: Timestamp?, updates: Bool, duplicates: Bool,
        withoutInitial: Bool, isForConsumer: Bool
    ) {
        self.feeds = feeds
        // Ids that JSON escapes are compared as they are read.
        feedBytes = feeds.map { Array($0.text.utf8) }
        self.tags = tags
        self.since = since.map { Self.text($0.seconds) }
        // Stored times are whole seconds.
        let until = until.map { $0.seconds + ($0.milliseconds % 1000 == 0 ? 0 : 1) }
        self.until = until.map(Self.text)
        end = until.map { Self.text(isForConsumer ? $0 : $0 + Self.clockMargin) }
        self.updates = updates
        self.duplicates = duplicates
        self.withoutInitial = withoutInitial
    }

    private static func text(_ seconds: Int64) -> [UInt8] {
        Timestamp(seconds: min(max(seconds, -62_167_219_200), 253_402_300_799)).rfc3339
    }

    /// Whether the dump is over with this record, which was stored too late, as were those behind it.
    func ends(at envelope: RecordEnvelope) -> Bool {
        guard let end else { return false }
        return !envelope.storedAtText.lexicographicallyPrecedes(end) && believes(envelope)
    }

    /// What a wrong clock said of one record neither ends a dump nor hides it: where it stands counts.
    private func believes(_ envelope: RecordEnvelope) -> Bool {
        guard let times else { return true }
        guard let time = envelope.undoubtedTime else { return false }
        return times.believes(time, seq: envelope.seq)
    }

    /// What the envelope alone can tell: no JSON is read for it.
    func admits(_ envelope: RecordEnvelope) -> Bool {
        switch envelope.kind {
        case .new: break
        case .update: if !updates { return false }
        case .duplicate: if !duplicates { return false }
        case .alias: return false
        }
        if withoutInitial, envelope.isInitial { return false }
        if let since, envelope.storedAtText.lexicographicallyPrecedes(since), believes(envelope) { return false }
        if let until, !envelope.storedAtText.lexicographicallyPrecedes(until), believes(envelope) { return false }
        return feeds.isEmpty || feedBytes.contains { envelope.isOfFeed($0) } || feeds.contains(envelope.feed)
    }

    /// Whether a record has to be read as JSON to tell.
    var readsJSON: Bool { !tags.isEmpty }

    /// The configured tags of the record's feed, as they were when it was stored.
    func admits(_ record: StoredRecord) -> Bool {
        guard !tags.isEmpty else { return true }
        let own = record.feedTags
        return tags.contains { own.contains($0) }
    }
}
