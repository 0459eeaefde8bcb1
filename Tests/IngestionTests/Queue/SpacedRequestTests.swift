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
    @Test("A poll that is let go too early waits for its host's delay before it asks")
    func spaced() async throws {
        let folder = TemporaryDirectory()
        let server = LoopbackServer()
        server.on("/feed", .init(body: Array(PollerFixture.rss().utf8)))
        let path = folder.write(
            """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "10m"
            [[feed]]
            url = "\(server.url("/feed"))"
            """, to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"])
        // Ten minutes are 120 ms.
        let clock = PollClock.fast(5000)
        let engine = try FetchEngine()
        let store = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions(clock: SystemClock.now)
        ) { _ in }
        let poller = FeedPoller(
            configuration, version: "test", environment: [:], engine: engine, store: store,
            writer: StoreWriter(store, history: nil, seen: nil), health: HostHealth(at: clock.now()), clock: clock)
        let begun = clock.steady()
        _ = await poller.poll(configuration.feeds[0])
        _ = await poller.poll(configuration.feeds[0])
        #expect(clock.steady().milliseconds(since: begun) >= 600_000)
        #expect(server.requests.count == 2)
        await engine.shutdown()
        store.close()
    }
}
