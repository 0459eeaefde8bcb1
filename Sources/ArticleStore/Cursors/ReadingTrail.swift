import Digest

/// `RecordMark` names a record that was handed out, by its number and its chain: together they are one record of one
/// store.
package struct RecordMark: Equatable, Sendable {
    /// The record's number.
    package let seq: UInt64
    /// The 64 digits of the chain, as its line has them: nothing is computed for a record that is only passed.
    let digits: SIMD64<UInt8>

    /// Makes the mark of a record that is at hand.
    package init(_ envelope: RecordEnvelope) {
        seq = envelope.seq
        digits = envelope.chainText
    }

    /// Makes the mark of a record that a person or a file names.
    ///
    /// - Parameter chain: 64 hexadecimal digits; nil for anything else.
    package init?(seq: UInt64, chain: some StringProtocol) {
        let bytes = Array(chain.lowercased().utf8)
        guard bytes.count == 64, Hex.bytes(bytes) != nil else { return nil }
        self.seq = seq
        digits = SIMD64(bytes)
    }

    /// The chain is given as 64 hexadecimal digits.
    package var chain: String { String(decoding: (0..<64).map { digits[$0] }, as: UTF8.self) }
}

/// `RecentMarks` keeps the last records that are passed while many are read: to put each into a trail would take too
/// long.
package struct RecentMarks: Sendable {
    private var marks: [RecordMark] = []
    private var next = 0

    private static let count = 32

    /// Begins with no record.
    package init() {}

    /// Takes in the next record that was passed.
    package mutating func pass(_ envelope: RecordEnvelope) {
        if marks.count < Self.count {
            marks.append(RecordMark(envelope))
        } else {
            marks[next] = RecordMark(envelope)
            next = (next + 1) % Self.count
        }
    }

    /// In the order in which they came.
    fileprivate var all: [RecordMark] { Array(marks[next...] + marks[..<next]) }
}

/// `ReadingTrail` says where a reader has been: the last record that it has had, and some before it, of which there are
/// the more the newer they are.
///
/// A store that was put back from an older copy gives numbers again, to other records. By the chains a reader notices, and
/// finds from where on the records are not those that it has had: at most twice as far back as need be.
package struct ReadingTrail: Equatable, Sendable {
    /// The marks stand in the order of their numbers.
    package private(set) var marks: [RecordMark] = []

    /// More than `pass` leaves of any numbers.
    private static let limit = 160

    /// Makes the trail of a reader that has had nothing.
    package init() {}

    /// The last record that was passed; nil where none was.
    package var last: RecordMark? { marks.last }

    /// Goes on to a record. Where it lies before others of the trail the reader has gone back, and has not had those.
    package mutating func pass(_ mark: RecordMark) {
        goBack(to: mark.seq)
        if last?.seq == mark.seq { marks.removeLast() }
        marks.append(mark)
        var kept: [RecordMark] = []
        for place in marks.indices.reversed() {
            // Where the one before it is at most twice as far back as the one behind it, that one will do.
            if place > 0, kept.count > 2, let newer = kept.last,
                mark.seq - marks[place - 1].seq <= 2 * (mark.seq - newer.seq)
            {
                continue
            }
            kept.append(marks[place])
        }
        marks = kept.prefix(Self.limit).reversed()
    }

    /// Goes on over some records to the last of them.
    package mutating func pass(_ recent: RecentMarks) {
        for mark in recent.all { pass(mark) }
    }

    /// Forgets what is behind a number.
    package mutating func goBack(to seq: UInt64) {
        while let last, last.seq > seq { marks.removeLast() }
    }

    /// A line for each mark, the newest first: `SEQ CHAIN`.
    var text: String { marks.reversed().map { "\($0.seq) \($0.chain)\n" }.joined() }

    /// Nil for what `text` does not make.
    init?(_ text: String) {
        guard text.utf8.last == 0x0a else { return nil }
        for line in text.split(separator: "\n").reversed() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let seq = UInt64(words[0]), seq > last?.seq ?? 0,
                let mark = RecordMark(seq: seq, chain: words[1]), marks.count < Self.limit
            else { return nil }
            marks.append(mark)
        }
    }
}

/// Whether the store still has the records that somebody has had.
extension StoreReader {
    /// `Standing` answers whether the store still has a record that somebody has had.
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

    /// `Place` answers where a reader goes on.
    package enum Place: Sendable, Equatable {
        /// Behind the last record of the trail.
        case here
        /// Not all that was handed out is what the store has; up to this number it is, for all that is known.
        case back(to: UInt64)
    }

    /// Tells whether the store has the very record of a mark. Reads that record.
    package func standing(of mark: RecordMark) throws(StoreError) -> Standing {
        let extent = try extent()
        if try lastSeq(in: extent) < mark.seq { return .beyond }
        guard let there = try self.mark(of: mark.seq, in: extent) else { return .unknown }
        return there == mark ? .same : .other
    }

    /// Returns the mark of the record of a number, as it is there or as retention has left it; nil where it cannot be
    /// read.
    package func mark(of seq: UInt64) throws(StoreError) -> RecordMark? { try mark(of: seq, in: try extent()) }

    private func mark(of seq: UInt64, in extent: Extent) throws(StoreError) -> RecordMark? {
        if let line = try line(seq: seq, in: extent) {
            return line.withUnsafeBytes { RecordEnvelope($0).map { RecordMark($0) } }
        }
        return try Segment.identities(in: directory).last { $0.firstSeq <= seq }?.mark(of: seq)
    }

    /// Tells where whoever has had the records of a trail goes on.
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
