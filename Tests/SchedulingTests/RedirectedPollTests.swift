import FeedModel
import TestSupport
import Testing

@testable import Scheduling

@Suite("A redirect stands in line for the host that it leads to (polling.md §6, §7)")
struct RedirectedPollTests {
    private let free = HostAllowance(concurrency: 10, delay: 0)
    private let polite = HostAllowance(concurrency: 1, delay: 10_000)

    private func time(_ milliseconds: Int64) -> SteadyTime { SteadyTime(milliseconds: milliseconds) }

    /// All that can start at that time.
    private func steps(_ queue: inout PollQueue, at now: Int64) -> [PollQueue.Step] {
        var steps: [PollQueue.Step] = []
        while true {
            let step = queue.next(now: time(now))
            switch step {
            case .start, .proceed, .giveUp: steps.append(step)
            case .wait, .done: return steps
            }
        }
    }

    @Test("Twenty feeds that redirect to one slow host leave all transfers to the others")
    func starvation() {
        var queue = PollQueue(concurrency: 8)
        for feed in 0..<20 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        var started = 0
        while started < 20 {
            for step in steps(&queue, at: 0) {
                guard case .start(let feed) = step else { continue }
                started += 1
                let answer = queue.redirect(feed: feed, to: "slow", allowance: polite, now: time(0))
                #expect(answer == .waits)
            }
        }
        #expect(steps(&queue, at: 0).count <= 1)
        // One transfer is the slow host's, the seven others are free.
        for feed in 100..<120 { queue.add(feed: feed, host: "n\(feed)", due: time(0), allowance: free) }
        #expect(steps(&queue, at: 1).count == 7)
    }

    @Test("A poll that rests before it stands in line has no transfer and no place at the host that it has asked")
    func rests() {
        var queue = PollQueue(concurrency: 1)
        for feed in 0..<3 { queue.add(feed: feed, host: "a", due: time(0), allowance: free) }
        #expect(steps(&queue, at: 0) == [.start(feed: 0)])
        queue.rest(feed: 0)
        #expect(steps(&queue, at: 0) == [.start(feed: 1)])
        queue.finished(feed: 1)
        // It is not forgotten, and goes on as any other.
        #expect(queue.redirect(feed: 0, to: "b", allowance: free, now: time(1)) == .waits)
        #expect(steps(&queue, at: 1) == [.proceed(feed: 0)])
        queue.finished(feed: 0)
        #expect(steps(&queue, at: 1) == [.start(feed: 2)])
        queue.rest(feed: 2)
        // One that ends meanwhile gives nothing back twice.
        queue.finished(feed: 2)
        #expect(queue.next(now: time(1)) == .done)
        for feed in 3..<5 { queue.add(feed: feed, host: "a", due: time(1), allowance: free) }
        #expect(steps(&queue, at: 1) == [.start(feed: 3)])
    }

    @Test("A poll that is broken off leaves the line, and its place goes to the next")
    func brokenOff() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<3 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        #expect(steps(&queue, at: 0).count == 3)
        for feed in 0..<3 { _ = queue.redirect(feed: feed, to: "b", allowance: polite, now: time(0)) }
        #expect(steps(&queue, at: 0) == [.proceed(feed: 0)])
        let (first, again, running, none) = (queue.endHop(1), queue.endHop(1), queue.endHop(0), queue.endHop(99))
        #expect(first && !again && !running && !none)
        queue.finished(feed: 1)
        queue.finished(feed: 0)
        #expect(steps(&queue, at: 10_000) == [.proceed(feed: 2)])
        queue.finished(feed: 2)
        #expect(queue.next(now: time(10_001)) == .done)
    }

    @Test("The second host's delay and number of requests hold for redirects too, in the order of coming")
    func sharedAllowance() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<3 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        #expect(steps(&queue, at: 0).count == 3)
        for feed in 0..<3 { _ = queue.redirect(feed: feed, to: "b", allowance: polite, now: time(0)) }
        #expect(steps(&queue, at: 0) == [.proceed(feed: 0)])
        // Its delay is over, but its only request is not.
        #expect(steps(&queue, at: 10_000) == [])
        queue.finished(feed: 0)
        #expect(steps(&queue, at: 10_000) == [.proceed(feed: 1)])
        queue.finished(feed: 1)
        #expect(queue.next(now: time(10_001)) == .wait(until: time(20_000)))
        #expect(steps(&queue, at: 20_000) == [.proceed(feed: 2)])
        queue.finished(feed: 2)
        #expect(queue.next(now: time(20_000)) == .done)
    }

    @Test("A host takes from its own feeds and from redirects by turns, so that neither starves")
    func turns() {
        var queue = PollQueue(concurrency: 100)
        for feed in 0..<6 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        _ = steps(&queue, at: 0)
        for feed in 0..<6 { _ = queue.redirect(feed: feed, to: "b", allowance: polite, now: time(0)) }
        for feed in 10..<16 { queue.add(feed: feed, host: "b", due: time(1), allowance: polite) }
        var order: [Int] = []
        for turn in 0..<12 {
            for step in steps(&queue, at: 1 + Int64(turn) * 10_000) {
                switch step {
                case .start(let feed), .proceed(let feed):
                    order.append(feed)
                    queue.finished(feed: feed)
                default: Issue.record("\(step)")
                }
            }
        }
        #expect(order.filter { $0 < 10 } == Array(0..<6))
        #expect(order.filter { $0 >= 10 } == Array(10..<16))
        for pair in 0..<6 { #expect((order[pair * 2] < 10) != (order[pair * 2 + 1] < 10)) }
    }

    @Test("A redirect may lead on, and back to where it began")
    func chain() {
        var queue = PollQueue(concurrency: 1)
        queue.add(feed: 0, host: "a", due: time(0), allowance: polite)
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.redirect(feed: 0, to: "b", allowance: free, now: time(5)) == .waits)
        #expect(queue.next(now: time(5)) == .proceed(feed: 0))
        #expect(queue.redirect(feed: 0, to: "a", allowance: polite, now: time(6)) == .waits)
        #expect(queue.next(now: time(6)) == .wait(until: time(10_000)))
        #expect(queue.next(now: time(10_000)) == .proceed(feed: 0))
        queue.finished(feed: 0)
        #expect(queue.next(now: time(10_000)) == .done)
    }

    @Test("A paused host is asked by no redirect, neither by one that comes nor by one that waits already")
    func paused() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<3 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        _ = steps(&queue, at: 0)
        for feed in 0..<2 { _ = queue.redirect(feed: feed, to: "b", allowance: polite, now: time(0)) }
        #expect(steps(&queue, at: 0) == [.proceed(feed: 0)])
        let held = queue.pause(host: "b", until: time(60_000), now: time(1))
        #expect(held.hops == [1] && held.asked.isEmpty)
        #expect(queue.redirect(feed: 2, to: "b", allowance: polite, now: time(2)) == .held)
        for feed in 0..<3 { queue.finished(feed: feed, isGood: false) }
        #expect(queue.next(now: time(100_000)) == .done)
    }

    @Test("A redirect waits half an hour at most, also where a reload has made the delay a day")
    func givesUp() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<2 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        _ = steps(&queue, at: 0)
        for feed in 0..<2 { _ = queue.redirect(feed: feed, to: "b", allowance: polite, now: time(0)) }
        #expect(steps(&queue, at: 0) == [.proceed(feed: 0)])
        queue.finished(feed: 0)
        queue.renewAllowances { _ in HostAllowance(concurrency: 1, delay: 86_400_000) }
        #expect(queue.next(now: time(10_000)) == .wait(until: time(PollQueue.longestHop)))
        #expect(queue.next(now: time(PollQueue.longestHop)) == .giveUp(feed: 1))
        queue.finished(feed: 1)
        #expect(queue.next(now: time(PollQueue.longestHop)) == .done)
    }

    @Test("No more redirects wait for one host than memory allows")
    func crowded() {
        var queue = PollQueue(concurrency: 1000)
        let count = PollQueue.mostHops + 10
        for feed in 0..<count { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        _ = steps(&queue, at: 0)
        let answers = (0..<count).map { queue.redirect(feed: $0, to: "b", allowance: polite, now: time(0)) }
        #expect(answers.filter { $0 == .crowded }.count == 10)
        #expect(answers.prefix(PollQueue.mostHops).allSatisfy { $0 == .waits })
        for feed in 0..<count { queue.finished(feed: feed) }
        #expect(queue.next(now: time(1)) == .done)
    }

    @Test("Hosts that nobody needs any more are forgotten, so that redirects to ever new ones cost no memory")
    func forgotten() {
        var queue = PollQueue(concurrency: 1)
        for turn in 0..<10_000 {
            let now = Int64(turn) * 60_000
            queue.add(feed: 0, host: "a", due: time(now), allowance: free)
            #expect(queue.next(now: time(now)) == .start(feed: 0))
            _ = queue.redirect(feed: 0, to: "b\(turn)", allowance: polite, now: time(now))
            #expect(queue.next(now: time(now)) == .proceed(feed: 0))
            queue.finished(feed: 0)
        }
        let (known, places) = (queue.hostNumbers.count, queue.hosts.count)
        #expect(known <= 2 * PollQueue.fewHosts)
        #expect(places <= 2 * PollQueue.fewHosts)
    }

    @Test("A stop ends all polls that wait with a redirect, and those that run end in order")
    func ends() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<3 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        _ = steps(&queue, at: 0)
        for feed in 0..<2 { _ = queue.redirect(feed: feed, to: "b", allowance: polite, now: time(0)) }
        #expect(queue.removeWaiting().isEmpty)
        #expect(queue.endHops() == [0, 1])
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        for feed in 0..<3 { queue.finished(feed: feed) }
        #expect(queue.next(now: time(0)) == .done)
    }

    @Test("Any order of polls, redirects, pauses and reloads: no host is asked more than it allows, and all polls end")
    func anyOrder() {
        for seed in 0..<40 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var queue = PollQueue(concurrency: 4)
            let hosts = ["a", "b", "c"]
            var allowance = HostAllowance(concurrency: 2, delay: 50)
            var (now, waiting, ended) = (Int64(0), Set<Int>(), 0)
            var asking: [Int: String] = [:]
            var last: [String: Int64] = [:]
            for feed in 0..<40 {
                queue.add(feed: feed, host: hosts[feed % 3], due: time(Int64(feed)), allowance: allowance)
            }
            var steps = 0
            loop: while steps < 20_000 {
                steps += 1
                switch queue.next(now: time(now)) {
                case .start(let feed), .proceed(let feed):
                    let host = asking[feed] ?? hosts[feed % 3]
                    waiting.remove(feed)
                    asking[feed] = host
                    #expect(now >= (last[host] ?? -1_000_000) + 10)
                    last[host] = now
                    let atOnce = asking.filter { !waiting.contains($0.key) && $0.value == host }
                    #expect(atOnce.count <= 2)
                    #expect(asking.count - waiting.count <= 4)
                case .giveUp(let feed):
                    waiting.remove(feed)
                    queue.finished(feed: feed)
                    asking[feed] = nil
                    ended += 1
                case .wait(let until):
                    if random.next() % 10 == 0 {
                        allowance = HostAllowance(
                            concurrency: 1 + Int(random.next() % 2), delay: 10 + Int64(random.next() % 90))
                        queue.renewAllowances { _ in allowance }
                    }
                    if random.next() % 20 == 0 {
                        let held = queue.pause(host: "b", until: time(now + 100), now: time(now))
                        for feed in held.hops {
                            waiting.remove(feed)
                            asking[feed] = nil
                            queue.finished(feed: feed)
                            ended += 1
                        }
                    }
                    for feed in asking.keys.sorted() where !waiting.contains(feed) {
                        let to = hosts[Int(random.next() % 3)]
                        if random.next() % 3 == 0,
                            queue.redirect(feed: feed, to: to, allowance: allowance, now: time(now)) == .waits
                        {
                            waiting.insert(feed)
                            asking[feed] = to
                        } else {
                            queue.finished(feed: feed, isGood: random.next() % 2 == 0)
                            asking[feed] = nil
                            ended += 1
                        }
                    }
                    now = max(now + 1, min(until?.milliseconds ?? now + 1, now + 500))
                case .done: break loop
                }
            }
            #expect(ended == 40)
        }
    }
}
