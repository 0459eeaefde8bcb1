/// Whether the store still has the records that somebody has had.
extension StoreReader {
    package enum Standing: Sendable, Equatable {
        /// It is the record that was handed out.
        case same
        /// Another record has its number: the store was put back from an older copy, or replaced.
        case other
        /// The store ends before it.
        case beyond
        /// Neither the record nor what retention leaves of it can be read: there is nothing to compare.
        case unknown
    }

    /// Where to go on.
    package enum Place: Sendable, Equatable {
        /// Behind the last record of the trail.
        case here
        /// Not all that was handed out is what the store has; up to this number it is, for all that is known.
        case back(to: UInt64)
    }

    package func standing(of mark: RecordMark) throws(StoreError) -> Standing {
        if try lastSeq() < mark.seq { return .beyond }
        guard let there = try self.mark(of: mark.seq) else { return .unknown }
        return there == mark ? .same : .other
    }

    /// The record of a number as it is there, or as retention has left it; nil where it cannot be read.
    package func mark(of seq: UInt64) throws(StoreError) -> RecordMark? {
        if let line = try line(seq: seq) {
            return line.withUnsafeBytes { RecordEnvelope($0).map { RecordMark($0) } }
        }
        return try Segment.identities(in: directory).last { $0.firstSeq <= seq }?.mark(of: seq)
    }

    /// Where whoever has had the records of a trail goes on.
    ///
    /// What is removed meanwhile, or damaged, is no reason to go back: its number is given to no other record.
    /// - Parameter start: where to begin again if nothing of the trail is there any more.
    package func place(after trail: ReadingTrail, orElse start: UInt64) throws(StoreError) -> Place {
        guard let last = trail.last else { return .here }
        switch try standing(of: last) {
        case .same, .unknown: return .here
        case .other, .beyond: break
        }
        if let mark = try newestSame(of: trail) { return .back(to: mark.seq) }
        return .back(to: min(start, try lastSeq()))
    }

    /// The newest record of a trail that the store still has. Its last one, which the caller has looked for, is not asked
    /// for again.
    func newestSame(of trail: ReadingTrail) throws(StoreError) -> RecordMark? {
        for mark in trail.marks.dropLast().reversed() where try standing(of: mark) == .same { return mark }
        return nil
    }
}
