package import FeedModel
import Locking

/// `PollHistory` keeps the last polls of each feed, in `state/polls`: a ring of fixed places for each, so that one more
/// costs one small write wherever the feed stands, and the file never outgrows the feeds.
///
/// A feed has a block of 4096 bytes, whose number is in its state; its n-th poll is in place n modulo `perFeed`. Polls
/// wait in memory until `write`, which the caller sees to. Nothing is synced and nothing depends on it: what is lost or
/// damaged is not shown.
package final class PollHistory: Sendable {
    /// How many polls are kept of a feed.
    package static let perFeed: UInt32 = 50
    private static let blockSize: UInt64 = 4096

    private let directory: StoreDirectory
    private let files: FileSystem
    private let report: @Sendable (StoreEvent) -> Void
    private let waiting: Locked<Waiting>
    private let output = Locked(Output())

    private struct Waiting {
        var polls: [(offset: UInt64, record: PollRecord)] = []
        var nextBlock: UInt32
    }

    private struct Output {
        var file: OpenFile?
        /// Said once, and tried again with each `write`.
        var hasFailed = false
    }

    /// Prepares to write. The file is opened when the first poll is written.
    ///
    /// - Parameters:
    ///   - path: the store's folder, which is there.
    ///   - lastBlock: the last block that a feed has, where any has one.
    ///   - report: told once when nothing can be written; the polls go on.
    package convenience init(
        directory path: String, lastBlock: UInt32?, report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) {
        try self.init(directory: path, lastBlock: lastBlock, files: FileSystem(), report: report)
    }

    init(
        directory path: String, lastBlock: UInt32?, files: FileSystem,
        report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) {
        directory = try StoreDirectory.there(path)
        self.files = files
        self.report = report
        waiting = Locked(Waiting(nextBlock: lastBlock.map { $0 < .max ? $0 + 1 : 0 } ?? 0))
    }

    /// Returns a block that no feed has.
    package func newBlock() -> UInt32 {
        waiting.withLock { waiting in
            defer { waiting.nextBlock &+= 1 }
            return waiting.nextBlock
        }
    }

    /// Stages a poll, which `write` puts into the file.
    ///
    /// - Parameter number: how many polls of the feed there have been, with this one.
    package func stage(_ record: PollRecord, block: UInt32, number: UInt32) {
        let offset = Self.offset(block: block, number: number)
        waiting.withLock { $0.polls.append((offset, record)) }
    }

    /// Writes what waits. What the disk does not take is forgotten: only what people are shown of past polls needs it.
    package func write() {
        let polls = waiting.withLock { waiting in
            defer { waiting.polls = [] }
            return waiting.polls
        }
        if polls.isEmpty { return }
        output.withLock { output in
            do throws(StoreError) {
                if output.file == nil {
                    output.file = try directory.openFile(directory.pollFile, in: directory.states, files)
                }
                for poll in polls { try output.file?.write(poll.record.bytesOnDisk, at: poll.offset, files) }
                output.hasFailed = false
            } catch {
                if !output.hasFailed { report(.pollsNotWritten(error)) }
                output.hasFailed = true
            }
        }
    }

    private static func offset(block: UInt32, number: UInt32) -> UInt64 {
        UInt64(block) * blockSize + UInt64(number % perFeed) * UInt64(PollRecord.size)
    }
}

/// `PollHistoryReader` reads the last polls of feeds, beside a writer or on a copy.
package struct PollHistoryReader: Sendable {
    private let file: OpenFile?

    /// Opens the file. Where there is none, every feed has no polls.
    package init(directory path: String) throws(StoreError) {
        let directory = try StoreDirectory(existing: path)
        file = try directory.flatMap { directory throws(StoreError) in try OpenFile.reading(directory.pollFile) }
    }

    /// Reads the polls that are kept of a feed, the oldest first.
    ///
    /// - Parameter hash: of its id: places that another feed has written are passed over.
    package func polls(of state: FeedState, hash: UInt32) throws(StoreError) -> [PollRecord] {
        guard let file, let block = state.schedule.historyBlock else { return [] }
        let size = PollRecord.size
        let bytes = try file.read(Int(PollHistory.perFeed) * size, at: UInt64(block) * 4096)
        var records: [PollRecord] = []
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, through: bytes.count - size, by: size) {
                let place = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + size)])
                guard let record = PollRecord(onDisk: place), record.feed == hash else { continue }
                records.append(record)
            }
        }
        return records.sorted { $0.startedAt < $1.startedAt }
    }
}
