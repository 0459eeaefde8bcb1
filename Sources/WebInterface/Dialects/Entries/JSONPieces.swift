internal import JSONText

/// `JSONPieces` is a JSON answer with many like parts, written some at a time, so that a thousand long articles or a hundred
/// thousand feeds are never in memory together.
// Sendable because nobody asks it while another does (`WebPieces`).
final class JSONPieces: WebPieces, @unchecked Sendable {
    /// Writes the parts of a range of places.
    typealias Writer = (Range<Int>, inout JSONWriter) throws(WebFailure) -> Void

    /// A piece has about so many bytes.
    private static let pieceBytes = 64 << 10
    /// So many parts are written without a look at how long they have become.
    private static let batch = 20

    private let count: Int
    private let write: Writer
    private let tail: (inout JSONWriter) -> Void
    private var json = JSONWriter()
    private var place = 0
    private var isEnded = false

    /// Writes the first parts at once, so that what cannot be read is said before the answer has begun.
    ///
    /// - Parameters:
    ///   - count: how many parts there are.
    ///   - head: writes what is before the parts.
    ///   - tail: writes what is behind them.
    init(
        _ count: Int, head: (inout JSONWriter) -> Void, tail: @escaping (inout JSONWriter) -> Void,
        write: @escaping Writer
    ) throws(WebFailure) {
        self.count = count
        self.write = write
        self.tail = tail
        head(&json)
        try goOn()
    }

    func next() throws -> [UInt8]? {
        if isEnded { return nil }
        while place < count, json.count < Self.pieceBytes { try goOn() }
        if place >= count {
            tail(&json)
            isEnded = true
        }
        var piece: [UInt8] = []
        json.drain { piece = Array($0) }
        return piece
    }

    private func goOn() throws(WebFailure) {
        let places = place..<min(place + Self.batch, count)
        try write(places, &json)
        place = places.upperBound
    }

    /// The answer with these pieces.
    var answer: WebAnswer { WebAnswer(200, "application/json; charset=utf-8", .pieces(self)) }
}
