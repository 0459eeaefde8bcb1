internal import ArticleStore
internal import FeedModel
internal import Locking
internal import newswire

/// `ArticlePieces` gives what `newswire dump` prints, piece by piece. Lines of the store are copied unparsed.
final class ArticlePieces: WebPieces {
    private struct State {
        var format: (any ArticleFormat)?
        var place: UInt64
        var left: Int
        var hasBegun = false
        var hasEnded = false
    }

    private static let pieceBytes = 128 << 10

    private let reading: ArticleReading
    private let turn: Duration
    private let filter: Locked<DumpFilter>
    private let state: Locked<State>

    /// - Parameter turn: how long one piece may be looked for.
    /// - Throws: `ArticleReading.Removed` where there is a gap at the beginning, so that this can still be said.
    init(_ reading: ArticleReading, _ format: DumpFormat, limit: Int, turn: Duration = WebTurn.length) throws {
        self.reading = reading
        self.turn = turn
        filter = Locked(try reading.filter())
        let updated = format == .atom ? try reading.reader.lastStored() : nil
        state = Locked(
            State(
                format: format.articles(
                    sanitize: reading.sanitizes, urls: false, updated: updated ?? reading.now, width: nil),
                place: try reading.start(), left: limit))
    }

    func next() throws -> [UInt8]? {
        try state.withLock { state in
            if state.hasEnded { return nil }
            var bytes: [UInt8] = []
            if !state.hasBegun {
                bytes += Array((state.format?.prologue ?? "").utf8)
                state.hasBegun = true
            }
            try read(&state, to: &bytes)
            if state.hasEnded { bytes += Array((state.format?.epilogue ?? "").utf8) }
            return state.hasEnded && bytes.isEmpty ? nil : bytes
        }
    }

    private func read(_ state: inout State, to bytes: inout [UInt8]) throws {
        let batch = try reading.forward(
            after: state.place, limit: state.left, filter.withLock { $0 }, deadline: ContinuousClock.now + turn,
            bytes: Self.pieceBytes
        ) { taken, _ in
            let start = bytes.count
            if state.format == nil {
                taken.withLine { bytes.append(contentsOf: $0) }
            } else {
                let record = try taken.record()
                state.format?.append(reading.sanitizes ? record.sanitizingHTML() : record, to: &bytes)
            }
            state.left -= 1
            return bytes.count - start
        }
        state.place = batch.place
        state.hasEnded = batch.isOver || state.left == 0
    }
}
