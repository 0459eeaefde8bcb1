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

    /// Something is said at least so often, so that nobody on the way takes the connection for dead, and who asks anew begins
    /// behind all that was looked at.
    private static let silence = Duration.seconds(15)
    private static let pieceBytes = 256 << 10

    private let request: ArticleRequest
    private let house: WebHouse
    private let now: @Sendable () -> Timestamp
    private let steady: @Sendable () -> ContinuousClock.Instant
    private let turn: Duration
    private let state: Locked<State>

    /// - Parameter turn: how long news may be looked for at a time.
    init(
        _ reading: ArticleReading, after place: UInt64, now: @escaping @Sendable () -> Timestamp,
        steady: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        turn: Duration = WebTurn.length
    ) throws {
        request = reading.request
        house = reading.house
        self.now = now
        self.steady = steady
        self.turn = turn
        state = Locked(
            State(place: place, filter: try reading.filter(), generation: reading.feeds.generation))
    }

    func news() throws -> WebNews {
        try state.withLock { state in
            var news = WebNews()
            do {
                try read(&state, to: &news)
            } catch let failure as Ended {
                throw failure
            } catch {
                // The store may be away for a moment: moved, mounted anew, put back from a copy.
                house.logger.debug("a stream of articles waits: \(error)")
            }
            let moment = steady()
            if news.bytes.isEmpty, state.saidAt.map({ moment - $0 < Self.silence }) ?? false { return news }
            // An event without data is none, and yet its id is what comes back as Last-Event-ID.
            if news.bytes.isEmpty { news.bytes = Array(": so far\nid: \(state.place)\n\n".utf8) }
            state.saidAt = moment
            return news
        }
    }

    private func read(_ state: inout State, to news: inout WebNews) throws {
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
            after: state.place, limit: .max, state.filter, deadline: ContinuousClock.now + turn,
            bytes: Self.pieceBytes
        ) { taken, seq in
            let start = news.bytes.count
            news.bytes += Array("id: \(seq)\nevent: article\ndata: ".utf8)
            // A line ends with its line feed, and has no other: an event ends with an empty line.
            taken.withLine { news.bytes.append(contentsOf: $0) }
            news.bytes.append(UInt8(ascii: "\n"))
            return news.bytes.count - start
        }
        state.place = batch.place
        news.hasMore = !batch.isOver
    }
}
