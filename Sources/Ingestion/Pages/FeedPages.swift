package import FeedModel

/// `FeedPages` is what is known of one feed's pages beside what the store has: which wait, which have failed for good, and
/// how the site takes it.
package struct FeedPages: Sendable, Equatable {
    /// `Waiting` is an article whose page is to be fetched.
    package struct Waiting: Sendable, Equatable {
        /// The article's record, by its number.
        package var seq: UInt64
        /// The host that is asked first.
        package var host: String
        /// It is not fetched before this time of day.
        package var due: Timestamp
        /// So many tries have failed.
        package var tries = 0
        /// Why the last of them did; nil where there was none.
        package var failure: PageFailure?
        /// The article was in its feed already when that was first polled.
        package var isInitial = false
        /// It is fetched to see whether pages say more than the feed.
        package var isProbe = false

        package init(seq: UInt64, host: String, due: Timestamp) {
            self.seq = seq
            self.host = host
            self.due = due
        }
    }

    /// `Ended` is an article whose page has not been had and is not asked for again.
    package struct Ended: Sendable, Equatable {
        package var seq: UInt64
        package var failure: PageFailure
        /// The last try was then.
        package var time: Timestamp
        /// So many tries there were; 0 where that is not known.
        package var tries = 0
    }

    /// So many pages of a feed may wait; of more the oldest are given up.
    static let mostWaiting = 500
    /// So many that have failed for good are remembered, and so many that were given up.
    static let mostEnded = 100
    /// So many pages in a row have to be refused for the feed's to be left alone.
    static let mostRefusals = 5
    /// Seconds for which they are left alone then.
    static let refusalPause = 86_400
    /// So many pages are fetched to see whether they say more than the feed.
    static let probes = 3

    /// In the order of their records.
    package internal(set) var waiting: [Waiting] = []
    /// The latest last.
    package internal(set) var ended: [Ended] = []
    /// The articles whose pages were given up because too many waited, the latest last.
    package internal(set) var givenUp: [UInt64] = []
    /// Of the articles that were in the feed when it was first polled, the pages of those up to this record were left out,
    /// but for what was fetched before; nil where none was.
    package internal(set) var initialUpTo: UInt64?
    /// So many pages in a row were refused.
    package internal(set) var refusals = 0
    /// None of the feed's pages is asked for before this time; nil where they may be.
    package internal(set) var pausedUntil: Timestamp?
    /// So many pages have been compared with what the feed has.
    package internal(set) var probed = 0
    /// So many of them had at least twice as much text.
    package internal(set) var longer = 0

    package init() {}

    var isEmpty: Bool { self == FeedPages() }

    /// Whether it is known that the feed's pages say more than it does.
    var arePagesLonger: Bool { probed >= Self.probes && longer * 2 > probed }

    /// Whether one more page may be fetched to find that out.
    var mayProbe: Bool { probed + waiting.count(where: \.isProbe) < Self.probes }

    // MARK: What waits

    /// Takes in an article whose page is wanted, in the place of an older record's of the same article.
    ///
    /// - Parameter limit: how many of those may wait that the feed had when it was first polled.
    /// - Returns: how many were given up for it.
    mutating func add(_ page: Waiting, initialLimit limit: Int) -> Int {
        if waiting.contains(where: { $0.seq == page.seq }) { return 0 }
        waiting.append(page)
        let before = waiting.count
        if page.isInitial, waiting.count(where: \.isInitial) > limit,
            let oldest = waiting.firstIndex(where: { $0.isInitial })
        {
            let left = waiting.remove(at: oldest)
            initialUpTo = max(initialUpTo ?? 0, left.seq)
            return 0
        }
        let surplus = waiting.count - Self.mostWaiting
        if surplus > 0 {
            for page in waiting.prefix(surplus) { giveUp(page.seq) }
            waiting.removeFirst(surplus)
        }
        return before - waiting.count
    }

    /// Remembers that the page of an article is not fetched because too many wait.
    mutating func giveUp(_ seq: UInt64) {
        givenUp.append(seq)
        if givenUp.count > Self.mostEnded { givenUp.removeFirst(givenUp.count - Self.mostEnded) }
    }

    mutating func remove(_ seq: UInt64) { waiting.removeAll { $0.seq == seq } }

    /// Forgets the articles behind a record, which are other ones now.
    mutating func forget(after seq: UInt64) {
        waiting.removeAll { $0.seq > seq }
        ended.removeAll { $0.seq > seq }
        givenUp.removeAll { $0 > seq }
        if let last = initialUpTo, last > seq { initialUpTo = nil }
    }

    /// Whether anything is known of articles before a record.
    func hasAny(before seq: UInt64) -> Bool {
        waiting.contains { $0.seq < seq } || ended.contains { $0.seq < seq } || givenUp.contains { $0 < seq }
            || initialUpTo.map { $0 < seq } ?? false
    }

    /// Forgets the articles before a record, which the store does not have any more.
    mutating func forget(before seq: UInt64) {
        waiting.removeAll { $0.seq < seq }
        ended.removeAll { $0.seq < seq }
        givenUp.removeAll { $0 < seq }
        if let last = initialUpTo, last < seq { initialUpTo = nil }
    }

    /// Whether none of the feed's pages is asked for.
    package func isPaused(at now: Timestamp) -> Bool { pause(at: now) != nil }

    /// Until when none of them is; nil where they are, also where a clock that was ahead has said otherwise.
    private func pause(at now: Timestamp) -> Timestamp? {
        guard let pausedUntil, pausedUntil > now, pausedUntil.seconds - now.seconds <= Int64(Self.refusalPause) else {
            return nil
        }
        return pausedUntil
    }

    // MARK: What came of it

    /// The page of that article has been had.
    ///
    /// - Parameter isLonger: whether it has at least twice the feed's text.
    mutating func succeeded(_ seq: UInt64, isLonger: Bool) {
        if let page = waiting.first(where: { $0.seq == seq }), page.isProbe, probed < Self.probes {
            probed += 1
            if isLonger { longer += 1 }
        }
        remove(seq)
        refusals = 0
    }

    /// The page of that article could not be had.
    ///
    /// - Parameter notBefore: it is not asked for before this time, whatever its failure.
    mutating func failed(_ seq: UInt64, _ failure: PageFailure, at now: Timestamp, notBefore: Timestamp? = nil) {
        guard let place = waiting.firstIndex(where: { $0.seq == seq }) else { return }
        waiting[place].tries += 1
        waiting[place].failure = failure
        if let delay = failure.retryDelay(after: waiting[place].tries) {
            waiting[place].due = max(now.adding(seconds: delay), notBefore ?? now)
        } else {
            let page = waiting.remove(at: place)
            ended.append(Ended(seq: seq, failure: failure, time: now, tries: page.tries))
            if ended.count > Self.mostEnded { ended.removeFirst(ended.count - Self.mostEnded) }
        }
        if failure == .refused {
            refusals += 1
            guard refusals >= Self.mostRefusals else { return }
            refusals = 0
            pausedUntil = now.adding(seconds: Self.refusalPause)
        } else if failure == .noArticle || failure == .poor {
            // The server gives pages to newswire.
            refusals = 0
        }
    }

    /// The page has not been asked for, and may be then.
    mutating func putOff(_ seq: UInt64, to time: Timestamp) {
        guard let place = waiting.firstIndex(where: { $0.seq == seq }) else { return }
        waiting[place].due = max(waiting[place].due, time)
    }

    /// When one of the pages is due that waits.
    package func due(_ page: Waiting, at now: Timestamp) -> Timestamp {
        // A clock that was ahead has put it out of reach.
        let due = page.due.seconds - now.seconds > Self.longestWait ? now : page.due
        return pause(at: now).map { max(due, $0) } ?? due
    }

    /// Seconds: no page waits for longer, but for the pauses of hosts.
    static let longestWait: Int64 = 8 * 86_400
}
