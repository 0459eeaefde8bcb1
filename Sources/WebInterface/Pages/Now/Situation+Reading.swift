internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

extension Situation {
    /// Failures in a row after which a feed needs somebody, however short the time.
    private static let failures: UInt8 = 5
    private static let day: Int64 = 86_400
    /// So many states of feeds are read for one page; of more, what is in memory has to do.
    private static let mostStates = 500
    /// Feeds for which somebody is needed after a day are looked at after so many of the same kind only as a number.
    private static let mostGaps = 1000

    /// Finds out how everything is.
    ///
    /// - Parameters:
    ///   - status: what the service says of itself; nil where it says nothing.
    ///   - trouble: why it does not, where one runs.
    init(
        _ feeds: FeedSnapshot, _ reader: StoreReader, status: JSONValue?, trouble: String?, bytesOfWeek: UInt64?,
        now: Timestamp
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
        freeBytes =
            status?["store"]?["free_bytes"]?.integer.flatMap { UInt64(exactly: $0) }
            ?? StatusFigures.onDisk(store: store, lastSeq: 0).store.freeBytes
        self.bytesOfWeek = bytesOfWeek
        gaps = try Self.gaps(feeds, since: now.adding(seconds: -86_400), now: now)
        consumers = try Self.consumers(of: store, reader)
    }

    private mutating func readFeeds(_ feeds: FeedSnapshot) throws(WebFailure) {
        var counts: [FailureKind: Failing] = [:]
        var read = 0
        func state(_ place: Int) throws(WebFailure) -> FeedState? {
            read += 1
            return read > Self.mostStates ? nil : try feeds.state(place)
        }
        for place in feeds.contents.entries.indices {
            if let last = feeds.contents.entries[place].lastPoll { lastPoll = max(lastPoll ?? last, last) }
            // Nothing is copied of the very many feeds of which nothing is to be said.
            guard Self.isNoted(place, feeds) else { continue }
            let (feed, entry) = (feeds.feed(place), feeds.contents.entries[place])
            guard feed.enabled, !(entry.heldUntil.map { $0 > now } ?? false) else { continue }
            func ofFeed(_ since: Timestamp?, _ detail: String = "") -> OfFeed {
                OfFeed(id: feed.id, title: feeds.title(place), since: since, detail: detail)
            }
            if let kind = entry.failureKind {
                let lasts = entry.failingSince.map { now.seconds - $0.seconds >= Self.day } ?? false
                if kind == .gone {
                    gone.append(ofFeed(entry.failingSince))
                } else if !entry.hasAnswered, lasts {
                    let detail = try state(place)?.failure?.message ?? FailureWords.short(kind)
                    neverAnswered.append(ofFeed(entry.failingSince, detail))
                } else if lasts || entry.failures >= Self.failures {
                    var failing = counts[kind] ?? Failing(kind: kind, count: 0)
                    failing.count += 1
                    failing.since = [failing.since, entry.failingSince].compactMap(\.self).min()
                    counts[kind] = failing
                }
            } else if let since = entry.silentSince {
                silent.append(ofFeed(since))
            }
            if feeds.contents.targets[place] != nil, let state = try state(place), state.move.adopted != nil {
                moved.append(ofFeed(state.move.adoptedSince, feed.moveNotice(state) ?? ""))
            }
            if entry.marks.contains(.blocked), let state = try state(place), let blocks = state.recentBlocks,
                blocks.blocksAll(at: now)
            {
                blockedWhole.append(ofFeed(blocks.runSince, blocks.sentence ?? ""))
            }
        }
        failing = Array(counts.values)
    }

    private static func isNoted(_ place: Int, _ feeds: FeedSnapshot) -> Bool {
        feeds.contents.entries[place].failureKind != nil || feeds.contents.entries[place].silentSince != nil
            || feeds.contents.entries[place].marks.contains(.blocked) || feeds.contents.targets[place] != nil
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
