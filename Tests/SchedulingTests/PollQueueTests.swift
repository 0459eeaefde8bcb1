import FeedModel
import Testing

@testable import Scheduling

@Suite("PollQueue says which feed is next (polling.md §6, §7)")
struct PollQueueTests {
    private func time(_ milliseconds: Int64) -> SteadyTime { SteadyTime(milliseconds: milliseconds) }
    private let free = HostAllowance(concurrency: 10, delay: 0)

    @Test("Feeds start when they are due, the earliest first")
    func order() {
        var queue = PollQueue(concurrency: 10)
        queue.add(feed: 1, host: "a", due: time(200), allowance: free)
        queue.add(feed: 2, host: "b", due: time(100), allowance: free)
        #expect(queue.next(now: time(0)) == .wait(until: time(100)))
        #expect(queue.next(now: time(100)) == .start(feed: 2))
        #expect(queue.next(now: time(100)) == .wait(until: time(200)))
        #expect(queue.next(now: time(200)) == .start(feed: 1))
        #expect(queue.next(now: time(200)) == .wait(until: nil))
        queue.finished(feed: 1)
        queue.finished(feed: 2)
        #expect(queue.next(now: time(200)) == .done)
    }

    @Test("Feeds due at the same time start in the order of their coming")
    func stable() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<5 { queue.add(feed: feed, host: "h\(feed)", due: time(0), allowance: free) }
        for feed in 0..<5 { #expect(queue.next(now: time(0)) == .start(feed: feed)) }
    }

    @Test("No more transfers run than are allowed")
    func concurrency() {
        var queue = PollQueue(concurrency: 2)
        for feed in 0..<3 { queue.add(feed: feed, host: "h\(feed)", due: time(0), allowance: free) }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(0)) == .start(feed: 1))
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        queue.finished(feed: 0)
        #expect(queue.next(now: time(0)) == .start(feed: 2))
    }

    @Test("One host is asked with its delay from start to start, and by one transfer at a time")
    func host() {
        var queue = PollQueue(concurrency: 10)
        let polite = HostAllowance(concurrency: 1, delay: 2000)
        for feed in 0..<3 { queue.add(feed: feed, host: "a", due: time(0), allowance: polite) }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(5000)) == .wait(until: nil))
        queue.finished(feed: 0)
        #expect(queue.next(now: time(5000)) == .start(feed: 1))
        queue.finished(feed: 1)
        #expect(queue.next(now: time(5001)) == .wait(until: time(7000)))
        #expect(queue.next(now: time(7000)) == .start(feed: 2))
    }

    @Test("A slow host keeps no other waiting (polling.md §6)")
    func slowHost() {
        var queue = PollQueue(concurrency: 2)
        let polite = HostAllowance(concurrency: 1, delay: 0)
        for feed in 0..<50 { queue.add(feed: feed, host: "slow", due: time(0), allowance: polite) }
        queue.add(feed: 99, host: "fast", due: time(0), allowance: polite)
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(0)) == .start(feed: 99))
    }

    @Test("A feed can be put in line again when its poll is over")
    func again() {
        var queue = PollQueue(concurrency: 1)
        queue.add(feed: 7, host: "a", due: time(0), allowance: free)
        #expect(queue.next(now: time(0)) == .start(feed: 7))
        queue.finished(feed: 7)
        queue.add(feed: 7, host: "a", due: time(60), allowance: free)
        #expect(queue.next(now: time(0)) == .wait(until: time(60)))
        #expect(queue.next(now: time(60)) == .start(feed: 7))
    }

    @Test("Feeds that have not started can be taken back, and polls that run end in order")
    func removeWaiting() {
        var queue = PollQueue(concurrency: 1)
        for feed in 0..<3 { queue.add(feed: feed, host: "a", due: time(0), allowance: free) }
        queue.add(feed: 3, host: "b", due: time(100), allowance: free)
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.removeWaiting().map(\.feed).sorted() == [1, 2, 3])
        #expect(queue.waiting == 0)
        #expect(queue.next(now: time(200)) == .wait(until: nil))
        queue.finished(feed: 0)
        #expect(queue.next(now: time(200)) == .done)
    }

    @Test("The feeds of a host that is paused for longer than it rests anyway leave the line, and those of others stay")
    func removedByHost() {
        let slow = HostAllowance(concurrency: 1, delay: 2000)
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<4 { queue.add(feed: feed, host: "a", due: time(0), allowance: slow) }
        queue.add(feed: 9, host: "b", due: time(0), allowance: free)
        #expect(queue.next(now: time(0)) == .start(feed: 9))
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        queue.finished(feed: 0, isGood: false)
        #expect(queue.removeWaiting(forHost: "a", pausedUntil: time(2000)).isEmpty)
        #expect(queue.removeWaiting(forHost: "c", pausedUntil: time(9000)).isEmpty)
        #expect(queue.next(now: time(2000)) == .start(feed: 1))
        queue.finished(feed: 1, isGood: false)
        #expect(queue.removeWaiting(forHost: "a", pausedUntil: time(9000)) == [2, 3])
        #expect(queue.waiting == 0 && queue.next(now: time(9000)) == .wait(until: nil))
        queue.finished(feed: 9)
        #expect(queue.next(now: time(9000)) == .done)
        queue.add(feed: 2, host: "a", due: time(9000), allowance: slow)
        #expect(queue.next(now: time(9000)) == .start(feed: 2))
    }

    @Test("polling.md §8: a paused host rests, then is asked by one at a time until one is well")
    func paused() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<5 { queue.add(feed: feed, host: "a", due: time(0), allowance: free) }
        queue.add(feed: 9, host: "b", due: time(0), allowance: free)
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        _ = queue.pause(host: "a", until: time(60_000), now: time(0))
        queue.finished(feed: 0, isGood: false)
        #expect(queue.next(now: time(0)) == .start(feed: 9))
        #expect(queue.next(now: time(59_999)) == .wait(until: time(60_000)))
        #expect(queue.next(now: time(60_000)) == .start(feed: 1))
        #expect(queue.next(now: time(70_000)) == .wait(until: nil))
        queue.finished(feed: 1, isGood: false)
        #expect(queue.next(now: time(70_000)) == .start(feed: 2))
        queue.finished(feed: 2, isGood: true)
        #expect(queue.next(now: time(71_000)) == .start(feed: 3))
        #expect(queue.next(now: time(71_000)) == .start(feed: 4))
    }

    @Test("polling.md §8: a pace that was learnt spaces what nobody waits for; a person waits for the delay alone")
    func paced() {
        var queue = PollQueue(concurrency: 10)
        let slow = HostAllowance(concurrency: 2, delay: 2000, pace: 64_000)
        for feed in 0..<3 { queue.add(feed: feed, host: "a", due: time(0), allowance: slow) }
        queue.add(feed: 9, host: "b", due: time(0), allowance: free)
        #expect(queue.next(now: time(0)) == .start(feed: 9))
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(0)) == .wait(until: time(64_000)))
        queue.hasten(feed: 2, to: time(1000), urgency: .asked, now: time(1000))
        #expect(queue.next(now: time(1999)) == .wait(until: time(2000)))
        #expect(queue.next(now: time(2000)) == .start(feed: 2))
        queue.finished(feed: 0)
        queue.finished(feed: 2)
        #expect(queue.next(now: time(65_999)) == .wait(until: time(66_000)))
        #expect(queue.next(now: time(66_000)) == .start(feed: 1))
    }

    @Test("polling.md §8: a host in doubt is asked by a single feed, until one has ended well")
    func doubted() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<4 { queue.add(feed: feed, host: "a", due: time(Int64(feed) * 10), allowance: free) }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        queue.doubt(host: "a")
        queue.finished(feed: 0, isGood: false)
        #expect(queue.next(now: time(1000)) == .start(feed: 1))
        #expect(queue.next(now: time(5000)) == .wait(until: nil))
        queue.finished(feed: 1, isGood: true)
        #expect(queue.next(now: time(5000)) == .start(feed: 2))
        #expect(queue.next(now: time(5000)) == .start(feed: 3))
    }

    @Test("A poll that ends well after a pause has begun does not end it")
    func pausedWhileRunning() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<3 { queue.add(feed: feed, host: "a", due: time(0), allowance: free) }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(0)) == .start(feed: 1))
        _ = queue.pause(host: "a", until: time(60_000), now: time(0))
        queue.finished(feed: 0, isGood: false)
        queue.finished(feed: 1, isGood: true)
        #expect(queue.next(now: time(1000)) == .wait(until: time(60_000)))
    }

    @Test("polling.md §8: while the network is down, starts are as far apart as the caller says")
    func throttled() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<5 { queue.add(feed: feed, host: "h\(feed)", due: time(0), allowance: free) }
        queue.limitStarts(every: 60_000, from: time(0))
        #expect(queue.next(now: time(0)) == .wait(until: time(60_000)))
        #expect(queue.next(now: time(60_000)) == .start(feed: 0))
        #expect(queue.next(now: time(60_000)) == .wait(until: time(120_000)))
        queue.limitStarts(every: nil, from: time(61_000))
        for feed in 1..<5 { #expect(queue.next(now: time(61_000)) == .start(feed: feed)) }
    }

    @Test("100 000 feeds of 1000 hosts pass through the queue, each once")
    func many() {
        var queue = PollQueue(concurrency: 64)
        for feed in 0..<100_000 {
            queue.add(
                feed: feed, host: "h\(feed % 1000)", due: time(Int64(feed % 777)),
                allowance: HostAllowance(concurrency: 1, delay: 10))
        }
        var now: Int64 = 0
        var seen = [Bool](repeating: false, count: 100_000)
        var running: [Int] = []
        loop: while true {
            switch queue.next(now: time(now)) {
            case .start(let feed):
                #expect(!seen[feed])
                seen[feed] = true
                running.append(feed)
            case .wait(let until):
                for feed in running { queue.finished(feed: feed) }
                if running.isEmpty, let until { now = max(now + 1, until.milliseconds) }
                running.removeAll()
            case .proceed, .giveUp, .done: break loop
            }
        }
        #expect(!seen.contains(false))
    }

    @Test("A feed that is hastened comes at its new time, once, and the others when they were due")
    func hasten() {
        var queue = PollQueue(concurrency: 8)
        let allowance = HostAllowance(concurrency: 8, delay: 0)
        for feed in 0..<3 {
            queue.add(feed: feed, host: "h", due: time((100 + Int64(feed)) * 1000), allowance: allowance)
        }
        queue.hasten(feed: 2, to: time(5 * 1000), urgency: .asked, now: time(0 * 1000))
        #expect(queue.waiting == 3)
        #expect(queue.next(now: time(5 * 1000)) == .start(feed: 2))
        queue.finished(feed: 2)
        let isInLine = queue.isInLine(2)
        #expect(!isInLine)
        queue.hasten(feed: 2, to: time(6 * 1000), urgency: .asked, now: time(6 * 1000))
        #expect(queue.next(now: time(200 * 1000)) == .start(feed: 0))
        #expect(queue.next(now: time(200 * 1000)) == .start(feed: 1))
        #expect(queue.next(now: time(200 * 1000)) == .wait(until: nil))
        queue.finished(feed: 0)
        queue.finished(feed: 1)
        #expect(queue.next(now: time(200 * 1000)) == .done)
    }

    @Test("A hastened feed is in line once, also when the line is emptied")
    func hastenAndEmpty() {
        var queue = PollQueue(concurrency: 1)
        let allowance = HostAllowance(concurrency: 1, delay: 0)
        queue.add(feed: 7, host: "h", due: time(100 * 1000), allowance: allowance)
        queue.hasten(feed: 7, to: time(50 * 1000), urgency: .asked, now: time(0 * 1000))
        queue.hasten(feed: 7, to: time(10 * 1000), urgency: .asked, now: time(0 * 1000))
        #expect(queue.removeWaiting().map(\.feed) == [7])
        #expect(queue.next(now: time(200 * 1000)) == .done)
    }
}
