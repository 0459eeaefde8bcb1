import ArticleStore
import Configuration
import FeedModel
import Fetching
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

@Suite("Requests to one host are spaced when they are sent (polling.md §7)")
struct SpacedRequestTests {
    @Test(
        "polling.md §7: feeds whose URLs write one host in two ways are never asked within its delay",
        arguments: ["127.0.0.1", "2130706433", "127.0.0.1.", "0x7f.1", "%31%32%37.0.0.1", "\u{ff11}27.0.0.1"])
    func spaced(host: String) async throws {
        let folder = TemporaryDirectory()
        let server = LoopbackServer()
        for path in ["/feed", "/other"] { server.on(path, .init(body: Array(PollerFixture.rss().utf8))) }
        let path = folder.write(
            """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "10m"
            [[feed]]
            url = "\(server.url("/feed"))"
            [[feed]]
            url = "http://\(host):\(server.port)/other"
            """, to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"])
        // Ten minutes are 120 ms.
        let clock = PollClock.fast(5000)
        let engine = try FetchEngine()
        let store = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions(clock: SystemClock.now)
        ) { _ in }
        let limiter = HostRateLimiter(clock: clock)
        let begun = clock.steady()
        for feed in configuration.feeds {
            // After a reload another poller goes on.
            let poller = FeedPoller(
                configuration, version: "test", environment: [:], engine: engine, store: store,
                writer: StoreWriter(store, history: nil, contents: nil), health: HostHealth(at: clock.now()),
                limiter: limiter, clock: clock)
            _ = await poller.poll(feed)
        }
        #expect(clock.steady().milliseconds(since: begun) >= 600_000)
        #expect(server.requests.count == 2)
        await engine.shutdown()
        store.close()
    }
}
