import TestSupport
import Testing

@testable import Fleet

@Suite struct VisitTurnsTests {
    private static func step(
        _ turns: VisitTurns, isOwner: Bool = false, delay: Int64 = 2000, at now: Int64
    ) -> VisitTurns.Step {
        turns.step("h", isOwner: isOwner, delay: delay, longestLease: 20_000, at: now)
    }

    @Test func `the owner of a host that nobody visits asks by its own gate alone`() {
        #expect(Self.step(VisitTurns(), isOwner: true, at: 0) == .go)
    }

    @Test func `a host without a delay needs no turns`() {
        #expect(Self.step(VisitTurns(), delay: 0, at: 0) == .go)
    }

    @Test func `a guest enters the host, waits a lease and the delay, and then asks for a turn`() {
        var turns = VisitTurns()
        #expect(Self.step(turns, at: 100) == .enter)
        turns.entered("h", at: 110)
        #expect(Self.step(turns, at: 110) == .wait(until: 22_110))
        #expect(Self.step(turns, at: 22_109) == .wait(until: 22_110))
        #expect(Self.step(turns, at: 22_110) == .ask(delay: 2500))
    }

    @Test func `a guest waits from when it has first seen the host that another has entered`() {
        var turns = VisitTurns()
        turns.see(["h"], at: 500)
        turns.see(["h"], at: 5500)
        #expect(Self.step(turns, at: 5500) == .wait(until: 22_500))
    }

    @Test func `the owner asks the engine as soon as it knows of a guest, until the host is forgotten`() {
        var turns = VisitTurns()
        turns.see(["h"], at: 500)
        #expect(Self.step(turns, isOwner: true, at: 500) == .ask(delay: 2500))
        turns.see([], at: 5500)
        #expect(Self.step(turns, isOwner: true, at: 5500) == .go)
    }

    @Test func `a turn counts from when it was asked for, and is over a quarter of the delay later`() {
        var turns = VisitTurns()
        turns.entered("h", at: 0)
        #expect(turns.answered(300, of: "h", delay: 2000, asked: 1000, at: 1100) == .init(opens: 1400, closes: 1800))
        #expect(turns.answered(0, of: "h", delay: 2000, asked: 1000, at: 1500) == .init(opens: 1500, closes: 1500))
        #expect(turns.answered(0, of: "h", delay: 2000, asked: 1000, at: 1501) == nil)
    }

    @Test func `a host that the engine has forgotten is entered again`() {
        var turns = VisitTurns()
        turns.entered("h", at: 0)
        #expect(turns.answered(nil, of: "h", delay: 2000, asked: 50_000, at: 50_001) == nil)
        #expect(Self.step(turns, at: 50_001) == .enter)
    }

    @Test func `after the engine was away the first turn is asked for when the delay has passed`() {
        var turns = VisitTurns()
        turns.see(["h"], at: 0)
        turns.disconnected()
        #expect(turns.answered(0, of: "h", delay: 2000, asked: 60_000, at: 60_001) == nil)
        #expect(Self.step(turns, at: 60_001) == .wait(until: 62_001))
        #expect(Self.step(turns, at: 62_001) == .ask(delay: 2500))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `guests and owner keep the delay, however slow the engine's answers are`(seed: UInt64) {
        var visits = VisitSimulation(seed: seed)
        let starts = visits.run(turns: 200)
        #expect(starts.count > 20)
        for (before, after) in zip(starts, starts.dropFirst()) { #expect(after - before >= VisitSimulation.delay) }
    }
}

/// Three machines that ask one host as often as they may.
private struct VisitSimulation {
    static let delay: Int64 = 1000
    private var random: SeededGenerator
    private var next: Int64 = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Returns when requests started, in order.
    mutating func run(turns count: Int) -> [Int64] {
        var machines = [VisitTurns](repeating: VisitTurns(), count: 3)
        var ready = [Int64](repeating: 0, count: 3)
        var starts: [Int64] = []
        for index in machines.indices { machines[index].entered("h", at: 0) }
        for _ in 0..<count {
            // Not nil: there are three.
            let index = ready.indices.min { ready[$0] < ready[$1] }!
            let now = ready[index]
            switch machines[index].step("h", isOwner: index == 0, delay: Self.delay, longestLease: 20_000, at: now) {
            case .wait(let until): ready[index] = until
            case .ask(let delay):
                let arrives = now + .random(in: 0...200, using: &random)
                let answered = arrives + .random(in: 0...200, using: &random)
                let turn = max(next, arrives)
                next = turn + delay
                ready[index] = answered + 1
                guard
                    let mine = machines[index].answered(
                        turn - arrives, of: "h", delay: Self.delay, asked: now, at: answered)
                else { continue }
                // It is late now and then, and minds that.
                let start = mine.opens + .random(in: 0...300, using: &random)
                ready[index] = start
                if start <= mine.closes { starts.append(start) }
            case .go, .enter: return []
            }
        }
        return starts.sorted()
    }
}
