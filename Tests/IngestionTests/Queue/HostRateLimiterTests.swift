import Configuration
import FeedModel
import Locking
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

@Suite("A command that asks one host several times keeps its delay (polling.md §7)")
struct HostRateLimiterTests {
    private let clock = Locked(Timestamp(seconds: 1000))

    private func pace(_ table: String = "") throws -> HostRateLimiter {
        let folder = TemporaryDirectory()
        let path = folder.write("[fetch]\nhost_delay = \"2s\"\n\(table)", to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"])
        let clock = clock
        return HostRateLimiter(HostAllowances(configuration), clock: PollClock(now: { clock.withLock { $0 } }))
    }

    private func begins(_ pace: HostRateLimiter, _ host: String) -> Bool {
        pace.turn(of: host) == .begun(clock.withLock { $0 })
    }

    @Test("Requests to one host begin as far apart as its delay says, whoever makes them")
    func spaced() throws {
        let pace = try pace()
        #expect(begins(pace, "b.example"))
        #expect(pace.turn(of: "b.example") == .wait(milliseconds: 2000))
        #expect(begins(pace, "c.example"))
        clock.withLock { $0 = Timestamp(milliseconds: 1_001_500) }
        #expect(pace.turn(of: "b.example") == .wait(milliseconds: 500))
        // Who comes late moves those behind it.
        clock.withLock { $0 = Timestamp(milliseconds: 1_002_700) }
        #expect(begins(pace, "b.example"))
        #expect(pace.turn(of: "b.example") == .wait(milliseconds: 2000))
    }

    @Test("Clocks that run fast are read at one moment: what one calls ten minutes is no less by the other")
    func oneMoment() {
        let clock = PollClock.fast(2000)
        let offsets = (0..<1000).map { _ in
            let reading = clock.both()
            return reading.now.milliseconds - reading.steady.milliseconds
        }
        #expect(Set(offsets).count == 1)
    }

    @Test("A domain with a table of its own is one")
    func domain() throws {
        let pace = try pace("[host.\"tumblr.com\"]\ndelay = \"60s\"")
        #expect(begins(pace, "a.tumblr.com"))
        #expect(pace.turn(of: "b.tumblr.com") == .wait(milliseconds: 60_000))
    }

    @Test("A request that is cancelled while it waits is not made")
    func cancelled() async throws {
        let pace = try pace("[host.\"b.example\"]\ndelay = \"1h\"")
        #expect(begins(pace, "b.example"))
        let task = Task { await pace.pass(host: "b.example") }
        task.cancel()
        #expect(await task.value == nil)
    }
}
