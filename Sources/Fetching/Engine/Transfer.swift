import Locking

/// `Transfer` is one fetch under way: its response, then its body block by block, then how it ended.
///
/// For one consumer, which asks in that order and may stop anywhere; what it does not take it need not take, but then
/// it calls `cancel`, or `outcome`, which discards the rest. A cancelled task cancels the transfer it waits for.
package final class Transfer: Sendable {
    let request: FetchRequest
    private let mailbox: Mailbox?
    private let shared: Locked<Shared>

    private struct Shared {
        var state = TransferState()
        var waiter: CheckedContinuation<Void, Never>?
        /// What is read where the transfer is of a local file, as long as the consumer wants more of it; else nil.
        var document: LocalDocument?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// - Parameter mailbox: of the engine that fetches it.
    init(_ request: FetchRequest, mailbox: Mailbox) {
        self.request = request
        self.mailbox = mailbox
        shared = Locked(Shared())
    }

    /// Makes a transfer without an engine: of a local file, or one that failed before it began.
    private init(_ request: FetchRequest, state: TransferState, document: LocalDocument? = nil) {
        self.request = request
        mailbox = nil
        shared = Locked(Shared(state: state, waiter: nil, document: document))
    }

    static func failed(_ request: FetchRequest, _ failure: FetchFailure) -> Transfer {
        var state = TransferState()
        state.finish(FetchOutcome(failure: failure), lastChunk: [], head: nil)
        return Transfer(request, state: state)
    }

    static func reading(_ document: LocalDocument, for request: FetchRequest) -> Transfer {
        let transfer = Transfer(request, state: TransferState(), document: document)
        document.read(for: transfer)
        return transfer
    }

    static func replaying(
        _ body: [UInt8], head: ResponseHead, outcome: FetchOutcome, for request: FetchRequest
    ) -> Transfer {
        var state = TransferState()
        state.finish(outcome, lastChunk: body, head: head)
        return Transfer(request, state: state)
    }

    /// Returns the last response after all redirects, once a block of the body or its end is there; nil where the fetch
    /// failed before there was one.
    package func response() async -> ResponseHead? {
        while true {
            let (step, news) = shared.withLock { ($0.state.takeResponse(), $0.state.news) }
            switch step {
            case .head(let head): return head
            case .none: return nil
            case .wait: await wait(since: news)
            case .ask(let redirect):
                let decision = await request.beforeRedirect?(redirect) ?? .go
                mailbox?.post(.proceed(self, decision))
            }
        }
    }

    /// Returns the next block of the decoded body; nil at its end. Only responses with a feed (200, 226) have one.
    package func nextChunk() async -> [UInt8]? {
        while true {
            let (step, news, document) = shared.withLock { shared in
                (shared.state.takeChunk(), shared.state.news, shared.document)
            }
            switch step {
            case .chunk(let bytes, let resume):
                if resume { mailbox?.post(.resume(self)) }
                return bytes
            case .end: return nil
            case .wait(hasHead: true):
                document?.read(for: self)
                await wait(since: news)
            case .wait(hasHead: false): _ = await response()
            }
        }
    }

    /// Returns how the fetch ended. Waits for that, discarding what is left of the body.
    package func outcome() async -> FetchOutcome {
        _ = await response()
        while await nextChunk() != nil {}
        // There is one: the body has ended.
        return shared.withLock { $0.state.peekOutcome() } ?? FetchOutcome(failure: .cancelled)
    }

    /// Ends the fetch at once. What waits of the body is discarded.
    package func cancel() {
        let (hadNotEnded, waiter) = shared.withLock { shared in
            shared.document = nil
            return (shared.state.cancel(), shared.takeWaiter())
        }
        waiter?.resume()
        if hadNotEnded { mailbox?.post(.drop(self)) }
    }

    private func wait(since news: UInt32) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = shared.withLock { shared in
                    if shared.state.news != news { return true }
                    precondition(shared.waiter == nil, "a transfer has one consumer")
                    shared.waiter = continuation
                    return false
                }
                if isLate { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }

    // MARK: The engine's thread

    /// Hands over a block of the body; the head comes with the first one.
    func deliver(_ chunk: [UInt8], head: ResponseHead?) {
        change { $0.deliver(chunk, head: head) }
    }

    func finish(_ outcome: FetchOutcome, lastChunk: [UInt8] = [], head: ResponseHead? = nil) {
        change { $0.finish(outcome, lastChunk: lastChunk, head: head) }
    }

    /// Lets the consumer decide on a redirect; the answer comes to the mailbox.
    func ask(_ redirect: Redirect) {
        change { $0.ask(redirect) }
    }

    /// Bytes that the consumer has not taken.
    var waitingBytes: Int { shared.withLock { $0.state.waitingBytes } }

    func pauseIfFull() -> Bool { shared.withLock { $0.state.pauseIfFull() } }

    private func change(_ body: (inout TransferState) -> Void) {
        let waiter = shared.withLock { shared in
            body(&shared.state)
            return shared.takeWaiter()
        }
        waiter?.resume()
    }
}

/// `TransferState` is what the engine's thread and the consumer of one transfer share, as a value: it decides, others act.
struct TransferState {
    /// The consumer is woken for so many bytes, or for the end.
    static let wakeBytes = 64 << 10
    /// The transfer rests while more than that waits.
    static let pauseBytes = 256 << 10

    private var head: ResponseHead?
    private var chunks: [[UInt8]] = []
    private(set) var waitingBytes = 0
    private var outcome: FetchOutcome?
    /// A redirect that the consumer has not been asked about yet.
    private var redirect: Redirect?
    private var isPaused = false
    /// Counts what has come, so that a consumer about to wait can tell that something just did.
    private(set) var news: UInt32 = 0

    // MARK: The engine's side

    /// A block of the body; the head comes with the first one.
    mutating func deliver(_ chunk: [UInt8], head: ResponseHead?) {
        guard outcome == nil else { return }
        if let head { self.head = head }
        append(chunk)
        news &+= 1
    }

    /// The end, with what is left of the body.
    mutating func finish(_ outcome: FetchOutcome, lastChunk: [UInt8], head: ResponseHead?) {
        guard self.outcome == nil else { return }
        if let head { self.head = head }
        append(lastChunk)
        self.outcome = outcome
        redirect = nil
        news &+= 1
    }

    mutating func ask(_ redirect: Redirect) {
        guard outcome == nil else { return }
        self.redirect = redirect
        news &+= 1
    }

    /// Whether the transfer is to rest until the consumer has taken what waits.
    mutating func pauseIfFull() -> Bool {
        if outcome == nil, waitingBytes > Self.pauseBytes { isPaused = true }
        return isPaused
    }

    private mutating func append(_ chunk: [UInt8]) {
        if chunk.isEmpty { return }
        waitingBytes += chunk.count
        chunks.append(chunk)
    }

    // MARK: The consumer's side

    enum Response {
        case wait, none
        case head(ResponseHead)
        case ask(Redirect)
    }

    mutating func takeResponse() -> Response {
        if let head { return .head(head) }
        if let redirect {
            self.redirect = nil
            return .ask(redirect)
        }
        return outcome == nil ? .wait : .none
    }

    enum Chunk {
        /// `hasHead`: for the body; without it, for the response first.
        case wait(hasHead: Bool)
        case end
        /// `resume`: the engine rests and is to go on.
        case chunk([UInt8], resume: Bool)
    }

    mutating func takeChunk() -> Chunk {
        guard !chunks.isEmpty else { return outcome == nil ? .wait(hasHead: head != nil) : .end }
        let chunk = chunks.removeFirst()
        waitingBytes -= chunk.count
        let resume = isPaused && chunks.isEmpty
        if resume { isPaused = false }
        return .chunk(chunk, resume: resume)
    }

    func peekOutcome() -> FetchOutcome? { outcome }

    /// Ends it from the consumer's side. Returns false where it had ended before.
    mutating func cancel() -> Bool {
        if outcome != nil { return false }
        chunks = []
        waitingBytes = 0
        redirect = nil
        outcome = FetchOutcome(failure: .cancelled)
        news &+= 1
        return true
    }
}
