private import Digest
private import Glibc

/// What stands at the end of the last segment and was never stored: what a crash left of the last commit.
///
/// A reader without a writer stops where this says, because the next writer cuts there (`SegmentRecovery`) and gives the
/// numbers behind it to other records. Both look at the same things, so that they come to the same place:
///
/// - Records up to the published end, and those that the index is complete with, were durable.
/// - A record names the first one of its commit. What stands before that one was durable before the record was written,
///   whatever has become of it since.
/// - A page that did not reach the disk is read as zeros, and the last line may lack its end. A record has no byte that
///   is zero: a line that has none, and its line feed, was written as a whole, and damage in it came later.
///
/// - A fleet's store has entries of several machines behind one another that were made durable together, and what is
///   missing of them is in the log: it ends before the first line that is not whole.
///
/// What is damaged and was durable is damage, which stays. Only what may have been lost before it was ever durable is cut
/// off, with all that was written together with it.
struct SegmentTail {
    /// Behind the last byte that counts.
    let end: UInt64
    /// Of the segment's file.
    let size: UInt64
    /// Whether what stands behind `end` has no line feed.
    let isRestOfLine: Bool
    /// False where nobody says what was durable: then damage counts for a torn end only where nothing whole follows.
    let isEndKnown: Bool
    /// What of the segment was durable for certain, as far as is known from elsewhere.
    let durable: UInt64

    /// Damage behind which no proof has been met that it came after the lines were durable.
    private struct Doubt {
        var offset: UInt64
        /// The number that the first damaged line has or should have.
        var seq: UInt64
        /// Whether a page may never have reached the disk.
        var hasZeros = false
        /// Whether all of it ends as records do.
        var endsLikeRecords = true
        var isFollowed = false

        mutating func add(_ line: LineScanner.Line) {
            let bytes = line.bytes
            let hasZero = bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? true
            if hasZero { hasZeros = true }
            if RecordEnvelope(bytes) == nil { endsLikeRecords = false }
        }

        /// Of a fleet's store whatever is damaged there comes again out of the log.
        var isOfFleet = false

        /// Whether it has to be cut off.
        var isTorn: Bool { isOfFleet || hasZeros || (!isFollowed && !endsLikeRecords) }
    }

    /// - Parameter segments: all of them; the last one is looked at.
    /// - Returns: nil where there are none.
    init?(
        of segments: [Segment], _ file: OpenFile, in directory: StoreDirectory, published: DurableEnd?
    ) throws(StoreError) {
        guard let segment = segments.last else { return nil }
        size = try file.size()
        let start = try Self.durablePlace(segments, directory, published)
        isEndKnown = start != nil
        let isInside = start?.segment == segment.firstSeq
        // Where the end lay in a segment that is missing, all of this one was durable before.
        let isBehind = start.map { $0.segment > segment.firstSeq } ?? false
        durable = isBehind ? size : isInside ? start?.offset ?? 0 : 0
        // A line without its end was never whole.
        let endOfLastLine = try Self.endOfLastLine(file, size: size)
        var end = endOfLastLine
        if durable < end {
            let seq = isInside ? start?.seq ?? 0 : segment.firstSeq - 1
            let isOfFleet = isEndKnown ? try directory.format() == .fleet : false
            let doubt = try Self.doubt(file, from: durable, behind: seq, upTo: end, isEndKnown, isOfFleet)
            if let doubt, doubt.isTorn {
                end = doubt.offset
            }
        }
        self.end = end
        isRestOfLine = end == endOfLastLine
    }

    /// The last place that is known to have been durable.
    private static func durablePlace(
        _ segments: [Segment], _ directory: StoreDirectory, _ published: DurableEnd?
    ) throws(StoreError) -> DurableEnd? {
        guard let complete = try IndexFile.complete(in: directory), complete.seq > published?.seq ?? 0,
            try complete.isPlace(in: segments)
        else { return published }
        return DurableEnd(complete)
    }

    private static func doubt(
        _ file: OpenFile, from start: UInt64, behind first: UInt64, upTo end: UInt64, _ isEndKnown: Bool,
        _ isOfFleet: Bool
    ) throws(StoreError) -> Doubt? {
        var scanner = LineScanner(file, from: start, limit: end)
        var seq = first
        var doubt: Doubt?
        while let line = try scanner.nextLine() {
            guard RecordLine.isWhole(line.bytes), let envelope = RecordEnvelope(line.bytes) else {
                if doubt == nil { doubt = Doubt(offset: line.offset, seq: seq < .max ? seq + 1 : seq) }
                doubt?.add(line)
                doubt?.isFollowed = false
                if isOfFleet {
                    doubt?.isOfFleet = true
                    return doubt
                }
                continue
            }
            seq = max(seq, envelope.seq)
            guard let known = doubt else { continue }
            doubt?.isFollowed = true
            let wasDurable = !isEndKnown || envelope.commit ?? 0 > known.seq
            if wasDurable || !known.hasZeros { doubt = nil }
        }
        return doubt
    }

    /// Behind the last line feed.
    private static func endOfLastLine(_ file: OpenFile, size: UInt64) throws(StoreError) -> UInt64 {
        var end = size
        var step: UInt64 = 4096
        while end > 0 {
            let start = end > step ? end - step : 0
            let bytes = try file.read(Int(end - start), at: start)
            if let place = bytes.lastIndex(of: 0x0a) { return start + UInt64(place) + 1 }
            end = start
            step = 256 << 10
        }
        return 0
    }
}

/// The end of what is durable, as the writer publishes it in `articles.end` after every fdatasync of articles.
///
/// What a living writer has written behind it may still be taken back, and its numbers given to other records, where
/// the disk is full or fails. Readers therefore stop there as long as the writer's lock is held. Without a writer (none
/// runs, the store is a copy) what `SegmentTail` says counts: the next writer keeps that too. The file is not synced after
/// each change: after a power loss it may be older than the articles, never newer.
///
///     SEQ SEGMENT OFFSET XXH3        each number of 20 digits, XXH3-64 of the bytes before it in 16 hex digits
struct DurableEnd: Equatable, Sendable {
    var seq: UInt64
    var segment: UInt64
    var offset: UInt64

    init(_ position: StorePosition) {
        seq = position.seq
        segment = position.segment
        offset = position.offset
    }

    /// Nil where there is none, or none that can be read.
    init?(in directory: StoreDirectory) throws(StoreError) {
        guard let file = try OpenFile.reading(directory.endFile) else { return nil }
        self.init(try file.read(80, at: 0))
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 80, bytes[79] == 0x0a, let checksum = Hex.bytes(bytes[63..<79]) else { return nil }
        var expected: [UInt8] = []
        Hex.append(Self.checksum(bytes), to: &expected)
        guard Hex.bytes(expected) == checksum else { return nil }
        func number(_ start: Int) -> UInt64? { UInt64(String(decoding: bytes[start..<start + 20], as: UTF8.self)) }
        guard let seq = number(0), let segment = number(21), let offset = number(42), seq <= StorePosition.highestSeq
        else { return nil }
        self.seq = seq
        self.segment = segment
        self.offset = offset
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<63])) }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(80)
        for value in [seq, segment, offset] {
            let digits = String(value).utf8
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 20 - digits.count))
            bytes.append(contentsOf: digits)
            bytes.append(UInt8(ascii: " "))
        }
        Hex.append(Self.checksum(bytes), to: &bytes)
        bytes.append(0x0a)
        return bytes
    }

    func publish(in directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        try directory.openFile(directory.endFile, in: directory.path, files).write(bytes, at: 0, files)
    }
}
