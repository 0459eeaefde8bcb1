internal import ArticleStore
internal import FeedModel
internal import Locking
internal import Logging
internal import newswire

/// `ArticleEvents` gives records as Server-Sent Events, as they are stored (WHATWG HTML §9.2): `id` is the record's number,
/// and `data` its line.
final class ArticleEvents: WebEvents {
    /// Why the stream ends, where who reads has to ask anew to hear why.
    struct Ended: Error {
        var reason: String
    }

    private struct State {
        var place: UInt64
        var filter: DumpFilter
        /// Of the feeds by which the filter was made.
        var generation: Int
        var saidAt: ContinuousClock.Instant?
    }

    /// Something is said at least so often, so that nobody on the way takes the connection for dead.
    private static let silence = Duration.seconds(15)
    private static let pieceBytes = 256 << 10

    private let request: ArticleRequest
    private let house: WebHouse
    private let now: @Sendable () -> Timestamp
    private let steady: @Sendable () -> ContinuousClock.Instant
    private let state: Locked<State>

    init(
        _ reading: ArticleReading, after place: UInt64, now: @escaping @Sendable () -> Timestamp,
        steady: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) throws {
        request = reading.request
        house = reading.house
        self.now = now
        self.steady = steady
        state = Locked(
            State(place: place, filter: try reading.filter(), generation: reading.feeds.generation))
    }

    func news() throws -> [UInt8] {
        try state.withLock { state in
            var bytes: [UInt8] = []
            do {
                try read(&state, to: &bytes)
            } catch let failure as Ended {
                throw failure
            } catch {
                // The store may be away for a moment: moved, mounted anew, put back from a copy.
                house.logger.debug("a stream of articles waits: \(error)")
            }
            let moment = steady()
            if bytes.isEmpty, state.saidAt.map({ moment - $0 < Self.silence }) ?? false { return [] }
            if bytes.isEmpty { bytes = Array(": so far \(state.place)\n\n".utf8) }
            state.saidAt = moment
            return bytes
        }
    }

    private func read(_ state: inout State, to bytes: inout [UInt8]) throws {
        var request = request
        request.after = state.place
        let reading = try ArticleReading(request, sanitizes: false, house, now: now())
        if let removed = reading.removed {
            // Whoever asks anew is told which records those were.
            throw Ended(reason: "records behind \(state.place) are gone, and \(removed.firstSeq) is the first")
        }
        if reading.lastSeq == state.place { return }
        if reading.feeds.generation != state.generation {
            // What was asked for goes on to be, whatever its id now.
            var renewed = request
            renewed.feeds = Set(request.feeds.flatMap { reading.feeds.ids(of: $0) ?? [$0] }).sorted()
            state.filter = try ArticleReading(renewed, sanitizes: false, house, now: now()).filter()
            state.generation = reading.feeds.generation
        }
        let batch = try reading.forward(
            after: state.place, limit: .max, state.filter, deadline: nil, bytes: Self.pieceBytes
        ) { taken, seq in
            let start = bytes.count
            bytes += Array("id: \(seq)\nevent: article\ndata: ".utf8)
            // A line ends with its line feed, and has no other: an event ends with an empty line.
            taken.withLine { bytes.append(contentsOf: $0) }
            bytes.append(UInt8(ascii: "\n"))
            return bytes.count - start
        }
        state.place = batch.place
    }
}
