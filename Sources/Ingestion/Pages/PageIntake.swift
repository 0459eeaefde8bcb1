internal import ArticleStore
internal import Configuration
internal import FeedModel

/// `PageIntake` looks through the records that were stored since it last did, and says whose pages are wanted. It waits
/// for the disk.
struct PageIntake {
    /// So many records are looked at in one go.
    static let most = 5000

    /// The feeds whose pages are fetched at all.
    let feeds: [FeedIdentifier: FeedConfiguration]
    let now: Timestamp
    /// The time of day where the clock counts.
    let trusted: Timestamp?

    /// Takes in what was stored.
    ///
    /// - Returns: how many pages were given up for want of room, and whether there may be more records.
    func read(_ reader: StoreReader, into line: inout PageLine) throws -> (dropped: Int, hasMore: Bool) {
        var dropped = 0
        var looked = 0
        // What retention has removed takes no place any more.
        if let first = try reader.firstSeq() { line.forget(before: first) }
        var waiting = line.count
        try reader.read(after: line.seen, damage: { _ in }) { slice in
            line.seen = slice.envelope.seq
            if let feed = feeds[slice.envelope.feed], let record = StoredRecord(line: slice.bytes) {
                dropped += take(record, of: feed, into: &line, &waiting)
            }
            looked += 1
            return looked < Self.most
        }
        return (dropped, looked == Self.most)
    }

    private func take(
        _ record: StoredRecord, of feed: FeedConfiguration, into line: inout PageLine, _ waiting: inout Int
    ) -> Int {
        if record.kind == .fulltext {
            // It was had before the line was kept.
            if let seq = record.pageOf { line.change(feed.id) { $0.remove(seq) } }
            return 0
        }
        guard let seq = record.seq else { return 0 }
        return line.change(feed.id) { pages in
            guard case .wanted(let wanted) = PageWish(record, of: feed, pages: pages, now: trusted) else { return 0 }
            guard waiting < PageLine.mostWaiting else {
                pages.giveUp(seq)
                return 1
            }
            waiting += 1
            for former in [record.previous, record.first] { if let former { pages.remove(former) } }
            var page = FeedPages.Waiting(seq: seq, host: wanted.host, due: now)
            page.isInitial = record.isInitial
            page.isProbe = wanted.isProbe
            return pages.add(page, initialLimit: feed.options.pages.initial)
        }
    }
}
