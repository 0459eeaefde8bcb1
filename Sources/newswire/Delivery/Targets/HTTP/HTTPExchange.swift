internal import CShims
internal import FeedModel
internal import Fetching
internal import Glibc
internal import Locking

/// One request of a delivery and its answer, on a thread that waits for it.
enum HTTPExchange {
    /// What came of a request.
    enum Ending: Sendable {
        case answered(HTTPAnswer)
        case failed(FetchFailure)
        /// newswire is to stop, and no answer came in time.
        case stopped
    }

    /// Bytes of an answer that are read; nobody needs more of it.
    static let answerLimit = 64 << 10

    /// Milliseconds that an answer has to come in, once newswire is to stop.
    private static let grace: Int64 = 10_000

    /// Sends it and waits. The request's own timeout ends it.
    ///
    /// - Parameter stop: readable once newswire is to stop.
    static func run(_ request: FetchRequest, by engine: FetchEngine, stop: Int32) -> Ending {
        let done = newswire_eventfd()
        guard done >= 0 else {
            return .failed(
                FetchFailure(
                    .resources, "waiting for an answer: \(SystemReason.text(errno))", advice: "raise LimitNOFILE="))
        }
        let result = Locked<Ending?>(nil)
        let transfer = engine.start(request)
        Task {
            let ending = await take(transfer)
            result.withLock { $0 = ending }
            // The descriptor stays open until this has been read.
            _ = eventfd_write(done, 1)
        }
        defer { close(done) }
        if DescriptorWait.poll(done, stop, for: DescriptorWait.forever) == .second {
            // What is nearly done may be finished: what was taken need not be sent again.
            if DescriptorWait.poll(done, -1, for: grace) != .first {
                transfer.cancel()
                _ = DescriptorWait.poll(done, -1, for: DescriptorWait.forever)
                return .stopped
            }
        }
        return result.withLock { $0 } ?? .stopped
    }

    private static func take(_ transfer: Transfer) async -> Ending {
        let head = await transfer.response()
        var body: [UInt8] = []
        while let chunk = await transfer.nextChunk() {
            body.append(contentsOf: chunk.prefix(answerLimit - body.count))
        }
        let outcome = await transfer.outcome()
        guard let head else { return .failed(outcome.failure ?? .cancelled) }
        return .answered(
            HTTPAnswer(head: head, body: body, isPublic: outcome.isPublicAddress))
    }
}

/// What a server said to a request of a delivery. Its head decides, even where the rest does not come to its end: the server
/// has the batch, and would get it twice.
struct HTTPAnswer: Sendable {
    let head: ResponseHead
    /// The beginning of it.
    let body: [UInt8]
    /// Whether the server is on a public address; nil where nobody knows.
    let isPublic: Bool?
}
