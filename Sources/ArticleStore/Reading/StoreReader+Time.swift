package import FeedModel

extension StoreReader {
    /// How far clocks may have gone back, in milliseconds, without `firstSeq` overlooking what was stored then.
    private static var clockMargin: Int64 { 24 * 3600 * 1000 }

    /// The number of the first record stored at `time` or later; one more than the last where there is none.
    ///
    /// Looks at the first line of some segments and reads those around that time. Later records may have been stored
    /// before `time`, where the clock was put back.
    package func firstSeq(storedSince time: Timestamp) throws(StoreError) -> UInt64 {
        let extent = try extent()
        var start = extent.segments.count
        while start > 0 {
            start -= 1
            guard let stored = try extent.segments[start].firstTime(limit: extent.limit(of: start)) else { continue }
            let (margin, overflow) = time.milliseconds.subtractingReportingOverflow(Self.clockMargin)
            if !overflow, stored.milliseconds < margin { break }
        }
        var last = extent.segments.first.map { $0.firstSeq - 1 } ?? 0
        for index in extent.segments.indices.dropFirst(start) {
            let segment = extent.segments[index]
            guard let file = try OpenFile.reading(segment.path) else { continue }
            var scanner = LineScanner(file, from: 0, limit: extent.limit(of: index))
            while let line = try scanner.nextLine() {
                guard let envelope = RecordEnvelope(line.bytes), let stored = envelope.storedAt,
                    RecordLine.isWhole(line.bytes)
                else { continue }
                if stored >= time { return envelope.seq }
                last = envelope.seq
            }
        }
        return last + 1
    }
}
