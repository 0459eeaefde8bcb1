import Configuration
import FeedModel
import Locking
import Scheduling
import Testing

@testable import Fleet
@testable import Ingestion

/// Nothing is ever old.
private final class NoTrimming: FleetTrimming {
    func trimLog(keep: Int64, as machine: String) -> Bool { false }
    func trimVisits(as machine: String) {}
}

/// The member runs on its own thread here, on the machine's clock: with leases so short that it never waits for long.
@Suite struct FleetMemberTests {
    /// What has happened, in order, for whoever waits for it.
    private struct News {
        let stream: AsyncStream<FleetNews>
        let continuation: AsyncStream<FleetNews>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream(of: FleetNews.self) }

        /// Returns the first news of which that is true.
        func first(_ isMeant: (FleetNews) -> Bool) async -> FleetNews? {
            for await piece in stream where isMeant(piece) { return piece }
            return nil
        }
    }

    private let register = FakeRegister()
    private let fixture = TerritoryFixture()
    private let news = News()
    private let run = Locked<String?>(nil)
    private let terms = Locked(0)
    private let catchUps = Locked(0)

    /// - Parameter step: milliseconds by which each look at the clock is later than the one before; nil for the machine's clock.
    private func member(lease: Int64 = 100_000, step: Int64? = nil) -> FleetMember {
        let (register, fixture, news) = (register, fixture, news)
        let time = Locked<Int64>(0)
        let steady: @Sendable () -> Int64 = {
            guard let step else { return SystemClock.steady().milliseconds }
            return time.withLock { time in
                time += step
                return time
            }
        }
        let access = FleetAccess(
            machine: .init(name: "me", id: "m1", lease: lease), register: { register }, visits: { fixture.visits },
            consumers: { MemoryConsumers(runs: [:]) }, trimming: { NoTrimming() }, logKeep: 0,
            run: run, applied: { 10 }, appends: { FleetLedger.Figures() },
            endTerm: { [terms] in terms.withLock { $0 += 1 } },
            catchUp: { [catchUps] in catchUps.withLock { $0 += 1 } }, bell: FleetBell(), halt: {}, end: { _ in })
        return FleetMember(
            access, territory: fixture.territory,
            FleetMember.Surroundings(
                steady: steady, timeOfDay: { 0 }, applied: { 10 },
                about: { NodeAbout(version: "1", configuration: "c", feeds: 3) }, isIll: { false },
                tell: { news.continuation.yield($0) }))
    }

    @Test func `a service joins its fleet, has its shards, and leaves with all it has`() async {
        let member = member()
        member.start()
        #expect(await news.first { _ in true } == .joined(shards: ShardMap.shards))
        let row = register.state.withLock { $0.nodes.first }
        #expect(row?.name == "me" && row.map { NodeAbout($0.about).feeds } == 3)
        #expect(run.withLock { $0 } == row?.run)
        #expect(row?.run.count == 36 && row?.run.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(member.figures.shards == ShardMap.shards && member.figures.machines == 1)
        #expect(member.figures.answersSince != nil)
        member.leave(within: 5000)
        #expect(await news.first { _ in true } == .ended(.left))
        #expect(register.state.withLock { $0.nodes.isEmpty && $0.owners.allSatisfy { $0 == nil } })
        #expect(run.withLock { $0 } == nil)
    }

    @Test func `a service whose append is refused forgets its shards and joins anew`() async throws {
        let member = member()
        member.start()
        _ = await news.first { $0 == .joined(shards: ShardMap.shards) }
        let first = try #require(run.withLock { $0 })
        #expect(terms.withLock { $0 } == 0 && catchUps.withLock { $0 } == 1)
        register.state.withLock { state in
            state.nodes = []
            state.owners = [String?](repeating: nil, count: ShardMap.shards)
        }
        member.learnedPutOut()
        #expect(await news.first { _ in true } == .putOut)
        #expect(await news.first { _ in true } == .joined(shards: ShardMap.shards))
        #expect(run.withLock { $0 } != first)
        // What was polled before is thrown away, and the log read to its end, before it joins again.
        #expect(terms.withLock { $0 } == 1 && catchUps.withLock { $0 } == 2)
        #expect(member.figures.timesPutOut == 1)
        member.leave(within: 5000)
    }

    @Test func `an engine that does not answer is told of once, with why, and that it is back`() async {
        register.state.withLock { state in
            state.isAway = true
            state.onCall = { $0.isAway = $0.calls.count < 40 }
        }
        let member = member(lease: 400, step: 100)
        member.start()
        #expect(await news.first { _ in true } == .away("no answer"))
        let back = await news.first { _ in true }
        guard case .back(let seconds)? = back, seconds >= 2 else {
            Issue.record("\(String(describing: back))")
            return
        }
        member.leave(within: 5000)
    }

    @Test func `a machine that lives under this one's name ends the membership`() async {
        register.state.withLock { state in
            state.nodes = [
                NodeRow(run: "x", name: "me", machine: "m2", applied: 0, lease: 400, weight: 1, about: "{}")
            ]
            state.onCall = { $0.nodes[0].beat += 1 }
        }
        let member = member(lease: 400, step: 20)
        member.start()
        #expect(await news.first { $0 == .ended(.nameIsTaken) } != nil)
        #expect(!register.state.withLock { $0.calls.contains("join") })
    }

    @Test func `the engine is reachable since the first answer behind the last question that had none`() {
        var news = NewsOfMembership()
        #expect(news.answersSince == nil)
        _ = news.answered(at: 5)
        _ = news.answered(at: 9)
        #expect(news.answersSince == 5 && news.awaySince == nil)
        _ = news.failed(EngineFailure(.away, "no answer"), at: 10)
        _ = news.failed(EngineFailure(.away, "no answer"), at: 12)
        #expect(news.answersSince == nil && news.awaySince == 10)
        _ = news.answered(at: 20)
        #expect(news.answersSince == 20 && news.awaySince == nil)
    }

    @Test func `what a person is told of a fleet is why nothing is polled`() {
        var figures = FleetFigures(name: "me")
        #expect(figures.trouble(at: 0) == "joining the fleet")
        figures.obstacle = .behind(by: 7)
        #expect(figures.trouble(at: 0) == "joining the fleet: 7 entries of the log are still to be read")
        figures.obstacle = nil
        figures.run = "run"
        // A machine that has just joined, and waits for its first lease.
        #expect(figures.trouble(at: .max) == nil && figures.leaseLeft(at: 1) == 0)
        figures.until = 15_000
        #expect(figures.leaseLeft(at: 14_000) == 1000 && figures.leaseLeft(at: 15_001) == 0)
        #expect(figures.trouble(at: 0) == nil)
        figures.awaySince = 1000
        #expect(figures.trouble(at: 2000) == nil)
        #expect(
            figures.trouble(at: 6000) == "the fleet's engine has not answered for 5 s; polling stops in 9 s")
        #expect(figures.trouble(at: 20_000) == "the fleet's engine has not answered for 19 s; nothing is polled")
    }

    @Test func `a machine is known by its id and the path of its store, and called as its host`() {
        var settings = FleetSettings(source: SourcePlace(file: "", line: 0))
        let machine = Membership.Machine(settings, hostName: "news1.example.org", machineID: "abc", store: "/s")
        #expect(machine.name == "news1" && machine.lease == 20_000 && machine.weight == 1 && machine.id.count == 32)
        settings.node = "other"
        let second = Membership.Machine(settings, hostName: "news1", machineID: "abc", store: "/t")
        #expect(second.name == "other" && second.id != machine.id)
    }
}
