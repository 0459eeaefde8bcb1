import FeedModel
import Locking
import Scheduling
import Testing

@testable import Ingestion

@Suite("The loop that polls")
struct PollLoopTests {
    private let allowance = HostAllowance(concurrency: 1, delay: 0)

    private func entry(_ feed: Int, host: String? = nil, due: Timestamp = Timestamp(seconds: 0)) -> PollEntry {
        PollEntry(feed: feed, host: host ?? "h\(feed)", due: due, allowance: allowance)
    }

    @Test("A round polls every feed once and ends")
    func round() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 4, staysOpen: false, now: SystemClock.now)
        for feed in 0..<100 { loop.add(entry(feed)) }
        await loop.run(owner)
        #expect(owner.polled.sorted() == Array(0..<100))
        #expect(owner.mostAtOnce.withLock { $0 } <= 4)
    }

    @Test("With nothing in line a round ends at once")
    func empty() async {
        await PollLoop(concurrency: 4, staysOpen: false, now: SystemClock.now).run(Owner())
    }

    @Test("A feed that is put in line again is polled again")
    func again() async {
        let owner = Owner()
        owner.times = 3
        let loop = PollLoop(concurrency: 1, staysOpen: false, now: SystemClock.now)
        loop.add(entry(1))
        await loop.run(owner)
        #expect(owner.polled == [1, 1, 1])
    }

    @Test("Told to stop, it breaks off what runs, forgets what waits, and returns")
    func stop() async {
        let owner = Owner()
        owner.hangs = true
        let loop = PollLoop(concurrency: 2, staysOpen: true, now: SystemClock.now)
        for feed in 0..<10 { loop.add(entry(feed)) }
        let control = loop.control
        owner.onStart = { count in if count == 2 { control.send(.stop) } }
        await loop.run(owner)
        #expect(owner.polled.count == 2)
        #expect(owner.cancelled.withLock { $0 } == 2)
    }

    @Test("What stands in line is replaced while polls go on")
    func replace() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, staysOpen: true, now: SystemClock.now)
        let control = loop.control
        let later = Timestamp(milliseconds: SystemClock.now().milliseconds + 3_600_000)
        for feed in 1...3 { loop.add(entry(feed, due: later)) }
        loop.add(entry(0))
        owner.replacements = [entry(7)]
        owner.onFinish = { feed in control.send(feed == 0 ? .replace : .stop) }
        await loop.run(owner)
        #expect(owner.polled == [0, 7])
    }

    @Test("An idle service still shows that it lives, and wakes up when a feed is due")
    func heartbeat() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, staysOpen: true, heartbeat: .milliseconds(1), now: SystemClock.now)
        let control = loop.control
        owner.onHeartbeat = { count in if count == 5 { control.send(.stop) } }
        await loop.run(owner)
        #expect(owner.heartbeats >= 5)
        #expect(owner.polled.isEmpty)
    }
}

/// Notes what the loop does.
private final class Owner: PollLoopOwner {
    var polled: [Int] = []
    var times = 1
    var hangs = false
    var heartbeats = 0
    var replacements: [PollEntry] = []
    var onStart: (Int) -> Void = { _ in }
    var onFinish: (Int) -> Void = { _ in }
    var onHeartbeat: (Int) -> Void = { _ in }
    let cancelled = Locked(0)
    let atOnce = Locked(0)
    let mostAtOnce = Locked(0)

    func poll(_ feed: Int) -> @Sendable () async -> PollReport {
        polled.append(feed)
        onStart(polled.count)
        let (hangs, cancelled, atOnce, most) = (hangs, cancelled, atOnce, mostAtOnce)
        return {
            let now = atOnce.withLock { value in
                value += 1
                return value
            }
            most.withLock { $0 = max($0, now) }
            await Task.yield()
            if hangs {
                // For ever, but for cancellation.
                try? await Task.sleep(for: .seconds(3600))
                if Task.isCancelled { cancelled.withLock { $0 += 1 } }
            }
            atOnce.withLock { $0 -= 1 }
            return PollReport(feed: FeedIdentifier("\(feed)"), url: "", outcome: .unchanged)
        }
    }

    func finished(_ feed: Int, _ report: PollReport) -> PollEntry? {
        onFinish(feed)
        times -= 1
        guard times > 0 else { return nil }
        return PollEntry(
            feed: feed, host: "h", due: Timestamp(seconds: 0), allowance: HostAllowance(concurrency: 1, delay: 0))
    }

    func replacement(running: Set<Int>) -> [PollEntry] { replacements }

    func heartbeat(now: Timestamp, nextDue: Timestamp?) {
        heartbeats += 1
        onHeartbeat(heartbeats)
    }
}
