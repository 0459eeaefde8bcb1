package import FeedModel
package import Scheduling

/// A feed in line: its number, its host and when it is due.
package struct PollEntry: Sendable, Equatable {
    package var feed: Int
    package var host: String
    package var due: Timestamp
    package var allowance: HostAllowance

    package init(feed: Int, host: String, due: Timestamp, allowance: HostAllowance) {
        self.feed = feed
        self.host = host
        self.due = due
        self.allowance = allowance
    }
}

/// Something that the loop is told from outside.
package enum PollLoopSignal: Sendable {
    /// Stop starting polls, break off those that run, and return.
    case stop
    /// Everything in line is to be replaced by what `replacement` gives.
    case replace
    /// A command asks the service for something.
    case ask(ControlRequest, ControlReply)
}

/// What a command's request means for the feeds in line.
package enum PollLineChange: Sendable {
    case none
    /// These are to be polled as soon as their hosts allow. Those that are being polled already are left alone.
    case hasten([PollEntry])
    /// As after `PollLoopSignal.replace`.
    case replace
    /// What is in line changes to what `line` gives.
    case renew
}

/// Why feeds have become late all together.
package enum PollInterruption: Sendable {
    /// The machine slept, or the process was stopped, for so many seconds.
    case suspended(seconds: Int64)
    /// One's own network was down.
    case networkDown
}

/// What the loop asks of whoever runs it. All but `poll` is called from the loop, one call at a time.
package protocol PollLoopOwner: AnyObject {
    /// Polls one feed; called from many tasks. When its task is cancelled it ends soon, and nothing is half-done.
    func poll(_ feed: Int) -> @Sendable () async -> PollReport
    /// A poll is over.
    /// - Returns: its place in line for the next time, if there is to be one.
    func finished(_ feed: Int, _ report: PollReport) -> PollEntry?
    /// What stands in line after `PollLoopSignal.replace`, without the feeds that are being polled right now.
    func replacement(running: Set<Int>) -> [PollEntry]
    /// Answers a command, at once or when what it has asked for is done.
    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> PollLineChange
    /// What stands in line without the feeds that are being polled right now.
    func line(except running: Set<Int>) -> [PollEntry]
    /// What stands in line after a time in which nothing could be polled, likewise: late feeds do not come all at once.
    func line(after interruption: PollInterruption, except running: Set<Int>) -> [PollEntry]
    /// The loop is alive; called at least every `PollLoop.heartbeat`, with the earliest time at which a feed is due.
    func heartbeat(now: Timestamp, nextDue: Timestamp?, running: Int)
}

/// Starts polls when `PollQueue` says so, as many at a time as it allows, until nothing is left or it is told to stop.
package final class PollLoop {
    fileprivate enum Event: Sendable {
        case finished(Int, PollReport)
        /// The sleeper of that time has woken up.
        case tick(Timestamp)
        case signal(PollLoopSignal)
    }

    /// With which it is told things while it runs, from any thread.
    package struct Control: Sendable {
        fileprivate let events: AsyncStream<Event>.Continuation

        package func send(_ signal: PollLoopSignal) {
            events.yield(.signal(signal))
        }
    }

    package let control: Control
    /// Milliseconds late that the loop must be for the machine to have been asleep.
    private static let suspension: Int64 = 60_000

    /// The longest that the loop sleeps.
    private let heartbeat: Duration
    /// Whether the loop is a service: it waits for signals when nothing is in line, and for pauses to end.
    private let staysOpen: Bool
    private let clock: PollClock
    private let events: AsyncStream<Event>
    private var queue: PollQueue
    private var running = Set<Int>()
    /// When the loop last did something.
    private var lastSeen: Timestamp?
    private var isStopping = false
    // Inside the loop all times are the steady clock's, so that setting the time of day moves nothing.
    /// When the earliest sleeper wakes the loop up.
    private var wakesAt: Timestamp?

    package init(
        concurrency: Int, staysOpen: Bool, heartbeat: Duration = .seconds(30), clock: PollClock
    ) {
        queue = PollQueue(concurrency: concurrency)
        self.staysOpen = staysOpen
        self.heartbeat = heartbeat
        self.clock = clock
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        control = Control(events: continuation)
    }

    package func add(_ entry: PollEntry) { add([entry]) }

    /// Feeds that are due at the same time are polled in this order.
    package func add(_ entries: [PollEntry]) {
        let offset = steadyOffset()
        for entry in entries {
            queue.add(
                feed: entry.feed, host: entry.host, due: entry.due.adding(milliseconds: offset),
                allowance: entry.allowance)
        }
    }

    /// Leaves a host alone that feeds have been added for.
    package func pause(host: String, until time: Timestamp) {
        queue.pause(host: host, until: steady(time))
    }

    private func steady(_ time: Timestamp) -> Timestamp { time.adding(milliseconds: steadyOffset()) }

    /// Milliseconds from the time of day to the steady clock. Two readings differ by as much as the process was held up
    /// between the clocks.
    private func steadyOffset() -> Int64 {
        let (offset, overflows) = clock.steady().milliseconds.subtractingReportingOverflow(clock.now().milliseconds)
        return overflows ? 0 : offset
    }

    private func timeOfDay(_ steady: Timestamp) -> Timestamp {
        let (wait, overflows) = steady.milliseconds.subtractingReportingOverflow(clock.steady().milliseconds)
        return clock.now().adding(milliseconds: overflows ? 0 : wait)
    }

    /// Returns when all is polled or `stop` was sent, and nothing runs any more.
    package func run(_ owner: some PollLoopOwner) async {
        await withDiscardingTaskGroup { group in
            if startDue(in: &group, owner) { return }
            for await event in events {
                noteSuspension(owner)
                handle(event, in: &group, owner)
                if startDue(in: &group, owner) { break }
            }
            group.cancelAll()
        }
    }

    private func handle(_ event: Event, in group: inout DiscardingTaskGroup, _ owner: some PollLoopOwner) {
        switch event {
        case .tick(let time):
            // Only the earliest sleeper is followed by another, or there would be more and more of them.
            if wakesAt == time { wakesAt = nil }
        case .finished(let feed, let report):
            running.remove(feed)
            if staysOpen, let pause = report.hostPause { self.pause(host: pause.host, until: pause.until) }
            queue.finished(feed: feed, isGood: report.failure == nil)
            if let entry = owner.finished(feed, report), !isStopping { add(entry) }
            if staysOpen, !isStopping, let network = report.network { follow(network, owner) }
        case .signal(.stop):
            isStopping = true
            _ = queue.removeWaiting()
            group.cancelAll()
        case .signal(.replace):
            if isStopping { return }
            replace(owner.replacement(running: running))
        case .signal(.ask(let request, let reply)):
            if isStopping { return reply.fail("the service is stopping") }
            switch owner.answer(request, reply, running: running) {
            case .none: break
            case .hasten(let entries): for entry in entries where !running.contains(entry.feed) { hasten(entry) }
            case .replace: replace(owner.replacement(running: running))
            case .renew: replace(owner.line(except: running))
            }
        }
    }

    private func replace(_ entries: [PollEntry]) {
        _ = queue.removeWaiting()
        add(entries)
    }

    private func hasten(_ entry: PollEntry) {
        if queue.isInLine(entry.feed) {
            queue.hasten(feed: entry.feed, to: steady(entry.due))
        } else {
            add(entry)
        }
    }

    private func follow(_ network: PollReport.Network, _ owner: some PollLoopOwner) {
        switch network {
        case .down: queue.limitStarts(every: OutageDetector.probeInterval, from: clock.steady())
        case .up:
            queue.limitStarts(every: nil, from: clock.steady())
            renew(after: .networkDown, owner)
        }
    }

    /// Whether the loop wakes up much later than it wanted to.
    private func noteSuspension(_ owner: some PollLoopOwner) {
        let time = clock.steady()
        defer { lastSeen = time }
        guard staysOpen, !isStopping, let lastSeen else { return }
        let late = time.milliseconds - lastSeen.milliseconds - heartbeat.milliseconds
        if late > Self.suspension * clock.patience { renew(after: .suspended(seconds: late / 1000), owner) }
    }

    private func renew(after interruption: PollInterruption, _ owner: some PollLoopOwner) {
        replace(owner.line(after: interruption, except: running))
    }

    /// Starts what may start now, and sees to it that the loop wakes up for the next.
    ///
    /// - Returns: whether there is nothing left to do.
    private func startDue(in group: inout DiscardingTaskGroup, _ owner: some PollLoopOwner) -> Bool {
        while true {
            let time = clock.steady()
            switch queue.next(now: time) {
            case .start(let feed):
                running.insert(feed)
                let poll = owner.poll(feed)
                let events = control.events
                group.addTask { events.yield(.finished(feed, await poll())) }
            case .wait(let until):
                owner.heartbeat(now: clock.now(), nextDue: queue.nextDue.map(timeOfDay), running: running.count)
                sleep(until: until, now: time, in: &group)
                return false
            case .done:
                if isStopping || !staysOpen { return true }
                owner.heartbeat(now: clock.now(), nextDue: nil, running: running.count)
                sleep(until: nil, now: time, in: &group)
                return false
            }
        }
    }

    private func sleep(until time: Timestamp?, now: Timestamp, in group: inout DiscardingTaskGroup) {
        // A loop that is stopping is woken up by the polls that end.
        if isStopping { return }
        let longest = now.milliseconds + heartbeat.milliseconds
        let wake = Timestamp(milliseconds: min(time?.milliseconds ?? longest, longest))
        if let wakesAt, wakesAt <= wake { return }
        wakesAt = wake
        let events = control.events
        let pause = max(1, wake.milliseconds - now.milliseconds)
        let clock = clock
        group.addTask {
            try? await clock.sleep(milliseconds: pause)
            events.yield(.tick(wake))
        }
    }
}

extension Duration {
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
