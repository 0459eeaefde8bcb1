internal import ArticleStore
internal import FeedModel

/// A run of records as it was read.
struct RunOfRecords {
    var records: [SearchFileWriter.Record] = []
    /// The record before it is another than was there.
    var isOther = false
    private var markSeq: UInt64 = 0
    private var chain = ""
    private var firstTime: Int64?
    private var earliest = Int64.max
    private var latest = Int64.min

    mutating func add(_ slice: RecordSlice) {
        guard let time = slice.envelope.storedAt else { return }
        markSeq = slice.envelope.seq
        chain = String(decoding: slice.envelope.chainDigits, as: UTF8.self)
        firstTime = firstTime ?? time.seconds
        earliest = min(earliest, time.seconds)
        latest = max(latest, time.seconds)
        // A line whose checksum holds is JSON.
        guard slice.envelope.kind.isVersion, let stored = StoredRecord(line: slice.bytes) else { return }
        records.append(
            SearchFileWriter.Record(
                stored: stored, seq: slice.envelope.seq, kind: slice.envelope.kind, storedAt: time))
    }

    func extent(of span: SearchSpan, from: UInt64, through: UInt64) -> SearchExtent {
        SearchExtent(
            span: span, from: from, through: through, markSeq: markSeq, chain: chain, fromTime: firstTime ?? 0,
            earliest: earliest, latest: latest)
    }
}
