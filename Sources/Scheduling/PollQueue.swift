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
/// logarithm of the number of feeds. Feeds are whatever numbers the caller gives them; hosts with one key share one
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
    private var hostOfFeed: [Int: Int] = [:]

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
        let number: Int
        if let known = hostNumbers[key] {
            number = known
        } else {
            number = hosts.count
            hosts.append(Host(allowance: allowance))
            hostNumbers[key] = number
        }
        hostOfFeed[feed] = number
        order += 1
        waiting += 1
        due.insert(Entry(time: time, order: order, value: feed))
    }

    /// What to do at this time. After `start`, ask again at once.
    package mutating func next(now: Timestamp) -> Step {
        while let first = due.min, first.time <= now {
            due.removeMin()
            // Cannot be nil: `add` put it there and `finished` takes it away.
            let number = hostOfFeed[first.value]!
            hosts[number].waiting.append(first.value)
            offer(number)
        }
        guard running < concurrency else { return .wait(until: nil) }
        if let first = ready.min, first.time <= now {
            ready.removeMin()
            return .start(feed: start(first.value, now: now))
        }
        let times = [ready.min?.time, due.min?.time].compactMap(\.self)
        if let earliest = times.min() { return .wait(until: earliest) }
        return running > 0 ? .wait(until: nil) : .done
    }

    private mutating func start(_ number: Int, now: Timestamp) -> Int {
        hosts[number].isOffered = false
        hosts[number].running += 1
        hosts[number].nextStart = Timestamp(milliseconds: now.milliseconds + hosts[number].allowance.delay)
        running += 1
        waiting -= 1
        let feed = hosts[number].takeFirst()
        offer(number)
        return feed
    }

    /// The poll of a feed that `next` started is over.
    package mutating func finished(feed: Int) {
        guard let number = hostOfFeed.removeValue(forKey: feed) else { return }
        running -= 1
        hosts[number].running -= 1
        offer(number)
    }

    /// Forgets all feeds that have not started, and returns them.
    package mutating func removeWaiting() -> [Int] {
        var feeds: [Int] = []
        while let entry = due.popMin() { feeds.append(entry.value) }
        for number in hosts.indices {
            while !hosts[number].isEmpty { feeds.append(hosts[number].takeFirst()) }
            hosts[number].isOffered = false
        }
        ready = Heap()
        for feed in feeds { hostOfFeed[feed] = nil }
        waiting = 0
        return feeds
    }

    private mutating func offer(_ number: Int) {
        let host = hosts[number]
        guard !host.isOffered, !host.isEmpty, host.running < host.allowance.concurrency else { return }
        hosts[number].isOffered = true
        order += 1
        ready.insert(Entry(time: host.nextStart, order: order, value: number))
    }

    private struct Host {
        var allowance: HostAllowance
        var running = 0
        var nextStart = Timestamp(milliseconds: .min)
        var isOffered = false
        var waiting: [Int] = []
        private var taken = 0

        init(allowance: HostAllowance) {
            self.allowance = allowance
        }

        var isEmpty: Bool { taken == waiting.count }

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
