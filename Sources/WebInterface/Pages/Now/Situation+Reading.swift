internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

extension Situation {
    /// Failures in a row after which a feed needs somebody, however short the time.
    private static let failures: UInt8 = 5
    private static let day: Int64 = 86_400
    /// Feeds for which somebody is needed after a day are looked at after so many of the same kind only as a number.
    private static let mostGaps = 1000

    /// Finds out how everything is.
    ///
    /// - Parameters:
    ///   - status: what the service says of itself; nil where it says nothing.
    ///   - trouble: why it does not, where one runs.
    ///   - freeBytes: how much room this program sees; what the service says goes before.
    init(
        _ feeds: FeedSnapshot, _ reader: StoreReader, status: JSONValue?, trouble: String?, freeBytes: UInt64?,
        bytesOfWeek: UInt64?, now: Timestamp
    ) throws {
        self = try feeds.contents.findings.situation(at: now) { () throws(WebFailure) in
            var situation = Situation(now: now)
            try situation.readFeeds(feeds)
            return situation
        }
        self.now = now
        isRunning = status != nil
        serviceTrouble = trouble
        storeFailure = status?["store_failure"]?.string
        let store = feeds.configuration.store.directory
        self.freeBytes = status?["store"]?["free_bytes"]?.integer.flatMap { UInt64(exactly: $0) } ?? freeBytes
        self.bytesOfWeek = bytesOfWeek
        gaps = try Self.gaps(feeds, since: now.adding(seconds: -86_400), now: now)
        consumers = try Self.consumers(of: store, reader)
    }

    private mutating func readFeeds(_ feeds: FeedSnapshot) throws(WebFailure) {
        var counts: [FailureKind: Failing] = [:]
        var unanswered: [Int] = []
        let contents = feeds.contents
        func change(at time: Timestamp) { if time > now { changesAt = min(changesAt ?? time, time) } }
        for place in contents.entries.indices {
            if let last = contents.entries[place].lastPoll { lastPoll = max(lastPoll ?? last, last) }
            // Nothing is copied of the very many feeds of which nothing is to be said.
            guard contents.entries[place].isNoted else { continue }
            let entry = contents.entries[place]
            if let until = entry.heldUntil { change(at: until) }
            guard entry.isEnabled, !(entry.heldUntil.map { $0 > now } ?? false) else { continue }
            func ofFeed(_ since: Timestamp?) -> OfFeed {
                OfFeed(id: feeds.feed(place).id, title: feeds.title(place), since: since)
            }
            if let kind = entry.failureKind {
                let lastsFrom = entry.failingSince?.adding(seconds: Int(Self.day))
                let lasts = lastsFrom.map { $0 <= now } ?? false
                if let lastsFrom { change(at: lastsFrom) }
                if kind == .gone {
                    gone.append(ofFeed(entry.failingSince))
                } else if !entry.hasAnswered, lasts {
                    neverAnswered.append(ofFeed(entry.failingSince))
                    unanswered.append(place)
                } else if lasts || entry.failures >= Self.failures {
                    var failing = counts[kind] ?? Failing(kind: kind, count: 0)
                    failing.count += 1
                    failing.since = [failing.since, entry.failingSince].compactMap(\.self).min()
                    counts[kind] = failing
                }
            } else if let since = entry.silentSince {
                silent.append(ofFeed(since))
            }
            if let target = contents.targets[place], let adopted = target.adopted {
                var feed = ofFeed(target.adoptedSince.map { min($0, now) })
                feed.detail = feeds.feed(place).moveNotice(to: adopted, since: feed.since)
                moved.append(feed)
            }
            if let blocks = contents.blocks[place] {
                // It counts for as many days as are of the week.
                change(at: Timestamp(seconds: (now.seconds / Self.day + 1) * Self.day))
                if blocks.blocksAll(at: now) {
                    var feed = ofFeed(blocks.runSince)
                    feed.detail = blocks.sentence ?? ""
                    blockedWhole.append(feed)
                }
            }
        }
        failing = Array(counts.values)
        // Where they are more nobody is told the reason of each.
        guard neverAnswered.count <= NeedsSomebody.named else { return }
        for (index, place) in unanswered.enumerated() {
            let failure = try feeds.state(place)?.failure
            neverAnswered[index].detail = failure?.message ?? failure.map { FailureWords.short($0.kind) } ?? ""
        }
    }

    /// What the events of the last day say of articles that may have been lost. Where there are no events, nothing is known.
    private static func gaps(_ feeds: FeedSnapshot, since: Timestamp, now: Timestamp) throws -> [OfFeed] {
        let folder = ArticleStore.eventsFolder(of: feeds.configuration.store.directory)
        guard let reader = try StoreReader.ifThere(directory: folder) else { return [] }
        let first = try reader.place(storedSince: since, now: now).firstSeq
        var found: [FeedIdentifier: OfFeed] = [:]
        try reader.read(after: first > 0 ? first - 1 : 0, damage: { _ in }) { slice in
            guard let record = StoredRecord(line: slice.bytes),
                record.json[StoredRecord.ownMember]?["event"]?.string == "possible_gap"
            else { return true }
            let id = slice.envelope.feed
            let title = feeds.place(of: id).flatMap { feeds.title($0) }
            found[id] = OfFeed(id: id, title: title ?? record.feedTitle, since: slice.envelope.storedAt)
            return found.count < mostGaps
        }
        return found.values.sorted { $0.id < $1.id }
    }

    private static func consumers(of store: String, _ reader: StoreReader) throws -> [Consumer] {
        try ConsumerStanding.all(of: store).compactMap { standing in
            guard standing.waiting > 0 else { return nil }
            return Consumer(
                name: standing.name, movedAt: standing.movedAt, oldestWaiting: standing.oldestWaiting,
                waiting: standing.waiting, failure: standing.failure?.reason)
        }
    }
}
