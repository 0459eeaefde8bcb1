package import FeedModel
private import HeapModule

/// How often one host may be asked (polling.md §7).
package struct HostAllowance: Sendable, Equatable {
    /// Transfers at a time.
    package var concurrency: Int
    /// Milliseconds from the start of one request to the start of the next.
    package var delay: Int64

    package init(concurrency: Int, delay: Int64) {
        self.concurrency = max(1, concurrency)
        self.delay = max(0, delay)
    }
}

/// Says which feed to poll next and when: due times, host allowances and the number of transfers at a time.
///
/// It knows no clock: the caller tells the time with each call and waits as long as it is told. A step costs the
/// logarithm of the number of feeds. Feeds are small numbers that the caller gives them; hosts with one key share one
/// allowance.
package struct PollQueue: ~Copyable {
    package enum Step: Sendable, Equatable {
        /// Poll this feed now, and say `finished` when that is over.
        case start(feed: Int)
        /// Nothing can start before that time; nil where only the end of a running poll can change that.
        case wait(until: Timestamp?)
        /// Nothing is waiting and nothing runs.
        case done
    }

    private let concurrency: Int
    private var running = 0
    private var order = 0
    private var due = Heap<Entry>()
    /// Hosts that have a feed waiting and a transfer to spare, by the time of their next start.
    private var ready = Heap<Entry>()
    private var hosts: [Host] = []
    private var hostNumbers: [String: Int] = [:]
    /// By feed; -1 for one that is neither in line nor running.
    private var hostOfFeed: [Int32] = []
    /// By feed: the order of its entry in `due`, 0 where it has none. Entries of another order are left over from before
    /// the feed was hastened.
    private var orderOfFeed: [Int] = []
    /// Milliseconds between any two starts, while the network is thought to be down.
    private var throttle: Int64?
    private var nextStart = Timestamp(milliseconds: .min)

    package init(concurrency: Int) {
        self.concurrency = max(1, concurrency)
    }

    /// How many feeds wait for their time or their host.
    package private(set) var waiting = 0

    /// The earliest time at which a feed is due that does not already wait for its host.
    package var nextDue: Timestamp? { due.min?.time }

    /// Puts a feed in line; one that is in line or running must not be added again.
    ///
    /// - Parameter allowance: counts when the host is met for the first time.
    package mutating func add(feed: Int, host key: String, due time: Timestamp, allowance: HostAllowance) {
        add(feed: feed, host: host(key, allowance: allowance), due: time)
    }

    /// The number by which `add` knows a host.
    package mutating func host(_ key: String, allowance: HostAllowance) -> Int {
        if let known = hostNumbers[key] { return known }
        hosts.append(Host(allowance: allowance))
        hostNumbers[key] = hosts.count - 1
        return hosts.count - 1
    }

    package mutating func add(feed: Int, host: Int, due time: Timestamp) {
        while hostOfFeed.count <= feed {
            hostOfFeed.append(-1)
            orderOfFeed.append(0)
        }
        hostOfFeed[feed] = Int32(host)
        waiting += 1
        enter(feed, due: time)
    }

    private mutating func enter(_ feed: Int, due time: Timestamp) {
        order += 1
        orderOfFeed[feed] = order
        due.insert(Entry(time: time, order: order, value: feed))
    }

    /// Whether the feed waits for its time or for its host.
    package func isInLine(_ feed: Int) -> Bool { hostOfFeed.indices.contains(feed) && hostOfFeed[feed] >= 0 }

    /// Lets a feed that is in line be due at that time; one that waits for its host already is left there.
    package mutating func hasten(feed: Int, to time: Timestamp) {
        guard isInLine(feed), orderOfFeed[feed] > 0 else { return }
        enter(feed, due: time)
    }

    /// Lets no feed of that host start before then (polling.md §8). Afterwards they come one by one, each when the one
    /// before has ended, until one of them has ended well.
    package mutating func pause(host key: String, until time: Timestamp) {
        guard let number = hostNumbers[key] else { return }
        hosts[number].heldUntil = max(hosts[number].heldUntil, time)
        hosts[number].isProbed = true
    }

    /// Lets polls start no closer together than that, of whatever host; nil: as they come.
    package mutating func limitStarts(every milliseconds: Int64?, from time: Timestamp) {
        throttle = milliseconds
        nextStart = milliseconds.map { time.adding(milliseconds: $0) } ?? Timestamp(milliseconds: .min)
    }

    /// What to do at this time. After `start`, ask again at once.
    package mutating func next(now: Timestamp) -> Step {
        while let first = due.min, first.time <= now {
            due.removeMin()
            guard takesPlace(first) else { continue }
            // Not -1: `add` put it there and `finished` takes it away.
            let number = Int(hostOfFeed[first.value])
            hosts[number].waiting.append(first.value)
            offer(number)
        }
        guard running < concurrency else { return .wait(until: nil) }
        while let first = ready.min, first.time <= now {
            if throttle != nil, nextStart > now { return .wait(until: nextStart) }
            ready.removeMin()
            // It may have been paused since it was offered.
            if hosts[first.value].opensAt > now {
                hosts[first.value].isOffered = false
                offer(first.value)
                continue
            }
            return .start(feed: start(first.value, now: now))
        }
        let times = [ready.min?.time, due.min?.time].compactMap(\.self)
        if let earliest = times.min() { return .wait(until: earliest) }
        return running > 0 ? .wait(until: nil) : .done
    }

    /// Whether the entry is the feed's, which then has none any more.
    private mutating func takesPlace(_ entry: Entry) -> Bool {
        guard orderOfFeed[entry.value] == entry.order else { return false }
        orderOfFeed[entry.value] = 0
        return true
    }

    private mutating func start(_ number: Int, now: Timestamp) -> Int {
        hosts[number].isOffered = false
        hosts[number].running += 1
        hosts[number].nextStart = now.adding(milliseconds: hosts[number].delay)
        if let throttle { nextStart = now.adding(milliseconds: throttle) }
        running += 1
        waiting -= 1
        let feed = hosts[number].takeFirst()
        offer(number)
        return feed
    }

    /// The poll of a feed that `next` started is over.
    ///
    /// - Parameter isGood: whether its host has shown that it can be asked.
    package mutating func finished(feed: Int, isGood: Bool = true) {
        guard hostOfFeed.indices.contains(feed), hostOfFeed[feed] >= 0 else { return }
        let number = Int(hostOfFeed[feed])
        hostOfFeed[feed] = -1
        running -= 1
        hosts[number].running -= 1
        // What began before the pause says nothing of the time after it.
        if isGood, hosts[number].nextStart >= hosts[number].heldUntil { hosts[number].isProbed = false }
        offer(number)
    }

    /// Forgets all feeds that have not started, and returns them.
    package mutating func removeWaiting() -> [Int] {
        var feeds: [Int] = []
        while let entry = due.popMin() {
            if takesPlace(entry) { feeds.append(entry.value) }
        }
        for number in hosts.indices {
            while !hosts[number].isEmpty { feeds.append(hosts[number].takeFirst()) }
            hosts[number].isOffered = false
        }
        ready = Heap()
        for feed in feeds { hostOfFeed[feed] = -1 }
        waiting = 0
        return feeds
    }

    private mutating func offer(_ number: Int) {
        guard hosts[number].canStart else { return }
        hosts[number].isOffered = true
        order += 1
        ready.insert(Entry(time: hosts[number].opensAt, order: order, value: number))
    }

    private struct Host {
        var allowance: HostAllowance
        var running = 0
        var nextStart = Timestamp(milliseconds: .min)
        /// Paused until then.
        var heldUntil = Timestamp(milliseconds: .min)
        /// Has been paused, and has not yet shown that it is well again.
        var isProbed = false
        var isOffered = false
        var waiting: [Int] = []
        private var taken = 0

        init(allowance: HostAllowance) {
            self.allowance = allowance
        }

        var isEmpty: Bool { taken == waiting.count }
        /// Whether it is to be put among those that wait for their time.
        var canStart: Bool { !isOffered && !isEmpty && running < concurrency }
        var opensAt: Timestamp { max(nextStart, heldUntil) }
        var concurrency: Int { isProbed ? 1 : allowance.concurrency }
        var delay: Int64 { isProbed ? max(allowance.delay, 1000) : allowance.delay }

        mutating func takeFirst() -> Int {
            let feed = waiting[taken]
            taken += 1
            if taken == waiting.count {
                waiting.removeAll(keepingCapacity: taken < 64)
                taken = 0
            }
            return feed
        }
    }

    /// By time, and in the order of their coming at the same time.
    private struct Entry: Comparable {
        var time: Timestamp
        var order: Int
        var value: Int

        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.order) < (right.time, right.order)
        }
    }
}
