import ArticleStore
import Configuration
import FeedModel
import JSONText
import Locking
import Logging
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

@Suite("While the clock is in doubt nothing is removed or decided for good (contract.md §6)")
struct DoubtfulClockTests {
    private let retention = RetentionFixture()
    private let moment = Locked((now: Timestamp(year: 2026, month: 11, day: 28), steady: SteadyTime(milliseconds: 0)))

    private var clock: PollClock {
        let moment = moment
        return PollClock(
            now: { moment.withLock { $0.now } }, steady: { moment.withLock { $0.steady } })
    }

    /// Articles of so many days up to now, a segment each.
    private func store(days: Int) throws -> ArticleStore { try retention.store(days: days, last: clock.now()) }

    /// Lets a job have one look at the store.
    private func look(_ store: ArticleStore, _ clock: PollClock, keep: Int64) {
        let job = RetentionJob(
            store, keep: .span(.seconds(keep)), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock)
        job.takeTurn()
    }

    private func evidence(_ store: ArticleStore) throws -> TimeEvidence {
        try StoreReader(directory: store.path).timeEvidence()
    }

    private func pass(days: Int64, steadily: Bool = true) {
        moment.withLock { moment in
            moment.now = Timestamp(milliseconds: moment.now.milliseconds + days * 86_400_000)
            if steadily { moment.steady = moment.steady.adding(milliseconds: days * 86_400_000) }
        }
    }

    @Test("A service that starts with its clock years ahead removes nothing")
    func ahead() throws {
        let store = try store(days: 10)
        defer { store.close() }
        pass(days: 1640, steadily: false)
        let clock = clock
        clock.adopt(try evidence(store), release: Timestamp(year: 2026, month: 11, day: 20))
        #expect(clock.doubt != nil && clock.trusted == nil)
        look(store, clock, keep: 90 * 86_400)
        #expect(try StoreReader(directory: store.path).firstSeq() == 1)
        #expect(store.retentionMemory == nil)
        // The right time comes: all is as before.
        pass(days: -1640, steadily: false)
        look(store, clock, keep: 90 * 86_400)
        #expect(try StoreReader(directory: store.path).firstSeq() == 1)
        #expect(store.retentionMemory != nil && store.retentionMemory?.backlog == nil)
    }

    @Test("Retention by a clock that counts removes nothing on its first turn, and a tenth each day after that")
    func pace() throws {
        let store = try store(days: 20)
        defer { store.close() }
        let clock = clock
        clock.adopt(try evidence(store), release: Timestamp(year: 2026, month: 11, day: 20))
        look(store, clock, keep: 5 * 86_400)
        #expect(try StoreReader(directory: store.path).firstSeq() == 1)
        #expect(store.retentionMemory?.backlog?.waiting == 14)
        var removed: [UInt64] = []
        for _ in 0..<3 {
            pass(days: 1)
            let before = try #require(try StoreReader(directory: store.path).firstSeq())
            look(store, clock, keep: 5 * 86_400)
            removed.append(try #require(try StoreReader(directory: store.path).firstSeq()) - before)
        }
        // A tenth of 20, and what has grown too old that day.
        #expect(removed == [3, 3, 3])
    }

    @Test(
        "A removal by hand is refused while the clock is in doubt where it names a span, and not where it names a time")
    func byHand() async throws {
        let store = try store(days: 10)
        defer { store.close() }
        pass(days: 1640, steadily: false)
        let clock = clock
        clock.adopt(try evidence(store), release: Timestamp(year: 2026, month: 11, day: 20))
        let job = RetentionJob(
            store, keep: .forever, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: clock)
        let time = Timestamp(year: 2026, month: 11, day: 22)
        for isByClock in [true, false] {
            let failure = try await retention.ask(job, before: time, isByClock: isByClock).failure
            if isByClock {
                guard case .refused(let reason) = failure else {
                    Issue.record("\(String(describing: failure))")
                    continue
                }
                #expect(reason.contains("in doubt") && reason.contains("--before 2026-11-22T00:00:00Z"))
                #expect(try StoreReader(directory: store.path).firstSeq() == 1)
            } else {
                #expect(failure == nil)
                #expect(try #require(try StoreReader(directory: store.path).firstSeq()) > 1)
            }
        }
    }

    @Test(
        "The Date of a feed's server puts a wrong clock in doubt, and confirms the right one; a cache's age counts",
        arguments: [
            ("Sun, 01 Nov 2026 00:00:00 GMT", "0", false), ("Sat, 01 Jan 2028 00:00:00 GMT", "0", true),
            ("Thu, 29 Oct 2026 00:00:00 GMT", "259200", false), ("Thu, 29 Oct 2026 00:00:00 GMT", "x", true),
        ])
    func dates(date: String, age: String, isDoubtful: Bool) async throws {
        let fixture = try PollerFixture()
        fixture.server.on(
            "/feed",
            .init(
                headers: [(name: "Date", value: date), (name: "Age", value: age)],
                body: Array(PollerFixture.rss().utf8)))
        _ = try await fixture.poll()
        #expect((fixture.clock.doubt != nil) == isDoubtful)
        await fixture.close()
    }

    @Test("identity.md §10: no date is said to lie in the future by a clock in doubt")
    func futureDates() async throws {
        let fixture = try PollerFixture()
        func item(_ id: String) -> [UInt8] {
            let item =
                "<item><guid>\(id)</guid><title>A</title><pubDate>Mon, 01 Mar 2027 00:00:00 GMT</pubDate></item>"
            return Array("<rss version=\"2.0\"><channel><title>T</title>\(item)</channel></rss>".utf8)
        }
        for (id, date) in [("1", "Mon, 01 Mar 2027 00:00:00 GMT"), ("2", "Sun, 01 Nov 2026 00:00:00 GMT")] {
            fixture.server.on("/feed", .init(headers: [(name: "Date", value: date)], body: item(id)))
            _ = try await fixture.poll()
        }
        let lines = try (1...2 as ClosedRange<UInt64>).map { seq in
            String(decoding: try #require(try fixture.store.article(seq: seq)), as: UTF8.self)
        }
        #expect(!lines[0].contains("date_flags") && lines[1].contains(#""date_flags":["future"]"#))
        await fixture.close()
    }

    @Test("A feed that answers 410 twice while the clock is in doubt is not gone for good")
    func gone() async throws {
        let fixture = try PollerFixture()
        let other = Timestamp(year: 2028, month: 1, day: 1)
        fixture.clock.adopt(TimeEvidence(times: [other]), release: PollerFixture.start)
        for day in ["01", "03"] {
            fixture.server.on(
                "/feed", .init(status: 410, headers: [(name: "Date", value: "Sat, \(day) Jan 2028 00:00:00 GMT")]))
            _ = try await fixture.poll()
            #expect(fixture.state?.schedule.goneSince == fixture.now)
            #expect(fixture.state?.schedule.isGoneForGood == false && fixture.state?.nextPoll != nil)
            let next = try #require(fixture.state?.nextPoll)
            #expect(next >= fixture.now.adding(seconds: 86_400), "it is asked again in a day, and not at once")
            fixture.pass(hours: 48)
        }
        await fixture.close()
    }
}
