private import Text

/// Finds places in a segment by the numbers of its records, without reading all of it.
struct SegmentSearch {
    private let file: OpenFile
    private let segment: Segment
    private let end: UInt64

    private static let block = 64 << 10
    /// Bytes that are rather read through than halved once more.
    private static let stretch = 16 << 10
    /// Bytes that are read at first to find the end of a line, as most lines are shorter.
    private static let piece = 4 << 10
    /// More than an envelope takes.
    private static let envelope = UInt64(RecordEnvelope.maximumFeedLength) + 1024

    init(_ file: OpenFile, _ segment: Segment, limit: UInt64) throws(StoreError) {
        self.file = file
        self.segment = segment
        end = min(limit, try file.size())
    }

    /// A place from which all records behind number `seq` follow, and the number of the record that ends there. There
    /// may be some before them that do not count; damage costs time, never records.
    func offset(after seq: UInt64) throws(StoreError) -> (offset: UInt64, seq: UInt64) {
        var low = (offset: UInt64(0), seq: segment.firstSeq - 1)
        var high = end
        while high - low.offset > UInt64(Self.stretch) {
            let middle = low.offset + (high - low.offset) / 2
            // The number grows with the offset; a line that cannot be read sends the search to the left.
            guard let found = try recordEnding(from: middle, before: high), found.seq > low.seq, found.seq <= seq else {
                high = middle
                continue
            }
            low = found
        }
        return try isConsistent(low) ? low : (0, segment.firstSeq - 1)
    }

    /// Whether the next record goes on from there: what the search met was not checked, and may have been damaged.
    private func isConsistent(_ place: (offset: UInt64, seq: UInt64)) throws(StoreError) -> Bool {
        if place.offset == 0 || place.offset == end { return true }
        var scanner = LineScanner(file, from: place.offset, limit: end)
        guard let line = try scanner.nextLine(), line.isEnded, RecordLine.isWhole(line.bytes) else { return false }
        return RecordEnvelope(line.bytes)?.seq == place.seq + 1
    }

    /// The number of the last whole record.
    func lastSeq() throws(StoreError) -> UInt64? { try last { $0.seq } }

    /// The number and the chain of the last whole record, without its place.
    func lastPosition() throws(StoreError) -> StorePosition? {
        try last { envelope in
            envelope.chain.map { StorePosition(seq: envelope.seq, chain: $0) }
        }
    }

    /// Something of the last whole record that has it.
    ///
    /// - Parameter most: how many bytes before the end are looked at, about.
    func last<Value>(
        within most: UInt64 = .max, _ part: (RecordEnvelope) -> Value?
    ) throws(StoreError) -> Value? {
        var reach = min(UInt64(Self.block), most)
        while true {
            let start = end > reach ? end - reach : 0
            var scanner = LineScanner(file, from: start, limit: end)
            var last: (seq: UInt64, value: Value)?
            // The first line may begin before `start`: only its end counts, and that fails its checksum. What stands
            // there twice is not the last.
            while let line = try scanner.nextLine() {
                guard line.isEnded, RecordLine.isWhole(line.bytes), let envelope = RecordEnvelope(line.bytes) else {
                    continue
                }
                guard let value = part(envelope), envelope.seq >= last?.seq ?? 0 else { continue }
                last = (envelope.seq, value)
            }
            if last != nil || start == 0 || reach >= most { return last?.value }
            reach = min(reach * 8, most)
        }
    }

    /// The first record whose end is found at or behind `offset`: its number, and the place behind it.
    private func recordEnding(from offset: UInt64, before high: UInt64) throws(StoreError) -> (
        offset: UInt64, seq: UInt64
    )? {
        var place = offset
        var piece = Self.piece
        while place < high {
            let bytes = try file.read(Int(min(UInt64(piece), high - place)), at: place)
            if bytes.isEmpty { return nil }
            guard let lineFeed = bytes.firstIndex(of: 0x0a) else {
                place += UInt64(bytes.count)
                piece = min(piece * 4, Self.block)
                continue
            }
            let after = place + UInt64(lineFeed) + 1
            let length = min(after, Self.envelope)
            let tail = try file.read(Int(length), at: after - length)
            let seq = tail.withUnsafeBytes { RecordEnvelope($0)?.seq }
            return seq.map { (after, $0) }
        }
        return nil
    }
}

/// Which of the values are part of the longest row that is in order.
///
/// - Parameters:
///   - values: nil for what belongs to no row.
///   - mayFollow: whether the second may stand behind the first, in a row that has both.
func longestRow<Value>(_ values: [Value?], _ mayFollow: (Value, Value) -> Bool) -> [Bool] {
    // The last place of the best row of each length, and before each place the one before it in its row.
    var ends: [(value: Value, place: Int)] = []
    var before = [Int?](repeating: nil, count: values.count)
    for (place, value) in values.enumerated() {
        guard let value else { continue }
        let length = ends.partitionPoint { mayFollow($0.value, value) }
        before[place] = length > 0 ? ends[length - 1].place : nil
        if length == ends.count { ends.append((value, place)) } else { ends[length] = (value, place) }
    }
    var isInRow = [Bool](repeating: false, count: values.count)
    var place = ends.last?.place
    while let current = place {
        isInRow[current] = true
        place = before[current]
    }
    return isInRow
}
