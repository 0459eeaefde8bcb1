import Configuration
import FeedModel
import Fetching
import Fleet
import Locking
import TestSupport
import Testing

@testable import ArticleStore
@testable import Ingestion

/// Polls of whole machines, which share a log in memory.
@Suite("Two machines that find one article in two feeds")
struct FleetPollTests {
    private let fleet = MemoryFleet()
    private let folder = TemporaryDirectory()
    private let server = LoopbackServer()

    private func document(_ title: String = "A storm is coming to the north of the country") -> String {
        """
        <rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>\(title)</title>\
        <link>https://example.org/storm.html</link><description>It rains, and will go on raining.</description></item>\
        </channel></rss>
        """
    }

    private func poll(_ machine: FleetMachine, _ engine: FetchEngine, _ id: String) async throws -> PollReport {
        let text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "0s"
            [[feed]]
            id = "\(id)"
            url = "\(server.url("/\(id)"))"
            """
        let configuration = try ConfigurationLoader.load(
            path: folder.write(text, to: "\(id).toml"), environment: ["HOME": "/nonexistent"])
        let clock = PollClock { FleetMachine.moment }
        let history = try PollHistory(directory: machine.store.path, lastBlock: nil) { _ in }
        let poller = FeedPoller(
            configuration, version: "test", environment: [:], engine: engine, store: machine.store,
            writer: StoreWriter(machine.store, history: history, ledger: machine.ledger),
            health: HostHealth(at: FleetMachine.moment), limiter: HostRateLimiter(clock: clock), clock: clock)
        return await poller.poll(configuration.feeds[0])
    }

    @Test("the second that comes to the log stores a duplicate, without another request")
    func duplicate() async throws {
        server.on("/a", .init(body: document()))
        server.on("/b", .init(body: document()))
        let engine = try FetchEngine()
        let (one, two) = (
            try FleetMachine("one", in: fleet, folder), try FleetMachine("two", in: fleet, folder)
        )
        #expect(try await poll(one, engine, "a").newArticles == 1)
        // It has not read the log since.
        #expect(two.store.lastSeq == 0)
        let report = try await poll(two, engine, "b")
        #expect(report.duplicateArticles == 1 && report.newArticles == 0)
        #expect(report.outcome == .new)
        #expect(two.ledger.figures.judgedAgain == 1)
        #expect(server.requests(to: "/b").count == 1)
        try one.ledger.catchUp()
        #expect(one.segments == two.segments)
        let kinds = String(decoding: one.segments.values.flatMap { $0 }, as: UTF8.self)
        #expect(kinds.contains(#""kind":"new","seq":1"#) && kinds.contains(#""kind":"duplicate","seq":2"#))
        #expect(one.store.state(of: FeedIdentifier("b"))?.lastSuccess != nil, "the other machine knows of the poll")
        #expect(two.store.state(of: FeedIdentifier("b"))?.schedule.historyBlock == 0)
        await engine.shutdown()
    }

    @Test("a poll of a machine that was put out meanwhile fails, and leaves the feed as it was")
    func putOut() async throws {
        server.on("/a", .init(body: document()))
        let engine = try FetchEngine()
        let one = try FleetMachine("one", in: fleet, folder)
        fleet.putOut(one.run)
        let report = try await poll(one, engine, "a")
        #expect(report.outcome == .failed && report.newArticles == 0)
        #expect(one.store.state(of: FeedIdentifier("a")) == nil)
        #expect(fleet.position == 0)
        await engine.shutdown()
    }

    @Test("while the log is away nothing is fetched")
    func away() async throws {
        server.on("/a", .init(body: document()))
        let engine = try FetchEngine()
        let one = try FleetMachine("one", in: fleet, folder)
        one.link.onRead(.away)
        #expect(throws: StoreError.self) { try one.ledger.catchUp() }
        #expect(try await poll(one, engine, "a").outcome == .failed)
        #expect(server.requests.isEmpty)
        try one.ledger.catchUp()
        #expect(try await poll(one, engine, "a").newArticles == 1)
        await engine.shutdown()
    }

    @Test("what polls hand to the writer ends its wait for news of the log")
    func hurries() async throws {
        let one = try FleetMachine("one", in: fleet, folder)
        let writer = StoreWriter(one.store, ledger: one.ledger)
        func wakes() -> Int { one.link.plan.withLock { $0.wakes } }
        _ = try await writer.commit(.of("a", 1...1))
        #expect(wakes() == 1 && fleet.position == 1)
        try writer.keep(.of("a", etag: "\"2\""))
        // States without articles may wait.
        #expect(wakes() == 1)
        writer.flush()
        #expect(wakes() == 2 && fleet.position == 2)
    }

    @Test("states that somebody waits for go out together, and no sooner behind an entry than another may")
    func gathersStates() async throws {
        let one = try FleetMachine("one", in: fleet, folder, entries: .seconds(3600))
        let writer = StoreWriter(one.store, ledger: one.ledger)
        func waits() -> Int { one.link.plan.withLock { $0.waits.count } }
        _ = try await writer.commit(.of("a", 1...1))
        // Where no state waits, nobody else does.
        await withCheckedContinuation { done in writer.afterFlush { done.resume() } }
        #expect(waits() == 0 && fleet.position == 1)
        try writer.keep(.of("b", etag: "\"1\""))
        let told = Locked(0)
        await withCheckedContinuation { done in
            one.link.plan.withLock { plan in
                plan.duringWait = { [fleet] in
                    #expect(fleet.position == 1 && told.withLock { $0 } == 0)
                    try? writer.keep(.of("c", etag: "\"1\""))
                    writer.afterFlush { done.resume() }
                    // It ends the wait, for which nobody has an hour.
                    one.ledger.stop()
                }
            }
            writer.afterFlush { told.withLock { $0 += 1 } }
        }
        #expect(waits() == 1 && told.withLock { $0 } == 1)
        #expect(fleet.entries.map(\.states.count) == [1, 2])
    }
}
