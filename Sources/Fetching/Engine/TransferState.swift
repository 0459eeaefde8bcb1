/// What the engine's thread and the consumer of one transfer share, as a value: it decides, others act.
struct TransferState {
    /// The consumer is woken for so many bytes, or for the end.
    static let wakeBytes = 64 << 10
    /// The transfer rests while more than that waits.
    static let pauseBytes = 256 << 10

    private var head: ResponseHead?
    private var chunks: [[UInt8]] = []
    private(set) var waitingBytes = 0
    private var outcome: FetchOutcome?
    private var hop: Hop?
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
        hop = nil
        news &+= 1
    }

    mutating func ask(_ hop: Hop) {
        guard outcome == nil else { return }
        self.hop = hop
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
        case ask(Hop)
    }

    mutating func takeResponse() -> Response {
        if let head { return .head(head) }
        if let hop {
            self.hop = nil
            return .ask(hop)
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
        hop = nil
        outcome = FetchOutcome(failure: .cancelled)
        news &+= 1
        return true
    }
}
