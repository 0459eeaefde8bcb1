import FeedModel
import Testing

@testable import Fetching

@Suite("A server whose ETag never matches is found out (polling.md §2.9)")
struct ETagTrapTests {
    private let start = Timestamp(seconds: 1_000_000_000)
    private let month: Int64 = 30 * 86_400

    private func trap(after count: Int, hasLastModified: Bool = true) -> ETagTrap {
        var trap = ETagTrap()
        for _ in 0..<count {
            trap.after(
                status: 200, wasConditional: true, isSameBody: true, hasLastModified: hasLastModified, at: start)
        }
        return trap
    }

    @Test("polling.md §2.9: three conditional requests in a row that bring the same body show the trap")
    func found() {
        #expect(trap(after: 2).mode(at: start) == .both)
        #expect(trap(after: 3).mode(at: start) == .lastModifiedOnly)
        #expect(trap(after: 3, hasLastModified: false).mode(at: start) == .both)
    }

    @Test("polling.md §2.9: another body, or a 304, starts the count of repeats anew")
    func anotherBodyOrANotModifiedStartsAnew() {
        for (status, isSame, isConditional) in [(200, false, true), (304, false, true), (200, true, false)] {
            var trap = trap(after: 2)
            trap.after(
                status: status, wasConditional: isConditional, isSameBody: isSame, hasLastModified: true, at: start)
            #expect(trap.repeats == 0)
        }
    }

    @Test("polling.md §2.9: a failed request says nothing of the server's ETag")
    func failuresSayNothing() {
        var trap = trap(after: 2)
        trap.after(status: 503, wasConditional: true, isSameBody: false, hasLastModified: true, at: start)
        #expect(trap.repeats == 2)
    }

    @Test("polling.md §2.9: both validators are tried again after 30 days")
    func probe() {
        let later = Timestamp(seconds: start.seconds + month)
        var still = trap(after: 3)
        #expect(still.mode(at: Timestamp(seconds: later.seconds - 1)) == .lastModifiedOnly)
        #expect(still.mode(at: later) == .both)
        var healed = still
        still.after(status: 200, wasConditional: true, isSameBody: true, hasLastModified: true, at: later)
        #expect(still.mode(at: later) == .lastModifiedOnly)
        healed.after(status: 304, wasConditional: true, isSameBody: false, hasLastModified: true, at: later)
        #expect(healed == ETagTrap())
    }
}
