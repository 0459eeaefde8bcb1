internal import ArticleStore
internal import FeedModel

/// Articles that are delivered together.
struct DeliveryBatch {
    /// A batch is closed once it is as large, whatever the number of its articles; it holds one at least.
    static let maximumBytes = 16 << 20

    /// Lines of JSON, as the store holds them.
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    private(set) var first: UInt64 = 0
    private(set) var last: UInt64 = 0
    /// The last record that was looked at, admitted or not: where the cursor goes when the batch is delivered.
    private(set) var lastSeen: UInt64
    /// Which records were looked at last.
    private(set) var recent = RecentMarks()
    /// Of so many it is not known whether they are what was asked for.
    private(set) var undecided = 0
    /// Until when the next article is held back, as its page may still come; nil where none is.
    private(set) var heldUntil: Timestamp?
    /// Whether there may be more than was taken.
    private(set) var isFull = false
    /// Whether it ends where it does only so that the cursor moves past what is not asked for.
    private(set) var isPause = false

    /// Takes what stands behind number `seq`, as far as `end`, and the filter admits.
    ///
    /// - Parameters:
    ///   - expected: bytes for which room is made at once; more are taken all the same.
    ///   - longestLook: so many records are looked at for the first article. Whoever asks for what is rare would else read
    ///     all of a store again after a kill.
    ///   - damage: what is no article any more and is left out.
    ///   - removed: the numbers of what retention has removed.
    init(
        _ reader: StoreReader, after seq: UInt64, through end: UInt64, filter: DumpFilter, limit: Int,
        expected: Int = 0, longestLook: Int = 10_000,
        damage: (StoreDamage) -> Void, removed: (ClosedRange<UInt64>) -> Void
    ) throws {
        lastSeen = seq
        var batch = self
        batch.bytes.reserveCapacity(min(expected, Self.maximumBytes))
        var looked = 0
        try filter.fullText?.begin(after: seq, in: reader)
        try reader.read(after: seq, damage: damage, removed: removed) { record in
            if record.envelope.seq > end { return false }
            filter.fullText?.look(at: record.envelope.seq)
            if let taken = try filter.given(record, in: reader) {
                if let until = taken.heldUntil {
                    batch.heldUntil = until
                    return false
                }
                let isAdded = taken.withLine { batch.add($0, seq: record.envelope.seq) }
                guard isAdded else {
                    batch.isFull = true
                    return false
                }
                if taken.isUndecided { batch.undecided += 1 }
            }
            batch.lastSeen = record.envelope.seq
            batch.recent.pass(record.envelope)
            batch.isFull = batch.count >= limit
            looked += 1
            batch.isPause = batch.count == 0 && looked >= longestLook
            return !batch.isFull && !batch.isPause
        }
        self = batch
    }

    /// The articles one by one, without the line feeds.
    var lines: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "\n")) }

    /// - Returns: whether there was room for it.
    private mutating func add(_ line: UnsafeRawBufferPointer, seq: UInt64) -> Bool {
        if count > 0, bytes.count + line.count > Self.maximumBytes { return false }
        bytes.append(contentsOf: line)
        count += 1
        if first == 0 { first = seq }
        last = seq
        return true
    }
}
