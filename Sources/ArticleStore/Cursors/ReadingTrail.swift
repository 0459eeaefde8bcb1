import Digest

/// A record that was handed out, by its number and its chain: together they are one record of one store.
package struct RecordMark: Equatable, Sendable {
    package let seq: UInt64
    /// The 64 digits of the chain, as its line has them: nothing is computed for a record that is only passed.
    let digits: SIMD64<UInt8>

    package init(_ envelope: RecordEnvelope) {
        seq = envelope.seq
        digits = envelope.chainText
    }

    /// - Parameter chain: 64 hexadecimal digits; nil for anything else.
    package init?(seq: UInt64, chain: some StringProtocol) {
        let bytes = Array(chain.lowercased().utf8)
        guard bytes.count == 64, Hex.bytes(bytes) != nil else { return nil }
        self.seq = seq
        digits = SIMD64(bytes)
    }

    package var chain: String { String(decoding: (0..<64).map { digits[$0] }, as: UTF8.self) }
}

/// The last records that are passed while many are read: to note each in a trail would take too long.
package struct RecentMarks: Sendable {
    private var marks: [RecordMark] = []
    private var next = 0

    private static let count = 32

    package init() {}

    package mutating func note(_ envelope: RecordEnvelope) {
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

/// Where a reader has been: the last record that it has had, and some before it, the closer the newer.
///
/// A store that was put back from an older copy gives numbers again, to other records. By the chains a reader notices, and
/// finds from where on the records are not those that it has had: at most twice as far back as need be.
package struct ReadingTrail: Equatable, Sendable {
    /// Ascending.
    package private(set) var marks: [RecordMark] = []

    /// More than `note` leaves of any numbers.
    private static let limit = 160

    package init() {}

    package var last: RecordMark? { marks.last }

    /// Goes on to a record; whoever went back has not had what was behind it.
    package mutating func note(_ mark: RecordMark) {
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
    package mutating func note(_ recent: RecentMarks) {
        for mark in recent.all { note(mark) }
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
