import Digest
import FeedModel
import Glibc

/// `Rendered` is what a commit writes, before any of it is on the disk: lines for one place of the articles, and what they
/// mean for the index. A fleet's machine makes it of its own records (`ArticleStore.render`) or of lines of the log
/// (`ArticleStore.check`), and what it writes with `ArticleStore.apply` are exactly these.
package struct Rendered: Sendable {
    /// Holds the lines.
    private let body: [UInt8]
    /// Where the lines are in it, all of them, each with its line feed.
    private let range: Range<Int>
    /// Where in the body those lines begin that are the first of a segment; and their numbers.
    private let segmentStarts: [(offset: Int, seq: UInt64)]
    /// Where the first line goes.
    let begin: LinePlace
    /// Behind the last line.
    let end: LinePlace
    /// What the lines mean for the index, in their order.
    let entries: [ArticleIndex.Entry]
    /// When the last of them was stored, as it is written there; empty where there are none.
    let lastTime: [UInt8]
    /// Records that no line can hold.
    let refused: [CommitResult.Refusal]

    init(
        body: [UInt8], range: Range<Int>, segmentStarts: [(offset: Int, seq: UInt64)], from begin: LinePlace,
        to end: LinePlace, entries: [ArticleIndex.Entry], lastTime: [UInt8], refused: [CommitResult.Refusal] = []
    ) {
        self.body = body
        self.range = range
        self.segmentStarts = segmentStarts
        self.begin = begin
        self.end = end
        self.entries = entries
        self.lastTime = lastTime
        self.refused = refused
    }

    /// How many lines there are.
    package var count: Int { Int(end.position.seq - begin.position.seq) }

    /// What is stored once the lines are.
    package var result: CommitResult {
        CommitResult(firstSeq: begin.position.seq + 1, count: count, refused: refused)
    }

    /// The bytes of all lines, with their line feeds.
    package var lines: ArraySlice<UInt8> { body[range] }

    /// The numbers of the records that begin a segment.
    package var segments: [UInt64] { segmentStarts.map(\.seq) }

    /// Where the articles end with it.
    package var head: StoreHead { StoreHead(end.position) }

    /// The lines one by one, without their line feeds.
    package func eachLine() -> [ArraySlice<UInt8>] { lines.split(separator: 0x0a) }

    /// Hands over the lines segment by segment.
    func forEachPiece(
        _ write: (_ lines: UnsafeRawBufferPointer, _ segment: UInt64) throws(StoreError) -> Void
    ) throws(StoreError) {
        var pieces: [(range: Range<Int>, segment: UInt64)] = []
        var (start, segment) = (range.lowerBound, begin.position.segment)
        for next in segmentStarts {
            if next.offset > start { pieces.append((start..<next.offset, segment)) }
            (start, segment) = next
        }
        if range.upperBound > start { pieces.append((start..<range.upperBound, segment)) }
        let result = body.withUnsafeBytes { bytes in
            Result { () throws(StoreError) in
                for piece in pieces {
                    try write(UnsafeRawBufferPointer(rebasing: bytes[piece.range]), piece.segment)
                }
            }
        }
        try result.get()
    }
}

/// `StoreHead` is how far a store's records go: whoever keeps it can tell later that nothing before it has changed since.
package struct StoreHead: Sendable, Equatable {
    /// The number of the last record; 0 before the first.
    package let seq: UInt64
    /// That record's chain, 32 bytes: 32 zeros before the first.
    package let chain: [UInt8]

    package init(seq: UInt64, chain: [UInt8]) {
        self.seq = seq
        self.chain = chain
    }

    init(_ position: StorePosition) {
        self.init(seq: position.seq, chain: position.chain)
    }
}

/// `LogFault` is what is wrong with lines that came from the fleet's log: they are not written, and none behind them.
package struct LogFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case line = "the record is damaged"
        case order = "the record's number is not the next one"
        case chain = "the record does not follow the one that is here before it"
        case segment = "the record begins a segment here and not there, or there and not here"
        case other = "the record is another one here"
        case missing = "the log has no such record, and this store has"
    }

    package var kind: Kind
    /// The number that the record has, or should have.
    package var seq: UInt64

    package init(_ kind: Kind, seq: UInt64) {
        self.kind = kind
        self.seq = seq
    }

    package var description: String { "seq \(seq): \(kind.rawValue)" }
}

/// Makes of lines of the log what is to be written of them: each is held against the one before.
struct LogLineCheck {
    private let body: [UInt8]
    private let writer = RecordWriter()

    init(_ body: [UInt8]) {
        self.body = body
    }

    /// - Parameters:
    ///   - range: where lines are in the body, each with its line feed.
    ///   - segments: the numbers of those that begin a segment.
    ///   - place: where they go.
    func rendered(_ range: Range<Int>, segments: [UInt64], at place: LinePlace) throws(LogFault) -> Rendered {
        let segments = Set(segments)
        var end = place
        var starts: [(offset: Int, seq: UInt64)] = []
        var entries: [ArticleIndex.Entry] = []
        var lastTime: [UInt8] = []
        let result = body.withUnsafeBytes { bytes in
            Result { () throws(LogFault) in
                var start = range.lowerBound
                while start < range.upperBound {
                    let seq = end.position.seq + 1
                    let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<range.upperBound])
                    // Not nil: there are bytes.
                    guard let feed = memchr(rest.baseAddress!, 0x0a, rest.count) else {
                        throw LogFault(.line, seq: seq)
                    }
                    let length = UnsafeRawPointer(feed) - rest.baseAddress! + 1
                    let line = UnsafeRawBufferPointer(rebasing: rest[..<length])
                    let envelope = try self.envelope(of: line, seq)
                    if segments.contains(seq) || !end.isInSegment {
                        guard segments.contains(seq), envelope.previousChain == end.position.chain else {
                            throw LogFault(.segment, seq: seq)
                        }
                        starts.append((start, seq))
                        end.position.segment = seq
                        end.position.offset = 0
                        end.isInSegment = true
                        end.segmentStart = envelope.storedAt
                    } else if envelope.previousChain != nil {
                        throw LogFault(.segment, seq: seq)
                    }
                    end.position.chain = try chain(of: line, after: end.position.chain, seq)
                    end.position.seq = seq
                    end.position.offset += UInt64(length)
                    guard let entry = ArticleIndex.Entry(envelope) else { throw LogFault(.line, seq: seq) }
                    entries.append(entry)
                    lastTime = Array(envelope.storedAtText)
                    start += length
                }
            }
        }
        try result.get()
        return Rendered(
            body: body, range: range, segmentStarts: starts, from: place, to: end, entries: entries, lastTime: lastTime)
    }

    private func envelope(of line: UnsafeRawBufferPointer, _ seq: UInt64) throws(LogFault) -> RecordEnvelope {
        guard line.count <= RecordLine.maximumLength, RecordLine.isWhole(line), let envelope = RecordEnvelope(line)
        else {
            throw LogFault(.line, seq: seq)
        }
        guard envelope.seq == seq else { throw LogFault(.order, seq: seq) }
        return envelope
    }

    private func chain(of line: UnsafeRawBufferPointer, after: [UInt8], _ seq: UInt64) throws(LogFault) -> [UInt8] {
        let (content, claim) = RecordLine.chained(line)
        let chain = writer.chain(after: after, content)
        guard chain == claim else { throw LogFault(.chain, seq: seq) }
        return chain
    }
}
