/// This part knows how often hosts may be asked: allowances, pauses, and which hosts are remembered.
extension PollQueue {
    /// Allows this many transfers at a time from here on; those that run are left alone.
    package mutating func limit(concurrency: Int) { self.concurrency = max(1, concurrency) }

    /// Gives each host its allowance anew. The new delay counts from when the host was asked last.
    package mutating func renewAllowances(_ allowance: (_ key: String) -> HostAllowance) {
        for (key, number) in hostNumbers { allow(number, allowance(key)) }
    }

    private mutating func allow(_ number: Int, _ allowance: HostAllowance) {
        if hosts[number].allowance == allowance { return }
        hosts[number].allowance = allowance
        offer(number)
    }

    /// Returns the number of a host, and gives it its allowance anew. It is the host's while a feed of it is in line.
    package mutating func host(_ key: String, allowance: HostAllowance) -> Int {
        if let known = hostNumbers[key] {
            allow(known, allowance)
            return known
        }
        let line = HostLine(allowance: allowance)
        let number = freeHosts.popLast() ?? hosts.count
        if number == hosts.count { hosts.append(line) } else { hosts[number] = line }
        hostNumbers[key] = number
        return number
    }

    /// Forgets the hosts that nobody needs when there are many: redirects may lead to other ones without end.
    mutating func forgetIdleHosts(_ now: SteadyTime) {
        guard hostNumbers.count >= hostLimit else { return }
        for (key, number) in hostNumbers where hosts[number].isForgettable(at: now) {
            hostNumbers[key] = nil
            hosts[number] = HostLine(allowance: hosts[number].allowance)
            freeHosts.append(number)
        }
        hostLimit = max(Self.fewHosts, hostNumbers.count * 2)
    }

    /// Returns when the host of a forced feed may be asked, as far as that is known. For a poll that stands in line
    /// with a redirect it is the host where it stands.
    ///
    /// - Parameter key: of the host where the feed would stand.
    package func opening(forced feed: Int, host key: String) -> SteadyTime {
        let isHop = feeds.indices.contains(feed) && feeds[feed].place == .hop
        let number = isHop ? Int(feeds[feed].host) : hostNumbers[key]
        return number.map { hosts[$0].opensAt(isForced: true) } ?? SteadyTime(milliseconds: .min)
    }

    /// `Held` is what a pause keeps from going on.
    package struct Held: Sendable, Equatable {
        /// These feeds' polls stood in line with a redirect to the host, and are to end.
        package var hops: [Int] = []
        /// Somebody has asked for these feeds. They are polled after the pause.
        package var asked: [Int] = []
    }

    /// Lets no feed of that host start before the time (polling.md §8), but for those that are forced. Afterwards they
    /// come one by one, each when the one before has ended, until one of them has ended well.
    package mutating func pause(host key: String, until time: SteadyTime, now: SteadyTime) -> Held {
        guard let number = hostNumbers[key] else { return Held() }
        hosts[number].heldUntil = max(hosts[number].heldUntil, time)
        hosts[number].isProbed = true
        guard hosts[number].isHeld(at: now) else { return Held() }
        var held = Held(hops: endHops(to: number))
        let feeds = feeds
        for waiter in hosts[number].removeAll(.asked, counts: { feeds[Int($0.feed)].order == $0.order }) {
            let feed = Int(waiter.feed)
            if feeds[feed].urgency == .forced {
                hosts[number].append(waiter, to: .asked)
            } else if waiter.isHop {
                self.feeds[feed].place = .ending
                held.hops.append(feed)
            } else {
                self.feeds[feed].urgency = .none
                hosts[number].append(waiter, to: .polls)
                held.asked.append(feed)
            }
        }
        offer(number)
        return held
    }

    /// Lets the feeds of that host come one by one, as after a pause, until one of them has ended well: one was refused,
    /// and the next is to show whether the host is meant (polling.md §8).
    package mutating func doubt(host key: String) {
        guard let number = hostNumbers[key] else { return }
        hosts[number].isProbed = true
    }

    /// Ends the polls that stand in line with a redirect to that host, but for those that a person waits for.
    ///
    /// - Returns: their feeds.
    package mutating func endHops(toHost key: String) -> [Int] { hostNumbers[key].map { endHops(to: $0) } ?? [] }

    private mutating func endHops(to number: Int) -> [Int] {
        let feeds = feeds
        let ended = hosts[number].removeAll(.hops) { feeds[Int($0.feed)].order == $0.order }.map { Int($0.feed) }
        for feed in ended { self.feeds[feed].place = .ending }
        return ended
    }
}

/// `QueuedFeed` is where one feed is in a `PollQueue`.
struct QueuedFeed {
    enum Place: UInt8 {
        case none
        /// It waits for its time.
        case due
        /// It waits for its host.
        case line
        /// It is being polled, and has a transfer.
        case running
        /// It is being polled, has no transfer, and stands nowhere in line yet.
        case resting
        /// It is being polled, and stands in line with a redirect.
        case hop
        /// It is being polled, and asks nobody any more.
        case ending
    }

    /// The number of the host for which the feed stands in line or which it asks; -1 for a feed that is nowhere.
    var host: Int32 = -1
    var place = Place.none
    var urgency = PollUrgency.none
    /// The order of the feed's entry among those that wait for their time, or of its place in its host's line. Entries
    /// of another order are left over and do not count.
    var order = 0

    var isWaiting: Bool { place == .due || place == .line }
    var hasBegun: Bool { place == .running || place == .resting || place == .hop || place == .ending }

    /// The line of its host that it stands in, where it stands in one.
    var kind: HostLine.Kind { urgency != .none ? .asked : place == .hop ? .hops : .polls }
}

/// `QueueEntry` sorts by time, and at one time in the order of coming.
struct QueueEntry: Comparable {
    var time: SteadyTime
    var order: Int
    /// The number of a feed or a host.
    var value: Int

    static func < (left: QueueEntry, right: QueueEntry) -> Bool {
        (left.time, left.order) < (right.time, right.order)
    }
}

/// `PollUrgency` says whether a person waits for a poll.
package enum PollUrgency: UInt8, Sendable, Comparable {
    case none
    /// Somebody has asked for it: it comes before others, and while the network is thought to be down too.
    case asked
    /// Also where its host is paused.
    case forced

    package static func < (left: PollUrgency, right: PollUrgency) -> Bool { left.rawValue < right.rawValue }
}
