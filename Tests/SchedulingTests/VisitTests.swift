import Scheduling
import Testing

@Suite("Requests that are no polls stand behind all polls")
struct VisitTests {
    private let allowance = HostAllowance(concurrency: 1, delay: 2000)

    private func time(_ milliseconds: Int64) -> SteadyTime { SteadyTime(milliseconds: milliseconds) }

    @Test("An idle host lets a visit in, and asks for its delay between two of them")
    func idle() {
        var queue = PollQueue(concurrency: 4)
        #expect(queue.visit(host: "a", allowance: allowance, now: time(0)) == .go)
        #expect(queue.visit(host: "a", allowance: allowance, now: time(100)) == .later(time(2100)))
        queue.leave(host: "a", isGood: true)
        #expect(queue.visit(host: "a", allowance: allowance, now: time(500)) == .later(time(2000)))
        #expect(queue.visit(host: "a", allowance: allowance, now: time(2000)) == .go)
    }

    @Test("A host that polls wait for lets no visit in, and a visit holds a poll up no longer than another poll would")
    func polls() {
        var queue = PollQueue(concurrency: 4)
        #expect(queue.visit(host: "a", allowance: allowance, now: time(0)) == .go)
        queue.add(feed: 1, host: "a", due: time(1000), allowance: allowance)
        #expect(queue.next(now: time(1000)) == .wait(until: nil))
        queue.leave(host: "a", isGood: true)
        #expect(queue.next(now: time(1500)) == .wait(until: time(2000)))
        #expect(queue.visit(host: "a", allowance: allowance, now: time(2000)) == .later(time(4000)))
        #expect(queue.next(now: time(2000)) == .start(feed: 1))
    }

    @Test("A paused host lets none in, and one that is being tried again lets one in at a time")
    func paused() {
        var queue = PollQueue(concurrency: 4)
        let wide = HostAllowance(concurrency: 3, delay: 0)
        #expect(queue.visit(host: "a", allowance: wide, now: time(0)) == .go)
        queue.leave(host: "a", isGood: false)
        _ = queue.pause(host: "a", until: time(60_000), now: time(10))
        #expect(queue.visit(host: "a", allowance: wide, now: time(20)) == .held(until: time(60_000)))
        #expect(queue.visit(host: "a", allowance: wide, now: time(60_000)) == .go)
        #expect(queue.visit(host: "a", allowance: wide, now: time(65_000)) == .later(time(67_000)))
        queue.leave(host: "a", isGood: true)
        #expect(queue.visit(host: "a", allowance: wide, now: time(65_000)) == .go)
        #expect(queue.visit(host: "a", allowance: wide, now: time(65_000)) == .go)
    }

    @Test("Visits take no more than half of the transfers, and none while everything is only tried now and then")
    func share() {
        var queue = PollQueue(concurrency: 4)
        for host in ["a", "b"] { #expect(queue.visit(host: host, allowance: allowance, now: time(0)) == .go) }
        #expect(queue.visit(host: "c", allowance: allowance, now: time(0)) == .later(time(2000)))
        queue.leave(host: "a", isGood: true)
        queue.limitStarts(every: 30_000, from: time(0))
        #expect(queue.visit(host: "c", allowance: allowance, now: time(0)) == .later(time(2000)))
        queue.limitStarts(every: nil, from: time(0))
        #expect(queue.visit(host: "c", allowance: allowance, now: time(0)) == .go)
    }

    @Test("Visits take transfers from polls, and give them back")
    func transfers() {
        var queue = PollQueue(concurrency: 1)
        #expect(queue.visit(host: "a", allowance: allowance, now: time(0)) == .go)
        queue.add(feed: 1, host: "b", due: time(0), allowance: allowance)
        #expect(queue.next(now: time(0)) == .wait(until: nil))
        queue.leave(host: "a", isGood: true)
        #expect(queue.next(now: time(1)) == .start(feed: 1))
        #expect(queue.visit(host: "c", allowance: allowance, now: time(1)) == .later(time(2001)))
    }
}
