import FeedModel

/// Hands out the records of one segment in the order of their numbers, and tells what is damaged among them.
///
/// That is the order in which they stand, and nothing is read twice, unless a number is not the next one.
struct RecordScanner: ~Copyable {
    struct Item {
        /// Valid until the next item is asked for; nil for a line that is told of without being there to be read.
        let line: LineScanner.Line?
        let outcome: RecordWalk.Outcome
    }

    private let file: OpenFile
    private let segment: Segment
    private let limit: UInt64
    private let next: UInt64
    private let walk: RecordWalk
    /// A number that must be reached before the segment's end, where that is known.
    private let expected: UInt64?
    private var scanner: LineScanner
    /// Of the last line read, from 1; nil where reading began in the middle.
    private var number: Int?
    /// Made when a number was not the next one; from then on it says where to read.
    private var order: SegmentOrder?
    private var place: UInt64?
    /// Lines out of place that are to be told of, the last one first.
    private var untold: [SegmentOrder.Place] = []
    /// Behind the last damaged line that was told of, so that none is told of twice.
    private var toldUpTo: UInt64 = 0

    /// As many lines out of place are told of one by one.
    private static let toldLimit = 1000
    private static let smallBlock = 16 << 10

    /// - Parameters:
    ///   - offset: where a line begins.
    ///   - limit: no byte at or behind this is read.
    ///   - next: the first number of the next segment; `.max` for the last one.
    ///   - expected: a number that the segment has a record of, or of a later one.
    init(
        _ file: OpenFile, _ segment: Segment, from offset: UInt64 = 0, limit: UInt64 = .max, next: UInt64 = .max,
        expected: UInt64? = nil, walk: RecordWalk
    ) {
        self.file = file
        self.segment = segment
        self.limit = limit
        self.next = next
        self.expected = expected ?? (next < .max ? next - 1 : nil)
        self.walk = walk
        number = offset == 0 ? 0 : nil
        scanner = LineScanner(file, from: offset, limit: limit)
    }

    /// The next record or damage; nil at the end.
    mutating func nextItem() throws(StoreError) -> Item? {
        while true {
            if let place = untold.popLast() { return Item(line: nil, outcome: .damage(damage(place))) }
            if let place {
                scanner = LineScanner(file, from: place, limit: limit, blockSize: Self.smallBlock)
                number = nil
                self.place = nil
            }
            guard let line = try scanner.nextLine() else {
                guard try goOn() else { return nil }
                continue
            }
            number = number.map { $0 + 1 }
            let outcome = walk.check(line, in: segment, number: number, mayJump: false)
            switch outcome {
            case .record: return Item(line: line, outcome: outcome)
            case .ahead(let seq):
                if try isInPlace(line, seq) {
                    return Item(line: line, outcome: walk.check(line, in: segment, number: number))
                }
            case .damage(let damage):
                if damage.kind == .order, order != nil {
                    place = order?.next(after: walk.position.seq)?.offset
                } else if line.offset >= toldUpTo {
                    toldUpTo = line.offset + line.length
                    return Item(line: line, outcome: outcome)
                }
            }
        }
    }

    /// At the end of the file: whether something was passed over that is yet to come.
    private mutating func goOn() throws(StoreError) -> Bool {
        if order == nil, let expected, walk.position.seq < expected, walk.position.seq >= segment.firstSeq {
            try makeOrder()
        }
        guard let next = order?.next(after: walk.position.seq) else { return !untold.isEmpty }
        place = next.offset
        return true
    }

    private mutating func isInPlace(_ line: LineScanner.Line, _ seq: UInt64) throws(StoreError) -> Bool {
        // The segment's own name says that it begins with that number.
        if line.offset == 0, seq == segment.firstSeq { return true }
        if order == nil { try makeOrder() }
        guard let first = order?.next(after: walk.position.seq) else {
            // All lines that there may be were not taken in.
            return seq < next && order?.isDisplaced(line.offset) == false
        }
        if first.offset == line.offset { return true }
        place = first.offset
        return false
    }

    private mutating func makeOrder() throws(StoreError) {
        let order = try SegmentOrder(file, segment, limit: limit, next: next)
        untold = order.displaced.filter { $0.offset >= toldUpTo }.prefix(Self.toldLimit).reversed()
        self.order = order
    }

    private func damage(_ place: SegmentOrder.Place) -> StoreDamage {
        StoreDamage(kind: .order, segment: segment.path, line: nil, offset: place.offset, seq: place.seq)
    }
}

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
