import ArticleStore
import Configuration
import Digest
import FeedModel
import Glibc
import Ingestion
import JSONText
import Logging
import Publishing
import TestSupport
import Web

@testable import newswire

/// A store with made-up articles, and a bus in this process that publishing can go wrong with.
struct PublishFixture {
    let folder = TemporaryDirectory()
    let broker = FakeBroker()
    let log = LinesOfLog()

    private var directory: String { folder.file("store") }

    /// Appends articles of the feed `example`.
    func store(_ count: Int, text: String = "x", hour: Int = 8) throws {
        let stored = Timestamp(year: 2026, month: 11, day: 22, hour: hour)
        let store = try ArticleStore.open(at: directory, options: StoreOptions { stored }) { _ in }
        defer { store.close() }
        let feed = FeedIdentifier("example")
        let first = try StoreReader(directory: directory).lastSeq()
        let records = (1...UInt64(count)).map { number in
            var digest = MessageDigest(.sha256)
            digest.update("\(first + number)")
            var json = JSONWriter()
            json.beginObject()
            json.member("id", "\(first + number)")
            json.member("title", "T")
            json.member("content_text", text)
            json.member("summary", "s")
            json.key("_newswire")
            json.beginObject()
            json.member("feed_url", "https://example.org/feed.xml")
            return PendingRecord(
                prefix: json.bytes, uid: ArticleIdentifier(digest.finish()), kind: .new, version: 1, isInitial: false,
                contentHash: Hash128(high: 1, low: 1))
        }
        let state = FeedState(feed: feed, url: "https://example.org/feed.xml")
        _ = try store.commit([FeedCommit(feed: feed, records: records, state: state)])
    }

    func reader() throws -> StoreReader { try StoreReader(directory: directory) }
    func cursor() throws -> UInt64? { try Cursors(directory: directory).read("index") }
    func ack(_ seq: UInt64) throws { try Cursors(directory: directory).set("index", to: seq, in: try reader()) }

    func target(_ url: String = "nats://127.0.0.1") throws -> BusTarget {
        var settings = PublishSettings(name: "index", source: SourcePlace(file: "x", line: 1))
        settings.url = try BusURL(url)
        settings.to = "news"
        return BusTarget(
            BusConnector(settings: settings, maker: broker, environment: [:]), consumer: "index",
            figures: PublishFigures(),
            logger: log.logger)
    }

    /// Publishes what is stored, once.
    func run(batch: Int = 10) throws -> Delivery.Ending {
        var options = Delivery.Options(batch: batch, wait: 0, timeout: 5000, once: true)
        options.longestBackoff = 60
        let filter = DumpFilter(
            feeds: [], tags: [], since: nil, until: nil, kinds: .init(updates: true), isForConsumer: true)
        let configuration = Configuration(path: folder.file("x.toml"), store: StoreSettings(directory: directory))
        let cursors = try Cursors(directory: directory)
        let turn = try cursors.lockForDump("index")
        defer { withExtendedLifetime(turn) {} }
        return try Delivery(
            consumer: "index", filter: CurrentFilter(filter, configuration, environment: [:]), target: try target(),
            options: options, reader: try reader(), cursors: cursors, watch: ArticleWatch(directory: directory),
            notifier: ServiceNotifier(environment: [:]), logger: log.logger, stop: -1
        ).run(from: nil)
    }
}

/// What a logger was told.
final class LinesOfLog: @unchecked Sendable {
    private let lock = Lines()

    var lines: [String] { lock.all }
    var warnings: [String] { lines.filter { $0.hasPrefix("warning") } }

    var logger: Logger { Logger(label: "test") { [lock] _ in Handler(lines: lock) } }

    private final class Lines: @unchecked Sendable {
        private(set) var all: [String] = []
        func add(_ line: String) { all.append(line) }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            lines.add("\(event.level): \(event.message)\(fields)")
        }
    }
}

/// All that a bus has, whatever connections there are to it. One thread at a time uses it.
final class FakeBroker: BusMaker, @unchecked Sendable {
    struct Entry: Equatable {
        var seq: UInt64
        var id: String
        var line: String
        var omitted: String?
    }

    /// What becomes of the next batch.
    enum Fate {
        case taken
        /// So many are stored, and the connection is lost before anything is acknowledged.
        case lostAfter(Int)
        case refused
        /// Lines of more bytes are refused, whatever `largestLine` says.
        case tooLarge(Int)
    }

    var entries: [Entry] = []
    var largestLine = Int.max
    var knowsEnd = true
    /// Asked for each batch.
    var fate: (Int) -> Fate = { _ in .taken }
    var failsToConnect: () -> BusFailure? = { nil }
    private(set) var connections = 0
    private(set) var batches = 0

    func bus(_ settings: BusSettings) throws(BusFailure) -> any Bus { FakeBus(self) }

    fileprivate func connect() throws(BusFailure) {
        connections += 1
        if let failure = failsToConnect() { throw failure }
    }

    fileprivate func publish(_ messages: [BusMessage]) throws(BusFailure) {
        batches += 1
        let fate = fate(messages.count)
        func store(_ count: Int) {
            for message in messages.prefix(count) {
                entries.append(
                    Entry(
                        seq: message.seq, id: String(decoding: message.id, as: UTF8.self),
                        line: String(decoding: message.line, as: UTF8.self), omitted: message.omitted))
            }
        }
        switch fate {
        case .taken: store(messages.count)
        case .lostAfter(let count):
            store(count)
            throw BusFailure(.away, "the connection was lost")
        case .refused: throw BusFailure(.refused, "no")
        case .tooLarge(let most):
            if messages.contains(where: { $0.line.count > most }) { throw BusFailure(.tooLarge, "too large") }
            store(messages.count)
        }
    }
}

private final class FakeBus: Bus {
    private let broker: FakeBroker

    init(_ broker: FakeBroker) { self.broker = broker }

    var name: String { "the fake" }
    var saysWhereItEnds: Bool { broker.knowsEnd }
    var largestLine: Int { broker.largestLine }
    func connect(_ wait: BusWait) throws(BusFailure) { try broker.connect() }
    func end(_ wait: BusWait) throws(BusFailure) -> BusEnd? {
        guard broker.knowsEnd, let last = broker.entries.last else { return nil }
        return BusEnd(seq: last.seq, id: last.id)
    }
    func publish(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure) { try broker.publish(messages) }
    func setUp(_ wait: BusWait) throws(BusFailure) -> String { "" }
    func close() {}
}
