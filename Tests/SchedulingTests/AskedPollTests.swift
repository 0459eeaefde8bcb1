import FeedModel
import Testing

@testable import Scheduling

@Suite("PollQueue heeds polls that a person waits for, and reloads (contract.md §1)")
struct AskedPollTests {
    private let free = HostAllowance(concurrency: 10, delay: 0)

    private func time(_ milliseconds: Int64) -> SteadyTime { SteadyTime(milliseconds: milliseconds) }

    @Test("A forced poll passes its host's pause, one at a time, and the pause stays for the others")
    func forced() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<4 { queue.add(feed: feed, host: "h", due: time(0), allowance: free) }
        _ = queue.pause(host: "h", until: time(3_600_000), now: time(0))
        #expect(queue.next(now: time(0)) == .wait(until: time(3_600_000)))
        for feed in 1...2 { queue.hasten(feed: feed, to: time(10), urgency: .forced, now: time(10)) }
        #expect(queue.next(now: time(10)) == .start(feed: 1))
        #expect(queue.next(now: time(5000)) == .wait(until: time(3_600_000)))
        queue.finished(feed: 1, isGood: true)
        #expect(queue.next(now: time(5000)) == .start(feed: 2))
        queue.finished(feed: 2, isGood: true)
        #expect(queue.next(now: time(10_000)) == .wait(until: time(3_600_000)))
        #expect(queue.next(now: time(3_600_000)) == .start(feed: 0))
        #expect(queue.next(now: time(3_600_000)) == .wait(until: nil))
    }

    @Test("A new pause names the feeds that were asked for and wait for it, and forced polls go on")
    func pauseComes() {
        var queue = PollQueue(concurrency: 1)
        queue.add(feed: 9, host: "other", due: time(0), allowance: free)
        #expect(queue.next(now: time(0)) == .start(feed: 9))
        queue.add(feed: 0, host: "h", due: time(0), allowance: free, urgency: .asked)
        queue.add(feed: 1, host: "h", due: time(0), allowance: free, urgency: .forced)
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        #expect(queue.pause(host: "h", until: time(60_000), now: time(1)) == PollQueue.Held(hops: [], asked: [0]))
        queue.finished(feed: 9)
        #expect(queue.next(now: time(2)) == .start(feed: 1))
        queue.finished(feed: 1)
        #expect(queue.next(now: time(60_000)) == .start(feed: 0))
    }

    @Test("A poll that a person waits for comes before others, but not always")
    func priority() {
        var queue = PollQueue(concurrency: 1)
        for feed in 0..<4 { queue.add(feed: feed, host: "h\(feed)", due: time(0), allowance: free) }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        for feed in 2...3 { queue.hasten(feed: feed, to: time(1), urgency: .asked, now: time(1)) }
        var order: [Int] = []
        for _ in 0..<3 {
            queue.finished(feed: order.last ?? 0)
            if case .start(let feed) = queue.next(now: time(1)) { order.append(feed) }
        }
        #expect(order.first == 2)
        #expect(order.sorted() == [1, 2, 3])
        #expect(order[1] == 1)
    }

    @Test("A poll that a person waits for is tried at once while the network is thought to be down")
    func throttled() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<3 { queue.add(feed: feed, host: "h\(feed)", due: time(0), allowance: free) }
        queue.limitStarts(every: 60_000, from: time(0))
        #expect(queue.next(now: time(0)) == .wait(until: time(60_000)))
        queue.hasten(feed: 2, to: time(5), urgency: .asked, now: time(5))
        #expect(queue.next(now: time(5)) == .start(feed: 2))
        queue.finished(feed: 2)
        #expect(queue.next(now: time(6)) == .wait(until: time(60_000)))
    }

    @Test("Somebody who waits for a poll that stands in line with a redirect lets it come before others")
    func hop() {
        var queue = PollQueue(concurrency: 10)
        let slow = HostAllowance(concurrency: 1, delay: 1000)
        for feed in 0..<5 { queue.add(feed: feed, host: "r\(feed)", due: time(0), allowance: free) }
        for feed in 0..<5 { #expect(queue.next(now: time(0)) == .start(feed: feed)) }
        for feed in 0..<5 { _ = queue.redirect(feed: feed, to: "b", allowance: slow, now: time(0)) }
        #expect(queue.next(now: time(0)) == .proceed(feed: 0))
        queue.finished(feed: 0)
        queue.hasten(feed: 4, to: time(1), urgency: .forced, now: time(1))
        #expect(queue.opening(forced: 4, host: "r4") == time(1000))
        #expect(queue.next(now: time(1000)) == .proceed(feed: 4))
    }

    @Test("A new delay of a host counts from its last request on, at once, be it smaller or longer")
    func delays() {
        var queue = PollQueue(concurrency: 10)
        for feed in 0..<4 {
            queue.add(feed: feed, host: "h", due: time(0), allowance: HostAllowance(concurrency: 1, delay: 60_000))
        }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        queue.finished(feed: 0)
        #expect(queue.next(now: time(1000)) == .wait(until: time(60_000)))
        queue.renewAllowances { _ in HostAllowance(concurrency: 1, delay: 2000) }
        #expect(queue.next(now: time(1000)) == .wait(until: time(2000)))
        #expect(queue.next(now: time(2000)) == .start(feed: 1))
        queue.finished(feed: 1)
        queue.renewAllowances { _ in HostAllowance(concurrency: 1, delay: 9000) }
        #expect(queue.next(now: time(4000)) == .wait(until: time(11_000)))
        #expect(queue.next(now: time(11_000)) == .start(feed: 2))
    }

    @Test("The allowance with which a feed is added counts for its host from then on")
    func allowanceOfAdding() {
        var queue = PollQueue(concurrency: 10)
        queue.add(feed: 0, host: "h", due: time(0), allowance: HostAllowance(concurrency: 1, delay: 5000))
        queue.add(feed: 1, host: "h", due: time(0), allowance: HostAllowance(concurrency: 2, delay: 0))
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        #expect(queue.next(now: time(0)) == .start(feed: 1))
    }

    @Test("More or fewer requests of a host, and transfers in all, count from the next start on")
    func concurrency() {
        var queue = PollQueue(concurrency: 1)
        for feed in 0..<6 {
            queue.add(feed: feed, host: "h", due: time(0), allowance: HostAllowance(concurrency: 1, delay: 0))
        }
        #expect(queue.next(now: time(0)) == .start(feed: 0))
        queue.renewAllowances { _ in HostAllowance(concurrency: 3, delay: 0) }
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        queue.limit(concurrency: 8)
        #expect(queue.next(now: time(0)) == .start(feed: 1))
        #expect(queue.next(now: time(0)) == .start(feed: 2))
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        queue.limit(concurrency: 1)
        for feed in 0..<2 { queue.finished(feed: feed) }
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        queue.finished(feed: 2)
        #expect(queue.next(now: time(0)) == .start(feed: 3))
        #expect(queue.next(now: time(0)) == .wait(until: nil))
    }

    @Test("A feed that is taken back out of line still says whether a person waits for it")
    func removed() {
        var queue = PollQueue(concurrency: 1)
        queue.add(feed: 0, host: "h", due: time(100), allowance: free)
        queue.add(feed: 1, host: "h", due: time(100), allowance: free)
        queue.hasten(feed: 1, to: time(0), urgency: .forced, now: time(0))
        let removed = queue.removeWaiting()
        #expect(removed == [.init(feed: 0, urgency: .none), .init(feed: 1, urgency: .forced)])
        #expect(queue.next(now: time(200)) == .done)
    }
}
