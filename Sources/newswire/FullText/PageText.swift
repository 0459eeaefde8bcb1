internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

/// `PageText` says how it is with the page of an article, and with those of a feed, as far as the disk tells.
struct PageText {
    private let line: PageLine?
    private let reader: StoreReader?
    private let now: Timestamp

    init(_ configuration: Configuration, now: Timestamp) {
        reader = try? StoreReader(directory: configuration.store.directory)
        line = reader?.pages.flatMap { PageLine($0) }
        self.now = now
    }

    /// Until when the pages of a feed are left alone; nil where they are not.
    func pausedUntil(_ feed: FeedIdentifier) -> Timestamp? {
        guard let pages = line?.feeds[feed], pages.isPaused(at: now) else { return nil }
        return pages.pausedUntil
    }

    /// How many pages of a feed wait.
    func waiting(_ feed: FeedIdentifier) -> Int { line?.feeds[feed]?.waiting.count ?? 0 }

    /// What is to be said of an article's page, a line each; nothing where no page of its feed is fetched, and of records
    /// that are no version of an article.
    func lines(of record: StoredRecord, seq: UInt64, in configuration: Configuration) throws -> [String] {
        guard record.kind?.isVersion == true, let uid = record.uid, let reader else { return [] }
        var lines: [String] = []
        var keys = try KeyLookup(reader)
        try keys.refresh(reader)
        if let page = try keys.record(key: PageKey.of(uid)), let stored = try reader.record(seq: page) {
            let from = stored.page?["url"]?.string ?? ""
            lines.append("fetched as record \(page), \(TextFormat.shown(stored.storedAtText ?? "")), from \(from)")
            if stored.page?["teaser"]?.bool == true { lines.append("the feed itself says more than the page") }
        }
        guard let feed = configuration.feeds.first(where: { $0.id == record.feed }) else { return lines }
        let pages = line?.feeds[feed.id] ?? FeedPages()
        if let waiting = pages.waiting.first(where: { $0.seq == seq }) {
            lines.append(sentence(waiting, pages))
        } else if let ended = pages.ended.last(where: { $0.seq == seq }) {
            lines.append(
                "not fetched: \(ended.failure.sentence) (\(ended.failure.rawValue)), \(Timestamp(seconds: ended.time.seconds))"
            )
        } else if lines.isEmpty, feed.pages.mode != .never {
            lines.append(reason(record, seq, feed, pages))
        }
        return lines
    }

    private func sentence(_ waiting: FeedPages.Waiting, _ pages: FeedPages) -> String {
        let due = Timestamp(seconds: max(waiting.due, pages.pausedUntil ?? waiting.due).seconds)
        var text = due <= now ? "waits for its turn" : "waits until \(due)"
        if let failure = waiting.failure {
            text += ", as \(failure.sentence) (\(failure.rawValue), tried \(waiting.tries)\u{d7})"
        }
        if pages.isPaused(at: now) { text += "; pages of its feed were refused, and are left alone for a day" }
        return text
    }

    private func reason(
        _ record: StoredRecord, _ seq: UInt64, _ feed: FeedConfiguration, _ pages: FeedPages
    ) -> String {
        guard let line else { return "not fetched: the service has not looked at it yet" }
        if seq > line.seen { return "not fetched: the service has not looked at it yet" }
        switch PageWish(record, of: feed, pages: pages, now: now) {
        case .unwanted(let reason): return "not fetched: \(reason.sentence)"
        case .wanted:
            return record.isInitial
                ? "not fetched: \(PageWish.Reason.initial.sentence)"
                : "not fetched: it was stored before fulltext was set, or what is known of its page was lost"
        }
    }
}
