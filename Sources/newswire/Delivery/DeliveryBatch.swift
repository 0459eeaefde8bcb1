internal import ArticleStore

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
    /// Whether there may be more than was taken.
    private(set) var isFull = false

    /// Takes what stands behind number `seq` and the filter admits.
    ///
    /// - Parameter damage: what is no article any more and is left out.
    init(
        _ reader: StoreReader, after seq: UInt64, filter: DumpFilter, limit: Int, damage: (StoreDamage) -> Void
    ) throws {
        lastSeen = seq
        var batch = self
        try reader.read(after: seq, damage: damage) { record in
            if try filter.admits(record, in: reader) {
                if batch.count > 0, batch.bytes.count + record.bytes.count > Self.maximumBytes {
                    batch.isFull = true
                    return false
                }
                batch.add(record)
            }
            batch.lastSeen = record.envelope.seq
            batch.recent.pass(record.envelope)
            batch.isFull = batch.count >= limit
            return !batch.isFull
        }
        self = batch
    }

    /// The articles one by one, without the line feeds.
    var lines: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "\n")) }

    private mutating func add(_ record: RecordSlice) {
        bytes.append(contentsOf: record.bytes)
        count += 1
        if first == 0 { first = record.envelope.seq }
        last = record.envelope.seq
    }
}
