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
