import FeedModel
import Locking
import Testing

@testable import Fleet
@testable import Ingestion

@Suite struct TerritoryTests {
    private let fixture = TerritoryFixture()

    private static func report() -> PollReport { PollReport(feed: FeedIdentifier("f"), url: "", outcome: .unchanged) }

    private func poll(_ shard: Int, _ body: @escaping @Sendable () async -> Void = {}) async -> PollReport? {
        await fixture.territory.run(shard, on: globalConcurrentExecutor) {
            await body()
            return Self.report()
        }
    }

    /// A poll that begins, and ends when it is let, or broken off.
    private struct Held {
        let task: Task<PollReport?, Never>
        let end: AsyncStream<Void>.Continuation
        let wasBrokenOff: Locked<Bool>
    }

    private func held(_ shard: Int) async -> Held {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        let wasBrokenOff = Locked(false)
        let task = Task {
            await poll(shard) {
                begin.yield()
                for await _ in ends { break }
                let isBrokenOff = Task.isCancelled
                wasBrokenOff.withLock { $0 = isBrokenOff }
            }
        }
        for await _ in begins { break }
        return Held(task: task, end: end, wasBrokenOff: wasBrokenOff)
    }

    @Test func `a poll of an own shard runs, and one of another machine's is not begun`() async {
        fixture.own([3])
        #expect(await poll(3) != nil)
        let begun = Locked(false)
        #expect(await poll(4) { begun.withLock { $0 = true } } == nil)
        #expect(!begun.withLock { $0 })
        #expect(fixture.territory.reason(4) == "news2 polls it")
    }

    @Test func `a shard is not polled before the log is read to where it ended at the claim`() async {
        fixture.own([3], at: 11)
        #expect(await poll(3) == nil)
        fixture.applied.withLock { $0 = 11 }
        #expect(await poll(3) != nil)
    }

    @Test func `what runs is broken off when the lease ends, and nothing begins any more`() async {
        fixture.own([3], for: 15_000)
        let held = await held(3)
        fixture.pass(14_999)
        fixture.territory.tick()
        #expect(!held.task.isCancelled)
        fixture.pass(1)
        #expect(await poll(3) == nil)
        fixture.territory.tick()
        _ = await held.task.value
        #expect(held.wasBrokenOff.withLock { $0 })
    }

    @Test func `who is put out has its polls broken off at once`() async {
        fixture.own([3])
        let held = await held(3)
        fixture.territory.adopt(ShardClaims())
        _ = await held.task.value
        #expect(held.wasBrokenOff.withLock { $0 })
    }

    @Test func `a shard that goes to another begins nothing, and is busy until what ran has ended and is appended`()
        async
    {
        fixture.own([3])
        let held = await held(3)
        fixture.own([], leaving: [3])
        #expect(await poll(3) == nil)
        #expect(fixture.territory.isBusy(3))
        #expect(fixture.settling.withLock { $0.isEmpty })
        held.end.yield()
        _ = await held.task.value
        #expect(!held.wasBrokenOff.withLock { $0 })
        #expect(fixture.territory.isBusy(3))
        fixture.settle()
        #expect(!fixture.territory.isBusy(3))
    }

    @Test func `a shard that stays after all is not free by what was appended for its leaving`() async {
        fixture.own([], leaving: [3])
        fixture.own([3])
        fixture.own([], leaving: [3])
        // What was asked for the first time does not count for the second.
        let first = fixture.settling.withLock { $0.removeFirst() }
        first()
        #expect(fixture.territory.isBusy(3))
        fixture.settle()
        #expect(!fixture.territory.isBusy(3))
    }

    @Test func `the line is made anew when other shards may be polled than before, and at no other time`() {
        fixture.own([3, 4], for: 15_000)
        #expect(fixture.changes.withLock { $0 } == 1)
        fixture.own([3, 4], for: 15_000)
        fixture.territory.tick()
        #expect(fixture.changes.withLock { $0 } == 1)
        fixture.own([3, 4, 5], for: 15_000, at: 11)
        #expect(fixture.changes.withLock { $0 } == 2)
        fixture.applied.withLock { $0 = 11 }
        fixture.territory.tick()
        #expect(fixture.changes.withLock { $0 } == 3)
        fixture.pass(15_000)
        fixture.territory.tick()
        #expect(fixture.changes.withLock { $0 } == 4)
    }

    @Test func `a host rests for its delay since the shard was claimed`() {
        fixture.own([3], since: 99_000)
        #expect(fixture.territory.rest(of: 3, delay: 3000) == 2000)
        #expect(fixture.territory.rest(of: 3, delay: 500) == 0)
        #expect(fixture.territory.rest(of: 4, delay: 500) == nil)
    }
}
