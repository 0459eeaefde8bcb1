package import FeedModel

/// `PageLine` is all that waits for its page, by feeds, and how far the store has been looked through for it.
///
/// It follows from the store but for the tries: where some of it is lost, the store is looked through from an earlier
/// record, and a page that was had already has its record.
package struct PageLine: Sendable, Equatable {
    /// So many pages may wait in all; beyond that no more are taken in, and they are counted.
    static let mostWaiting = 20_000

    /// All records up to this number have been looked at.
    package internal(set) var seen: UInt64
    package internal(set) var feeds: [FeedIdentifier: FeedPages] = [:]
    /// The hosts of which no page is asked for a while.
    package internal(set) var rests: [String: Rest] = [:]

    /// `Rest` says for how long no page of a host is asked for, and why.
    package struct Rest: Sendable, Equatable {
        package var until: Timestamp
        package var failure: PageFailure
    }

    /// So many hosts are remembered of which none is asked for.
    static let mostRests = 1000

    package init(seen: UInt64) { self.seen = seen }

    /// Takes up what was kept, as far as the store has it.
    ///
    /// - Parameters:
    ///   - line: nil where nothing was: then nothing waits, and what comes from here on is looked at.
    ///   - last: the store's last record.
    init(kept line: PageLine?, lastSeq last: UInt64) {
        self = line ?? PageLine(seen: last)
        guard seen > last else { return }
        // An older copy of the articles was put in their place.
        seen = last
        for feed in feeds.keys { change(feed) { $0.forget(after: last) } }
    }

    /// So many pages wait.
    package var count: Int { feeds.values.reduce(0) { $0 + $1.waiting.count } }

    /// Changes what is known of a feed's pages, and forgets it where nothing is.
    mutating func change<Result>(_ feed: FeedIdentifier, _ body: (inout FeedPages) -> Result) -> Result {
        var pages = feeds.removeValue(forKey: feed) ?? FeedPages()
        defer { if !pages.isEmpty { feeds[feed] = pages } }
        return body(&pages)
    }

    /// Forgets the articles before a record, which the store does not have any more.
    mutating func forget(before seq: UInt64) {
        for (feed, pages) in feeds where pages.hasAny(before: seq) { change(feed) { $0.forget(before: seq) } }
    }

    // MARK: Hosts that rest

    /// Lets no page of a host be asked for until then.
    mutating func rest(_ host: String, until: Timestamp, _ failure: PageFailure, at now: Timestamp) {
        rests = rests.filter { $0.value.until > now }
        rests[host] = Rest(until: until, failure: failure)
        guard rests.count > Self.mostRests, let first = rests.min(by: { $0.value.until < $1.value.until }) else {
            return
        }
        rests[first.key] = nil
    }

    /// The rest that a host has; nil where it has none, also where a clock that was ahead has said otherwise.
    package func rest(of host: String, at now: Timestamp) -> Rest? {
        guard let rest = rests[host], rest.until > now, rest.until.seconds - now.seconds <= FeedPages.longestWait else {
            return nil
        }
        return rest
    }

    /// Forgets feeds.
    mutating func keepFeeds(where isKept: (FeedIdentifier) -> Bool) {
        for feed in feeds.keys where !isKept(feed) { feeds[feed] = nil }
    }

    /// `Next` is a page that may be asked for.
    struct Next: Equatable {
        var feed: FeedIdentifier
        var page: FeedPages.Waiting
    }

    /// Returns the pages to be asked for now, those first that are due longest, one of each host; and when the next one is
    /// due of those that are not.
    ///
    /// - Parameter opens: when a host may be asked: nil while a page of it is being fetched, a time that has passed for now.
    func next(
        at now: Timestamp, limit: Int, ofFeeds isWanted: (FeedIdentifier) -> Bool = { _ in true },
        opens: (String) -> Timestamp?
    ) -> (pages: [Next], later: Timestamp?) {
        var due: [(time: Timestamp, next: Next)] = []
        var later: Timestamp?
        for (feed, pages) in feeds where isWanted(feed) {
            for page in pages.waiting {
                guard let open = opens(page.host) else { continue }
                let time = max(pages.due(page, at: now), open)
                if time <= now {
                    due.append((time, Next(feed: feed, page: page)))
                } else {
                    later = later.map { min($0, time) } ?? time
                }
            }
        }
        due.sort { ($0.time, $0.next.page.seq) < ($1.time, $1.next.page.seq) }
        var hosts: Set<String> = []
        var chosen: [Next] = []
        for (_, next) in due where hosts.insert(next.page.host).inserted {
            if chosen.count >= limit { break }
            chosen.append(next)
        }
        return (chosen, later)
    }
}
