import Digest
import FeedModel

/// Reads every byte of one segment: each line against its checksum, all of them by the chain and their numbers, the index
/// against them. Segments may be checked side by side, because each names the chain before it.
struct SegmentCheck: Sendable {
    let segment: Segment
    /// No byte at or behind this is looked at.
    let limit: UInt64
    /// The first number of the segment behind it; `.max` for the last.
    let next: UInt64
    /// Nobody says what was durable: what stands at the end without being whole may be an unfinished write.
    let isOpenEnd: Bool
    let index: IndexComparison?
    /// Whose chain is wanted.
    let headSeq: UInt64?
    /// What retention has left of a segment: there the chain cannot be computed.
    var isExtract = false

    /// As many damaged places as are told of, segment by segment.
    static let damageLimit = 1000

    struct Report: Sendable {
        var isMissing = false
        var records: UInt64 = 0
        var kinds: [RecordKind: UInt64] = [:]
        var bytes: UInt64 = 0
        var damages: UInt64 = 0
        var told: [StoreDamage] = []
        var unfinishedBytes: UInt64 = 0
        var index = IndexComparison.Report()
        /// The first whole record, and the chain before it where its line names one.
        var firstSeq: UInt64?
        var previousChain: [UInt8]?
        var startsInDamage = false
        /// The last whole record.
        var lastSeq: UInt64 = 0
        var lastChain: [UInt8]?
        var endsInDamage = false
        /// The chain of the record that was asked for.
        var headChain: [UInt8]?
    }

    /// - Parameter progress: told now and then how many bytes were read since the last time.
    func run(progress: (_ bytes: UInt64) -> Void) throws(StoreError) -> Report {
        var report = Report()
        guard let file = try OpenFile.reading(segment.path) else {
            report.isMissing = true
            return report
        }
        let walk = RecordWalk(fromFirstOf: [segment], checksChain: !isExtract)
        var scanner = LineScanner(file, from: 0, limit: limit)
        var number = 0
        var told: UInt64 = 0
        // Made where a number is not the next one.
        var order: SegmentOrder?
        // Damage is the torn tail there, unless a whole record follows.
        var undecided: [StoreDamage] = []
        func note(_ damage: StoreDamage) {
            report.damages += 1
            if report.told.count < Self.damageLimit { report.told.append(damage) }
        }
        while let line = try scanner.nextLine() {
            number += 1
            report.bytes += line.length
            // An older copy of the articles may have been put back: what is there itself counts.
            if isExtract, let seq = RecordEnvelope(line.bytes)?.seq, seq >= next { continue }
            var outcome = walk.check(line, in: segment, number: number, mayJump: false)
            if case .ahead(let seq) = outcome {
                if order == nil { order = try SegmentOrder(file, segment, limit: limit, next: next) }
                if order?.isDisplaced(line.offset) == true {
                    report.endsInDamage = true
                    note(
                        StoreDamage(kind: .order, segment: segment.path, line: number, offset: line.offset, seq: seq))
                    continue
                }
                outcome = walk.check(line, in: segment, number: number)
            }
            switch outcome {
            case .ahead: break
            case .record(let envelope, let damage):
                undecided.forEach(note)
                undecided = []
                report.unfinishedBytes = 0
                report.endsInDamage = false
                if let damage { note(damage) }
                if isExtract, let broken = seam(envelope, line, number, report) { note(broken) }
                try add(envelope, isFirstLine: number == 1, to: &report)
            case .damage(let damage):
                report.endsInDamage = true
                if report.firstSeq == nil { report.startsInDamage = true }
                if damage.kind == .line, isOpenEnd, undecided.count < Self.damageLimit {
                    undecided.append(damage)
                    report.unfinishedBytes += line.length
                } else {
                    note(damage)
                }
            }
            if number.isMultiple(of: 1024) {
                progress(report.bytes - told)
                told = report.bytes
            }
        }
        progress(report.bytes - told)
        if report.firstSeq != nil {
            report.lastSeq = walk.position.seq
            if !isExtract { report.lastChain = walk.position.chain }
        }
        try index?.finish(segment, file, limit: limit, &report.index)
        return report
    }

    /// In the middle of a file of joined extracts the first record of a segment names the chain of the one before it.
    private func seam(
        _ envelope: RecordEnvelope, _ line: LineScanner.Line, _ number: Int, _ report: Report
    ) -> StoreDamage? {
        guard let previous = envelope.previousChain, let last = report.lastChain, previous != last,
            !report.endsInDamage, envelope.seq == report.lastSeq + 1
        else { return nil }
        return StoreDamage(
            kind: .chain, segment: segment.path, line: number, offset: line.offset, seq: envelope.seq)
    }

    private func add(
        _ envelope: RecordEnvelope, isFirstLine: Bool, to report: inout Report
    ) throws(StoreError) {
        if report.firstSeq == nil {
            report.firstSeq = envelope.seq
            if isFirstLine { report.previousChain = envelope.previousChain }
        }
        report.records += 1
        report.kinds[envelope.kind, default: 0] += 1
        if isExtract {
            report.lastSeq = envelope.seq
            report.lastChain = envelope.chain
        }
        if envelope.seq == headSeq { report.headChain = envelope.chain }
        try index?.add(envelope, to: &report.index)
    }
}
