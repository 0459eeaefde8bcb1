import Configuration
import FeedModel
import Fetching
import Locking
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

@Suite("Requests to a host are spaced by its delay when they are sent (polling.md §7)")
struct HostRateLimiterTests {
    private let clock = Locked(Timestamp(seconds: 1000))

    /// The limiter with what a configuration says of hosts.
    private struct Pace {
        let limiter: HostRateLimiter
        let allowances: HostAllowances

        func turn(of host: String) -> HostRateLimiter.Turn {
            let (key, allowance) = allowances.allowance(forHost: host)
            return limiter.turn(of: key, delay: allowance.delay)
        }

        func pass(host: String) async -> Timestamp? {
            let (key, allowance) = allowances.allowance(forHost: host)
            return await limiter.pass(key: key, delay: allowance.delay)
        }
    }

    private func pace(_ table: String = "") throws -> Pace {
        let folder = TemporaryDirectory()
        let path = folder.write("[fetch]\nhost_delay = \"2s\"\n\(table)", to: "newswire.toml")
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"])
        let clock = clock
        let limiter = HostRateLimiter(clock: PollClock(now: { clock.withLock { $0 } }))
        return Pace(limiter: limiter, allowances: HostAllowances(configuration))
    }

    private func begins(_ pace: Pace, _ host: String) -> Bool {
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

    @Test("A domain with a table of its own is one host to the limiter")
    func domain() throws {
        let pace = try pace("[host.\"tumblr.com\"]\ndelay = \"60s\"")
        #expect(begins(pace, "a.tumblr.com"))
        #expect(pace.turn(of: "b.tumblr.com") == .wait(milliseconds: 60_000))
    }

    @Test("A host within its delay is not forgotten, however many others are asked meanwhile")
    func manyHosts() throws {
        let pace = try pace()
        for number in 0..<5000 { #expect(begins(pace, "h\(number).example")) }
        for number in 0..<5000 { #expect(pace.turn(of: "h\(number).example") == .wait(milliseconds: 2000)) }
        clock.withLock { $0 = Timestamp(seconds: 1002) }
        for number in 0..<5000 { #expect(begins(pace, "h\(number).example")) }
    }

    @Test("polling.md §8: a redirect does not follow to a host that was paused while it waited for its turn")
    func pausedMeanwhile() async throws {
        let configuration = try pace("[host.\"b.example\"]\ndelay = \"1s\"").allowances
        let readings = Locked(0)
        let now = Timestamp(seconds: 1000)
        let health = HostHealth(at: now)
        // The second request finds the host within its delay, and before it looks again the host is paused.
        let clock = PollClock(
            now: { now },
            steady: {
                let reading = readings.withLock { count -> Int in
                    count += 1
                    return count
                }
                if reading == 3 {
                    let word = HostAnswer.Word.refused(.init(retryAfter: 60, isMeasured: true))
                    _ = health.hear(
                        HostAnswer(host: "b.example", feed: 1, startedAt: now, word: word, delay: 1000, feeds: 1),
                        at: now)
                }
                return SteadyTime(milliseconds: [0, 999, 1000][min(reading, 3) - 1])
            })
        let limiter = HostRateLimiter(clock: clock)
        #expect(await limiter.pass(key: "b.example", delay: 1000) != nil)
        let gate = RedirectGate(allowances: configuration, limiter: limiter, clock: clock, health: health)
        #expect(await gate.decision(on: "http://b.example/feed") == .held)
        #expect(readings.withLock { $0 } == 3)
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
