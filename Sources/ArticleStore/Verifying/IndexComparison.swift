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

    /// - Parameters:
    ///   - starts: the first numbers of the segments, ascending.
    ///   - recordLimit: of how many records at most a bit is kept.
    init(_ index: IndexFile, starts: [UInt64], recordLimit: UInt64) throws(StoreError) {
        self.index = index
        survey = try Self.patiently { () throws(IndexFile.Failure) in
            try IndexSurvey(of: index, starts: starts, recordLimit: recordLimit)
        }
    }

    private init(_ index: IndexFile) {
        self.index = index
        survey = nil
    }

    /// Entries that no segment's report speaks of; one where they cannot be read.
    var superfluous: UInt64 { survey?.unclaimed ?? 1 }

    func add(_ envelope: RecordEnvelope, to report: inout Report) throws(StoreError) {
        guard envelope.seq <= index.header.complete.seq, let entry = ArticleIndex.Entry(envelope) else { return }
        if entry.kind != .alias { try add(entry.known, to: &report) }
        var keys: [Hash128] = []
        for key in entry.keys where key != entry.known.uid.key && !keys.contains(key) { keys.append(key) }
        if keys.isEmpty { return }
        let areAllThere = survey.map { $0.keyCount(envelope.seq) == keys.count } ?? false
        for key in keys {
            if areAllThere && keys.count < 15 {
                report.found.add(key, of: entry.known.uid, seq: envelope.seq)
            } else {
                try search(key, of: entry, to: &report)
            }
        }
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
        try Self.patiently { () throws(IndexFile.Failure) in try index.find(key) }??.content
    }

    /// To be called when all records of a segment were added.
    func finish(_ segment: Segment, _ file: OpenFile, limit: UInt64, _ report: inout Report) throws(StoreError) {
        guard let said = survey?.tally(ofSegmentFrom: segment.firstSeq), said != report.found else { return }
        // Searching for each of the records tells which it is.
        let exact = IndexComparison(index)
        report = Report()
        let walk = RecordWalk(fromFirstOf: [segment], checksChain: false)
        var scanner = LineScanner(file, from: 0, limit: limit)
        while let line = try scanner.nextLine() {
            if case .record(let envelope, _) = walk.check(line, in: segment) { try exact.add(envelope, to: &report) }
        }
        if said == report.found { return }
        report.superfluous = said.count > report.found.count ? said.count - report.found.count : 1
    }

    /// A slot may be met in the middle of being written.
    ///
    /// - Returns: nil where the index stays damaged.
    private static func patiently<Value>(
        _ read: () throws(IndexFile.Failure) -> Value
    ) throws(StoreError) -> Value? {
        for _ in 0..<3 {
            do throws(IndexFile.Failure) { return try read() } catch .system(let error) { throw error } catch {}
        }
        return nil
    }
}
