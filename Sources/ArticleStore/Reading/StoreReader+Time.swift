package import FeedModel

extension StoreReader {
    /// As many segments in a row, from the end back, must begin before a time for those before them not to be looked at.
    private static let certainty = 64

    /// Which of the times in the store can be right, and where what was stored at `time` or later begins.
    ///
    /// Looks at the first lines of the segments from the end back to well before `time`, and reads those around it.
    ///
    /// - Parameter now: what claims to be from later is not believed.
    package func place(
        storedSince time: Timestamp, now: Timestamp
    ) throws(StoreError) -> (firstSeq: UInt64, times: StoredTimes) {
        let extent = try extent()
        let (beginning, isBeforeAll) = time.milliseconds.subtractingReportingOverflow(StoredTimes.tolerance)
        let margin = Timestamp(milliseconds: isBeforeAll ? .min : beginning)
        var firsts: [(seq: UInt64, time: Timestamp?)] = []
        var before = 0
        for index in extent.segments.indices.reversed() where before < Self.certainty {
            let segment = extent.segments[index]
            let first = try segment.firstUndoubtedTime(limit: extent.limit(of: index))
            firsts.append((segment.firstSeq, first))
            before = first.map { $0 < margin } ?? true ? before + 1 : 0
        }
        firsts.reverse()
        let times = StoredTimes(firsts, now: now)
        // The last segment before the first that may have begun since then.
        let offset = extent.segments.count - firsts.count
        let believed = firsts.map { first in
            first.time.flatMap { times.believes($0, seq: first.seq) ? $0 : nil }
        }
        let later = believed.firstIndex { $0.map { $0 >= margin } ?? false } ?? believed.count
        let start = believed[..<later].lastIndex { $0 != nil } ?? 0
        var last = firsts.first.map { $0.seq - 1 } ?? 0
        for index in extent.segments.indices.dropFirst(offset + start) {
            let segment = extent.segments[index]
            guard let file = try OpenFile.reading(segment.path) else { continue }
            var scanner = LineScanner(file, from: 0, limit: extent.limit(of: index))
            while let line = try scanner.nextLine() {
                guard let envelope = RecordEnvelope(line.bytes), RecordLine.isWhole(line.bytes),
                    let stored = envelope.undoubtedTime, times.believes(stored, seq: envelope.seq)
                else { continue }
                // Between the last that was surely stored before and the first that was not nobody knows: they count.
                if stored >= time { return (last + 1, times) }
                last = envelope.seq
            }
        }
        return (last + 1, times)
    }

    /// The number of the first record stored at `time` or later; one more than the last where there is none.
    ///
    /// Records whose own time cannot be right count as stored with the one behind them. Later records may have been stored
    /// before `time`, where the clock was put back.
    package func firstSeq(storedSince time: Timestamp, now: Timestamp) throws(StoreError) -> UInt64 {
        try place(storedSince: time, now: now).firstSeq
    }

    /// Which of the times in the store can be right.
    package func storedTimes(now: Timestamp) throws(StoreError) -> StoredTimes {
        let extent = try extent()
        var firsts: [(seq: UInt64, time: Timestamp?)] = []
        for (index, segment) in extent.segments.enumerated() {
            firsts.append((segment.firstSeq, try segment.firstUndoubtedTime(limit: extent.limit(of: index))))
        }
        return StoredTimes(firsts, now: now)
    }
}
