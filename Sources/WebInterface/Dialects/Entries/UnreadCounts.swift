internal import Configuration
internal import FeedModel
internal import Locking
internal import SearchIndex

/// `UnreadCounts` is how many entries of each feed an account has not read. Readers ask for that each minute, so that it is
/// kept, and counted anew only as far as something has changed: entries that came, and marks that are others. What it says is
/// what counting all of them would say.
struct UnreadCounts: Sendable {
    struct Count: Sendable, Equatable {
        var unread = 0
        /// The entry with the largest id since the floor, read or not, and when it was stored; 0 where there is none.
        var newest: UInt64 = 0
        var newestAt = Timestamp(seconds: 0)

        mutating func add(_ other: Count) {
            unread += other.unread
            if other.newest > newest { (newest, newestAt) = (other.newest, other.newestAt) }
        }
    }

    private let basis: CountBasis
    /// Entries up to here are counted.
    private var through: UInt64
    /// The marks by which they are.
    private var marks: EntryMarks
    /// By the places that feeds have in the configuration.
    private(set) var feeds: [Count]
    /// Of feeds that are not in the configuration any more.
    private(set) var others = Count()

    /// Everything.
    var all: Count { feeds.reduce(into: others) { $0.add($1) } }

    private static let patience = Duration.seconds(10)

    /// Counts for an account as it is at a desk.
    ///
    /// - Parameter mostChanges: so many marks that have changed are looked up one by one; where there are more, what is unread
    ///   is gone through.
    static func counted(_ desk: ReaderDesk, mostChanges: Int = 4096) throws(WebFailure) -> UnreadCounts {
        do throws(SearchFailure) {
            let standing = desk.search.standing
            let known = desk.marked.unread.withLock { $0 }
            let counts = try UnreadCounts(desk, standing, known, mostChanges)
            // What the index was meanwhile is not known, where it is another now.
            if desk.search.standing.generation == standing.generation {
                desk.marked.unread.withLock { $0 = counts }
            }
            return counts
        } catch {
            throw error.readerFailure
        }
    }

    private init(
        _ desk: ReaderDesk, _ standing: SearchStanding, _ known: UnreadCounts?, _ mostChanges: Int
    ) throws(SearchFailure) {
        let deadline = ContinuousClock.now + Self.patience
        let basis = CountBasis(desk, standing, floor: desk.marks.floor)
        if let known, known.basis == basis, known.through <= standing.lastSeq {
            self = known
            try adopt(desk, mostChanges, deadline)
        } else {
            self.basis = basis
            through = basis.from - 1
            marks = desk.marks
            feeds = Array(repeating: Count(), count: desk.snapshot.configuration.feeds.count)
        }
        guard through < standing.lastSeq else { return }
        let marks = marks
        for tally in try desk.search.tally(
            after: through, through: standing.lastSeq, deadline: deadline, isChosen: { !marks.isRead($0) })
        {
            change(tally.feed, desk) {
                $0.add(Count(unread: tally.chosen, newest: tally.newest, newestAt: tally.newestAt))
            }
        }
        through = standing.lastSeq
    }

    /// Goes from the marks by which was counted to those of now.
    private mutating func adopt(
        _ desk: ReaderDesk, _ mostChanges: Int, _ deadline: ContinuousClock.Instant
    ) throws(SearchFailure) {
        let now = desk.marks
        if let changes = now.changes(from: marks, through: through, limit: mostChanges) {
            var found: [(isRead: Bool, feed: FeedIdentifier)] = []
            try desk.search.forEachFeed(of: changes.filter { $0 >= basis.from }, deadline: deadline) { id, feed in
                found.append((now.isRead(id), feed))
            }
            for (isRead, feed) in found { change(feed, desk) { $0.unread += isRead ? -1 : 1 } }
        } else {
            for place in feeds.indices { feeds[place].unread = 0 }
            others.unread = 0
            for range in now.unreadRanges(from: basis.from, through: through) {
                for tally in try desk.search.tally(
                    after: range.lowerBound - 1, through: range.upperBound, deadline: deadline,
                    isChosen: { !now.isRead($0) })
                {
                    change(tally.feed, desk) { $0.unread += tally.chosen }
                }
            }
        }
        marks = now
    }

    private mutating func change(_ feed: FeedIdentifier, _ desk: ReaderDesk, _ change: (inout Count) -> Void) {
        if let place = desk.snapshot.contents.place(of: feed) {
            change(&feeds[place])
        } else {
            change(&others)
        }
    }
}
