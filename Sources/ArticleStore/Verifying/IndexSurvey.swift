import Digest
import FeedModel

/// What the index says, read once from front to back: which records it calls the newest of their article, a bit each;
/// how many further keys it has of a record, four bits each; and what it says of them, added up by segment.
///
/// So the index need not be searched for each record and key. A record with its bit set, or with all its keys there, is
/// right where its segment's sum is; where there is less it is searched for, because another must have taken its place.
struct IndexSurvey: Sendable {
    /// As many records, the last ones, may have their bits, which take 20 MiB. Those before them are searched for.
    static let recordLimit: UInt64 = 1 << 25

    /// Entries of records before the first segment.
    private(set) var unclaimed: UInt64 = 0
    private let starts: [UInt64]
    private var tallies: [IndexTally]
    /// The record of the first bit.
    private let first: UInt64
    private var bits: [UInt64]
    private var keyCounts: [UInt8]

    /// - Parameters:
    ///   - places: the slots that are read.
    ///   - starts: the first numbers of the segments, ascending.
    ///   - recordLimit: how many records have a bit at most.
    init(
        of index: IndexFile, in places: Range<UInt64>, starts: [UInt64], recordLimit: UInt64
    ) throws(StoreError) {
        let complete = index.header.complete.seq
        let start = starts.first ?? 1
        let count = complete >= start ? min(complete - start + 1, recordLimit) : 0
        self.starts = starts
        tallies = Array(repeating: IndexTally(), count: starts.count)
        first = complete - count + 1
        bits = Array(repeating: 0, count: Int((count + 63) / 64))
        keyCounts = Array(repeating: 0, count: Int((count + 1) / 2))
        try index.forEach(in: places) { _, slot in
            switch slot.content {
            case .article(let known) where known.seq <= complete: add(known)
            case .link(let uid, let seq) where seq <= complete: add(slot.key, of: uid, seq)
            default: break
            }
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

    /// Takes in what other slots of the same index say.
    mutating func add(_ other: IndexSurvey) {
        unclaimed += other.unclaimed
        for place in tallies.indices { tallies[place].add(other.tallies[place]) }
        for place in bits.indices { bits[place] |= other.bits[place] }
        for place in keyCounts.indices {
            let (pair, others) = (keyCounts[place], other.keyCounts[place])
            keyCounts[place] = min(15, pair & 15 + others & 15) | min(15, pair >> 4 + others >> 4) << 4
        }
    }

    private mutating func add(_ key: Hash128, of uid: ArticleIdentifier, _ seq: UInt64) {
        guard let place = place(of: seq) else {
            unclaimed += 1
            return
        }
        tallies[place].add(key, of: uid, seq: seq)
        if seq >= first, keyCount(seq) < 15 { keyCounts[Int((seq - first) / 2)] += (seq - first) % 2 == 0 ? 1 : 16 }
    }

    /// Which segment begins last at or before the record.
    private func place(of seq: UInt64) -> Int? {
        let behind = starts.partitionPoint { $0 <= seq }
        return behind > 0 ? behind - 1 : nil
    }

    /// Whether the index calls the record the newest of its article.
    func isNewest(_ seq: UInt64) -> Bool {
        guard seq >= first, (seq - first) / 64 < UInt64(bits.count) else { return false }
        let bit = seq - first
        return bits[Int(bit / 64)] & 1 << (bit % 64) != 0
    }

    /// How many keys lead to the record: 15 stands for that many and more, and 0 for not known, too.
    func keyCount(_ seq: UInt64) -> Int {
        guard seq >= first, (seq - first) / 2 < UInt64(keyCounts.count) else { return 0 }
        let pair = keyCounts[Int((seq - first) / 2)]
        return Int((seq - first) % 2 == 0 ? pair & 15 : pair >> 4)
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
        let modified = known.modified.map { UInt64(bitPattern: $0.milliseconds) } ?? 1 << 63
        add(
            (
                known.uid.key.high, known.uid.key.low, known.contentHash.high, known.contentHash.low, known.seq,
                UInt64(known.uid.rest) << 32 | UInt64(known.version), modified, UInt64(known.silentChanges)
            ))
    }

    /// A further key of the article.
    mutating func add(_ key: Hash128, of uid: ArticleIdentifier, seq: UInt64) {
        add((key.high, key.low, uid.key.high, uid.key.low, seq, UInt64(uid.rest), 0, .max))
    }

    mutating func add(_ other: IndexTally) {
        count += other.count
        sum.high &+= other.sum.high
        sum.low &+= other.sum.low
    }

    private mutating func add(_ words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)) {
        let hash = withUnsafeBytes(of: words) { XXH3.hash128($0) }
        count += 1
        sum.high &+= hash.high
        sum.low &+= hash.low
    }
}
