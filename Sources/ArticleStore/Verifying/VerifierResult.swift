import Digest
package import FeedModel

/// `VerifierResult` is what a `StoreVerifier` has found.
package struct VerifierResult: Sendable, Equatable {
    /// How many segments there are.
    package var segments = 0
    /// How many whole records they have.
    package var records: UInt64 = 0
    /// How many there are of each kind, of the records that are there.
    package var kinds: [RecordKind: UInt64] = [:]
    /// How many bytes were read, those of extracts among them.
    package var bytes: UInt64 = 0
    /// The first number that there is; 0 in an empty store.
    package var firstSeq: UInt64 = 0
    /// The number of the last record; 0 in an empty store.
    package var lastSeq: UInt64 = 0
    /// The last record's chain in hexadecimal.
    package var head = Hex.string(RecordWriter.firstChain)
    /// How many records retention has removed and left the identities of.
    package var removedRecords: UInt64 = 0
    /// How many places are not as they were written.
    package var damages: UInt64 = 0
    /// How many bytes a crash left of an unfinished write; the next start of a writer removes them.
    package var unfinishedBytes: UInt64 = 0
    /// How many records had been stored last and are gone, as far as is known.
    package var lostRecords: UInt64 = 0
    /// How many entries of the index say otherwise than the articles; it is made again when its folder is removed.
    package var indexErrors: UInt64 = 0
    /// How many lines of feed states are passed over: those feeds are polled anew.
    package var damagedStateLines = 0
    /// The consumers whose cursor holds no number or stands beyond the last record.
    package var wrongCursors: [String] = []
    /// The answer about the head, where one was asked for.
    package var headAnswer: StoreVerifier.HeadAnswer?

    /// Whether every record that was ever stored and not removed by retention is there as it was written, and the head
    /// that was asked for among them.
    package var isWhole: Bool {
        damages == 0 && lostRecords == 0 && (headAnswer == nil || headAnswer == .found)
    }

    /// Whether what stands beside the articles fits them too.
    package var isConsistent: Bool { isWhole && indexErrors == 0 && wrongCursors.isEmpty }
}

extension VerifierResult {
    /// Puts the reports of segments together in their order, and looks at the seams.
    struct Joint {
        private(set) var result = VerifierResult()
        /// Articles that the index has and no record speaks of: they would never be stored.
        private(set) var superfluousEntries: UInt64 = 0
        private(set) var headChain: [UInt8]?
        private(set) var lastSeq: UInt64 = 0
        private let segments: [Segment]
        private let directory: StoreDirectory
        private let tell: (StoreDamage) -> Void
        private var lastChain: [UInt8]? = RecordWriter.firstChain
        private var isAfterDamage = false
        private var firstPrevious: (seq: UInt64, chain: [UInt8])?

        init(segments: [Segment], directory: StoreDirectory, damage: @escaping (StoreDamage) -> Void) {
            self.segments = segments
            self.directory = directory
            tell = damage
        }

        mutating func add(_ report: SegmentCheck.Report, of check: SegmentCheck) throws(StoreError) {
            if report.isMissing {
                // Retention has been here meanwhile; a segment that others stand before has gone some other way, and its
                // numbers are missing at the next.
                if try Segment.all(in: directory).first.map({ $0.firstSeq > check.segment.firstSeq }) ?? false {
                    isAfterDamage = true
                    lastChain = nil
                }
                return
            }
            // A file that another has taken in while it was read says nothing new.
            if check.isExtract, report.firstSeq != nil, report.lastSeq <= lastSeq { return }
            if let first = report.firstSeq { joinSeam(first, report, check) }
            for damage in report.told { tell(damage) }
            result.damages += report.damages
            result.bytes += report.bytes
            result.indexErrors += report.index.errors
            superfluousEntries += report.index.superfluous
            headChain = headChain ?? report.headChain
            if check.isExtract {
                result.removedRecords += report.records
            } else {
                result.segments += 1
                result.records += report.records
                result.kinds.merge(report.kinds, uniquingKeysWith: +)
                result.unfinishedBytes += report.unfinishedBytes
                if result.firstSeq == 0 { result.firstSeq = report.firstSeq ?? check.segment.firstSeq }
            }
            if report.firstSeq != nil {
                lastSeq = max(lastSeq, report.lastSeq)
                lastChain = report.lastChain
                isAfterDamage = report.endsInDamage
            }
        }

        private mutating func joinSeam(_ first: UInt64, _ report: SegmentCheck.Report, _ check: SegmentCheck) {
            func note(_ kind: StoreDamage.Kind) {
                result.damages += 1
                tell(StoreDamage(kind: kind, segment: check.segment.path, line: 1, offset: 0, seq: first))
            }
            if !check.isExtract, firstPrevious == nil, let chain = report.previousChain {
                firstPrevious = (first - 1, chain)
            }
            if first <= lastSeq { return note(.order) }
            if first != lastSeq + 1 {
                // Where the segment itself lacks its first records that was told already.
                if !isAfterDamage, !report.startsInDamage, first == check.segment.firstSeq { note(.gap) }
                return
            }
            if let lastChain, let previous = report.previousChain, previous != lastChain { note(.chain) }
        }

        /// The chain that the oldest segment names, where that is the record's.
        func chainBeforeFirst(_ seq: UInt64) -> [UInt8]? {
            firstPrevious.flatMap { $0.seq == seq ? $0.chain : nil }
        }

        func finish() -> VerifierResult {
            var result = result
            result.lastSeq = lastSeq
            if lastSeq > 0, let lastChain { result.head = Hex.string(lastChain) }
            return result
        }
    }
}
