import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore

@Suite("The last polls of each feed")
struct PollHistoryTests {
    private let folder = TemporaryDirectory()

    private func store() throws -> String {
        let path = folder.file("store")
        try ArticleStore.open(at: path, options: StoreOptions(clock: { Timestamp(seconds: 0) })) { _ in }.close()
        return path
    }

    private func state(_ id: String, block: UInt32) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(id), url: "u")
        state.schedule.historyBlock = block
        return state
    }

    private func poll(_ feed: UInt32, at seconds: Int64) -> PollRecord {
        PollRecord(startedAt: Timestamp(seconds: seconds), feed: feed, outcome: .new)
    }

    @Test("The history keeps fifty polls of each feed, the oldest first, and feeds do not mix")
    func ring() throws {
        let path = try store()
        let history = try PollHistory(directory: path, lastBlock: nil) { _ in }
        let (one, other) = (history.newBlock(), history.newBlock())
        for number in 1...120 {
            history.stage(poll(1, at: Int64(number)), block: one, number: UInt32(number))
            if number < 10 { history.stage(poll(2, at: Int64(number)), block: other, number: UInt32(number)) }
        }
        history.write()
        let reader = try PollHistoryReader(directory: path)
        let polls = try reader.polls(of: state("1", block: one), hash: 1)
        #expect(polls.map(\.startedAt.seconds) == Array(71...120))
        #expect(try reader.polls(of: state("2", block: other), hash: 2).count == 9)
        #expect(try reader.polls(of: state("2", block: other), hash: 1).isEmpty)
        #expect(try reader.polls(of: state("3", block: 700), hash: 3).isEmpty)
    }

    @Test("A later process takes no block of the history that a feed has")
    func blocks() throws {
        let path = try store()
        let history = try PollHistory(directory: path, lastBlock: 4) { _ in }
        #expect(history.newBlock() == 5)
        #expect(history.newBlock() == 6)
    }

    @Test("The history of a store without polls is empty, and without a store there is none")
    func empty() throws {
        #expect(try PollHistoryReader(directory: folder.file("none")).polls(of: state("a", block: 0), hash: 1).isEmpty)
        #expect(try PollHistoryReader(directory: store()).polls(of: state("a", block: 0), hash: 1).isEmpty)
    }

    @Test("A disk that does not take the history is reported once, and keeps polls from nothing else")
    func failingDisk() throws {
        let path = try store()
        let reports = Locked(0)
        var files = FileSystem()
        files.write = { _, _, _ in
            errno = ENOSPC
            return -1
        }
        let history = try PollHistory(directory: path, lastBlock: nil, files: files) { _ in reports.withLock { $0 += 1 }
        }
        for number in 1...5 {
            history.stage(poll(1, at: 1), block: 0, number: UInt32(number))
            history.write()
        }
        #expect(reports.withLock { $0 } == 1)
    }
}
