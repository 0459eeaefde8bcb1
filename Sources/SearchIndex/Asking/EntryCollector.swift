internal import FeedModel

/// `EntryCandidate` is an entry that was found, before it is known which version of it is the newest.
struct EntryCandidate {
    var id: UInt64
    /// The newest record that was found of it.
    var matched: UInt64
    var feed: FeedIdentifier
    /// When its first record was stored, in seconds since 1970.
    var storedAt: Int64
}

/// `EntryCollector` takes entries in the order that was asked for, each once, and says when it has enough.
struct EntryCollector {
    private let request: EntryRequest
    private let since: Int64?
    private let until: Int64?
    private(set) var found: [EntryCandidate] = []
    /// All that were there so far.
    private(set) var count = 0
    private(set) var isFull = false
    /// Counting has ended before its bound, and there may be more.
    private(set) var isCutByTime = false
    /// When counting ends; nil before the last entry that is wanted.
    private var countingEnds: ContinuousClock.Instant?

    /// - Parameter counts: whether it goes on behind the last that is wanted, to count.
    init(_ request: EntryRequest, counts: Bool) {
        self.request = request
        since = request.since?.secondsUp
        until = request.until?.secondsUp
        countLimit = counts ? request.countLimit : 0
    }

    private let countLimit: Int

    /// Whether such an entry is wanted, by its number and time; of its feed others have seen to that.
    func admits(id: UInt64, storedAt: Int64) -> Bool {
        if let after = request.after, id <= after { return false }
        if let before = request.before, id >= before { return false }
        if let since, storedAt < since { return false }
        if let until, storedAt >= until { return false }
        return true
    }

    /// - Returns: whether more are wanted.
    mutating func take(_ candidate: @autoclosure () throws(SearchFailure) -> EntryCandidate) throws(SearchFailure)
        -> Bool
    {
        count += 1
        if count > request.offset, found.count < request.limit { found.append(try candidate()) }
        guard found.count >= request.limit else { return true }
        isFull = count > countLimit
        if !isFull, let patience = request.countPatience {
            let now = ContinuousClock.now
            let end = countingEnds ?? now + patience
            countingEnds = end
            isCutByTime = now >= end
            isFull = isCutByTime
        }
        return !isFull
    }
}

/// `LaterVersions` are entries that were found by later versions than their first, until it is their turn.
struct LaterVersions {
    /// By their ids, the largest last.
    private var candidates: [EntryCandidate] = []

    /// Takes one in; of several of one entry the newest record counts.
    mutating func put(_ candidate: EntryCandidate) {
        let place = candidates.partitioningIndex { $0.id >= candidate.id }
        if place < candidates.count, candidates[place].id == candidate.id {
            candidates[place].matched = max(candidates[place].matched, candidate.matched)
        } else {
            candidates.insert(candidate, at: place)
        }
    }

    func contains(_ id: UInt64) -> Bool {
        let place = candidates.partitioningIndex { $0.id >= id }
        return place < candidates.count && candidates[place].id == id
    }

    /// Takes out the one with the largest id, where that is at least as large.
    mutating func takeLast(from id: UInt64) -> EntryCandidate? {
        guard let last = candidates.last, last.id >= id else { return nil }
        return candidates.removeLast()
    }

    /// All of them, by their ids.
    var all: [EntryCandidate] { candidates }
}

extension Array {
    /// The first place of which `isBehind` holds, which holds of all that follow.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
