import Configuration
import FeedModel
import Glibc
import JSONText
import Locking
import Logging
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

@Suite("contract.md §7: events are kept, each once")
struct EventLogTests {
    private let folder = TemporaryDirectory()

    private func event(_ mark: String, _ kind: NewsEvent.Kind = .failing, feed: String = "a") -> NewsEvent {
        NewsEvent(
            kind: kind, feed: FeedIdentifier(feed), since: PollRehearsal.now, title: "a \"title\"\n", mark: mark)
    }

    private func open() throws -> (articles: ArticleStore, log: EventLog) {
        let articles = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions(clock: { PollRehearsal.now })
        ) { _ in }
        return (articles, try EventLog(of: articles, clock: .system, Logger(label: "test")))
    }

    private func stored() throws -> [StoredRecord] {
        var records: [StoredRecord] = []
        try StoreReader(directory: folder.file("store/events")).read(after: 0, damage: { _ in }) { record in
            if let stored = StoredRecord(line: Array(record.bytes)) { records.append(stored) }
            return true
        }
        return records
    }

    @Test("The same event is kept once, whoever tells it, also after a restart, and articles know nothing of it")
    func once() async throws {
        var (articles, log) = try open()
        await log.record([event("1"), event("1"), event("2")])
        await log.record([event("1")])
        log.recordSoon([event("2")])
        log.close()
        articles.close()
        (articles, log) = try open()
        await log.record([event("1"), event("3")])
        log.close()
        #expect(articles.lastSeq == 0)
        articles.close()
        let records = try stored()
        #expect(records.compactMap(\.seq) == [1, 2, 3] && records.allSatisfy { $0.kind == .new })
        #expect(records.first?.title == "a \"title\"\n" && records.first?.feed == FeedIdentifier("a"))
        #expect(records.first?.json["_newswire"]?["event"]?.string == "feed_failing")
    }

    @Test("What the disk did not take is kept in its order, when the log is closed at the latest")
    func disk() async throws {
        let articles = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions(clock: { PollRehearsal.now })
        ) { _ in }
        let isFull = Locked(false)
        var options = StoreOptions(clock: { PollRehearsal.now })
        options.files.write = { descriptor, bytes, offset in
            if isFull.withLock({ $0 }) {
                errno = ENOSPC
                return -1
            }
            return pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
        }
        let store = try ArticleStore.open(at: try articles.makeEventsFolder(), options: options) { _ in }
        let log = EventLog(keptIn: store, Logger(label: "test"))
        isFull.withLock { $0 = true }
        await log.record([event("1")])
        isFull.withLock { $0 = false }
        var recovered = event("1", .recovered)
        recovered.follows = [event("1").uid]
        await log.record([recovered])
        log.close()
        articles.close()
        let kinds = try stored().compactMap { $0.json["_newswire"]?["event"]?.string }
        #expect(kinds == ["feed_failing", "feed_recovered"])
    }

    @Test("What follows another event is kept only where that one was, before or beside it")
    func follows() async throws {
        let (articles, log) = try open()
        func recovered(_ mark: String) -> NewsEvent {
            var event = event(mark, .recovered)
            event.follows = [self.event(mark).uid]
            return event
        }
        await log.record([recovered("1")])
        await log.record([event("2")])
        await log.record([recovered("2")])
        await log.record([event("3"), recovered("3")])
        log.close()
        articles.close()
        #expect(
            try stored().compactMap { $0.json["_newswire"]?["event"]?.string } == [
                "feed_failing", "feed_recovered", "feed_failing", "feed_recovered",
            ])
    }

    /// A log in whose store each event has a segment of its own, as only whole segments are removed.
    private func openFine(
        maximumSize: UInt64 = EventLog.maximumSize, clock: @escaping @Sendable () -> Timestamp
    ) throws -> (articles: ArticleStore, log: EventLog) {
        let articles = try ArticleStore.open(at: folder.file("store"), options: StoreOptions(clock: clock)) { _ in }
        var options = StoreOptions(clock: clock)
        options.segmentSize = 1
        let store = try ArticleStore.open(at: try articles.makeEventsFolder(), options: options) { _ in }
        return (articles, EventLog(keptIn: store, maximumSize: maximumSize, Logger(label: "test")))
    }

    @Test("Where there are more events than have room the oldest go, whatever their age, and the newest stay")
    func size() async throws {
        let (articles, log) = try openFine(maximumSize: 1500) { PollRehearsal.now }
        for number in 1...9 { await log.record([event("\(number)")]) }
        log.trim(.forever, now: nil)
        log.close()
        articles.close()
        let left = try stored().compactMap(\.seq)
        #expect(!left.isEmpty && left.count < 9 && left == Array((10 - UInt64(left.count))...9))
        let bytes = try StoreReader(directory: folder.file("store/events")).segmentSizes().reduce(0, +)
        #expect(bytes <= 1500)
    }

    @Test("Events go once they are older than they are to be kept, and none does while the clock is in doubt")
    func age() async throws {
        let time = Locked(PollRehearsal.now)
        let day = 86_400
        let (articles, log) = try openFine { time.withLock { $0 } }
        for number in 1...4 {
            await log.record([event("\(number)")])
            time.withLock { $0 = $0.adding(seconds: day) }
        }
        log.trim(.span(.seconds(2 * day + 1)), now: nil)
        await log.record([event("5")])
        #expect(try stored().compactMap(\.seq) == [1, 2, 3, 4, 5])
        log.trim(.span(.seconds(2 * day + 1)), now: time.withLock { $0 })
        log.close()
        articles.close()
        #expect(try stored().compactMap(\.seq) == [3, 4, 5])
    }

    @Test("An event of the service has no feed, and is read like the others")
    func service() async throws {
        let (articles, log) = try open()
        await log.record([event("1", .diskFull, feed: "")])
        log.close()
        articles.close()
        #expect(try stored().map { $0.feed?.text } == [""])
    }
}
