private import Text

/// Where the whole lines of a segment stand, by their numbers: made where a number is met that is not the next one.
///
/// Damage may have put lines where they do not belong, or there twice. Then a line that is out of place must not hide the
/// good ones behind it.
struct SegmentOrder {
    struct Place: Equatable {
        var seq: UInt64
        var offset: UInt64
    }

    /// One for each number, ascending.
    private var places: [Place] = []
    /// Lines that are there twice, or stand among others that they do not belong to; as they stand in the file.
    private(set) var displaced: [Place] = []

    /// As many lines are taken in: some hundred bytes of memory each. Those behind them count as being in place.
    private static let lineLimit = 1 << 22

    /// - Parameters:
    ///   - limit: no byte at or behind this is read.
    ///   - next: the first number of the next segment, which is none of this one's.
    init(_ file: OpenFile, _ segment: Segment, limit: UInt64, next: UInt64) throws(StoreError) {
        var lines: [Place] = []
        // Of several lines of one number the one counts that stands behind its predecessor, else the first.
        var chosen: [UInt64: (line: Int, follows: Bool)] = [:]
        var scanner = LineScanner(file, from: 0, limit: limit)
        var last: UInt64?
        while let line = try scanner.nextLine(), lines.count < Self.lineLimit {
            guard line.isEnded, RecordLine.isWhole(line.bytes), let seq = RecordEnvelope(line.bytes)?.seq else {
                last = nil
                continue
            }
            let follows = last.map { $0 < .max && $0 + 1 == seq } ?? false
            last = seq
            let place = Place(seq: seq, offset: line.offset)
            guard seq >= segment.firstSeq, seq < next else {
                displaced.append(place)
                continue
            }
            if let other = chosen[seq] {
                guard follows, !other.follows else {
                    displaced.append(place)
                    continue
                }
                displaced.append(lines[other.line])
                chosen[seq] = (lines.count, true)
            } else {
                chosen[seq] = (lines.count, follows)
            }
            lines.append(place)
        }
        let kept = lines.indices.filter { chosen[lines[$0].seq]?.line == $0 }.map { lines[$0] }
        places = kept.sorted { $0.seq < $1.seq }
        displaced += Self.outOfLine(kept)
        displaced.sort { $0.offset < $1.offset }
    }

    /// The fewest lines without which the numbers of the others ascend.
    private static func outOfLine(_ lines: [Place]) -> [Place] {
        let isInLine = longestRow(lines.map(\.seq)) { $0 < $1 }
        return lines.indices.filter { !isInLine[$0] }.map { lines[$0] }
    }

    /// The whole line with the lowest number above `seq`.
    func next(after seq: UInt64) -> Place? {
        let place = places.partitionPoint { $0.seq <= seq }
        return place < places.count ? places[place] : nil
    }

    /// Whether the line at that offset is out of place.
    func isDisplaced(_ offset: UInt64) -> Bool {
        let place = displaced.partitionPoint { $0.offset < offset }
        return place < displaced.count && displaced[place].offset == offset
    }
}

/// A place behind a record.
struct StorePosition: Equatable, Sendable {
    /// The last record before it; 0 before the first.
    var seq: UInt64 = 0
    /// That record's chain.
    var chain: [UInt8] = RecordWriter.firstChain
    /// The first number of the segment that it stands in; 0 where there is none yet.
    var segment: UInt64 = 0
    var offset: UInt64 = 0

    /// No record has a higher number, whatever somebody has written into the folder: a line or a segment with one is damage,
    /// and a commit that needs one is refused.
    static let highestSeq = UInt64.max >> 1
}

extension StorePosition {
    /// Whether a record of that number and chain ends there.
    func isPlace(in segments: [Segment]) throws(StoreError) -> Bool {
        if segment == 0 { return seq == 0 && (segments.first?.firstSeq ?? 1) == 1 }
        guard let there = segments.first(where: { $0.firstSeq == segment }),
            let file = try OpenFile.reading(there.path), try file.size() >= offset
        else { return false }
        let length = min(offset, UInt64(RecordEnvelope.maximumFeedLength) + 1024)
        let tail = try file.read(Int(length), at: offset - length)
        return tail.withUnsafeBytes { tail in
            guard let envelope = RecordEnvelope(tail), tail.last == 0x0a else { return false }
            return envelope.seq == seq && envelope.chain == chain
        }
    }
}
