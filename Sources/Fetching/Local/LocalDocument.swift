import FeedModel
import Locking

/// A local document as a transfer hands it out: opened and read a few blocks at a time, on threads of its own, each time
/// that the consumer has taken all that there was.
final class LocalDocument: Sendable {
    private struct State {
        var file: LocalFile?
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
        let open = state.withLock(\.file)
        // It comes with the first block.
        let head = open == nil ? head : nil
        do throws(FetchFailure) {
            let file = if let open { open } else { try LocalFile(url: url, limit: limit) }
            var block = try file.next() ?? []
            var isOver = block.isEmpty
            // Most documents end within the first block, which is then all that there is to hand over.
            while !isOver, block.count < LocalFile.blockSize {
                let more = try file.next() ?? []
                block += more
                isOver = more.isEmpty
            }
            if isOver {
                var outcome = FetchOutcome()
                outcome.decodedBytes = file.bytesRead
                return transfer.finish(outcome, lastChunk: block, head: head)
            }
            state.withLock { $0.file = file }
            transfer.deliver(block, head: head)
        } catch {
            transfer.finish(FetchOutcome(failure: error))
        }
    }
}
