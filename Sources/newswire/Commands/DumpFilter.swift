package import ArticleStore
internal import Configuration
package import FeedModel
internal import JSONText
internal import Querying

/// `DumpFilter` says which records a dump prints.
package struct DumpFilter {
    /// `Kinds` says which kinds of records are asked for beside what is new.
    package struct Kinds: Sendable, Equatable {
        package var updates = false
        package var duplicates = false
        /// What rules have blocked (filters.md §3.1).
        package var blocked = false
        package var withoutInitial = false

        package init(
            updates: Bool = false, duplicates: Bool = false, blocked: Bool = false, withoutInitial: Bool = false
        ) {
            self.updates = updates
            self.duplicates = duplicates
            self.blocked = blocked
            self.withoutInitial = withoutInitial
        }
    }

    /// All feeds where there are none.
    var feeds: [FeedIdentifier] {
        didSet { feedBytes = Self.bytes(feeds) }
    }
    private var feedBytes: [[UInt8]]
    private let tags: Set<TagKey>
    /// The first time that is printed and the first that is not, as records have them: 20 bytes of RFC 3339, which sort
    /// as the times do.
    private let since: [UInt8]?
    private let until: [UInt8]?
    private let end: [UInt8]?
    private let kinds: Kinds
    /// Which times of records can be right; nil where no time is asked for.
    package var times: StoredTimes?
    /// What `--match` asks for; nil where it does not.
    package var match: MatchCondition?
    /// Asked in place of what the rules said when a record was stored; nil where that counts.
    var ruling: RecordRuling?

    /// What is given of the pages of articles; nil where that is nothing.
    var fullText: FullTextJoin?

    /// How far clocks may have gone back without a dump ending too early, in seconds.
    private static let clockMargin: Int64 = 24 * 3600

    /// - Parameters:
    ///   - feeds: with the ids that they had before; all feeds where there are none.
    ///   - isForConsumer: the dump ends at the first record that is not before `until`, and leaves it to the next.
    package init(
        feeds: [FeedIdentifier], tags: [String], since: Timestamp?, until: Timestamp?, kinds: Kinds, isForConsumer: Bool
    ) {
        self.feeds = feeds
        feedBytes = Self.bytes(feeds)
        self.tags = Set(tags.map(TagKey.init))
        self.since = since.map { Self.text($0.seconds) }
        // Stored times are whole seconds.
        let until = until.map { $0.seconds + ($0.milliseconds % 1000 == 0 ? 0 : 1) }
        self.until = until.map(Self.text)
        end = until.map { Self.text(isForConsumer ? $0 : $0 + Self.clockMargin) }
        self.kinds = kinds
    }

    /// Ids that JSON escapes are compared as they are read.
    private static func bytes(_ feeds: [FeedIdentifier]) -> [[UInt8]] { feeds.map { Array($0.text.utf8) } }

    private static func text(_ seconds: Int64) -> [UInt8] {
        Timestamp(seconds: min(max(seconds, -62_167_219_200), 253_402_300_799)).rfc3339
    }

    /// Tells whether the dump is over with this record, which was stored too late, as were those behind it.
    package func ends(at envelope: RecordEnvelope) -> Bool {
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
    private func admits(_ envelope: RecordEnvelope) -> Bool {
        if envelope.kind != .fulltext, fullText?.choice == .only { return false }
        switch envelope.kind {
        case .new: break
        // Whoever never had the article gets it now (filters.md §2.5).
        case .update: if !kinds.updates, ruling == nil, envelope.standing != .released { return false }
        case .duplicate: if !kinds.duplicates, ruling == nil, !isChoice { return false }
        case .alias: return false
        case .fulltext: if fullText?.givesPages != true { return false }
        }
        if kinds.withoutInitial, envelope.isInitial { return false }
        if let since, envelope.storedAtText.lexicographicallyPrecedes(since), believes(envelope) { return false }
        if let until, !envelope.storedAtText.lexicographicallyPrecedes(until), believes(envelope) { return false }
        guard feeds.isEmpty || feedBytes.contains(where: { envelope.isOfFeed($0) }) || feeds.contains(envelope.feed)
        else {
            return false
        }
        return kinds.blocked || ruling != nil || !envelope.standing.isBlocked
    }

    /// Returns the record where it is asked for, with its page where that is; nil where it is not.
    package func given(_ record: RecordSlice, in reader: StoreReader) throws -> TakenRecord? {
        guard admits(record.envelope) else { return nil }
        guard let fullText else { return try taken(record, asking: match, in: reader) }
        if record.envelope.kind == .fulltext {
            guard let taken = try taken(record, asking: match, in: reader) else { return nil }
            return fullText.gives(page: try taken.record()) ? taken : nil
        }
        let joined = try fullText.joined(record, in: reader)
        if joined?.isOfVersion != true, let until = fullText.wait?.heldUntil(record.envelope, in: reader) {
            // Nobody knows yet what it will say to a query.
            guard var taken = try taken(record, asking: nil, in: reader) else { return nil }
            taken.heldUntil = until
            return taken
        }
        return try taken(record, as: joined?.article, asking: match, in: reader)
    }

    /// Returns an admitted record where it is asked for; nil where it is not.
    ///
    /// Reads it as JSON where its envelope alone does not tell, and the article that it repeats where that tells.
    ///
    /// - Parameter changed: what is given in its place, where that is not what is stored.
    private func taken(
        _ record: RecordSlice, as changed: StoredRecord? = nil, asking match: MatchCondition?, in reader: StoreReader
    ) throws -> TakenRecord? {
        if let ruling { return try taken(record, by: ruling, in: reader) }
        var taken = changed.map { TakenRecord(changed: $0) } ?? TakenRecord(record)
        if let match {
            let answer =
                if let changed {
                    try match.matches(changed) { try original(of: $0, in: reader) }
                } else {
                    try match.matches(record) { try original(of: $0, in: reader) }
                }
            if answer == false { return nil }
            taken.isUndecided = answer == nil
        }
        if tags.isEmpty, !mayRepeat(record.envelope.kind), !mayReleaseInitial(record.envelope.kind) { return taken }
        let stored = try taken.record()
        guard try !releasesInitial(stored, in: reader) else { return nil }
        return try hasTag(stored) && !repeatsForNothing(stored, in: reader) ? taken : nil
    }

    /// The same by what today's rules say (filters.md §3.3).
    private func taken(_ record: RecordSlice, by ruling: RecordRuling, in reader: StoreReader) throws -> TakenRecord? {
        let stored = try refiltered(try TakenRecord(record).record(), by: ruling, in: reader)
        if stored.blockedBy != nil, !kinds.blocked { return nil }
        if stored.kind == .update, !kinds.updates, !stored.isReleased { return nil }
        guard hasTag(stored), try !releasesInitial(stored, in: reader) else { return nil }
        var taken = TakenRecord(changed: stored)
        if let match {
            let answer = try match.matches(stored) { try original(of: $0, in: reader) }
            if answer == false { return nil }
            taken.isUndecided = answer == nil
        }
        return try repeatsForNothing(stored, in: reader) ? nil : taken
    }

    private func refiltered(
        _ record: StoredRecord, by ruling: RecordRuling, in reader: StoreReader
    ) throws(StoreError) -> StoredRecord {
        let verdict = try ruling.verdict(on: record, in: reader)
        return record.refiltered(verdict, try ruling.standing(of: record, verdict, in: reader))
    }

    /// Whether such a record may be asked for only because it lets an article through that was in its feed at the first poll.
    private func mayReleaseInitial(_ kind: RecordKind?) -> Bool {
        kinds.withoutInitial && !kinds.updates && kind == .update
    }

    /// Whether the record lets an article through that was in its feed at the first poll: had no rule blocked it, it would
    /// not have been given, nor its edits (filters.md §3.1). Where retention has removed the first version nobody knows, and
    /// the article is given.
    private func releasesInitial(_ record: StoredRecord, in reader: StoreReader) throws -> Bool {
        guard mayReleaseInitial(record.kind), let first = record.first else { return false }
        return try reader.record(seq: first)?.isInitial ?? false
    }

    /// Whether such a record may say again what another feed's has said.
    private func mayRepeat(_ kind: RecordKind?) -> Bool {
        switch kind {
        case .duplicate: !kinds.duplicates
        case .update: !kinds.updates && !kinds.duplicates
        case .new, .alias, .fulltext, nil: false
        }
    }

    /// Whether the record says again what was printed of another feed.
    private func repeatsForNothing(_ record: StoredRecord, in reader: StoreReader) throws -> Bool {
        guard mayRepeat(record.kind) else { return false }
        guard let original = record.duplicateOf else { return record.kind != .update }
        guard let first = try reader.record(seq: original) else { return !isChoice }
        if let ruling {
            // What today's rules keep from everybody does not stand for its copies (filters.md §2.4).
            if try ruling.verdict(on: first, in: reader).blockedBy != nil { return false }
            return try !isChoice || chooses(try refiltered(first, by: ruling, in: reader), in: reader)
        }
        return try !isChoice || chooses(first, in: reader)
    }

    /// Whether only some articles are asked for, by what they are of or say.
    private var isChoice: Bool { !feeds.isEmpty || !tags.isEmpty || match != nil }

    /// Whether a record is one that is asked for.
    private func chooses(_ record: StoredRecord, in reader: StoreReader) throws -> Bool {
        guard let feed = record.feed, feeds.isEmpty || feeds.contains(feed) else { return false }
        if let match {
            let given = try withPage(record, in: reader)
            if try match.matches(given, original: { try original(of: $0, in: reader) }) == false { return false }
        }
        // By its labels nobody was given what is blocked; the version that was let through may have others.
        return hasTag(record, countingLabels: kinds.blocked || record.blockedBy == nil)
    }

    /// The record in which the content stands of one that was kept without, as it is given.
    private func original(of record: StoredRecord, in reader: StoreReader) throws -> StoredRecord? {
        try record.original(in: reader).map { try withPage($0, in: reader) }
    }

    /// An article as it is given: with its page, where that is asked for.
    private func withPage(_ article: StoredRecord, in reader: StoreReader) throws -> StoredRecord {
        try fullText?.joined(article, in: reader)?.article ?? article
    }

    /// Whether the record has one of the tags: the configured ones of its feed and the labels of rules, as they were when it
    /// was stored, or as today's rules give them.
    private func hasTag(_ record: StoredRecord, countingLabels: Bool = true) -> Bool {
        tags.isEmpty || record.feedTags.contains { tags.contains(TagKey($0)) }
            || countingLabels && record.labels.contains { tags.contains(TagKey($0)) }
    }
}
