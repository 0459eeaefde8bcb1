import FeedModel

/// A file of articles, named by the number of its first record; or what retention has left of one, in a file of the same
/// name.
struct Segment: Equatable, Sendable {
    var firstSeq: UInt64
    var path: String

    init(firstSeq: UInt64, in directory: StoreDirectory) {
        self.init(firstSeq: firstSeq, folder: directory.articles)
    }

    init(firstSeq: UInt64, folder: String) {
        self.firstSeq = firstSeq
        let digits = String(firstSeq)
        path = "\(folder)/\(String(repeating: "0", count: 20 - digits.count))\(digits).jsonl"
    }

    /// All segments in order. Files with other names are not newswire's.
    static func all(in directory: StoreDirectory) throws(StoreError) -> [Segment] {
        try all(folder: directory.articles)
    }

    /// What is left of removed segments, in order, each file of one or more of them; with that of segments whose removal
    /// was cut short, and without files that others have taken in (`IdentityFiles`).
    static func identities(in directory: StoreDirectory) throws(StoreError) -> [Segment] {
        var result: [Segment] = []
        var last: RecordMark?
        for segment in try all(folder: directory.identities) {
            let mark = try segment.lastMark()
            if let before = result.last, let last, let mark, mark.seq <= last.seq, try before.mark(of: mark.seq) == mark
            {
                continue
            }
            result.append(segment)
            last = mark
        }
        return result
    }

    /// The first number of the segment behind one of them; `.max` behind the last.
    static func next(after segment: Segment, in segments: [Segment]) -> UInt64 {
        guard let place = segments.firstIndex(of: segment), place + 1 < segments.count else { return .max }
        return segments[place + 1].firstSeq
    }

    static func all(folder: String) throws(StoreError) -> [Segment] {
        var result: [Segment] = []
        for name in try fileNames(in: folder) {
            let name = name.utf8
            guard name.count == 26, name.suffix(6).elementsEqual(".jsonl".utf8),
                name.prefix(20).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let seq = UInt64(String(decoding: name.prefix(20), as: UTF8.self)), seq > 0,
                seq <= StorePosition.highestSeq
            else { continue }
            result.append(Segment(firstSeq: seq, folder: folder))
        }
        result.sort { $0.firstSeq < $1.firstSeq }
        return result
    }
}

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

/// What a file of identities that retention has left has.
extension Segment {
    /// The last whole record; nil where there is none. Reads the file's end.
    private func lastMark() throws(StoreError) -> RecordMark? {
        guard let file = try OpenFile.reading(path) else { return nil }
        return try SegmentSearch(file, self, limit: .max).last { RecordMark($0) }
    }

    /// The whole record of a number; nil where it is not there.
    func mark(of seq: UInt64) throws(StoreError) -> RecordMark? {
        guard seq > 0, let file = try OpenFile.reading(path) else { return nil }
        let place = try SegmentSearch(file, self, limit: .max).offset(after: seq - 1)
        var scanner = LineScanner(file, from: place.offset)
        while let line = try scanner.nextLine() {
            guard line.isEnded, RecordLine.isWhole(line.bytes), let envelope = RecordEnvelope(line.bytes),
                envelope.seq >= seq
            else { continue }
            return envelope.seq == seq ? RecordMark(envelope) : nil
        }
        return nil
    }
}
