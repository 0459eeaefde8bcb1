internal import ArticleStore
package import Configuration
package import FeedModel
internal import Ingestion
internal import JSONText

/// `PageText` says how it is with the page of an article, and with those of a feed, as far as the disk tells: what is not
/// known is not guessed.
package struct PageText: Sendable {
    private let line: PageLine?
    private let reader: StoreReader?
    /// The first record that retention has left.
    private let first: UInt64
    private let now: Timestamp

    /// Reads what is kept of pages.
    package init(_ configuration: Configuration, now: Timestamp) {
        reader = try? StoreReader(directory: configuration.store.directory)
        line = (try? reader?.keptPages()).flatMap { PageLine($0) }
        first = (try? reader?.firstSeq()) ?? 0
        self.now = now
    }

    /// Returns until when the pages of a feed are left alone; nil where they are not.
    package func pausedUntil(_ feed: FeedIdentifier) -> Timestamp? {
        guard let pages = line?.feeds[feed], pages.isPaused(at: now) else { return nil }
        return pages.pausedUntil
    }

    /// Returns how many pages of a feed wait, of articles that are there.
    package func waiting(_ feed: FeedIdentifier) -> Int { line?.feeds[feed]?.waiting.count { $0.seq >= first } ?? 0 }

    /// What is to be said of an article's page, a line each; nothing where no page of its feed is fetched, and of records
    /// that are no version of an article.
    func lines(of record: StoredRecord, seq: UInt64, in configuration: Configuration) throws -> [String] {
        guard record.kind?.isVersion == true, let uid = record.uid, let reader else { return [] }
        var (lines, isOwn) = try stored(record, uid, reader)
        guard let feed = configuration.feeds.first(where: { $0.id == record.feed }) else { return lines }
        let pages = line?.feeds[feed.id] ?? FeedPages()
        if let waiting = pages.waiting.first(where: { $0.seq == seq }) {
            lines.append(sentence(waiting, pages))
        } else if let ended = pages.ended.last(where: { $0.seq == seq }) {
            lines.append(sentence(ended))
        } else if !isOwn, feed.pages.mode != .never {
            lines.append(reason(record, seq, feed, pages))
        }
        return lines
    }

    /// What the store has of the article's pages: that which goes with this version (fulltext.md §10.4), which may be of an
    /// earlier one, or that of a later one.
    private func stored(
        _ record: StoredRecord, _ uid: ArticleIdentifier, _ reader: StoreReader
    ) throws -> (lines: [String], isOwn: Bool) {
        var keys = try KeyLookup(reader)
        try keys.refresh(reader)
        guard let version = record.version, let newest = try keys.record(key: PageKey.of(uid)) else {
            return ([], false)
        }
        let own = try PageChain(of: uid, newest: newest, in: reader).page(of: version)
        guard let page = VersionPage(try reader.record(seq: own ?? newest), of: uid), page.isUnderLink(of: record)
        else {
            return ([], false)
        }
        let isOwn = own != nil && page.isOfVersion(record)
        let stored = page.record
        var text = "fetched as record \(own ?? newest), \(TextFormat.shown(stored.storedAtText ?? ""))"
        text += ", from \(stored.page?["url"]?.string ?? "")"
        if !isOwn {
            text += ", for version \(stored.version ?? 0)"
            text += own == nil ? "; this one may say something else, and is given without it" : ""
        }
        return ([text] + (own != nil && page.isTeaser ? ["the feed itself says more than the page"] : []), isOwn)
    }

    private func sentence(_ waiting: FeedPages.Waiting, _ pages: FeedPages) -> String {
        let due = pages.due(waiting, at: now)
        let rest = line?.rest(of: waiting.host, at: now)
        let opens = max(due, rest?.until ?? due)
        var text = opens <= now ? "waits for its turn" : "waits until \(Timestamp(seconds: opens.seconds))"
        if let failure = waiting.failure {
            text += ", as \(failure.sentence) (\(failure.rawValue), tried \(waiting.tries)\u{d7})"
        }
        if let rest, rest.until > due || waiting.failure == nil {
            text += "; no page of \(waiting.host) is asked for until then, as of another one "
            text += "\(rest.failure.sentence) (\(rest.failure.rawValue))"
        }
        if pages.isPaused(at: now) { text += "; pages of its feed were refused, and are left alone for a day" }
        return text
    }

    private func sentence(_ ended: FeedPages.Ended) -> String {
        let time = Timestamp(seconds: ended.time.seconds)
        let tries = ended.tries > 0 ? "tried \(ended.tries)\u{d7}, the last time \(time)" : "\(time)"
        return "not fetched: \(ended.failure.sentence) (\(ended.failure.rawValue), \(tries)); it is not asked for again"
    }

    private func reason(
        _ record: StoredRecord, _ seq: UInt64, _ feed: FeedConfiguration, _ pages: FeedPages
    ) -> String {
        guard let line, seq <= line.seen else { return "not fetched: the service has not looked at it yet" }
        if pages.givenUp.contains(seq) { return "not fetched: it was given up, because too many pages waited" }
        // It was judged when it was stored: since then it may have become too old.
        switch PageWish(record, of: feed, pages: pages, now: record.storedAt) {
        case .unwanted(let reason): return "not fetched: \(reason.sentence)"
        case .wanted(let wanted):
            if record.isInitial, let last = pages.initialUpTo, seq <= last {
                return "not fetched: \(PageWish.Reason.initial.sentence)"
            }
            if wanted.isProbe {
                return
                    "not fetched, and why is not known any more: its feed seems to have the whole text, so that it was"
                    + " left out (fulltext = \"auto\"), or it was stored before fulltext was set, or has failed"
            }
            return "not fetched, and why is not known any more: it was stored before fulltext was set, or it has failed"
                + " and later failures of its feed have displaced it, or state/pages was lost"
        }
    }
}
