import FeedModel
import Fetching
import Locking
import Scheduling
import Testing

@testable import Ingestion

@Suite("The loop polls feeds when they are due")
struct PollLoopTests {
    private let allowance = HostAllowance(concurrency: 1, delay: 0)
    /// At which nothing passes for want of the machine's speed.
    private let clock = PollClock(now: { Timestamp(seconds: 1000) })

    private func entry(_ feed: Int, host: String? = nil, due: Timestamp = Timestamp(seconds: 0)) -> PollEntry {
        PollEntry(feed: feed, host: host ?? "h\(feed)", due: due, allowance: allowance)
    }

    private func pause(until time: Timestamp) -> FeedState.Pause {
        FeedState.Pause(until: time, incidents: 1, since: Timestamp(seconds: 1000), coversHost: true)
    }

    @Test("A round polls every feed once and ends")
    func round() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 4, clock: clock)
        for feed in 0..<100 { loop.add(entry(feed)) }
        await loop.run(round: owner)
        #expect(owner.polled.sorted() == Array(0..<100))
        #expect(owner.mostAtOnce.withLock { $0 } <= 4)
    }

    @Test("Feeds that are due at the same time are polled in the order given, also where the loop is held up")
    func order() async {
        let owner = Owner()
        let (day, steady) = (Timestamp(seconds: 1000), SteadyTime(milliseconds: 2_000_000))
        let readings = Locked(0)
        // Every other time the loop is held up between its readings of the two clocks.
        let now = { @Sendable in
            let reading = readings.withLock { count -> Int in
                count += 1
                return count
            }
            return reading % 2 == 0 ? day : day.adding(milliseconds: 5)
        }
        let loop = PollLoop(concurrency: 1, clock: PollClock(now: now, steady: { steady }))
        loop.add((0..<9).map { entry($0) })
        await loop.run(round: owner)
        #expect(owner.polled == Array(0..<9))
    }

    @Test("A round with nothing in line ends at once")
    func empty() async {
        await PollLoop(concurrency: 4, clock: clock).run(round: Owner())
    }

    @Test("A feed that is put in line again is polled again")
    func again() async {
        let owner = Owner()
        owner.times = 3
        let loop = PollLoop(concurrency: 1, clock: clock)
        loop.add(entry(1))
        await loop.run(round: owner)
        #expect(owner.polled == [1, 1, 1])
    }

    @Test("A loop that is told to stop breaks off what runs, forgets what waits, and returns")
    func stop() async {
        let owner = Owner()
        owner.hangs = true
        let loop = PollLoop(concurrency: 2, clock: clock)
        for feed in 0..<10 { loop.add(entry(feed)) }
        let control = loop.control
        owner.onStart = { count in if count == 2 { control.send(.stop) } }
        await loop.run(service: owner)
        #expect(owner.polled.count == 2)
        #expect(owner.cancelled.withLock { $0 } == 2)
    }

    @Test("A poll that is broken off while it stands in line with a redirect ends at once, and the others go on")
    func brokenOff() async {
        let owner = Owner()
        owner.leads = [0: "b", 1: "b"]
        owner.breaksOff = [1]
        // The first has the host for an hour.
        owner.hostAllowance = HostAllowance(concurrency: 1, delay: 3_600_000)
        let loop = PollLoop(concurrency: 4, clock: clock)
        loop.add([entry(0), entry(1)])
        await loop.run(round: owner)
        #expect(owner.leaves.withLock { $0[0] } == .go)
        #expect(owner.leaves.withLock { $0[1] } == .stopped)
    }

    @Test("A loop replaces what stands in line while polls go on")
    func replace() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, clock: clock)
        let control = loop.control
        let later = Timestamp(milliseconds: 1_000_000 + 3_600_000)
        for feed in 1...3 { loop.add(entry(feed, due: later)) }
        loop.add(entry(0))
        owner.replacements = [entry(7)]
        owner.onFinish = { feed in control.send(feed == 0 ? .replace : .stop) }
        await loop.run(service: owner)
        #expect(owner.polled == [0, 7])
    }

    @Test("polling.md §8: a service lets a paused host rest; a round does not wait for it")
    func pauses() async {
        let owner = Owner()
        owner.makeReport = { feed in
            var report = PollReport(feed: FeedIdentifier("\(feed)"), url: "", outcome: .failed)
            report.failure = .init(kind: .rateLimited, message: "")
            if feed == 0 {
                report.host = ("h", .init(pause: pause(until: Timestamp(seconds: 1000).adding(seconds: 3600))))
            }
            return report
        }
        let round = PollLoop(concurrency: 1, clock: clock)
        for feed in 0..<3 { round.add(entry(feed, host: "h")) }
        await round.run(round: owner)
        #expect(owner.polled == [0] && owner.passedOver.keys.sorted() == [1, 2])

        owner.polled = []
        let service = PollLoop(concurrency: 1, clock: clock)
        for feed in 0..<3 { service.add(entry(feed, host: "h")) }
        service.add(entry(9, host: "other"))
        let control = service.control
        owner.onFinish = { feed in if feed == 9 { control.send(.stop) } }
        await service.run(service: owner)
        #expect(owner.polled == [0, 9])
    }

    @Test("polling.md §8: a pause that began by a clock which has gone back since is no longer than it was meant to be")
    func pauseByAnotherClock() async {
        let owner = Owner()
        owner.makeReport = { feed in
            var report = PollReport(feed: FeedIdentifier("\(feed)"), url: "", outcome: .failed)
            report.failure = .init(kind: .rateLimited, message: "")
            let later = Timestamp(year: 2036, month: 1, day: 1)
            if feed == 0 {
                report.host = ("h", .init(pause: .init(until: later, incidents: 1, since: later, coversHost: true)))
            }
            return report
        }
        // Each look at the clock is two seconds later, so that a host that is probed may be asked again.
        let reading = Locked(SteadyTime(milliseconds: 0))
        let steady = { @Sendable in
            reading.withLock { time in
                time = time.adding(milliseconds: 2000)
                return time
            }
        }
        let service = PollLoop(
            concurrency: 1, heartbeat: .milliseconds(1),
            clock: PollClock(now: { Timestamp(seconds: 1000) }, steady: steady))
        for feed in 0..<3 { service.add(entry(feed, host: "h")) }
        service.add(entry(9, host: "other", due: Timestamp(seconds: 5000)))
        let control = service.control
        owner.onFinish = { feed in if feed == 9 { control.send(.stop) } }
        await service.run(service: owner)
        #expect(owner.polled == [0, 1, 2, 9])
    }

    @Test("polling.md §8: while the network is down one feed a minute is tried, and late feeds are spread afterwards")
    func offline() async {
        let owner = Owner()
        let clock = Locked(Timestamp(seconds: 1000))
        let loop = PollLoop(
            concurrency: 1, heartbeat: .milliseconds(1),
            clock: PollClock(now: { clock.withLock { $0 } }))
        let control = loop.control
        owner.makeReport = { feed in
            var report = PollReport(feed: FeedIdentifier("\(feed)"), url: "", outcome: .failed)
            report.network = feed == 0 ? .down : feed == 1 ? .up : nil
            return report
        }
        for feed in 0..<5 { loop.add(entry(feed)) }
        owner.onHeartbeat = { [unowned owner] _ in
            if owner.polled == [0] { clock.withLock { $0 = $0.adding(seconds: 60) } }
        }
        owner.replacements = [entry(7)]
        owner.onFinish = { feed in if feed == 7 { control.send(.stop) } }
        await loop.run(service: owner)
        #expect(owner.polled == [0, 1, 7])
        #expect(owner.interruptions == 1)
    }

    @Test("polling.md §6: a machine that has slept spreads what became late; setting the time of day moves nothing")
    func suspended() async {
        let owner = Owner()
        let (day, steady) = (Locked(Timestamp(seconds: 1000)), Locked(SteadyTime(milliseconds: 50_000)))
        let loop = PollLoop(
            concurrency: 1, heartbeat: .milliseconds(1),
            clock: PollClock(now: { day.withLock { $0 } }, steady: { steady.withLock { $0 } }))
        let control = loop.control
        loop.add(entry(1, due: Timestamp(seconds: 2000)))
        owner.onHeartbeat = { count in
            // A day on, and back again.
            if count == 2 { day.withLock { $0 = Timestamp(seconds: 90_000) } }
            if count == 4 { day.withLock { $0 = Timestamp(seconds: 0) } }
            if count == 6 { steady.withLock { $0 = $0.adding(milliseconds: 500_000) } }
        }
        owner.onInterruption = { _ in control.send(.stop) }
        await loop.run(service: owner)
        #expect(owner.polled.isEmpty)
        #expect(owner.interruptions == 1)
    }

    @Test("An idle service still shows that it lives, and wakes up when a feed is due")
    func heartbeat() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, heartbeat: .milliseconds(1), clock: clock)
        let control = loop.control
        owner.onHeartbeat = { count in if count == 5 { control.send(.stop) } }
        await loop.run(service: owner)
        #expect(owner.heartbeats >= 5)
        #expect(owner.polled.isEmpty)
    }

    @Test("What a command asks for is polled at once: what was in line for later, and what was not in line")
    func hastens() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, clock: clock)
        let control = loop.control
        let allowance = HostAllowance(concurrency: 1, delay: 0)
        let later = clock.now().adding(seconds: 3600)
        loop.add(PollEntry(feed: 0, host: "h", due: later, allowance: allowance))
        loop.add(PollEntry(feed: 1, host: "h", due: later, allowance: allowance))
        owner.asked = [1, 2].map {
            PollEntry(feed: $0, host: "h", due: Timestamp(seconds: 0), allowance: allowance, urgency: .asked)
        }
        owner.onFinish = { feed in if feed == 2 { control.send(.stop) } }
        control.send(.ask(.status, ControlReply()))
        await loop.run(service: owner)
        #expect(owner.polled == [1, 2])
    }

    @Test("polling.md §6: polls that are led on to one host wait without a transfer, and all end")
    func hops() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, clock: clock)
        for feed in 0..<20 {
            owner.leads[feed] = "b"
            loop.add(entry(feed))
        }
        await loop.run(round: owner)
        #expect(owner.polled.sorted() == Array(0..<20))
        #expect(owner.leaves.withLock { $0.values.filter { $0 == .go }.count } == 20)
    }

    @Test("A poll that rests before it stands in line keeps no other from its transfer", .timeLimit(.minutes(1)))
    func rests() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, clock: clock)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        owner.leads[0] = "b"
        owner.rests = ends
        // The rest ends when the other feed was polled, for which there is one transfer.
        owner.onFinish = { if $0 == 1 { end.yield() } }
        for feed in 0..<2 { loop.add(entry(feed)) }
        await loop.run(round: owner)
        #expect(owner.finishedFeeds == [1, 0])
        #expect(owner.leaves.withLock { $0[0] } == .go)
    }

    @Test("Other feeds are polled while redirects wait in line, and a stop ends those that wait")
    func hopsAndOthers() async {
        let owner = Owner()
        owner.hostAllowance = HostAllowance(concurrency: 1, delay: 3_600_000)
        let loop = PollLoop(concurrency: 2, clock: clock)
        for feed in 0..<10 {
            owner.leads[feed] = "b"
            loop.add(entry(feed))
        }
        for feed in 10..<30 { loop.add(entry(feed)) }
        let control = loop.control
        owner.onFinish = { [unowned owner] _ in
            // All but the nine that wait for the one host.
            if owner.finishedFeeds.count == 21 { control.send(.stop) }
        }
        await loop.run(service: owner)
        #expect(Set(owner.finishedFeeds) == Set(0..<30))
        let leaves = owner.leaves.withLock { $0 }
        #expect(leaves.values.filter { $0 == .go }.count == 1)
        #expect(leaves.values.filter { $0 == .stopped }.count == 9)
    }

    @Test("A pause ends the redirects that wait for its host, and tells whoever waits for one of its feeds")
    func pauseWhileWaiting() async {
        for staysOpen in [true, false] {
            let owner = Owner()
            owner.hostAllowance = HostAllowance(concurrency: 1, delay: 3_600_000)
            // One at a time: all redirects stand in line before the poll that brings the pause begins.
            let loop = PollLoop(concurrency: 1, clock: clock)
            for feed in 0..<3 {
                owner.leads[feed] = "h"
                loop.add(entry(feed))
            }
            let until = Timestamp(seconds: 90_000)
            owner.makeReport = { feed in
                var report = PollReport(feed: FeedIdentifier("\(feed)"), url: "", outcome: .failed)
                if feed == 9 { report.host = ("h", .init(pause: pause(until: until))) }
                return report
            }
            loop.add(PollEntry(feed: 9, host: "x", due: Timestamp(seconds: 0), allowance: allowance))
            let control = loop.control
            owner.onFinish = { [unowned owner] _ in
                if staysOpen, owner.finishedFeeds.count == 4 { control.send(.stop) }
            }
            if staysOpen { await loop.run(service: owner) } else { await loop.run(round: owner) }
            let leaves = owner.leaves.withLock { $0 }
            #expect(leaves.values.filter { $0 == .go }.count <= 1)
            #expect(leaves.values.filter { $0 == .held }.count >= 2)
        }
    }

    @Test("A forced poll that cannot begin within seconds is answered at once, and comes at its time")
    func forcedTooEarly() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 4, clock: clock)
        let slow = HostAllowance(concurrency: 1, delay: 60_000)
        let later = clock.now().adding(seconds: 3600)
        loop.add(PollEntry(feed: 0, host: "h", due: Timestamp(seconds: 0), allowance: slow))
        loop.add(PollEntry(feed: 1, host: "h", due: later, allowance: slow))
        owner.asked = [
            PollEntry(feed: 1, host: "h", due: Timestamp(seconds: 0), allowance: slow, urgency: .forced)
        ]
        let control = loop.control
        owner.onFinish = { feed in
            if feed == 0 {
                control.send(.ask(.status, ControlReply()))
                control.send(.stop)
            }
        }
        await loop.run(service: owner)
        #expect(owner.polled == [0])
        #expect(owner.passedOver[1] == .hostDelay("h", until: clock.now().adding(seconds: 60)))
    }

    @Test(
        "A reload changes how many polls run at a time, and a poll that somebody waits for stays first in line or is told why not"
    )
    func reload() async {
        let owner = Owner()
        let loop = PollLoop(concurrency: 1, clock: clock)
        let control = loop.control
        let later = clock.now().adding(seconds: 3600)
        owner.concurrency = 5
        owner.unwanted = [3]
        owner.replacements = (1..<9).filter { $0 != 3 }.map { entry($0, due: $0 == 2 ? later : Timestamp(seconds: 0)) }
        for feed in 2...3 {
            loop.add(
                PollEntry(feed: feed, host: "h\(feed)", due: later, allowance: allowance, urgency: .asked))
        }
        control.send(.replace)
        owner.onFinish = { [unowned owner] _ in if owner.finishedFeeds.count == 7 { control.send(.stop) } }
        await loop.run(service: owner)
        #expect(Set(owner.polled) == [1, 2, 4, 5, 6, 7, 8])
        #expect(owner.mostAtOnce.withLock { $0 } <= 5)
    }

    @Test("While nothing can be stored feeds are only tried now and then; afterwards late feeds are spread")
    func stuck() async {
        let owner = Owner()
        let time = Locked(Timestamp(seconds: 1000))
        let loop = PollLoop(
            concurrency: 1, heartbeat: .milliseconds(1),
            clock: PollClock(now: { time.withLock { $0 } }))
        let control = loop.control
        for feed in 0..<5 { loop.add(entry(feed)) }
        owner.isStuck = true
        owner.onHeartbeat = { [unowned owner] _ in
            if owner.polled == [0] { time.withLock { $0 = $0.adding(seconds: 5) } }
        }
        owner.replacements = [entry(7)]
        owner.onFinish = { [unowned owner] feed in
            if feed == 1 { owner.isStuck = false }
            if feed == 7 { control.send(.stop) }
        }
        await loop.run(service: owner)
        #expect(owner.polled == [0, 1, 7])
        #expect(owner.interruptions == 1)
    }
}

/// Notes what the loop does.
private final class Owner: PollLoopService {
    var polled: [Int] = []
    var finishedFeeds: [Int] = []
    var times = 1
    var hangs = false
    var heartbeats = 0
    var replacements: [PollEntry] = []
    var asked: [PollEntry] = []
    var onStart: (Int) -> Void = { _ in }
    var onFinish: (Int) -> Void = { _ in }
    var onHeartbeat: (Int) -> Void = { _ in }
    var interruptions = 0
    var onInterruption: (Int) -> Void = { _ in }
    var makeReport: (Int) -> PollReport = { PollReport(feed: FeedIdentifier("\($0)"), url: "", outcome: .unchanged) }
    let cancelled = Locked(0)
    let atOnce = Locked(0)
    let mostAtOnce = Locked(0)

    var concurrency = 1
    var executor: any TaskExecutor { globalConcurrentExecutor }
    var isStuck = false
    /// Feeds, with the hosts that their polls are led on to.
    var leads: [Int: String] = [:]
    /// Polls that are led on rest until it says something; nil where they do not.
    var rests: AsyncStream<Void>?
    /// The polls of these feeds are broken off while they wait for the other host.
    var breaksOff: Set<Int> = []
    var passedOver: [Int: PollObstacle] = [:]
    var unwanted = Set<Int>()
    var hostAllowance = HostAllowance(concurrency: 1, delay: 0)
    let leaves = Locked<[Int: RedirectDecision]>([:])

    func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) { (host, hostAllowance) }

    func passOver(_ feed: Int, _ obstacle: PollObstacle) { passedOver[feed] = obstacle }

    func isStillWanted(_ feed: Int) -> Bool { !unwanted.contains(feed) }

    func poll(_ feed: Int, turn: RedirectTurn) -> @Sendable () async -> PollReport {
        polled.append(feed)
        onStart(polled.count)
        let (hangs, cancelled, atOnce, most) = (hangs, cancelled, atOnce, mostAtOnce)
        let report = makeReport(feed)
        let (host, leaves) = (leads[feed], leaves)
        let isBrokenOff = breaksOff.contains(feed)
        let rests = rests
        return {
            if let host {
                if let rests {
                    turn.rest()
                    for await _ in rests { break }
                }
                let waiting = Task { await turn.wait(host) }
                if isBrokenOff { waiting.cancel() }
                let leave = await waiting.value
                leaves.withLock { $0[feed] = leave }
                return report
            }
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
            return report
        }
    }

    func finished(_ feed: Int, _ report: PollReport) -> PollEntry? {
        finishedFeeds.append(feed)
        onFinish(feed)
        times -= 1
        guard times > 0 else { return nil }
        return PollEntry(
            feed: feed, host: "h", due: Timestamp(seconds: 0), allowance: HostAllowance(concurrency: 1, delay: 0))
    }

    func replacement(running: Set<Int>) -> [PollEntry] { replacements }

    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> [PollEntry] {
        reply.done()
        return asked
    }

    func line(after interruption: PollInterruption, except running: Set<Int>) -> [PollEntry] {
        interruptions += 1
        onInterruption(interruptions)
        return replacements
    }

    func heartbeat(nextDue: Timestamp?, running: Int) {
        heartbeats += 1
        onHeartbeat(heartbeats)
    }
}
