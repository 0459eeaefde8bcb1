internal import ArticleStore
internal import FeedModel
internal import JSONText

/// Which records a dump prints.
struct DumpFilter {
    /// Which kinds of records are asked for beside what is new.
    struct Kinds {
        var updates = false
        var duplicates = false
        /// What rules have blocked (filters.md §3.1).
        var blocked = false
        var withoutInitial = false
    }

    /// All feeds where there are none.
    private let feeds: [FeedIdentifier]
    private let feedBytes: [[UInt8]]
    private let tags: Set<TagKey>
    /// The first time that is printed and the first that is not, as records have them: 20 bytes of RFC 3339, which sort
    /// as the times do.
    private let since: [UInt8]?
    private let until: [UInt8]?
    private let end: [UInt8]?
    private let kinds: Kinds
    /// Which times of records can be right; nil where no time is asked for.
    var times: StoredTimes?

    /// How far clocks may have gone back without a dump ending too early, in seconds.
    private static let clockMargin: Int64 = 24 * 3600

    /// - Parameter isForConsumer: the dump ends at the first record that is not before `until`, and leaves it to the next.
    init(
        feeds: [FeedIdentifier], tags: [String], since: Timestamp?, until: Timestamp?, kinds: Kinds, isForConsumer: Bool
    ) {
        self.feeds = feeds
        // Ids that JSON escapes are compared as they are read.
        feedBytes = feeds.map { Array($0.text.utf8) }
        self.tags = Set(tags.map(TagKey.init))
        self.since = since.map { Self.text($0.seconds) }
        // Stored times are whole seconds.
        let until = until.map { $0.seconds + ($0.milliseconds % 1000 == 0 ? 0 : 1) }
        self.until = until.map(Self.text)
        end = until.map { Self.text(isForConsumer ? $0 : $0 + Self.clockMargin) }
        self.kinds = kinds
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
        // Whoever never had the article gets it now (filters.md §2.5).
        case .update: if !kinds.updates, envelope.standing != .released { return false }
        case .duplicate: if !kinds.duplicates, !isChoice { return false }
        case .alias: return false
        }
        if kinds.withoutInitial, envelope.isInitial { return false }
        if let since, envelope.storedAtText.lexicographicallyPrecedes(since), believes(envelope) { return false }
        if let until, !envelope.storedAtText.lexicographicallyPrecedes(until), believes(envelope) { return false }
        guard feeds.isEmpty || feedBytes.contains(where: { envelope.isOfFeed($0) }) || feeds.contains(envelope.feed)
        else {
            return false
        }
        return kinds.blocked || !envelope.standing.isBlocked
    }

    /// Reads the record as JSON where its envelope alone does not tell, and the article that it repeats where that tells.
    func admits(_ record: RecordSlice, in reader: StoreReader) throws -> Bool {
        guard admits(record.envelope) else { return false }
        let mayRepeat =
            switch record.envelope.kind {
            case .duplicate: !kinds.duplicates
            case .update: !kinds.updates && !kinds.duplicates
            case .new, .alias: false
            }
        if tags.isEmpty, !mayRepeat { return true }
        // A line whose checksum holds is JSON, unless newswire itself wrote it wrong.
        let stored = StoredRecord(try JSONParser.parse(record.bytes).value)
        guard hasTag(stored) else { return false }
        if !mayRepeat { return true }
        guard let original = stored.duplicateOf else { return record.envelope.kind == .update }
        return try isChoice && !chooses(original, in: reader)
    }

    /// Whether only some feeds are asked for.
    private var isChoice: Bool { !feeds.isEmpty || !tags.isEmpty }

    /// Whether a record is of a feed that is asked for; one that has been removed is of none.
    private func chooses(_ seq: UInt64, in reader: StoreReader) throws -> Bool {
        guard let record = try reader.record(seq: seq), let feed = record.feed else { return false }
        guard feeds.isEmpty || feeds.contains(feed) else { return false }
        // By its labels nobody was given what is blocked; the version that was let through may have others.
        return hasTag(record, countingLabels: kinds.blocked || record.blockedBy == nil)
    }

    /// Whether the record has one of the tags: the configured ones of its feed and the labels of rules, as they were when it
    /// was stored.
    private func hasTag(_ record: StoredRecord, countingLabels: Bool = true) -> Bool {
        tags.isEmpty || record.feedTags.contains { tags.contains(TagKey($0)) }
            || countingLabels && record.labels.contains { tags.contains(TagKey($0)) }
    }
}
