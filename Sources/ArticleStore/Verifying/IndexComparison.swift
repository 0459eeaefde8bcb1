import Digest
import FeedModel
private import Text

/// Compares what the index says of articles with the records, segment by segment.
///
/// Records behind the index's complete part are left out: they may not be in it yet, and the next writer sees to that.
struct IndexComparison: Sendable {
    private let index: IndexFile
    /// Nil where the index cannot be read from front to back: then it is searched for each record.
    private let survey: IndexSurvey?

    struct Report: Sendable {
        /// Records of which it says something else, or nothing.
        var errors: UInt64 = 0
        /// What it says of records that it calls the newest of their article, and of keys that lead to them.
        var found = IndexTally()
        /// Articles and keys that it has and no record of the segment speaks of. Where one of the segment's records cannot be
        /// read that may be its own.
        var superfluous: UInt64 = 0
    }

    private init(_ index: IndexFile, _ survey: IndexSurvey? = nil) {
        self.index = index
        self.survey = survey
    }

    /// - Parameters:
    ///   - starts: the first numbers of the segments, ascending.
    ///   - recordLimit: of how many records at most bits are kept.
    ///   - workers: how many parts of the index are read at the same time.
    static func reading(
        _ index: IndexFile, starts: [UInt64], recordLimit: UInt64, workers: Int
    ) async throws(StoreError) -> IndexComparison {
        let capacity = index.header.capacity
        let step = capacity / UInt64(max(1, workers)) + 1
        let parts = stride(from: 0, to: capacity, by: Int(step)).map { $0..<min($0 + step, capacity) }
        let surveys = await withTaskGroup(of: Result<IndexSurvey?, StoreError>.self) { group in
            for part in parts {
                group.addTask {
                    Result { () throws(StoreError) in
                        try patiently { () throws(StoreError) in
                            try IndexSurvey(of: index, in: part, starts: starts, recordLimit: recordLimit)
                        }
                    }
                }
            }
            var surveys: [Result<IndexSurvey?, StoreError>] = []
            for await survey in group { surveys.append(survey) }
            return surveys
        }
        var joint: IndexSurvey?
        for survey in surveys {
            guard let part = try survey.get() else { return IndexComparison(index) }
            if joint == nil { joint = part } else { joint?.add(part) }
        }
        return IndexComparison(index, joint)
    }

    /// Entries that no segment's report speaks of; one where they cannot be read.
    var superfluous: UInt64 { survey?.unclaimed ?? 1 }

    func add(_ envelope: RecordEnvelope, to report: inout Report) throws(StoreError) {
        guard envelope.seq <= index.header.complete.seq, let entry = ArticleIndex.Entry(envelope) else { return }
        if entry.kind.isVersion { try add(entry.known, to: &report) }
        let keys = Self.distinct(entry)
        if keys.isEmpty { return }
        let areAllThere = keys.count < 15 && survey?.keyCount(envelope.seq) == keys.count
        for key in keys {
            if areAllThere {
                report.found.add(key, of: entry.known.uid, seq: envelope.seq)
            } else {
                try search(key, of: entry, to: &report)
            }
        }
    }

    /// The keys of a record that have slots of their own.
    private static func distinct(_ entry: ArticleIndex.Entry) -> [Hash128] {
        let keys = entry.keys
        func isDistinct(_ place: Int) -> Bool {
            keys[place] != entry.known.uid.key && !keys[..<place].contains(keys[place])
        }
        // Nearly always all of them.
        if keys.indices.allSatisfy(isDistinct) { return keys }
        return keys.indices.filter(isDistinct).map { keys[$0] }
    }

    private func add(_ record: KnownArticle, to report: inout Report) throws(StoreError) {
        if let survey, survey.isNewest(record.seq) { return report.found.add(record) }
        guard let content = try find(record.uid.key) else {
            report.errors += 1
            return
        }
        // A link stands where an alias took the article's place.
        guard case .article(let known) = content else { return }
        if known.uid == record.uid, known.seq == record.seq { report.found.add(known) }
        if known != record, known.uid != record.uid || known.seq <= record.seq { report.errors += 1 }
    }

    /// Another record may have taken the key, an article may be in its place, but an older one never.
    private func search(_ key: Hash128, of entry: ArticleIndex.Entry, to report: inout Report) throws(StoreError) {
        let uid = entry.known.uid
        let seq = entry.known.seq
        let isRight: Bool
        switch try find(key) {
        case .link(let there, let newest):
            if there == uid, newest == seq { report.found.add(key, of: uid, seq: seq) }
            isRight = newest > seq || newest == seq && there == uid
        case .article(let known): isRight = entry.kind != .alias || known.seq > seq
        case nil: isRight = false
        }
        if !isRight { report.errors += 1 }
    }

    private func find(_ key: Hash128) throws(StoreError) -> IndexSlot.Content? {
        try Self.patiently { () throws(StoreError) in try index.find(key) }??.content
    }

    /// To be called when all records of a segment were added.
    func finish(_ segment: Segment, _ file: OpenFile, limit: UInt64, _ report: inout Report) throws(StoreError) {
        guard let said = survey?.tally(ofSegmentFrom: segment.firstSeq), said != report.found else { return }
        // Searching for each of the records tells which it is.
        let exact = IndexComparison(index)
        report = Report()
        let walk = RecordWalk(fromFirstOf: [segment], checksChain: false)
        var records = RecordScanner(file, segment, limit: limit, walk: walk)
        while let item = try records.nextItem() {
            if case .record(let envelope, _) = item.outcome { try exact.add(envelope, to: &report) }
        }
        if said == report.found { return }
        report.superfluous = said.count > report.found.count ? said.count - report.found.count : 1
    }

    /// A slot may be met in the middle of being written.
    ///
    /// - Returns: nil where the index stays damaged.
    private static func patiently<Value>(
        _ read: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value? {
        for _ in 0..<3 {
            do throws(StoreError) {
                return try read()
            } catch {
                guard error.isDamagedIndex else { throw error }
            }
        }
        return nil
    }
}

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
                UInt64(known.uid.rest) << 32 | UInt64(known.version), modified,
                UInt64(known.recentChanges) | (known.isHidden ? 1 << 8 : 0)
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
