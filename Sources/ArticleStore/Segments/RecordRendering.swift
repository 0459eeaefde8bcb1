import FeedModel
import JSONText

/// Where lines go on: behind a record, in its segment or at the beginning of another.
struct LinePlace: Equatable, Sendable {
    var position: StorePosition
    /// False where the next line begins a segment, however the last one is filled.
    var isInSegment: Bool
    /// When the first record of the segment was stored.
    var segmentStart: Timestamp?
}

/// `RecordRendering` makes lines of records for the place where the store ends, and touches no disk: the first half of a
/// commit.
struct RecordRendering {
    /// A record with the JSON text of its feed's id, quotes included.
    struct Item {
        var record: PendingRecord
        var feedJSON: [UInt8]
    }

    let items: [Item]
    let stamp: StoredStamp
    private let segmentSize: UInt64
    /// A segment is sealed once its first record is so many milliseconds old.
    private let segmentAge: Int64?

    init(_ items: [Item], _ stamp: StoredStamp, _ options: StoreOptions) {
        self.items = items
        self.stamp = stamp
        segmentSize = options.segmentSize
        segmentAge = options.segmentAge.map { $0.components.seconds * 1000 }
    }

    /// The lines have no more bytes.
    var lengthLimit: Int {
        items.reduce(0) { $0 + RecordWriter.lengthLimit(of: $1.record, feedJSON: $1.feedJSON) }
    }

    /// Makes the lines and hands them over in order, many at a time, so that the disk can work on some while the next are made.
    ///
    /// - Parameters:
    ///   - place: where the first line goes.
    ///   - size: lines are handed over once they have about so many bytes.
    ///   - buffer: where they are made; what is in it is lost.
    ///   - write: gets lines that belong to one segment, by the number of that segment's first record.
    /// - Returns: the place behind the last line.
    func forEachPiece(
        from place: LinePlace, of size: Int, _ buffer: inout ByteBuffer, _ writer: RecordWriter,
        _ write: (_ lines: UnsafeRawBufferPointer, _ segment: UInt64) throws(StoreError) -> Void
    ) throws(StoreError) -> LinePlace {
        let first = place.position
        let isOld = isOld(place.segmentStart)
        var end = first
        var isInSegment = place.isInSegment
        var start = place.segmentStart
        buffer.removeAll()
        for item in items {
            let longest = UInt64(RecordWriter.lengthLimit(of: item.record, feedJSON: item.feedJSON))
            let isFull = end.offset > 0 && end.offset + longest > segmentSize
            if !isInSegment || isFull || (isOld && end.segment == first.segment) {
                try Self.hand(over: &buffer, of: end.segment, write)
                end.segment = end.seq + 1
                end.offset = 0
                isInSegment = true
                start = Timestamp(rfc3339: String(decoding: stamp.time, as: UTF8.self))
            }
            let before = buffer.count
            end.chain = writer.append(
                item.record, feedJSON: item.feedJSON, seq: end.seq + 1, commit: first.seq + 1, stamp,
                after: end.chain, startsSegment: end.offset == 0, to: &buffer)
            end.seq += 1
            end.offset += UInt64(buffer.count - before)
            if buffer.count >= size { try Self.hand(over: &buffer, of: end.segment, write) }
        }
        try Self.hand(over: &buffer, of: end.segment, write)
        return LinePlace(position: end, isInSegment: isInSegment, segmentStart: start)
    }

    private static func hand(
        over buffer: inout ByteBuffer, of segment: UInt64,
        _ write: (UnsafeRawBufferPointer, UInt64) throws(StoreError) -> Void
    ) throws(StoreError) {
        if buffer.count == 0 { return }
        try buffer.withBytes { bytes throws(StoreError) in try write(bytes, segment) }
        buffer.removeAll()
    }

    private func isOld(_ segmentStart: Timestamp?) -> Bool {
        guard let segmentAge, let segmentStart,
            let now = Timestamp(rfc3339: String(decoding: stamp.time, as: UTF8.self))
        else { return false }
        // A first record from the future was stored by a wrong clock, and would keep the segment open until then.
        return abs(now.milliseconds - segmentStart.milliseconds) >= segmentAge
    }
}
