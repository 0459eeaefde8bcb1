import Digest
import FeedModel

/// What the index says of all articles, read once from front to back: which records it calls the newest of their
/// article, a bit each, and what it says of them, added up by segment.
///
/// So the index need not be searched for each record. A record with its bit set is right where its segment's sum is;
/// one without is searched for, because another must have taken its place.
struct IndexSurvey: Sendable {
    /// As many records, the last ones, may have a bit: 8 MiB. Those before them are searched for.
    static let recordLimit: UInt64 = 1 << 26

    /// Entries of records before the first segment.
    private(set) var unclaimed: UInt64 = 0
    private let starts: [UInt64]
    private var tallies: [IndexTally]
    /// The record of the first bit.
    private let first: UInt64
    private var bits: [UInt64]

    /// - Parameters:
    ///   - starts: the first numbers of the segments, ascending.
    ///   - recordLimit: how many records have a bit at most.
    init(of index: IndexFile, starts: [UInt64], recordLimit: UInt64) throws(IndexFile.Failure) {
        let complete = index.header.complete.seq
        let start = starts.first ?? 1
        let count = complete >= start ? min(complete - start + 1, recordLimit) : 0
        self.starts = starts
        tallies = Array(repeating: IndexTally(), count: starts.count)
        first = complete - count + 1
        bits = Array(repeating: 0, count: Int((count + 63) / 64))
        try index.forEach { _, slot in
            if case .article(let known) = slot.content, known.seq <= complete { add(known) }
        }
    }

    private mutating func add(_ known: KnownArticle) {
        guard let place = place(of: known.seq) else {
            unclaimed += 1
            return
        }
        tallies[place].add(known)
        if known.seq >= first {
            let bit = known.seq - first
            bits[Int(bit / 64)] |= 1 << (bit % 64)
        }
    }

    /// Which segment begins last at or before the record.
    private func place(of seq: UInt64) -> Int? {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= seq { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    /// Whether the index calls the record the newest of its article.
    func isNewest(_ seq: UInt64) -> Bool {
        guard seq >= first, (seq - first) / 64 < UInt64(bits.count) else { return false }
        let bit = seq - first
        return bits[Int(bit / 64)] & 1 << (bit % 64) != 0
    }

    /// What the index says of the records of the segment that begins with that number.
    func tally(ofSegmentFrom start: UInt64) -> IndexTally {
        place(of: start).map { tallies[$0] } ?? IndexTally()
    }
}

/// What is said of some articles, added up so that two tallies are equal where the same is said of the same articles, in
/// any order.
struct IndexTally: Sendable, Equatable {
    private(set) var count: UInt64 = 0
    private var sum = Hash128(high: 0, low: 0)

    mutating func add(_ known: KnownArticle) {
        add(known.uid, seq: known.seq, version: known.version, contentHash: known.contentHash)
    }

    mutating func add(_ uid: ArticleIdentifier, seq: UInt64, version: UInt32, contentHash: Hash128) {
        let words = (
            uid.key.high, uid.key.low, contentHash.high, contentHash.low, seq, UInt64(uid.rest) << 32 | UInt64(version)
        )
        let hash = withUnsafeBytes(of: words) { XXH3.hash128($0) }
        count += 1
        sum.high &+= hash.high
        sum.low &+= hash.low
    }
}
