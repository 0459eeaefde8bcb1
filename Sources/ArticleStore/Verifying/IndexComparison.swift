import Digest
import FeedModel

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
        if entry.kind != .alias { try add(entry.known, to: &report) }
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
                guard error.code == .damagedIndex else { throw error }
            }
        }
        return nil
    }
}
