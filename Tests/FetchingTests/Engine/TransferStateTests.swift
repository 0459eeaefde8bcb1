import Digest
import FeedModel
import Testing

@testable import Fetching

@Suite("The state of a transfer decides who waits and who goes on")
struct TransferStateTests {
    private var state = TransferState()
    private let head = ResponseHead(
        status: 200, effectiveURL: "http://a/", redirects: [], fields: HeaderFields(),
        receivedAt: Timestamp(seconds: 0),
        responseDelayMilliseconds: 0, requestSignature: RequestSignature(hash: Hash128(high: 0, low: 0)),
        wasConditional: false)

    @Test("A small response is there at once, with its head, body and outcome")
    mutating func aSmallResponseIsThereAtOnce() {
        let before = state.news
        state.finish(FetchOutcome(), lastChunk: [1, 2], head: head)
        #expect(state.news == before &+ 1)
        guard case .head = state.takeResponse() else { return #expect(Bool(false)) }
        guard case .chunk([1, 2], resume: false) = state.takeChunk() else { return #expect(Bool(false)) }
        guard case .end = state.takeChunk() else { return #expect(Bool(false)) }
        #expect(state.peekOutcome() != nil)
    }

    @Test("A transfer rests above the mark, and goes on once all that waits is taken")
    mutating func itRestsAboveTheMarkAndGoesOnOnceAllIsTaken() {
        let block = [UInt8](repeating: 0, count: TransferState.wakeBytes)
        for _ in 0..<4 { state.deliver(block, head: head) }
        let isPausedEarly = state.pauseIfFull()
        #expect(!isPausedEarly)
        state.deliver(block, head: nil)
        let isPaused = state.pauseIfFull()
        #expect(isPaused)
        for _ in 0..<4 {
            guard case .chunk(_, resume: false) = state.takeChunk() else { return #expect(Bool(false)) }
        }
        guard case .chunk(_, resume: true) = state.takeChunk() else { return #expect(Bool(false)) }
        guard case .wait(hasHead: true) = state.takeChunk() else { return #expect(Bool(false)) }
        let isPausedAgain = state.pauseIfFull()
        #expect(!isPausedAgain)
    }

    @Test("A transfer that has ended takes in nothing else")
    mutating func afterTheEndNothingElseCounts() {
        let (first, second) = (state.cancel(), state.cancel())
        #expect(first)
        #expect(!second)
        state.deliver([1], head: head)
        state.ask(Redirect(from: "a", to: "b", status: 301))
        state.finish(FetchOutcome(), lastChunk: [1], head: head)
        guard case .none = state.takeResponse() else { return #expect(Bool(false)) }
        guard case .end = state.takeChunk() else { return #expect(Bool(false)) }
        #expect(state.peekOutcome()?.failure == .cancelled)
        let isPaused = state.pauseIfFull()
        #expect(!isPaused)
    }

    @Test("The consumer is asked about a redirect once")
    mutating func aHopIsAskedAboutOnce() {
        state.ask(Redirect(from: "a", to: "b", status: 301))
        guard case .ask = state.takeResponse() else { return #expect(Bool(false)) }
        guard case .wait = state.takeResponse() else { return #expect(Bool(false)) }
    }
}
