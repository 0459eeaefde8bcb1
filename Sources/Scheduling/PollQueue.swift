private import HeapModule

/// `PollQueue` says which feed to poll next and when: due times, host allowances and the number of transfers at a time.
///
/// A poll has a transfer only while it asks a host. Where a redirect leads it to another one, it gives its transfer
/// back and stands in line there (polling.md §6, §7).
///
/// It knows no clock: the caller tells the time with each call and waits as long as it is told. A step costs the
/// logarithm of the number of feeds. Feeds are small numbers that the caller gives them; hosts with one key share one
/// allowance.
package struct PollQueue: ~Copyable {
    /// `Step` is what the caller is to do next.
    package enum Step: Sendable, Equatable {
        /// Poll this feed now, and say `finished` when that is over.
        case start(feed: Int)
        /// The redirect that this feed's poll stood in line with may be followed now.
        case proceed(feed: Int)
        /// The redirect that this feed's poll stood in line with has waited too long: the poll is to end.
        case giveUp(feed: Int)
        /// Nothing can start before that time; nil where only the end of a running poll can change that.
        case wait(until: SteadyTime?)
        /// Nothing is waiting and nothing runs.
        case done
    }

    /// `Redirect` is what becomes of a poll that is led on to another host.
    package enum Redirect: Sendable, Equatable {
        /// It stands in line; `next` says when it may go on.
        case waits
        /// Its host is paused: the poll is to end.
        case held
        /// Too many stand in line there already: the poll is to end.
        case crowded
    }

    /// A redirect stands in line for this many milliseconds at most.
    package static let longestHop: Int64 = 30 * 60 * 1000
    /// At most this many redirects stand in line for one host.
    package static let mostHops = 256
    /// Hosts that are not needed any more are not looked for among fewer than this many.
    static let fewHosts = 1024

    var concurrency: Int
    var hosts: [HostLine] = []
    var hostNumbers: [String: Int] = [:]
    /// These numbers stand for no host.
    var freeHosts: [Int] = []
    /// Hosts that are not needed any more are looked for when there are more than this many.
    var hostLimit = fewHosts
    var feeds: [QueuedFeed] = []
    /// Counts the transfers that are in use.
    var running = 0
    /// Counts those of them that visits have.
    var visits = 0
    /// Counts the polls that have begun, those that stand in line with a redirect among them.
    private var begun = 0
    private var order = 0
    private var due = Heap<QueueEntry>()
    /// Hosts for which a person waits, and those for which nobody but a feed does, by the time at which that may change
    /// something.
    private var urgent = Heap<QueueEntry>()
    private var ordinary = Heap<QueueEntry>()
    /// Whether `urgent` comes first the next time.
    private var prefersUrgent = true
    /// Milliseconds between any two starts, while trying now and then is all that makes sense.
    private var throttle: Int64?
    var isThrottled: Bool { throttle != nil }
    private var nextStart = SteadyTime(milliseconds: .min)

    package init(concurrency: Int) {
        self.concurrency = max(1, concurrency)
    }

    /// Counts the feeds that wait for their time or their host.
    package private(set) var waiting = 0

    /// The earliest time at which a feed is due that does not already wait for its host.
    package var nextDue: SteadyTime? { due.min?.time }

    /// Lets polls start at least this many milliseconds apart, whatever their hosts, unless a person waits for one;
    /// nil: as they come.
    package mutating func limitStarts(every milliseconds: Int64?, from time: SteadyTime) {
        throttle = milliseconds
        nextStart = milliseconds.map { time.adding(milliseconds: $0) } ?? SteadyTime(milliseconds: .min)
    }

    // MARK: - Who is in line

    /// Puts a feed in line. One that is in line or being polled must not be added again.
    ///
    /// - Parameter allowance: the host's from here on.
    package mutating func add(
        feed: Int, host key: String, due time: SteadyTime, allowance: HostAllowance, urgency: PollUrgency = .none
    ) {
        add(feed: feed, host: host(key, allowance: allowance), due: time, urgency: urgency)
    }

    /// Puts a feed in line for a host by the number that `host` has given it.
    package mutating func add(feed: Int, host number: Int, due time: SteadyTime, urgency: PollUrgency = .none) {
        while feeds.count <= feed { feeds.append(QueuedFeed()) }
        feeds[feed].host = Int32(number)
        feeds[feed].urgency = urgency
        hosts[number].members += 1
        waiting += 1
        enter(feed, due: time)
    }

    private mutating func enter(_ feed: Int, due time: SteadyTime) {
        order += 1
        feeds[feed].order = order
        feeds[feed].place = .due
        due.insert(QueueEntry(time: time, order: order, value: feed))
    }

    /// Tells whether the feed waits for its time or for its host.
    package func isInLine(_ feed: Int) -> Bool { feeds.indices.contains(feed) && feeds[feed].isWaiting }

    /// Lets a feed that is in line be due at that time, or, where it waits for its host already, be one that a person
    /// waits for. The redirect of a poll that has begun comes before others from here on.
    package mutating func hasten(feed: Int, to time: SteadyTime, urgency: PollUrgency, now: SteadyTime) {
        guard feeds.indices.contains(feed) else { return }
        let place = feeds[feed].place
        switch place {
        case .none, .ending: break
        case .running, .resting: feeds[feed].urgency = max(feeds[feed].urgency, min(urgency, .asked))
        case .due:
            feeds[feed].urgency = max(feeds[feed].urgency, urgency)
            enter(feed, due: time)
        case .line, .hop:
            let (before, number) = (feeds[feed].urgency, Int(feeds[feed].host))
            // A poll that has begun does not become a forced one: a pause of its host keeps its redirect back.
            let wanted = max(before, place == .hop ? min(urgency, .asked) : urgency)
            if wanted == before || wanted == .asked && hosts[number].isHeld(at: now) { return }
            if before == .none { hosts[number].leave(feeds[feed].kind, isHop: place == .hop) }
            feeds[feed].urgency = wanted
            if before == .none { stand(feed, place, now) }
        }
    }

    /// `Waiting` is a feed that has not started.
    package struct Waiting: Sendable, Equatable {
        /// The feed's number.
        package var feed: Int
        /// Whether a person waits for the feed.
        package var urgency: PollUrgency
    }

    /// Forgets all feeds that have not started, and returns them. Redirects in line stay.
    package mutating func removeWaiting() -> [Waiting] {
        var removed: [Waiting] = []
        removed.reserveCapacity(waiting)
        for feed in feeds.indices where feeds[feed].isWaiting {
            if feeds[feed].place == .line { hosts[Int(feeds[feed].host)].leave(feeds[feed].kind, isHop: false) }
            removed.append(Waiting(feed: feed, urgency: feeds[feed].urgency))
            forget(feed)
        }
        due = Heap()
        waiting = 0
        return removed
    }

    /// Forgets the feeds that wait for a paused host, and returns them; none where the host could be asked no sooner
    /// without the pause. Redirects to it stay, and so does what somebody waits for or is not due.
    package mutating func removeWaiting(forHost key: String, pausedUntil time: SteadyTime) -> [Int] {
        guard let number = hostNumbers[key], hosts[number].opensAt(isForced: false) < time else { return [] }
        let feeds = feeds
        let removed = hosts[number].removeAll(.polls) { feeds[Int($0.feed)].order == $0.order }.map { Int($0.feed) }
        for feed in removed { forget(feed) }
        waiting -= removed.count
        return removed
    }

    /// Ends all polls that stand in line with a redirect. `finished` is still to be said of each.
    ///
    /// - Returns: their feeds.
    package mutating func endHops() -> [Int] {
        var ended: [Int] = []
        for feed in feeds.indices where endHop(feed) { ended.append(feed) }
        return ended
    }

    /// Ends the poll of a feed if it stands in line with a redirect. `finished` is still to be said of it.
    ///
    /// - Returns: whether it does.
    package mutating func endHop(_ feed: Int) -> Bool {
        guard feeds.indices.contains(feed), feeds[feed].place == .hop else { return false }
        hosts[Int(feeds[feed].host)].leave(feeds[feed].kind, isHop: true)
        feeds[feed].place = .ending
        return true
    }

    private mutating func forget(_ feed: Int) {
        hosts[Int(feeds[feed].host)].members -= 1
        feeds[feed] = QueuedFeed()
    }

    /// Puts a feed that is due, or the redirect of its poll, in the line of its host.
    private mutating func stand(_ feed: Int, _ place: QueuedFeed.Place, _ now: SteadyTime) {
        let number = Int(feeds[feed].host)
        order += 1
        feeds[feed].order = order
        feeds[feed].place = place
        // Only what is forced passes a pause.
        if feeds[feed].urgency == .asked, hosts[number].isHeld(at: now) { feeds[feed].urgency = .none }
        hosts[number].append(
            HostLine.Waiter(feed: Int32(feed), isHop: place == .hop, order: order, since: now), to: feeds[feed].kind)
        offer(number)
    }

    // MARK: - Whose turn it is

    /// Returns what to do at this time. After all but `wait` and `done`, ask again at once.
    package mutating func next(now: SteadyTime) -> Step {
        while let first = due.min, first.time <= now {
            due.removeMin()
            let feed = feeds[first.value]
            if feed.place == .due, feed.order == first.order { stand(first.value, .line, now) }
        }
        let first = prefersUrgent
        if let step = next(isUrgent: first, now) ?? next(isUrgent: !first, now) { return step }
        if begun == 0, waiting == 0 { return .done }
        // Hosts whose time has come wait for a transfer, which the end of a poll brings, or for the throttle.
        if running >= concurrency { return .wait(until: nil) }
        let isHeldUp = throttle != nil && ordinary.min.map { $0.time <= now } == true
        var until = isHeldUp ? nextStart : nil
        func wait(for entry: QueueEntry?) {
            guard let entry, entry.time > now else { return }
            until = until.map { min($0, entry.time) } ?? entry.time
        }
        wait(for: urgent.min)
        wait(for: ordinary.min)
        wait(for: due.min)
        return .wait(until: until)
    }

    private mutating func next(isUrgent: Bool, _ now: SteadyTime) -> Step? {
        while let first = isUrgent ? urgent.min : ordinary.min, first.time <= now {
            let number = first.value
            let offered = isUrgent ? hosts[number].urgentOffer : hosts[number].ordinaryOffer
            var canStart = false
            if offered.order == first.order {
                if let feed = takeExpired(isUrgent ? .asked : .hops, of: number, now) { return .giveUp(feed: feed) }
                canStart = hosts[number].hasRoom && hosts[number].opensAt(isForced: isUrgent) <= now
                if canStart, running >= concurrency || !isUrgent && throttle != nil && nextStart > now { return nil }
                if isUrgent {
                    hosts[number].urgentOffer = HostLine.Offer()
                } else {
                    hosts[number].ordinaryOffer = HostLine.Offer()
                }
            }
            if isUrgent { urgent.removeMin() } else { ordinary.removeMin() }
            if canStart, let feed = take(from: number, now) {
                prefersUrgent = !isUrgent
                return start(feed, number, now)
            }
            offer(number)
        }
        return nil
    }

    /// Takes the first redirect out of a line where it has stood there for too long.
    private mutating func takeExpired(_ kind: HostLine.Kind, of number: Int, _ now: SteadyTime) -> Int? {
        while let first = hosts[number].first(kind) {
            if counts(first) {
                let expires = first.since.adding(milliseconds: Self.longestHop)
                guard first.isHop, expires <= now else { return nil }
                _ = hosts[number].removeFirst(kind)
                hosts[number].leave(kind, isHop: true)
                feeds[Int(first.feed)].place = .ending
                return Int(first.feed)
            }
            _ = hosts[number].removeFirst(kind)
        }
        return nil
    }

    private mutating func take(from number: Int, _ now: SteadyTime) -> Int? {
        let isHeldUp = throttle != nil && nextStart > now
        guard let kind = hosts[number].turn(at: now, onlyAsked: isHeldUp) else { return nil }
        while let waiter = hosts[number].removeFirst(kind) {
            guard counts(waiter) else { continue }
            hosts[number].leave(kind, isHop: waiter.isHop)
            hosts[number].took(kind)
            return Int(waiter.feed)
        }
        return nil
    }

    private func counts(_ waiter: HostLine.Waiter) -> Bool { feeds[Int(waiter.feed)].order == waiter.order }

    private mutating func start(_ feed: Int, _ number: Int, _ now: SteadyTime) -> Step {
        let isHop = feeds[feed].place == .hop
        feeds[feed].place = .running
        hosts[number].running += 1
        hosts[number].begin(at: now)
        if let throttle, feeds[feed].urgency == .none { nextStart = now.adding(milliseconds: throttle) }
        running += 1
        offer(number)
        if isHop { return .proceed(feed: feed) }
        waiting -= 1
        begun += 1
        return .start(feed: feed)
    }

    // MARK: - What becomes of a poll

    /// Lets the poll of a feed give its transfer back, and its place at the host that it has asked: it is led on to another
    /// host, and may not stand in line there yet. `redirect` or `finished` is still to be said of it.
    package mutating func rest(feed: Int) {
        guard feeds.indices.contains(feed), feeds[feed].place == .running else { return }
        // An answer that leads elsewhere is a good one.
        giveBack(feed, isGood: true)
        feeds[feed].place = .resting
    }

    /// Leads the poll of a feed on to another host. It gives its transfer back.
    package mutating func redirect(
        feed: Int, to key: String, allowance: HostAllowance, now: SteadyTime
    ) -> Redirect {
        rest(feed: feed)
        guard feeds.indices.contains(feed), feeds[feed].place == .resting else { return .held }
        feeds[feed].place = .ending
        forgetIdleHosts(now)
        let number = host(key, allowance: allowance)
        if hosts[number].isHeld(at: now), feeds[feed].urgency != .forced { return .held }
        if hosts[number].hops >= Self.mostHops { return .crowded }
        hosts[Int(feeds[feed].host)].members -= 1
        hosts[number].members += 1
        feeds[feed].host = Int32(number)
        stand(feed, .hop, now)
        return .waits
    }

    /// Ends the poll of a feed that `next` started.
    ///
    /// - Parameter isGood: whether the host that was asked last has shown that it can be asked.
    package mutating func finished(feed: Int, isGood: Bool = true) {
        guard feeds.indices.contains(feed), feeds[feed].hasBegun else { return }
        switch feeds[feed].place {
        case .running: giveBack(feed, isGood: isGood)
        case .hop: hosts[Int(feeds[feed].host)].leave(feeds[feed].kind, isHop: true)
        case .none, .due, .line, .resting, .ending: break
        }
        begun -= 1
        forget(feed)
    }

    private mutating func giveBack(_ feed: Int, isGood: Bool) {
        giveBack(host: Int(feeds[feed].host), isGood: isGood)
    }

    mutating func giveBack(host number: Int, isGood: Bool) {
        running -= 1
        hosts[number].running -= 1
        if isGood, hosts[number].hasBegunSincePause { hosts[number].isProbed = false }
        offer(number)
    }

    /// Sees to it that the host is looked at when something may change for those who wait for it. An entry that comes
    /// sooner is as good: then it is offered again.
    mutating func offer(_ number: Int) {
        if let time = hosts[number].offer(isUrgent: true, order: order + 1, longestHop: Self.longestHop) {
            order += 1
            urgent.insert(QueueEntry(time: time, order: order, value: number))
        }
        if let time = hosts[number].offer(isUrgent: false, order: order + 1, longestHop: Self.longestHop) {
            order += 1
            ordinary.insert(QueueEntry(time: time, order: order, value: number))
        }
    }
}
