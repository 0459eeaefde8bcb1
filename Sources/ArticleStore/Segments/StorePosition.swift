/// A place behind a record.
struct StorePosition: Equatable, Sendable {
    /// The last record before it; 0 before the first.
    var seq: UInt64 = 0
    /// That record's chain.
    var chain: [UInt8] = RecordWriter.firstChain
    /// The first number of the segment that it stands in; 0 where there is none yet.
    var segment: UInt64 = 0
    var offset: UInt64 = 0

    /// No record has a higher number, whatever somebody has written into the folder: a line or a segment with one is damage,
    /// and a commit that needs one is refused.
    static let highestSeq = UInt64.max >> 1
}

extension StorePosition {
    /// Whether a record of that number and chain ends there.
    func isPlace(in segments: [Segment]) throws(StoreError) -> Bool {
        if segment == 0 { return seq == 0 && (segments.first?.firstSeq ?? 1) == 1 }
        guard let there = segments.first(where: { $0.firstSeq == segment }),
            let file = try OpenFile.reading(there.path), try file.size() >= offset
        else { return false }
        let length = min(offset, UInt64(RecordEnvelope.maximumFeedLength) + 1024)
        let tail = try file.read(Int(length), at: offset - length)
        return tail.withUnsafeBytes { tail in
            guard let envelope = RecordEnvelope(tail), tail.last == 0x0a else { return false }
            return envelope.seq == seq && envelope.chain == chain
        }
    }
}
