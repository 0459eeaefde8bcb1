import FeedModel
import Scheduling
import Testing

@testable import Ingestion

@Suite("The service knows how late its polls are")
struct PlannedTimesTests {
    private let now = PollRehearsal.now
    private let steady = SteadyTime(milliseconds: 5000)

    @Test("A poll that begins is counted as late by its plan, once")
    func lateness() {
        var planned = PlannedTimes()
        planned.removeAll(count: 1)
        planned.plan(3, at: now)
        #expect(planned.begin(3, at: now.adding(milliseconds: 1500)) == 1500)
        #expect(
            planned.begin(3, at: now) == nil && planned.begin(0, at: now) == nil && planned.begin(9, at: now) == nil)
    }

    @Test("The feed that has waited longest says how far polls are behind")
    func overdue() {
        var planned = PlannedTimes()
        #expect(planned.overdue(at: now) == 0)
        planned.plan(0, at: now.adding(seconds: -90))
        planned.plan(1, at: now.adding(seconds: -30))
        #expect(planned.overdue(at: now) == 90)
        _ = planned.begin(0, at: now)
        #expect(planned.overdue(at: now) == 30)
        planned.removeAll(count: 2)
        #expect(planned.overdue(at: now) == 0)
    }

    @Test("contract.md §6: a clock that is set makes no feed late: the times move with it")
    func clockIsSet() {
        var planned = PlannedTimes()
        planned.follow(now: now, steady: steady)
        planned.plan(0, at: now.adding(seconds: 10))
        // As far as a busy machine reads its clocks apart, nothing moves.
        planned.follow(now: now.adding(seconds: 59), steady: steady)
        #expect(planned.overdue(at: now.adding(seconds: 20)) == 10)
        planned.follow(now: now.adding(seconds: 59 + 86_400), steady: steady)
        #expect(planned.begin(0, at: now.adding(seconds: 86_400)) == -10_000)
    }

    @Test("Signs of life to systemd come at their intervals by the steady clock, the first at once")
    func signs() {
        var signs = SignsOfLife()
        func at(_ milliseconds: Int64) -> SteadyTime { SteadyTime(milliseconds: milliseconds) }
        let told = [0, 400, 500, 1000, 14_999, 15_000].map { time in
            [
                signs.isTimeForSign(at: at(time), every: 500), signs.isTimeForStatus(at: at(time)),
                signs.isTimeForMetrics(at: at(time)),
            ]
        }
        #expect(
            told == [
                [true, true, true], [false, false, false], [true, false, false], [true, true, false],
                [true, true, false], [false, false, true],
            ])
    }
}
