import FeedModel

/// Checks records one after the other: that each is whole, numbered after the one before, and chained to it.
final class RecordWalk {
    enum Outcome {
        /// A whole record; where there is damage too, the place before it is not as it was written.
        case record(RecordEnvelope, StoreDamage?)
        case damage(StoreDamage)
        /// A whole record whose number is not the next one, where that was not to be taken for a gap; nothing has changed.
        case ahead(seq: UInt64)
    }

    /// Behind the last whole record.
    private(set) var position: StorePosition
    private let checksChain: Bool
    private var isChainKnown: Bool
    private var isAfterDamage = false
    private let hasher = RecordWriter()

    /// - Parameter isChainKnown: false where the records before `position` are not there any more.
    init(from position: StorePosition, isChainKnown: Bool = true, checksChain: Bool = true) {
        self.position = position
        self.isChainKnown = isChainKnown
        self.checksChain = checksChain
    }

    /// Starts at the first record of the segments that there are.
    convenience init(fromFirstOf segments: [Segment], checksChain: Bool = true) {
        var position = StorePosition()
        if let first = segments.first { position.seq = first.firstSeq - 1 }
        self.init(from: position, isChainKnown: position.seq == 0, checksChain: checksChain)
    }

    /// - Parameters:
    ///   - number: the line's in its file, from 1.
    ///   - mayJump: whether a number that is not the next one means that records are missing.
    func check(
        _ line: LineScanner.Line, in segment: Segment, number: Int? = nil, mayJump: Bool = true
    ) -> Outcome {
        var damage: StoreDamage?
        func note(_ kind: StoreDamage.Kind, seq: UInt64) {
            damage =
                damage
                ?? StoreDamage(kind: kind, segment: segment.path, line: number, offset: line.offset, seq: seq)
        }
        guard line.isEnded, RecordLine.isWhole(line.bytes), let envelope = RecordEnvelope(line.bytes) else {
            isChainKnown = false
            isAfterDamage = true
            return .damage(
                StoreDamage(
                    kind: .line, segment: segment.path, line: number, offset: line.offset,
                    seq: position.seq < .max ? position.seq + 1 : nil))
        }
        guard envelope.seq > position.seq else {
            return .damage(
                StoreDamage(
                    kind: .order, segment: segment.path, line: number, offset: line.offset, seq: envelope.seq))
        }
        let isNext = envelope.seq - position.seq == 1
        if !isNext {
            if !mayJump { return .ahead(seq: envelope.seq) }
            isChainKnown = false
            if !isAfterDamage { note(.gap, seq: envelope.seq) }
        }
        if line.offset == 0, envelope.seq != segment.firstSeq { note(.order, seq: envelope.seq) }
        if checksChain { checkChain(of: line, envelope) { note(.chain, seq: envelope.seq) } }
        position.seq = envelope.seq
        position.segment = segment.firstSeq
        position.offset = line.offset + line.length
        isAfterDamage = false
        return .record(envelope, damage)
    }

    private func checkChain(of line: LineScanner.Line, _ envelope: RecordEnvelope, broken: () -> Void) {
        let (content, claim) = RecordLine.chained(line.bytes)
        var previous = isChainKnown ? position.chain : nil
        if line.offset == 0 {
            // Every segment starts with the chain before it.
            if envelope.previousChain == nil || (previous != nil && previous != envelope.previousChain) { broken() }
            previous = envelope.previousChain
        }
        if let previous, hasher.chain(after: previous, content) != claim { broken() }
        position.chain = claim ?? position.chain
        isChainKnown = claim != nil
    }
}
