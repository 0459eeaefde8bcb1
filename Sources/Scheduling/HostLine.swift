/// `HostAllowance` says how often one host may be asked (polling.md §7).
package struct HostAllowance: Sendable, Equatable {
    /// At most this many transfers run at a time; at least 1.
    package var concurrency: Int
    /// This many milliseconds pass from the start of one request to the start of the next; at least 0.
    package var delay: Int64
    /// This many pass where nobody waits for the request, as the host's refusals have shown; at least 0.
    package var pace: Int64

    package init(concurrency: Int, delay: Int64, pace: Int64 = 0) {
        self.concurrency = max(1, concurrency)
        self.delay = max(0, delay)
        self.pace = max(0, pace)
    }

    /// Returns the milliseconds between the starts of two requests for which nobody waits.
    package var spacing: Int64 { max(delay, pace) }

    /// Returns the same allowance at this pace.
    package func at(pace: Int64) -> HostAllowance {
        HostAllowance(concurrency: concurrency, delay: delay, pace: pace)
    }
}

/// `HostLine` is one host as `PollQueue` sees it: how often it may be asked, and who waits for it.
///
/// There are three lines, each in the order of coming, and the host takes from them by turns, so that none of them
/// starves: a thousand redirects to a host cost its own feeds every other turn and no more.
struct HostLine {
    enum Kind: CaseIterable {
        /// Polls and redirects that a person waits for.
        case asked
        /// Polls that a redirect has led here.
        case hops
        /// Polls of the host's own feeds.
        case polls

        /// The line whose turn it is next.
        var next: Kind {
            switch self {
            case .asked: .hops
            case .hops: .polls
            case .polls: .asked
            }
        }
    }

    /// `Waiter` is a feed's place in line. It counts as long as the feed still has the same order.
    struct Waiter {
        var feed: Int32
        /// The place is that of the redirect of a poll that has begun.
        var isHop: Bool
        var order: Int
        /// The feed has stood here since then.
        var since: SteadyTime
    }

    /// `Offer` is the entry that stands for a host in one of the queue's heaps.
    struct Offer {
        /// The entry that counts has this order; 0 where there is none.
        var order = 0
        var time = SteadyTime(milliseconds: .max)
    }

    var allowance: HostAllowance
    /// Counts the requests that are under way.
    var running = 0
    /// Counts the redirects that stand in line.
    var hops = 0
    /// Counts the feeds that wait for the host or for their time, or are being polled.
    var members = 0
    /// The host is paused until then.
    var heldUntil = SteadyTime(milliseconds: .min)
    /// The host was paused, or has refused one of its feeds, and has not yet shown that it is well.
    var isProbed = false
    /// The entry for those that a person waits for.
    var urgentOffer = Offer()
    /// The entry for all others.
    var ordinaryOffer = Offer()
    private var lastStart = SteadyTime(milliseconds: .min)
    private var asked = Line()
    private var led = Line()
    private var own = Line()
    private var lastTaken = Kind.polls

    init(allowance: HostAllowance) {
        self.allowance = allowance
    }

    // MARK: - When the host may be asked

    /// Whether one more request may run beside those that do.
    @inline(__always)
    var hasRoom: Bool { running < (isProbed ? 1 : allowance.concurrency) }

    /// This many milliseconds pass at least from one request to the next while the host is not known to be well.
    private static let probeDelay: Int64 = 1000

    /// Returns when the next request may begin.
    ///
    /// - Parameter isForced: whether the request passes a pause, and the pace that was learnt.
    @inline(__always)
    func opensAt(isForced: Bool) -> SteadyTime {
        let least = isForced ? allowance.delay : allowance.spacing
        let delay = isProbed ? max(least, Self.probeDelay) : least
        let next = lastStart.adding(milliseconds: delay)
        return isForced ? next : max(next, heldUntil)
    }

    /// Tells whether the host is paused.
    @inline(__always)
    func isHeld(at now: SteadyTime) -> Bool { heldUntil > now }

    /// Records that a request begins, from which `delay` counts. Steady time never goes back, so this is the latest
    /// one.
    mutating func begin(at now: SteadyTime) { lastStart = now }

    /// Whether the last request began when the pause was over: what began before it says nothing of the time after it.
    @inline(__always)
    var hasBegunSincePause: Bool { lastStart >= heldUntil }

    /// Tells whether nothing would be lost by forgetting the host.
    func isForgettable(at now: SteadyTime) -> Bool {
        members == 0 && running == 0 && opensAt(isForced: false) <= now
    }

    // MARK: - The lines

    // Methods that look at a host without changing it are inlined: otherwise each call copies the host with its lines.

    @inline(__always)
    func count(_ kind: Kind) -> Int {
        switch kind {
        case .asked: Int(asked.count)
        case .hops: Int(led.count)
        case .polls: Int(own.count)
        }
    }

    mutating func append(_ waiter: Waiter, to kind: Kind) {
        if waiter.isHop { hops += 1 }
        change(kind) { $0.append(waiter) }
    }

    /// Takes one place in that line out of the count.
    mutating func leave(_ kind: Kind, isHop: Bool) {
        if isHop { hops -= 1 }
        change(kind) { $0.leave() }
    }

    /// Returns the first place in that line, which may be one that counts no more.
    @inline(__always)
    func first(_ kind: Kind) -> Waiter? {
        switch kind {
        case .asked: asked.first
        case .hops: led.first
        case .polls: own.first
        }
    }

    /// Takes the first place out of that line. Where it counted, `leave` is to follow.
    mutating func removeFirst(_ kind: Kind) -> Waiter? { change(kind) { $0.removeFirst() } }

    /// Empties that line, and returns the places that counted. Those that are redirects are no longer counted as such.
    mutating func removeAll(_ kind: Kind, counts: (Waiter) -> Bool) -> [Waiter] {
        let waiters = change(kind) { $0.removeAll() }.filter(counts)
        hops -= waiters.count(where: \.isHop)
        return waiters
    }

    /// Returns the line that has its turn; nil where nobody waits who may ask at this time.
    @inline(__always)
    func turn(at now: SteadyTime, onlyAsked: Bool) -> Kind? {
        var kind = lastTaken
        for _ in 0..<3 {
            kind = kind.next
            if count(kind) > 0, kind == .asked || !onlyAsked && !isHeld(at: now) { return kind }
        }
        return nil
    }

    /// Records which line had its turn.
    mutating func took(_ kind: Kind) { lastTaken = kind }

    /// Returns when something may change for those that a person waits for, or for the others; nil where none waits, or
    /// where only the end of a request can change something.
    ///
    /// - Parameter longestHop: milliseconds that a redirect stands in line.
    @inline(__always)
    func nextChange(isUrgent: Bool, longestHop: Int64) -> SteadyTime? {
        let waiting = isUrgent ? count(.asked) : count(.hops) + count(.polls)
        if waiting == 0 { return nil }
        let first = first(isUrgent ? .asked : .hops)
        let expires = first.flatMap { $0.isHop ? $0.since.adding(milliseconds: longestHop) : nil }
        guard hasRoom else { return expires }
        let opens = opensAt(isForced: isUrgent)
        return expires.map { min($0, opens) } ?? opens
    }

    /// Returns when something may change for those that a person waits for, or for the others, and takes note of it as
    /// offered; nil where nothing may change, or where it is offered already that the host be looked at by then.
    ///
    /// Done in the host's own place: who reads a time out of an array of hosts copies the host for it.
    ///
    /// - Parameter order: of the entry that is to stand for the host from here on.
    mutating func offer(isUrgent: Bool, order: Int, longestHop: Int64) -> SteadyTime? {
        guard let time = nextChange(isUrgent: isUrgent, longestHop: longestHop),
            time < (isUrgent ? urgentOffer : ordinaryOffer).time
        else { return nil }
        let offer = Offer(order: order, time: time)
        if isUrgent { urgentOffer = offer } else { ordinaryOffer = offer }
        return time
    }

    private mutating func change<Value>(_ kind: Kind, _ body: (inout Line) -> Value) -> Value {
        switch kind {
        case .asked: body(&asked)
        case .hops: body(&led)
        case .polls: body(&own)
        }
    }

    /// `Line` is a queue that forgets from the front at no cost.
    private struct Line {
        private var waiters: [Waiter] = []
        private var taken: Int32 = 0
        /// Counts the places that still count.
        private(set) var count: Int32 = 0

        var first: Waiter? { Int(taken) < waiters.count ? waiters[Int(taken)] : nil }

        mutating func append(_ waiter: Waiter) {
            waiters.append(waiter)
            count += 1
        }

        mutating func leave() {
            count -= 1
            if count == 0 { self = Line() }
        }

        mutating func removeFirst() -> Waiter? {
            guard let first else { return nil }
            taken += 1
            if taken >= 1024, Int(taken) * 2 > waiters.count {
                waiters.removeFirst(Int(taken))
                taken = 0
            }
            return first
        }

        mutating func removeAll() -> ArraySlice<Waiter> {
            defer { self = Line() }
            return waiters[Int(taken)...]
        }
    }
}
