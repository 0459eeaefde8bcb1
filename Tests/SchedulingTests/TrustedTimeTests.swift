import FeedModel
import Testing

@testable import Scheduling

/// contract.md §6: when the wall clock counts for what lasts.
@Suite("A wrong clock decides nothing that lasts")
struct TrustedTimeTests {
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000
    /// The true time at the start; the steady clock begins at 0.
    private let start = Timestamp(year: 2026, month: 11, day: 28)
    private let release = Timestamp(year: 2026, month: 11, day: 20)

    /// A process whose wall clock is off, and what it is told.
    private final class Machine {
        var trust = TrustedTime()
        /// Milliseconds that the wall clock is ahead.
        var error: Int64
        /// Milliseconds since the start.
        var passed: Int64 = 0
        let start: Timestamp

        init(_ start: Timestamp, error: Int64 = 0) {
            self.start = start
            self.error = error
        }

        var truth: Timestamp { start.adding(milliseconds: passed) }
        var wall: Timestamp { truth.adding(milliseconds: error) }
        var steady: SteadyTime { SteadyTime(milliseconds: passed) }
        var doubt: TrustedTime.Doubt? { trust.doubt(now: wall, steady: steady) }
        var counts: Bool { doubt == nil }

        func find(_ times: [Timestamp], isEmpty: Bool = false) {
            trust.hear(stored: times, isEmpty: isEmpty, steady: steady)
            _ = doubt
        }

        /// A host answers whose clock is off by so much.
        func hear(_ host: UInt64, error: Int64 = 0, isSecure: Bool = true) {
            trust.hear(date: truth.adding(milliseconds: error), host: host, isSecure: isSecure, steady: steady)
        }
    }

    private func machine(error: Int64 = 0, storeAge: Int64? = nil) -> Machine {
        let machine = Machine(start, error: error)
        machine.trust.adopt(release: release)
        machine.find(
            storeAge.map { [start.adding(milliseconds: -$0)] } ?? [], isEmpty: storeAge == nil)
        return machine
    }

    @Test("In a new store nothing contradicts the clock, until a server does")
    func newStore() {
        #expect(machine().counts)
        let ahead = machine(error: 400 * Self.day)
        #expect(ahead.counts)
        ahead.hear(1)
        #expect(!ahead.counts)
    }

    @Test("A store written within a day confirms the clock; one from long ago, or from what is to come, does not")
    func store() {
        #expect(machine(storeAge: 3 * Self.hour).counts)
        #expect(machine(storeAge: -3 * Self.hour).counts)
        #expect(!machine(storeAge: 3 * Self.day).counts)
        #expect(!machine(storeAge: -3 * Self.day).counts)
        #expect(!machine(error: 400 * Self.day, storeAge: Self.hour).counts)
        #expect(!machine(error: -10 * 365 * Self.day, storeAge: Self.hour).counts)
    }

    @Test("Any of the times that a store knows may confirm the clock")
    func severalTimes() {
        let machine = machine()
        machine.find([start.adding(milliseconds: -400 * Self.day), start.adding(milliseconds: -Self.hour)])
        #expect(machine.counts)
    }

    @Test("A store whose times are not known confirms nothing, and is not a new one")
    func unknownStore() {
        let machine = machine()
        machine.find([], isEmpty: false)
        #expect(!machine.counts)
        machine.hear(1)
        #expect(machine.counts)
    }

    @Test("A record of 2035 does not keep the right clock in doubt: one server confirms it, or a day without any")
    func recordFromTheFuture() {
        let online = machine(storeAge: -9 * 365 * Self.day)
        #expect(!online.counts)
        online.hear(1)
        #expect(online.counts)
        let offline = machine(storeAge: -9 * 365 * Self.day)
        offline.passed = Self.day - 1
        #expect(!offline.counts)
        offline.passed = Self.day
        #expect(offline.counts)
    }

    @Test("Without any server a clock counts after a day of going on steadily; one that was set begins the day anew")
    func steady() {
        let machine = machine(error: 400 * Self.day, storeAge: Self.hour)
        machine.passed = Self.day / 2
        #expect(!machine.counts)
        machine.error = 200 * Self.day
        #expect(!machine.counts)
        machine.passed = Self.day
        #expect(!machine.counts)
        machine.passed = Self.day / 2 + Self.day
        #expect(machine.counts)
    }

    @Test("The servers' clocks go before a day of steadiness, for as long as they contradict the clock")
    func serversAgainst() {
        let machine = machine(error: 400 * Self.day, storeAge: Self.hour)
        for hour in 0..<(24 * 30) as Range<Int64> {
            machine.passed = hour * Self.hour
            machine.hear(UInt64(hour % 3))
            #expect(!machine.counts)
        }
        machine.error = 0
        #expect(machine.counts)
    }

    @Test("A single server whose clock is wrong puts no clock in doubt that the store confirms", arguments: [-56, 9])
    func oneWrongServer(years: Int64) {
        let machine = machine(storeAge: Self.hour)
        for _ in 0..<100 {
            machine.hear(1, error: years * 365 * Self.day)
            #expect(machine.counts)
            machine.passed += Self.hour
        }
    }

    @Test("The only server, whose clock is wrong, does not stop what lasts for ever")
    func onlyWrongServer() {
        let machine = machine(storeAge: 5 * Self.day)
        machine.hear(1, error: 9 * 365 * Self.day)
        #expect(!machine.counts)
        for _ in 0..<24 {
            machine.passed += Self.hour
            machine.hear(1, error: 9 * 365 * Self.day)
        }
        #expect(machine.counts)
    }

    @Test("A server that shares a wrong clock's mistake does not vouch for it against others")
    func wrongTogether() {
        let machine = machine(error: 400 * Self.day, storeAge: Self.hour)
        machine.hear(1, error: 400 * Self.day)
        machine.hear(2)
        machine.hear(3)
        #expect(!machine.counts)
        machine.passed = 3 * Self.day
        for host in 1...3 as ClosedRange<UInt64> { machine.hear(host, error: host == 1 ? 400 * Self.day : 0) }
        #expect(!machine.counts)
    }

    @Test("The only server and the store together hold against a clock, however long it goes on")
    func serverAndStore() {
        let machine = machine(error: 400 * Self.day, storeAge: Self.hour)
        for _ in 0..<200 {
            machine.passed += Self.hour
            machine.hear(1)
            #expect(!machine.counts)
        }
    }

    @Test("Where two servers are divided, what was right before counts on")
    func divided() {
        let machine = machine(storeAge: Self.hour)
        machine.hear(1)
        machine.hear(2, error: 9 * 365 * Self.day)
        #expect(machine.counts)
        let fresh = self.machine(storeAge: 30 * Self.day)
        fresh.hear(2, error: 9 * 365 * Self.day)
        #expect(!fresh.counts)
        fresh.hear(1)
        #expect(!fresh.counts)
        fresh.hear(3)
        #expect(fresh.counts)
    }

    @Test("One host has one voice, however often it answers")
    func oneVoice() {
        let machine = machine(storeAge: 30 * Self.day)
        for _ in 0..<50 { machine.hear(1, error: 9 * 365 * Self.day) }
        machine.hear(2)
        machine.hear(3)
        #expect(machine.counts)
    }

    @Test("From three hosts that prove who they are on, what others say does not count")
    func secureHosts() {
        let machine = machine(storeAge: 30 * Self.day)
        for host in 10..<20 as Range<UInt64> { machine.hear(host, error: 400 * Self.day, isSecure: false) }
        #expect(!machine.counts)
        for host in 1...2 as ClosedRange<UInt64> { machine.hear(host) }
        #expect(!machine.counts)
        machine.hear(3)
        #expect(machine.counts)
    }

    @Test("Before the program was made no clock counts, whoever says so and however long it goes on")
    func beforeRelease() {
        let machine = machine(error: -56 * 365 * Self.day)
        #expect(machine.doubt == .beforeRelease(release))
        machine.passed = 30 * Self.day
        machine.hear(1, error: -56 * 365 * Self.day)
        #expect(machine.doubt == .beforeRelease(release))
    }

    @Test("A clock that is set while the process runs is in doubt at once, and counts at once when it is back")
    func set() {
        for error in [400, -5] as [Int64] {
            let machine = machine(storeAge: Self.hour)
            for host in 1...3 as ClosedRange<UInt64> { machine.hear(host) }
            #expect(machine.counts)
            machine.passed += Self.hour
            machine.error = error * Self.day
            #expect(!machine.counts)
            machine.error = 0
            #expect(machine.counts)
            // Not enough to matter.
            machine.error = Self.day / 2
            #expect(machine.counts)
        }
    }

    @Test("Small steps one after the other do not lead the trusted clock away")
    func steps() {
        let machine = machine(storeAge: Self.hour)
        for _ in 0..<4 {
            machine.passed += Self.hour
            machine.error += Self.day / 2
            _ = machine.doubt
        }
        #expect(!machine.counts)
    }

    @Test("A machine that slept without its steady clock noticing counts again once most servers have answered")
    func suspended() {
        let machine = machine(storeAge: Self.hour)
        for host in 1...3 as ClosedRange<UInt64> { machine.hear(host) }
        // The true time has gone on by ten days, the steady clock by a minute.
        let awake = Machine(start.adding(milliseconds: 10 * Self.day))
        awake.trust = machine.trust
        awake.passed = 60_000
        #expect(!awake.counts)
        awake.hear(1)
        #expect(!awake.counts)
        awake.hear(2)
        awake.hear(3)
        #expect(awake.counts)
    }

    @Test("A machine without network for weeks goes on with a clock that was right and was not set")
    func offline() {
        let machine = machine(storeAge: Self.hour)
        machine.hear(1)
        machine.hear(2)
        machine.passed = 40 * Self.day
        #expect(machine.counts)
        machine.error = 30 * Self.day
        #expect(!machine.counts)
    }

    @Test("TrustedTime remembers the words of a bounded number of hosts, and the latest count")
    func manyHosts() {
        let machine = machine(storeAge: Self.hour)
        for host in 0..<10_000 as Range<UInt64> { machine.hear(host, error: 400 * Self.day) }
        #expect(!machine.counts)
        for host in 20_000..<20_064 as Range<UInt64> { machine.hear(host) }
        #expect(machine.counts)
    }

    @Test("The time that a doubt shows is what was heard last, also of a host that had answered before")
    func lastWord() {
        let machine = machine(error: 400 * Self.day, storeAge: Self.hour)
        for (host, error) in [(1, 0), (2, Self.hour), (1, 2 * Self.hour)] as [(UInt64, Int64)] {
            machine.hear(host, error: error)
        }
        #expect(
            machine.doubt
                == .servers(against: 2, of: 2, saying: machine.truth.adding(milliseconds: 2 * Self.hour)))
    }

    @Test("TrustedTime takes times at the ends of what can be counted for times that are far away")
    func extremes() {
        for time in [Int64.min, .max] {
            let machine = machine(storeAge: Self.hour)
            machine.trust.hear(
                date: Timestamp(milliseconds: time), host: 1, isSecure: true, steady: machine.steady)
            #expect(machine.counts)
            _ = machine.trust.doubt(now: Timestamp(milliseconds: time), steady: machine.steady)
            machine.find([Timestamp(milliseconds: time)])
            machine.hear(1)
            #expect(machine.counts)
        }
    }

    @Test("Each doubt about the clock says what contradicts it")
    func words() {
        let machine = machine(error: 400 * Self.day, storeAge: Self.hour)
        #expect(machine.doubt?.description.contains("2026-11-27T23:00:00Z") == true)
        machine.hear(1)
        machine.hear(2)
        #expect(machine.doubt?.description.contains("2 of 2 hosts") == true)
        let set = self.machine(storeAge: Self.hour)
        set.error = -50 * Self.hour
        #expect(set.doubt?.description.contains("set back by 50 h") == true)
    }
}
