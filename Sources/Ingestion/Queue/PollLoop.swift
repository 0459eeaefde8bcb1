package import FeedModel
internal import Fetching
internal import Scheduling

/// `PollLoop` starts polls when `PollQueue` says so, as many at a time as it allows, until nothing is left or it is told to
/// stop. It runs once; all but `control` belongs to the task that runs it.
///
/// Everything that happens comes as an `Event`: `run` takes one after the other, `handle` does what follows from it, and
/// `startDue` starts what may start then and sees to it that the loop wakes up for the next.
package final class PollLoop {
    fileprivate enum Event: Sendable {
        /// The poll of that feed is led on to a host, and waits for the answer whether it may ask it.
        case redirected(Int, host: String, CheckedContinuation<RedirectDecision, Never>)
        /// The poll of that feed is led on to a host, and stands in line for it later.
        case rests(Int)
        /// The poll of that feed is broken off, and waits for no host any more.
        case abandoned(Int)
        /// The poll of that feed is over.
        case finished(Int, PollReport)
        /// The sleeper of that time has woken up.
        case tick(SteadyTime)
        case signal(PollLoopSignal)
    }

    /// `Control` tells the loop things while it runs, from any thread.
    package struct Control: Sendable {
        fileprivate let events: AsyncStream<Event>.Continuation

        /// Returns at once; the loop does it after all that it was told before.
        package func send(_ signal: PollLoopSignal) {
            events.yield(.signal(signal))
        }
    }

    /// `Client` is whom the loop polls for.
    private enum Client {
        case round(any PollLoopOwner)
        case service(any PollLoopService)

        var owner: any PollLoopOwner {
            switch self {
            case .round(let owner): owner
            case .service(let service): service
            }
        }

        /// nil for a round, which ends before it could be told of commands, clocks and outages.
        var service: (any PollLoopService)? {
            if case .service(let service) = self { service } else { nil }
        }
    }

    /// Tells the loop things while it runs.
    package let control: Control
    /// Milliseconds late that the loop must be for the machine to have been asleep.
    private static let suspension: Int64 = 60_000
    /// Milliseconds that who has forced a poll waits for its beginning.
    private static let forcedPatience: Int64 = 10_000
    /// Milliseconds between two tries while nothing can be stored.
    private static let diskProbe: Int64 = 5000

    /// The longest that the loop sleeps.
    private let heartbeat: Duration
    private let clock: PollClock
    private let events: AsyncStream<Event>
    private var queue: PollQueue
    private var running = Set<Int>()
    /// By feed, the polls that wait in line with a redirect.
    private var redirects: [Int: CheckedContinuation<RedirectDecision, Never>] = [:]
    /// The feeds whose polls are being broken off.
    private var abandoned = Set<Int>()
    private var isNetworkDown = false
    private var isStuck = false
    /// When the loop last did something.
    private var lastSeen: SteadyTime?
    private var isStopping = false
    /// When the earliest sleeper wakes the loop up.
    private var wakesAt: SteadyTime?

    /// - Parameters:
    ///   - concurrency: how many polls may run at a time.
    ///   - heartbeat: the longest that the loop sleeps.
    package init(
        concurrency: Int, heartbeat: Duration = .seconds(30), clock: PollClock
    ) {
        queue = PollQueue(concurrency: concurrency)
        self.heartbeat = heartbeat
        self.clock = clock
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        control = Control(events: continuation)
    }

    // MARK: Before it runs

    /// Puts a feed in line.
    package func add(_ entry: PollEntry) { add([entry]) }

    /// Puts feeds in line. Those that are due at the same time are polled in this order.
    package func add(_ entries: [PollEntry]) {
        let lead = steadyLead()
        for entry in entries {
            queue.add(
                feed: entry.feed, host: entry.host, due: steady(entry.due, lead: lead),
                allowance: entry.allowance, urgency: entry.urgency)
        }
    }

    /// Leaves a host alone that feeds have been added for, before the loop runs.
    package func pause(host: String, until time: Timestamp) {
        _ = queue.pause(host: host, until: steady(time), now: clock.steady())
    }

    // MARK: While it runs

    /// Returns when all that is in line was polled or `stop` was sent, and nothing runs any more.
    package func run(round: some PollLoopOwner) async { await run(.round(round)) }

    /// Returns when `stop` was sent and nothing runs any more: until then it waits for signals when nothing is in line, and
    /// for pauses to end.
    package func run(service: some PollLoopService) async { await run(.service(service)) }

    private func run(_ client: Client) async {
        await withDiscardingTaskGroup { group in
            if startDue(in: &group, client) { return }
            for await event in events {
                if let service = client.service { noticeSuspension(service) }
                handle(event, in: &group, client)
                if startDue(in: &group, client) { break }
            }
            group.cancelAll()
        }
    }

    private func handle(_ event: Event, in group: inout DiscardingTaskGroup, _ client: Client) {
        switch event {
        case .finished(let feed, let report): finish(feed, report, client)
        case .rests(let feed): queue.rest(feed: feed)
        case .redirected(let feed, let host, let redirect): follow(feed, to: host, redirect, client.owner)
        case .abandoned(let feed):
            abandoned.insert(feed)
            if queue.endHop(feed) { answer([feed], .stopped) }
        case .tick(let time):
            // Only the earliest sleeper is followed by another, or there would be more and more of them.
            if wakesAt == time { wakesAt = nil }
        case .signal(.stop):
            isStopping = true
            _ = queue.removeWaiting()
            answer(queue.endHops(), .stopped)
            group.cancelAll()
        case .signal(.replace):
            if let service = client.service, !isStopping { reload(service) }
        case .signal(.heard(let feeds)):
            guard let service = client.service, !isStopping else { return }
            if service.heard(feeds) { reload(service) } else { adoptPauses(service) }
        case .signal(.visit(let host, let answer)): answer(isStopping ? .stopped : visit(host, client.owner))
        case .signal(.left(let host, let isGood, let verdict)):
            queue.leave(host: host, isGood: isGood)
            if let passedOver = take(verdict, of: host, client) {
                for feed in passedOver.feeds { client.owner.passOver(feed, passedOver.obstacle) }
            }
        case .signal(.ask(let request, let reply)):
            guard let service = client.service, !isStopping else { return reply.fail("the service is stopping") }
            for entry in service.answer(request, reply, running: running) { hasten(entry, service) }
        }
    }

    /// Starts what may start now, and sees to it that the loop wakes up for the next.
    ///
    /// - Returns: whether there is nothing left to do.
    private func startDue(in group: inout DiscardingTaskGroup, _ client: Client) -> Bool {
        let service = client.service
        while true {
            let time = clock.steady()
            switch queue.next(now: time) {
            case .start(let feed): start(feed, in: &group, client.owner)
            case .proceed(let feed): answer([feed], .go)
            case .giveUp(let feed): answer([feed], .crowded)
            case .wait(let until):
                service?.heartbeat(nextDue: queue.nextDue.map(timeOfDay), running: running.count)
                sleep(until: until, now: time, in: &group)
                return false
            case .done:
                guard let service, !isStopping else { return true }
                service.heartbeat(nextDue: nil, running: running.count)
                sleep(until: nil, now: time, in: &group)
                return false
            }
        }
    }

    private func start(_ feed: Int, in group: inout DiscardingTaskGroup, _ owner: any PollLoopOwner) {
        running.insert(feed)
        let events = control.events
        let turn = RedirectTurn(rest: { events.yield(.rests(feed)) }) { host in
            await withTaskCancellationHandler {
                await withCheckedContinuation { events.yield(.redirected(feed, host: host, $0)) }
            } onCancel: {
                events.yield(.abandoned(feed))
            }
        }
        let poll = owner.poll(feed, turn: turn)
        group.addTask(executorPreference: owner.executor) {
            events.yield(.finished(feed, await poll()))
        }
    }

    private func sleep(until time: SteadyTime?, now: SteadyTime, in group: inout DiscardingTaskGroup) {
        // A loop that is stopping is woken up by the polls that end.
        if isStopping { return }
        let longest = now.adding(milliseconds: heartbeat.milliseconds)
        let wake = min(time ?? longest, longest)
        if let wakesAt, wakesAt <= wake { return }
        wakesAt = wake
        let events = control.events
        let pause = max(1, wake.milliseconds(since: now))
        let clock = clock
        group.addTask {
            try? await clock.sleep(milliseconds: pause)
            events.yield(.tick(wake))
        }
    }

    // MARK: The end of a poll

    private func finish(_ feed: Int, _ report: PollReport, _ client: Client) {
        running.remove(feed)
        abandoned.remove(feed)
        let passedOver = report.host.flatMap { take($0.verdict, of: $0.key, client) }
        queue.finished(feed: feed, isGood: report.failure == nil && report.outcome != .skipped)
        if let entry = client.owner.finished(feed, report), !isStopping { add(entry) }
        if let passedOver { for feed in passedOver.feeds { client.owner.passOver(feed, passedOver.obstacle) } }
        if let service = client.service, !isStopping { noticeOutage(report.network, service) }
    }

    /// Takes in what a request comes to for its host.
    ///
    /// - Returns: the feeds whose polls somebody waits for and that do not come, and why.
    private func take(
        _ verdict: HostVerdict, of host: String, _ client: Client
    ) -> (feeds: [Int], obstacle: PollObstacle)? {
        defer { if verdict.isInDoubt { queue.doubt(host: host) } }
        guard let pause = verdict.pause else { return nil }
        // The time of day may have been set since the request began its pause.
        let until = PauseRules.believable(pause, at: clock.now()).until
        return (self.pause(host: host, until: until, client), .pausedHost(host, until: until))
    }

    /// Lets a request that is no poll ask a host, where no poll wants to.
    private func visit(_ host: String, _ owner: any PollLoopOwner) -> HostGate.Answer {
        let (key, allowance) = owner.allowance(forHost: host)
        let now = clock.steady()
        return switch queue.visit(host: key, allowance: allowance, now: now) {
        case .go: .go(key: key)
        case .later(let time): .later(milliseconds: time.milliseconds(since: now))
        case .held(let time): .held(milliseconds: time.milliseconds(since: now))
        }
    }

    /// A poll has brought a pause. A round ends before most pauses do: its feeds of that host are polled by a later one.
    ///
    /// - Returns: the feeds whose polls somebody waits for and that do not come.
    private func pause(host: String, until time: Timestamp, _ client: Client) -> [Int] {
        if client.service == nil {
            answer(queue.endHops(toHost: host), .held)
            return queue.removeWaiting(forHost: host, pausedUntil: steady(time))
        }
        let held = queue.pause(host: host, until: steady(time), now: clock.steady())
        answer(held.hops, .held)
        return held.asked
    }

    // MARK: Redirects to other hosts

    private func follow(
        _ feed: Int, to host: String, _ redirect: CheckedContinuation<RedirectDecision, Never>,
        _ owner: any PollLoopOwner
    ) {
        if isStopping || abandoned.contains(feed) { return redirect.resume(returning: .stopped) }
        let (key, allowance) = owner.allowance(forHost: host)
        switch queue.redirect(feed: feed, to: key, allowance: allowance, now: clock.steady()) {
        case .waits: redirects[feed] = redirect
        case .held: redirect.resume(returning: .held)
        case .crowded: redirect.resume(returning: .crowded)
        }
    }

    private func answer(_ feeds: [Int], _ decision: RedirectDecision) {
        for feed in feeds { redirects.removeValue(forKey: feed)?.resume(returning: decision) }
    }

    // MARK: What changes the line

    private func reload(_ service: some PollLoopService) {
        let entries = service.replacement(running: running)
        queue.limit(concurrency: service.concurrency)
        queue.renewAllowances { service.allowance(forHost: $0).allowance }
        replace(entries, service)
        adoptPauses(service)
    }

    /// Lets the hosts rest that polls of other machines have brought to it.
    private func adoptPauses(_ service: some PollLoopService) {
        for pause in service.pausesFromElsewhere {
            for feed in self.pause(host: pause.host, until: pause.until, .service(service)) {
                service.passOver(feed, .pausedHost(pause.host, until: pause.until))
            }
        }
    }

    private func replace(_ entries: [PollEntry], _ service: some PollLoopService) {
        let before = queue.removeWaiting()
        add(entries)
        let time = clock.steady()
        for waiting in before where waiting.urgency != .none && service.isStillWanted(waiting.feed) {
            queue.hasten(feed: waiting.feed, to: time, urgency: waiting.urgency, now: time)
        }
    }

    /// Somebody waits for the poll of that feed.
    private func hasten(_ entry: PollEntry, _ service: some PollLoopService) {
        let time = clock.steady()
        if entry.urgency == .forced {
            let opens = queue.opening(forced: entry.feed, host: entry.host)
            guard opens <= time.adding(milliseconds: Self.forcedPatience) else {
                return service.passOver(entry.feed, .hostDelay(entry.host, until: timeOfDay(opens)))
            }
        }
        if running.contains(entry.feed) || queue.isInLine(entry.feed) {
            queue.hasten(feed: entry.feed, to: steady(entry.due), urgency: entry.urgency, now: time)
        } else {
            add(entry)
        }
    }

    /// Takes in what a poll has shown of the network and of the disk: while one of them is out of order polls are only
    /// tried now and then, and afterwards late feeds are spread.
    private func noticeOutage(_ network: PollReport.Network?, _ service: some PollLoopService) {
        let (wasDown, wasStuck) = (isNetworkDown, isStuck)
        if let network { isNetworkDown = network == .down }
        isStuck = service.isStuck
        if isNetworkDown == wasDown, isStuck == wasStuck { return }
        let interval = isNetworkDown ? OutageDetector.probeInterval : isStuck ? Self.diskProbe : nil
        queue.limitStarts(every: interval, from: clock.steady())
        if wasDown, !isNetworkDown { renew(after: .networkDown, service) }
        if wasStuck, !isStuck { renew(after: .diskStuck, service) }
    }

    /// Spreads late feeds where the loop wakes up much later than it wanted to.
    private func noticeSuspension(_ service: some PollLoopService) {
        let time = clock.steady()
        defer { lastSeen = time }
        guard !isStopping, let lastSeen else { return }
        let late = time.milliseconds(since: lastSeen) - heartbeat.milliseconds
        if late > Self.suspension * clock.patience { renew(after: .suspended(seconds: late / 1000), service) }
    }

    private func renew(after interruption: PollInterruption, _ service: some PollLoopService) {
        replace(service.line(after: interruption, except: running), service)
    }

    // MARK: The two clocks

    private func steady(_ time: Timestamp) -> SteadyTime { steady(time, lead: steadyLead()) }

    private func steady(_ time: Timestamp, lead: Int64) -> SteadyTime {
        SteadyTime(milliseconds: time.milliseconds).adding(milliseconds: lead)
    }

    /// Milliseconds from the time of day to the steady clock. Two readings differ by as much as the process was held up
    /// between the clocks.
    private func steadyLead() -> Int64 {
        let (offset, overflows) = clock.steady().milliseconds.subtractingReportingOverflow(clock.now().milliseconds)
        return overflows ? 0 : offset
    }

    private func timeOfDay(_ steady: SteadyTime) -> Timestamp {
        clock.now().adding(milliseconds: steady.milliseconds(since: clock.steady()))
    }
}
