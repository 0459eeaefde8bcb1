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
        /// What it says of records that it calls the newest of their article.
        var newest = IndexTally()
        /// Articles that it has and no record of the segment speaks of. Where one of the segment's records cannot be
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
        guard envelope.seq <= index.header.complete.seq, envelope.kind != .alias, let uid = envelope.uid else { return }
        if let survey, survey.isNewest(envelope.seq), let hash = envelope.contentHash {
            return report.newest.add(uid, seq: envelope.seq, version: envelope.version, contentHash: hash)
        }
        let slot = try Self.patiently { () throws(IndexFile.Failure) in try index.find(uid.key) }
        guard let content = slot??.content else {
            report.errors += 1
            return
        }
        // A link stands where an alias took the article's place.
        guard case .article(let known) = content else { return }
        if known.uid == uid, known.seq == envelope.seq { report.newest.add(known) }
        let isRight =
            known.uid == uid && known.seq >= envelope.seq
            && (known.seq > envelope.seq
                || (known.version == envelope.version && known.contentHash == envelope.contentHash))
        if !isRight { report.errors += 1 }
    }

    /// To be called when all records of a segment were added.
    func finish(_ segment: Segment, _ file: OpenFile, limit: UInt64, _ report: inout Report) throws(StoreError) {
        guard let said = survey?.tally(ofSegmentFrom: segment.firstSeq), said != report.newest else { return }
        // Searching for each of the records tells which it is.
        let exact = IndexComparison(index)
        report = Report()
        let walk = RecordWalk(fromFirstOf: [segment], checksChain: false)
        var scanner = LineScanner(file, from: 0, limit: limit)
        while let line = try scanner.nextLine() {
            if case .record(let envelope, _) = walk.check(line, in: segment) { try exact.add(envelope, to: &report) }
        }
        if said == report.newest { return }
        report.superfluous = said.count > report.newest.count ? said.count - report.newest.count : 1
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
