import FeedModel

extension Segment {
    /// When its first whole record was stored; nil where there is none. Reads a few lines.
    func firstTime() throws(StoreError) -> Timestamp? {
        guard let file = try OpenFile.reading(path) else { return nil }
        var scanner = LineScanner(file, from: 0, limit: .max, blockSize: 16 << 10)
        while let line = try scanner.nextLine() {
            if RecordLine.isWhole(line.bytes), let time = RecordEnvelope(line.bytes)?.storedAt { return time }
        }
        return nil
    }

    /// When its first record that says nothing of a doubtful clock was stored; nil where none of the first few does.
    /// Reads a few lines.
    func firstUndoubtedTime(limit: UInt64 = .max) throws(StoreError) -> Timestamp? {
        guard let file = try OpenFile.reading(path) else { return nil }
        var scanner = LineScanner(file, from: 0, limit: limit, blockSize: 16 << 10)
        for _ in 0..<16 {
            guard let line = try scanner.nextLine() else { return nil }
            if RecordLine.isWhole(line.bytes), let time = RecordEnvelope(line.bytes)?.undoubtedTime { return time }
        }
        return nil
    }

    /// The number of its last whole record; nil where there is none. Reads its end.
    func lastSeq() throws(StoreError) -> UInt64? {
        guard let file = try OpenFile.reading(path) else { return nil }
        return try SegmentSearch(file, self, limit: .max).lastSeq()
    }
}
