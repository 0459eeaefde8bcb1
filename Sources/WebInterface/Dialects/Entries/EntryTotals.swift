internal import Configuration
internal import FeedModel
internal import Locking
internal import SearchIndex

/// `EntryTotals` is how many entries each feed has. It is the same for all accounts, and counted anew only as far as entries
/// have come.
struct EntryTotals: Sendable {
    private let basis: CountBasis
    /// Entries up to here are counted.
    private var through: UInt64
    /// By the places that feeds have in the configuration.
    private(set) var feeds: [Int]
    /// Of feeds that are not in the configuration any more.
    private(set) var others = 0

    /// Everything.
    var all: Int { feeds.reduce(others, +) }

    private static let patience = Duration.seconds(10)

    static func counted(_ desk: ReaderDesk) throws(WebFailure) -> EntryTotals {
        do throws(SearchFailure) {
            let standing = desk.search.standing
            let totals = try EntryTotals(desk, standing, desk.call.house.totals.withLock { $0 })
            if desk.search.standing.generation == standing.generation {
                desk.call.house.totals.withLock { $0 = totals }
            }
            return totals
        } catch {
            throw error.readerFailure
        }
    }

    private init(
        _ desk: ReaderDesk, _ standing: SearchStanding, _ known: EntryTotals?
    ) throws(SearchFailure) {
        let basis = CountBasis(desk, standing, floor: 1)
        if let known, known.basis == basis, known.through <= standing.lastSeq {
            self = known
        } else {
            self.basis = basis
            through = basis.from - 1
            feeds = Array(repeating: 0, count: desk.snapshot.configuration.feeds.count)
        }
        guard through < standing.lastSeq else { return }
        let deadline = ContinuousClock.now + Self.patience
        for tally in try desk.search.tally(
            after: through, through: standing.lastSeq, deadline: deadline, isChosen: { _ in false })
        {
            if let place = desk.snapshot.contents.place(of: tally.feed) {
                feeds[place] += tally.count
            } else {
                others += tally.count
            }
        }
        through = standing.lastSeq
    }
}
