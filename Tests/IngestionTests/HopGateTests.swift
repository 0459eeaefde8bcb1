import Configuration
import FeedModel
import Locking
import TestSupport
import Testing

@testable import Ingestion

@Suite("Redirects to other hosts wait their turn (polling.md §7, §9)")
struct HopGateTests {
    private let clock = Locked(Timestamp(seconds: 1000))

    private func gate(_ table: String = "") throws -> HopGate {
        let folder = TemporaryDirectory()
        let path = folder.write("[fetch]\nhost_delay = \"2s\"\n\(table)", to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"])
        let clock = clock
        return HopGate(HostAllowances(configuration), clock: PollClock(now: { clock.withLock { $0 } }))
    }

    @Test("Hops to one host are as far apart as its delay says, counted from the polls that began there")
    func spaced() throws {
        let gate = try gate()
        #expect(gate.reserve(host: "b.example") == 0)
        #expect(gate.reserve(host: "b.example") == 2000)
        #expect(gate.reserve(host: "b.example") == 4000)
        #expect(gate.reserve(host: "c.example") == 0)
        clock.withLock { $0 = Timestamp(seconds: 1010) }
        #expect(gate.reserve(host: "b.example") == 0)
    }

    @Test("A domain with a table of its own is one")
    func domain() throws {
        let gate = try gate("[host.\"tumblr.com\"]\ndelay = \"60s\"")
        #expect(gate.reserve(host: "a.tumblr.com") == 0)
        #expect(gate.reserve(host: "b.tumblr.com") == 60_000)
    }

    @Test("A hop that is cancelled while it waits is not made")
    func cancelled() async throws {
        let gate = try gate("[host.\"b.example\"]\ndelay = \"1h\"")
        #expect(gate.reserve(host: "b.example") == 0)
        let task = Task { await gate.pass(host: "b.example") }
        task.cancel()
        #expect(await task.value == false)
    }
}
