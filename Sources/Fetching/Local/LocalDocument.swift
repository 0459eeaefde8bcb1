import FeedModel
import Glibc
import Locking
import Text

/// `LocalDocument` reads a local document for a transfer: a few blocks at a time, on threads of its own, each time that the
/// consumer has taken all that there was.
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

/// `LocalFile` is an open local document that is read block by block.
///
/// Only a regular file is opened, without waiting: neither a device nor a pipe holds anybody up. A file system that does
/// not answer does, so that a file is opened and read by `FileThreads` alone.
// Unchecked: only `bytesRead` changes, and one block is read at a time.
final class LocalFile: @unchecked Sendable {
    private let descriptor: Int32
    private let limit: Int
    private(set) var bytesRead = 0

    static let blockSize = 65_536

    /// - Parameter url: `file:///path` or `file://localhost/path`, percent-encoded.
    init(url: String, limit: Int) throws(FetchFailure) {
        guard let path = Self.path(url) else {
            throw FetchFailure(.localFile, "not a URL of a local file", advice: "write it as file:///path/to/feed.xml")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw FetchFailure(
                .localFile, "cannot open the file: \(Self.message(errno))", advice: "check its path and permissions")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FetchFailure(.localFile, "not a regular file", advice: "name a file, not a folder or a device")
        }
        self.descriptor = descriptor
        self.limit = limit
    }

    deinit {
        close(descriptor)
    }

    /// The next block; nil at the end.
    func next() throws(FetchFailure) -> [UInt8]? {
        var failure: Int32 = 0
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
            var result = read(descriptor, buffer.baseAddress, Self.blockSize)
            while result < 0, errno == EINTR { result = read(descriptor, buffer.baseAddress, Self.blockSize) }
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        guard failure == 0 else {
            throw FetchFailure(
                .localFile, "cannot read the file: \(Self.message(failure))", advice: "check the file system")
        }
        guard !block.isEmpty else { return nil }
        bytesRead += block.count
        guard bytesRead <= limit else {
            throw FetchFailure(.tooLarge, "more than \(limit) bytes", advice: "raise max_body if this is wanted")
        }
        return block
    }

    static func path(_ url: String) -> String? {
        guard url.count > 7, url.prefix(7).lowercased() == "file://" else { return nil }
        var rest = url.utf8.dropFirst(7)
        if !rest.starts(with: [UInt8(ascii: "/")]) {
            let host = "localhost"
            guard rest.count > host.utf8.count, String(rest.prefix(host.utf8.count))?.lowercased() == host else {
                return nil
            }
            rest = rest.dropFirst(host.utf8.count)
        }
        guard let path = PercentEncoding.decoded(rest), path.first == UInt8(ascii: "/"), !path.contains(0) else {
            return nil
        }
        return String(validating: path, as: UTF8.self)
    }

    private static func message(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
