/// What hosts may be asked: allowances, pauses, and which of them are remembered.
extension PollQueue {
    /// Transfers at a time from here on; those that run are left alone.
    package mutating func limit(concurrency: Int) { self.concurrency = max(1, concurrency) }

    /// What each host may be asked from here on. When it was asked last counts by the new delay.
    package mutating func renewAllowances(_ allowance: (_ key: String) -> HostAllowance) {
        for (key, number) in hostNumbers { allow(number, allowance(key)) }
    }

    private mutating func allow(_ number: Int, _ allowance: HostAllowance) {
        if hosts[number].allowance == allowance { return }
        hosts[number].allowance = allowance
        offer(number)
    }

    /// The number of a host, with what it may be asked from here on. It is the host's while a feed of it is in line.
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

    /// Redirects may lead to other hosts without end: those that nobody needs are forgotten when there are many.
    mutating func forgetIdleHosts(_ now: SteadyTime) {
        guard hostNumbers.count >= hostLimit else { return }
        for (key, number) in hostNumbers where hosts[number].isForgettable(at: now) {
            hostNumbers[key] = nil
            hosts[number] = HostLine(allowance: hosts[number].allowance)
            freeHosts.append(number)
        }
        hostLimit = max(Self.fewHosts, hostNumbers.count * 2)
    }

    /// From when on the host of a feed may be asked that is forced, as far as that is known; of a poll that stands in line with a
    /// redirect, the host where it stands.
    ///
    /// - Parameter key: of the host where the feed would stand.
    package func opening(forced feed: Int, host key: String) -> SteadyTime {
        let isHop = feeds.indices.contains(feed) && feeds[feed].place == .hop
        let number = isHop ? Int(feeds[feed].host) : hostNumbers[key]
        return number.map { hosts[$0].opensAt(isForced: true) } ?? SteadyTime(milliseconds: .min)
    }

    /// What a pause keeps from going on.
    package struct Held: Sendable, Equatable {
        /// Polls that stood in line with a redirect to the host: they are to end.
        package var hops: [Int] = []
        /// Feeds that somebody has asked for: they are polled after the pause.
        package var asked: [Int] = []
    }

    /// Lets no feed of that host start before then (polling.md §8), but for those that are forced. Afterwards they come
    /// one by one, each when the one before has ended, until one of them has ended well.
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

/// Where one feed is in a `PollQueue`.
struct QueuedFeed {
    enum Place: UInt8 {
        case none
        /// It waits for its time.
        case due
        /// It waits for its host.
        case line
        /// It is being polled, and has a transfer.
        case running
        /// It is being polled, and stands in line with a redirect.
        case hop
        /// It is being polled, and asks nobody any more.
        case ending
    }

    /// -1 for a feed that is nowhere.
    var host: Int32 = -1
    var place = Place.none
    var urgency = PollUrgency.none
    /// Of its entry among those that wait for their time, or of its place in its host's line; entries of another order
    /// are left over.
    var order = 0

    var isWaiting: Bool { place == .due || place == .line }
    var hasBegun: Bool { place == .running || place == .hop || place == .ending }

    /// The line of its host that it stands in, where it stands in one.
    var kind: HostLine.Kind { urgency != .none ? .asked : place == .hop ? .hops : .polls }
}

/// By time, and in the order of their coming at the same time.
struct QueueEntry: Comparable {
    var time: SteadyTime
    var order: Int
    /// The number of a feed or a host.
    var value: Int

    static func < (left: QueueEntry, right: QueueEntry) -> Bool {
        (left.time, left.order) < (right.time, right.order)
    }
}

/// Whether a person waits for a poll.
package enum PollUrgency: UInt8, Sendable, Comparable {
    case none
    /// Somebody has asked for it: it comes before others, and while the network is thought to be down too.
    case asked
    /// Also where its host is paused.
    case forced

    package static func < (left: PollUrgency, right: PollUrgency) -> Bool { left.rawValue < right.rawValue }
}
