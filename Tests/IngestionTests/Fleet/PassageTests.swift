import Configuration
import FeedModel
import Fetching
import Locking
import Scheduling
import TestSupport
import Testing

@testable import Fleet
@testable import Ingestion

@Suite struct PassageTests {
    private let fixture = TerritoryFixture()
    private let host = "www.example.com"
    private var shard: Int { Territory.shard(ofHost: host) }
    private var other: Int { (shard + 1) % ShardMap.shards }

    private func passage(delay: Int64 = 2000) async throws -> Territory.Passage {
        try await fixture.territory.passage(to: host, delay: delay)
    }

    @Test func `a host of an own shard is asked as by a machine alone, once it has rested since the claim`()
        async throws
    {
        fixture.own([shard], since: 99_000)
        let passage = try await passage()
        #expect(fixture.now == 101_000 && passage.isOwner && passage.closes == nil)
        #expect(fixture.territory.visitCount == 0)
        #expect(fixture.territory.isOpen(passage))
        #expect(fixture.visits.state.withLock { $0.entered.isEmpty && $0.asked.isEmpty })
    }

    @Test func `no request goes when the lease is over, also one that was let go before`() async throws {
        fixture.own([shard], for: 15_000)
        let passage = try await passage()
        fixture.pass(15_000)
        #expect(!fixture.territory.isOpen(passage))
        await #expect(throws: Territory.Refusal.lapsed) { try await self.passage() }
    }

    @Test func `a guest enters the host, waits a lease and the delay, and has its turn from the engine`() async throws {
        fixture.own([other])
        fixture.visits.state.withLock { $0.waits = [700] }
        let begun = fixture.now
        let passage = try await passage()
        #expect(fixture.visits.state.withLock { $0.entered } == [host])
        #expect(fixture.visits.state.withLock { $0.asked } == [2500])
        #expect(fixture.now == begun + 22_000 + 700)
        #expect(passage.closes == fixture.now + 500 && !passage.isOwner)
        #expect(fixture.territory.visitCount == 1)
        fixture.pass(500)
        #expect(fixture.territory.isOpen(passage))
        fixture.pass(1)
        #expect(!fixture.territory.isOpen(passage))
    }

    @Test func `a turn that came too late is followed by another`() async throws {
        fixture.own([other])
        fixture.visits.state.withLock { state in
            state.waits = [0, 300]
            let clock = fixture.clock
            let isFirst = Locked(true)
            state.meanwhile = {
                let way: Int64 = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst ? 501 : 10
                }
                clock.withLock { $0 += way }
            }
        }
        _ = try await passage()
        #expect(fixture.visits.state.withLock { $0.asked.count } == 2)
    }

    @Test func `the owner of a visited host has its turns from the engine, too`() async throws {
        fixture.own([shard])
        fixture.territory.see(visited: [host])
        // The first one is not believed: this machine has not asked that engine before.
        fixture.visits.state.withLock { $0.waits = [0, 0] }
        let begun = fixture.now
        let passage = try await passage()
        #expect(passage.isOwner && passage.closes != nil)
        #expect(fixture.visits.state.withLock { $0.asked.count == 2 && $0.entered.isEmpty })
        #expect(fixture.now == begun + 2000)
    }

    @Test func `the owner's request that waits for its own machine's turn does not go once a guest has entered`()
        async throws
    {
        fixture.own([shard])
        let passage = try await passage()
        #expect(fixture.territory.isOpen(passage))
        fixture.territory.see(visited: [host])
        #expect(!fixture.territory.isOpen(passage))
    }

    @Test func `a request to a shard that has changed hands does not go by what was said before`() async throws {
        fixture.own([shard])
        let own = try await passage()
        fixture.own([other])
        #expect(!fixture.territory.isOpen(own))
    }

    @Test func `without the engine a guest asks nobody, and an owner asks hosts that nobody visits`() async throws {
        fixture.visits.state.withLock { $0.isAway = true }
        fixture.own([other])
        await #expect(throws: Territory.Refusal.noTurn) { try await passage() }
        fixture.own([shard])
        _ = try await passage()
    }

    @Test func `the gate of hosts lets requests go only as the fleet does`() async throws {
        let time = Timestamp(seconds: 1000)
        let limiter = HostRateLimiter(
            clock: PollClock(now: { time }, steady: { [fixture] in SteadyTime(milliseconds: fixture.now) }),
            territory: fixture.territory)
        fixture.own([shard], for: 15_000)
        #expect(await limiter.admission(key: host, delay: 0) == .go(time))
        fixture.visits.state.withLock { $0.isAway = true }
        fixture.own([other], for: 15_000)
        #expect(await limiter.admission(key: host, delay: 2000) == .noTurn)
        fixture.pass(15_000)
        #expect(await limiter.admission(key: host, delay: 0) == .stopped)
        #expect(await limiter.pass(key: host, delay: 0) == nil)
    }

    // MARK: What waits for the lease without a transfer

    private func guestWait(delay: Int64 = 2000) async throws -> Int64 {
        try await fixture.territory.guestWait(at: host, delay: delay)
    }

    @Test func `a guest is told how long it has to wait once it has entered, and nothing when it may have a turn`()
        async throws
    {
        fixture.own([other])
        #expect(try await guestWait() == 22_000)
        #expect(fixture.visits.state.withLock { $0.entered } == [host])
        fixture.pass(21_000)
        #expect(try await guestWait() == 1000)
        fixture.pass(1000)
        #expect(try await guestWait() == 0)
        #expect(fixture.visits.state.withLock { $0.entered == [host] && $0.asked.isEmpty })
    }

    @Test func `an owner waits for no guest, and nobody without a lease or without the engine`() async throws {
        fixture.own([shard])
        fixture.territory.see(visited: [host])
        #expect(try await guestWait() == 0)
        fixture.visits.state.withLock { $0.isAway = true }
        fixture.own([other], for: 15_000)
        fixture.territory.see(visited: [])
        await #expect(throws: Territory.Refusal.noTurn) { try await guestWait() }
        fixture.pass(15_000)
        await #expect(throws: Territory.Refusal.lapsed) { try await guestWait() }
    }

    private var limiter: HostRateLimiter {
        let time = Timestamp(seconds: 1000)
        return HostRateLimiter(
            clock: PollClock(now: { time }, steady: { [fixture] in SteadyTime(milliseconds: fixture.now) }),
            territory: fixture.territory)
    }

    private func allowances() throws -> HostAllowances {
        let folder = TemporaryDirectory()
        let path = folder.write(
            "contact = \"https://example.org/bot\"\n[fetch]\nhost_delay = \"2s\"\n", to: "newswire.toml")
        return HostAllowances(try ConfigurationLoader.load(path: path, environment: ["HOME": "/nonexistent"]))
    }

    @Test func `a redirect to a host of another machine gives its transfer back before it waits for the lease`()
        async throws
    {
        fixture.own([other])
        let begun = fixture.now
        let (fixture, steps) = (fixture, Locked<[String]>([]))
        let turn = RedirectTurn(rest: { steps.withLock { $0.append("rest after \(fixture.now - begun)") } }) { host in
            steps.withLock { $0.append("\(host) after \(fixture.now - begun)") }
            return .go
        }
        let gate = RedirectGate(
            allowances: try allowances(), limiter: limiter, clock: PollClock { Timestamp(seconds: 1000) }, turn: turn)
        #expect(await gate.decision(on: "https://\(host)/feed") == .go)
        #expect(steps.withLock { $0 } == ["rest after 0", "\(host) after 22000"])
        // It is known by then: the next one waits for its turn alone.
        steps.withLock { $0 = [] }
        fixture.pass(2000)
        #expect(await gate.decision(on: "https://\(host)/feed") == .go)
        #expect(steps.withLock { $0.count } == 1)
        fixture.visits.state.withLock { $0.isAway = true }
        fixture.territory.see(visited: [])
        #expect(await gate.decision(on: "https://\(host)/feed") == .held)
    }

    @Test func `a page of a host of another machine is told to come later, and takes nothing up until then`()
        async throws
    {
        fixture.own([other])
        let visits = Locked(0)
        let gate = HostGate(
            visit: { _ in
                visits.withLock { $0 += 1 }
                return .go(key: "k")
            }, leave: { _, _, _ in }
        ).minding(limiter, try allowances())
        #expect(await gate.visit(host) == .later(milliseconds: 22_000))
        #expect(visits.withLock { $0 } == 0)
        fixture.pass(22_000)
        #expect(await gate.visit(host) == .go(key: "k"))
        fixture.visits.state.withLock { $0.isAway = true }
        fixture.territory.see(visited: [])
        #expect(await gate.visit(host) == .later(milliseconds: 5000))
        #expect(visits.withLock { $0 } == 1)
    }
}
