import FeedModel
import Locking

/// A local document as a transfer hands it out: opened and read a few blocks at a time, on threads of its own, each time
/// that the consumer has taken all that there was.
final class LocalDocument: Sendable {
    private struct State {
        /// Open between two readings.
        var file: LocalFile?
        /// The end has come, or something has gone wrong.
        var isOver = false
        var isReading = false
        /// The consumer has taken what was handed over before the reading of it had ended.
        var isWanted = false
    }

    private let url: String
    private let limit: Int
    private let head: ResponseHead
    private let threads: FileThreads
    private let state = Locked(State())

    init(url: String, limit: Int, head: ResponseHead, threads: FileThreads) {
        self.url = url
        self.limit = limit
        self.head = head
        self.threads = threads
    }

    /// Reads on, and hands over to the transfer what comes. Returns at once.
    func read(for transfer: Transfer) {
        let isFree = state.withLock { state in
            if state.isReading { state.isWanted = true }
            defer { state.isReading = true }
            return !state.isReading
        }
        guard isFree else { return }
        threads.run {
            repeat { self.readNow(for: transfer) } while self.isWanted
        } noAnswer: {
            transfer.finish(
                FetchOutcome(
                    failure: FetchFailure(
                        .localFile, "the file system has not answered in time",
                        advice: "look whether it is a network mount whose server is gone")))
        }
    }

    /// Whether to read on at once; where not, the next who asks begins anew.
    private var isWanted: Bool {
        state.withLock { state in
            defer { state.isWanted = false }
            state.isReading = state.isWanted
            return state.isWanted
        }
    }

    private func readNow(for transfer: Transfer) {
        switch next() {
        case .block(let block, let head): transfer.deliver(block, head: head)
        case .end(let outcome, let block, let head): transfer.finish(outcome, lastChunk: block, head: head)
        case nil: break
        }
    }

    private enum Step {
        /// The head comes with the first one.
        case block([UInt8], ResponseHead?)
        case end(FetchOutcome, lastBlock: [UInt8], ResponseHead?)
    }

    /// What comes next; nil once the end has come, with which the file is closed.
    private func next() -> Step? {
        let (open, isOver) = state.withLock { ($0.file.take(), $0.isOver) }
        if isOver { return nil }
        let head = open == nil ? head : nil
        do throws(FetchFailure) {
            let file = if let open { open } else { try LocalFile(url: url, limit: limit) }
            var block = try file.next() ?? []
            var isLast = block.isEmpty
            // Most documents end within the first block, which is then all that there is to hand over.
            while !isLast, block.count < LocalFile.blockSize {
                let more = try file.next() ?? []
                block += more
                isLast = more.isEmpty
            }
            guard isLast else {
                state.withLock { $0.file = file }
                return .block(block, head)
            }
            state.withLock { $0.isOver = true }
            var outcome = FetchOutcome()
            outcome.decodedBytes = file.bytesRead
            return .end(outcome, lastBlock: block, head)
        } catch {
            state.withLock { $0.isOver = true }
            return .end(FetchOutcome(failure: error), lastBlock: [], nil)
        }
    }
}
