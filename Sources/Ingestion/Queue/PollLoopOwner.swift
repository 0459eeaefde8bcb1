private import Dispatch
package import FeedModel
package import Fetching
package import Scheduling

/// `PollEntry` is a feed in line: its number, its host and when it is due.
package struct PollEntry: Sendable, Equatable {
    /// The loop's owner knows the feed by this number.
    package var feed: Int
    /// This host is asked first, by the key of its allowance.
    package var host: String
    /// The feed is not polled before this time of day.
    package var due: Timestamp
    /// The host has this allowance.
    package var allowance: HostAllowance
    /// Tells whether somebody waits for the poll.
    package var urgency: PollUrgency

    /// Puts together where a feed stands in line; nobody waits for it where nothing else is said.
    package init(
        feed: Int, host: String, due: Timestamp, allowance: HostAllowance, urgency: PollUrgency = .none
    ) {
        self.feed = feed
        self.host = host
        self.due = due
        self.allowance = allowance
        self.urgency = urgency
    }
}

/// `PollLoopSignal` is something that the loop is told from outside. Only a service is told more than to stop.
package enum PollLoopSignal: Sendable {
    /// Stop starting polls, break off those that run, and return.
    case stop
    /// Everything in line is to be replaced by what `replacement` gives.
    case replace
    /// Other machines of the fleet have found something of these feeds.
    case heard(Set<FeedIdentifier>)
    /// A command asks the service for something.
    case ask(ControlRequest, ControlReply)
    /// A request that is no poll asks whether a host may be asked. It is answered once, unless the loop has ended.
    case visit(host: String, @Sendable (HostGate.Answer) -> Void)
    /// A visit is over that was let in, by the key of its host's allowance, with what it comes to for the host.
    case left(host: String, isGood: Bool, HostVerdict)
}

/// `PollInterruption` says why feeds have become late all together.
package enum PollInterruption: Sendable {
    /// The machine slept, or the process was stopped, for so many seconds.
    case suspended(seconds: Int64)
    /// One's own network was down.
    case networkDown
    /// The disk took nothing.
    case diskStuck
}

/// `PollObstacle` says why a poll that somebody waits for does not come within seconds.
package enum PollObstacle: Sendable, Equatable {
    /// The host has asked to be left alone.
    case pausedHost(String, until: Timestamp)
    /// The host was asked a short while ago, and is asked no sooner than that.
    case hostDelay(String, until: Timestamp)
}

/// `RedirectTurn` is how a poll comes to the host that a redirect leads to. Any task may call it.
package struct RedirectTurn: Sendable {
    /// Gives the poll's transfer back, as it has to wait for something before it stands in line. Returns at once; `wait` follows,
    /// or the end of the poll.
    package var rest: @Sendable () -> Void
    /// Waits in line for the host, and says whether the redirect may be followed then.
    package var wait: @Sendable (_ host: String) async -> RedirectDecision
}

/// `PollLoopOwner` is whoever has a `PollLoop` poll feeds, once or for as long as a service runs.
///
/// All but what `poll` returns is called from the loop, one call at a time.
package protocol PollLoopOwner: AnyObject {
    /// Where polls are begun, and where they go on after what they wait for.
    var executor: any TaskExecutor { get }
    /// Says who shares the allowance of a host, by its key, and how large it is.
    func allowance(forHost host: String) -> (key: String, allowance: HostAllowance)
    /// Gives what polls one feed, to be called from any task. When that task is cancelled it ends soon, and nothing is
    /// half-done.
    ///
    /// - Parameter turn: to be asked before a redirect to another host is followed.
    func poll(_ feed: Int, turn: RedirectTurn) -> @Sendable () async -> PollReport
    /// Takes in that a poll is over.
    ///
    /// - Returns: its place in line for the next time, if there is to be one.
    func finished(_ feed: Int, _ report: PollReport) -> PollEntry?
    /// Tells whoever waits for the poll of that feed that it does not come, and why. That of a round is out of line then.
    func passOver(_ feed: Int, _ obstacle: PollObstacle)
}

/// `PollLoopService` is an owner that keeps a loop running: it answers commands, reads its configuration anew, and is told
/// how the loop is doing.
package protocol PollLoopService: PollLoopOwner {
    /// How many polls may run at a time; asked after `PollLoopSignal.replace`.
    var concurrency: Int { get }
    /// Whether nothing can be stored at present, so that trying now and then is all that makes sense.
    var isStuck: Bool { get }
    /// Says whether a poll that was asked for is still to be made, as the line has changed. Where it is not, whoever waits
    /// for it is told.
    func isStillWanted(_ feed: Int) -> Bool
    /// Gives what stands in line after `PollLoopSignal.replace`, without the feeds that are being polled right now.
    func replacement(running: Set<Int>) -> [PollEntry]
    /// Takes in that other machines of the fleet have found something of these feeds.
    ///
    /// - Returns: whether the line changes with it.
    func heard(_ feeds: Set<FeedIdentifier>) -> Bool
    /// The pauses of hosts that others may have brought than polls of this loop; asked after `PollLoopSignal.replace`
    /// and `heard`.
    var pausesFromElsewhere: [(host: String, until: Timestamp)] { get }
    /// Answers a command, at once or when what it has asked for is done.
    ///
    /// - Returns: the feeds that are to be polled as soon as their hosts allow, before those that nobody waits for. A poll
    ///   of one of them that runs already goes on, and goes first where it has to wait in line with a redirect.
    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> [PollEntry]
    /// Gives what stands in line after a time in which nothing could be polled, without the feeds that are being polled
    /// right now. Late feeds are spread, so that they do not come all at once.
    func line(after interruption: PollInterruption, except running: Set<Int>) -> [PollEntry]
    /// Takes in that the loop is alive. Called at least as often as the loop's heartbeat says, with the earliest time at
    /// which a feed is due.
    func heartbeat(nextDue: Timestamp?, running: Int)
}

extension PollLoopService {
    /// Nobody else polls.
    package var pausesFromElsewhere: [(host: String, until: Timestamp)] { [] }
    package func heard(_ feeds: Set<FeedIdentifier>) -> Bool { false }
}

/// `LoopExecutor` is a thread for the poll loop and whatever else must never stand still while the service runs: what
/// tells it to stop, and what feeds its watchdog.
///
/// The threads that tasks share are few, and reading the store holds them up where its file system does not answer.
/// Nothing may block in what runs here.
package final class LoopExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "newswire.loop")

    /// Has no thread until the first task comes.
    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
