import ArticleStore
import Configuration
import FeedModel
import Fetching
import Locking
import TestSupport

@testable import Ingestion

/// A poller with a store, two servers on hosts of their own, and a clock that stands until it is moved.
final class PollerFixture {
    static let start = Timestamp(rfc3339: "2026-11-01T00:00:00Z") ?? Timestamp(seconds: 0)

    let folder = TemporaryDirectory()
    let server = LoopbackServer()
    let other = LoopbackServer(address: "127.0.0.2")
    private let time = Locked(PollerFixture.start)
    /// What polls go by; whoever asks it hears what they have told it of the time.
    let clock: PollClock
    private var session: Session
    private var writer: StoreWriter?
    /// Of one process.
    private(set) var health = HostHealth(at: PollerFixture.start)

    private struct Session {
        var store: ArticleStore
        var engine: FetchEngine
    }

    init() throws {
        let time = time
        clock = PollClock { time.withLock { $0 } }
        session = try Self.open(folder.file("store"), time)
    }

    var store: ArticleStore { session.store }

    func setRight() throws { session.store.setRight(try configuration("/feed"), by: clock) }

    private static func open(_ directory: String, _ time: Locked<Timestamp>) throws -> Session {
        let options = StoreOptions { time.withLock { $0 } }
        return Session(
            store: try ArticleStore.open(at: directory, options: options) { _ in },
            engine: try FetchEngine())
    }

    private var states: [FeedState] {
        var states: [FeedState] = []
        session.store.forEachState { states.append($1.state(of: $0)) }
        return states
    }

    /// Ends everything and opens the store again, as a new process does.
    func restart() async throws {
        await close()
        session = try Self.open(folder.file("store"), time)
        health = HostHealth(remembered: states.map { ($0.schedule, server.address) }, at: now)
    }

    func close() async {
        await session.engine.shutdown()
        writer?.flush()
        session.store.close()
    }

    func pass(hours: Int64) {
        time.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + hours * 3_600_000) }
    }

    var now: Timestamp { clock.now() }

    var state: FeedState? { session.store.state(of: FeedIdentifier("feed")) }

    func configuration(_ path: String, options: String = "") throws -> Configuration {
        let text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            max_body = "1MiB"
            host_delay = "0s"
            connect_timeout = "5m"
            timeout = "5m"
            [[feed]]
            id = "feed"
            url = "\(server.url(path))"
            \(options)
            """
        return try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"])
    }

    @discardableResult
    func poll(
        _ path: String = "/feed", options: String = "", answer: RecordedResponse? = nil
    ) async throws -> PollReport {
        let configuration = try configuration(path, options: options)
        let report = try await poller(configuration).poll(configuration.feeds[0], answer: answer)
        writer?.flush()
        return report
    }

    func poller(_ configuration: Configuration) throws -> FeedPoller {
        let history = try PollHistory(
            directory: folder.file("store"),
            lastBlock: states.compactMap(\.schedule.historyBlock).max()
        ) { _ in }
        let contents = try FeedContents(directory: folder.file("store")) { _ in }
        let writer = StoreWriter(session.store, history: history, contents: contents)
        self.writer = writer
        return FeedPoller(
            configuration, version: "test", environment: ["TOKEN": "s3cret"], engine: session.engine,
            store: session.store, writer: writer, health: health, limiter: HostRateLimiter(clock: clock), clock: clock)
    }

    /// Puts a state in the place of the feed's, as another version of newswire may have left it.
    func put(_ state: FeedState) throws {
        _ = try session.store.commit([FeedCommit(feed: state.feed, records: [], state: state)])
    }

    /// The feeds that a page names, asked as the feeds' own requests are.
    func discover(_ path: String, guesses: Bool = false) async throws -> [FeedDiscovery.Found] {
        let configuration = try configuration("/none")
        return try await FeedDiscovery(
            engine: session.engine,
            requests: RequestBuilder(configuration, version: "test", environment: [:]),
            allowances: HostAllowances(configuration)
        ).find(at: server.url(path), guesses: guesses)
    }

    static func rss(_ item: String = "1") -> String {
        "<rss version=\"2.0\"><channel><title>T</title><item><guid>\(item)</guid><title>A</title></item></channel></rss>"
    }
}
