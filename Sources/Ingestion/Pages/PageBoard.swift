internal import FeedModel

/// `PageBoard` is what a `PageDesk` goes by while it runs: what waits, what is being fetched, and which hosts cannot be
/// asked for the moment. It asks nobody and knows no clock.
struct PageBoard {
    /// Nil while no feed has pages.
    var line: PageLine? { didSet { if line != oldValue { isChanged = true } } }
    /// Whether the line is another one than that which was kept.
    private(set) var isChanged = false
    /// The hosts whose pages are being fetched, by the numbers of the articles.
    private var running: [UInt64: String] = [:]
    /// When hosts may be asked that could not be because polls want them.
    private var opens: [String: Timestamp] = [:]

    /// Seconds for which pages wait while the network or the disk is out of order.
    static let outageDelay = 60

    /// How many pages wait.
    var waiting: Int { line?.count ?? 0 }

    /// How many feeds have their pages left alone.
    func pausedFeeds(at now: Timestamp) -> Int { line?.feeds.values.count { $0.isPaused(at: now) } ?? 0 }

    /// Returns the line where it is to be kept.
    mutating func toKeep() -> PageLine? {
        guard isChanged else { return nil }
        isChanged = false
        return line
    }

    /// Forgets the feeds that have no pages any more.
    mutating func keepFeeds(where hasPages: (FeedIdentifier) -> Bool) {
        line?.keepFeeds(where: hasPages)
    }

    /// Takes the pages from the line that are to be fetched now.
    ///
    /// - Parameters:
    ///   - limit: how many may be fetched at a time.
    ///   - isWanted: the feeds of which there may be any.
    /// - Returns: the pages, and when the next one is due.
    mutating func start(
        at now: Timestamp, limit: Int, ofFeeds isWanted: (FeedIdentifier) -> Bool = { _ in true }
    ) -> (pages: [PageLine.Next], later: Timestamp?) {
        guard let line else { return ([], nil) }
        let busy = Set(running.values)
        let (pages, later) = line.next(at: now, limit: max(0, limit - running.count), ofFeeds: isWanted) { host in
            if busy.contains(host) { return nil }
            let open = opens[host] ?? Timestamp(seconds: 0)
            return line.rest(of: host, at: now).map { max($0.until, open) } ?? open
        }
        for next in pages { running[next.page.seq] = next.page.host }
        return (pages, later)
    }

    /// Takes in what has come of a page.
    ///
    /// - Parameter isNetworkDown: what fails to connect then says nothing of its server.
    /// - Returns: whether the feed's pages are left alone from now on.
    mutating func end(
        _ next: PageLine.Next, _ outcome: PageTask.Outcome, at now: Timestamp, isNetworkDown: Bool
    ) -> Bool {
        running[next.page.seq] = nil
        opens = opens.filter { $0.value > now }
        let seq = next.page.seq
        let host = next.page.host
        let putOff = now.adding(seconds: Self.outageDelay)
        switch outcome {
        case .stored(let isLonger), .unchanged(let isLonger), .notModified(let isLonger):
            change(next.feed) { $0.succeeded(seq, isLonger: isLonger) }
        case .failed(let failure):
            if let until = failure.until { line?.rest(failure.host ?? host, until: until, failure.kind, at: now) }
            if isNetworkDown, failure.kind.isOfConnecting {
                change(next.feed) { $0.putOff(seq, to: putOff) }
            } else {
                change(next.feed) { $0.failed(seq, failure.kind, at: now, notBefore: failure.until) }
            }
            return failure.kind == .refused && line?.feeds[next.feed]?.isPaused(at: now) == true
        case .notNow(let milliseconds): opens[host] = now.adding(milliseconds: max(1000, milliseconds))
        case .notStored: change(next.feed) { $0.putOff(seq, to: putOff) }
        case .unwanted: change(next.feed) { $0.remove(seq) }
        case .stopped: break
        }
        return false
    }

    private mutating func change(_ feed: FeedIdentifier, _ body: (inout FeedPages) -> Void) {
        line?.change(feed, body)
    }
}
