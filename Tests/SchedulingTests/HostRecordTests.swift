import FeedModel
import Testing

@testable import Scheduling

@Suite("What refusals come to for a host (polling.md §8)")
struct HostRecordTests {
    private let start = PolicyFixture.start

    /// One host and its feeds, each of which knows when it was refused.
    private final class Talk {
        var records = HostRecords()
        var now = PolicyFixture.start
        var feeds = 40
        var delay: Int64 = 2000
        private var refusedAt: [UInt64: Timestamp] = [:]

        @discardableResult
        func refused(_ feed: UInt64, _ refusal: HostAnswer.Refusal = .init(), after seconds: Int = 2) -> HostVerdict {
            now = now.adding(seconds: seconds)
            let verdict = hear(feed, .refused(refusal))
            refusedAt[feed] = now
            return verdict
        }

        @discardableResult
        func served(_ feed: UInt64, exhaustedFor: Int? = nil, after seconds: Int = 2) -> HostVerdict {
            now = now.adding(seconds: seconds)
            refusedAt[feed] = nil
            return hear(feed, .served(exhaustedFor: exhaustedFor))
        }

        private func hear(_ feed: UInt64, _ word: HostAnswer.Word) -> HostVerdict {
            records.hear(
                HostAnswer(
                    host: "a", feed: feed, startedAt: now, refusedBefore: refusedAt[feed], word: word, delay: delay,
                    feeds: feeds), at: now)
        }

        /// Waits until the host's pause is over.
        func rest() { now = max(now, records.until("a", at: now) ?? now) }

        var wait: Int { records.until("a", at: now).map { Int($0.seconds - now.seconds) } ?? 0 }
        var pace: Int64 { records.pace(of: "a", at: now) / 1000 }
    }

    private let measured = HostAnswer.Refusal(retryAfter: 60, isMeasured: true)

    @Test("One feed that is refused leaves its host in doubt, and a second one pauses it for ten minutes")
    func secondVoice() {
        let talk = Talk()
        #expect(talk.refused(1) == HostVerdict(isInDoubt: true))
        #expect(talk.wait == 0 && talk.pace == 0)
        let verdict = talk.refused(2)
        #expect(verdict.pause?.coversHost == true && !verdict.isInDoubt)
        #expect((600...660).contains(talk.wait))
    }

    @Test("A host that says with each answer that nothing is left for a second gets a pace all the same")
    func restsBetweenRefusals() {
        let talk = Talk()
        for _ in 0..<8 {
            for feed in 1..<4 as Range<UInt64> {
                talk.served(feed, exhaustedFor: 1, after: 45)
                talk.rest()
            }
            talk.refused(9, .init(retryAfter: 1, isMeasured: true))
            talk.rest()
        }
        #expect(talk.pace >= 60)
        // What was refused before is no more forgotten than without such an answer.
        let row = Talk()
        row.refused(1)
        row.refused(2)
        let until = row.wait
        row.served(3, exhaustedFor: 1, after: until + 1)
        row.refused(4, after: 10)
        row.refused(5, after: 10)
        #expect(row.pace >= 20)
    }

    @Test("Two feeds that are refused with twenty answers in between, or a day, say nothing of their host")
    func apart() {
        for (answers, isOfHost) in [(0, true), (19, true), (20, false), (500, false)] {
            let talk = Talk()
            talk.refused(1)
            for _ in 0..<answers { talk.served(3) }
            #expect((talk.refused(2).pause != nil) == isOfHost)
        }
        let talk = Talk()
        talk.refused(1)
        #expect(talk.refused(2, after: 86_400).isInDoubt)
    }

    @Test("A limit that the host measures out pauses it at once, and no longer than it says")
    func measuredLimit() {
        let talk = Talk()
        #expect(talk.refused(1, measured).pause?.until == talk.now.adding(seconds: 60))
        #expect(talk.wait == 60)
    }

    @Test(
        "A feed that is refused for ever, whatever is said with it, does not hold up the others of its host",
        arguments: [HostAnswer.Refusal(), .init(retryAfter: 600), .init(retryAfter: 600, isMeasured: true)])
    func brokenFeed(refusal: HostAnswer.Refusal) {
        let talk = Talk()
        talk.refused(1, refusal)
        for round in 0..<200 {
            talk.rest()
            for feed in 2..<9 { talk.served(UInt64(feed), after: 60) }
            let verdict = talk.refused(1, refusal, after: 60 + 600 * (round % 12))
            #expect(verdict == HostVerdict())
        }
        #expect(talk.pace <= 4)
    }

    @Test("Two feeds that are refused for ever hold up the others once, and then no more")
    func twoBrokenFeeds() {
        let talk = Talk()
        var pauses = 0
        for _ in 0..<100 {
            for feed in [1, 2] as [UInt64] {
                if talk.refused(feed, after: 300).pause != nil { pauses += 1 }
                talk.rest()
                talk.served(3, after: 300)
            }
        }
        #expect(pauses == 1)
        // Twice the distance at which the second was refused, once.
        #expect(talk.pace <= 600)
    }

    @Test("A feed that always comes too soon after another one is no broken feed: the host gets a pace")
    func alwaysTooSoon() {
        let talk = Talk()
        talk.feeds = 2
        var paced = 0
        for _ in 0..<4 where talk.pace < 1800 {
            talk.served(1, after: 3000)
            if talk.refused(2, after: 600).pace != nil { paced += 1 }
            talk.rest()
        }
        #expect(paced == 2 && talk.pace >= 1800)
    }

    @Test("Broken feeds that are asked alone for a day hold up the next one of their host by an hour at most")
    func brokenFeedsOfQuietHost() {
        for feeds in [[1], [1, 2]] as [[UInt64]] {
            let talk = Talk()
            talk.feeds = 3
            for _ in 0..<50 {
                for feed in feeds {
                    talk.refused(feed, after: 1)
                    #expect(talk.wait <= 3960)
                }
                talk.rest()
            }
        }
    }

    @Test("A feed that has its host to itself speaks for it when it is refused a second time")
    func onlyFeed() {
        let talk = Talk()
        talk.feeds = 1
        talk.refused(1)
        talk.served(1, after: 600)
        #expect(talk.refused(1, after: 600).pause != nil)
        #expect(talk.wait >= 600)
        #expect(talk.pace == 1200)
    }

    @Test("The pace doubles with each refusal after an answer, and what is refused in a row makes the pause longer")
    func doubles() {
        let talk = Talk()
        var paces: [Int64] = []
        for feed in 0..<5 {
            talk.served(UInt64(2 * feed), after: 100_000)
            talk.refused(UInt64(2 * feed + 1), measured, after: 1)
            paces.append(talk.pace)
            talk.rest()
        }
        // The refusals are more than a day apart, so that each begins an eighth below the one before.
        #expect(paces == [4, 7, 13, 23, 41])
        for doublings in 0..<5 {
            talk.refused(UInt64(20 + doublings), measured)
            // Up to a tenth is added, so that not all hosts are asked again at once.
            let wait = min(600 << doublings, 3600)
            #expect((wait...wait * 11 / 10).contains(talk.wait))
            talk.rest()
        }
        #expect(talk.pace == 41)
    }

    @Test("Refusals of one incident widen the pace once")
    func underWay() {
        let talk = Talk()
        talk.served(0)
        for feed in 1..<20 { talk.refused(UInt64(feed), measured, after: 0) }
        #expect(talk.pace == 4)
        #expect(talk.wait == 60)
    }

    @Test("A pace begins at twice the distance of the requests that was too small")
    func gap() {
        let talk = Talk()
        talk.refused(1)
        #expect(talk.refused(2, after: 90).pace?.seconds == 180)
        let rare = Talk()
        rare.refused(1)
        #expect(rare.refused(2, after: 3599).pace?.seconds == 1200)
        let hourly = Talk()
        hourly.refused(1)
        #expect(hourly.refused(2, after: 3600).pace == nil)
    }

    @Test("A host is asked no more slowly than an hour, and so that all its feeds can be asked daily where they can")
    func bounds() {
        for (feeds, longest) in [(1, 3600), (24, 3600), (100, 864), (720, 120), (50_000, 120)] {
            let talk = Talk()
            talk.feeds = feeds
            for _ in 0..<30 {
                talk.served(0)
                talk.refused(1, measured)
                talk.served(2)
                talk.refused(3, measured)
                talk.rest()
            }
            #expect(talk.pace <= Int64(longest))
            let verdict = talk.records.hear(quota(86_400, feeds, talk), at: talk.now)
            #expect(verdict.pause != nil)
            #expect(talk.pace == Int64(longest))
        }
    }

    private func quota(_ seconds: Int, _ feeds: Int, _ talk: Talk) -> HostAnswer {
        talk.served(4, after: 60)
        talk.now = talk.now.adding(seconds: 60)
        let word = HostAnswer.Word.refused(.init(retryAfter: 1, quota: seconds, isMeasured: true))
        return HostAnswer(host: "a", feed: 99, startedAt: talk.now, word: word, delay: 2000, feeds: feeds)
    }

    @Test("A delay that a person has set is kept, and a pace within it is none")
    func configuredDelay() {
        let talk = Talk()
        talk.delay = 7_200_000
        talk.served(0)
        talk.refused(1, measured)
        #expect(talk.pace == 0)
        let allowance = HostAllowance(concurrency: 1, delay: 120_000, pace: 64_000)
        #expect(allowance.spacing == 120_000)
    }

    @Test("A pace loses an eighth with each day without a refusal, until it is forgotten")
    func shrinks() {
        let pace = FeedState.HostPace(seconds: 64, since: start)
        let days = (0..<4).map { PaceRules.milliseconds(pace, at: start.adding(seconds: $0 * 86_400 + 80_000)) }
        #expect(days == [64_000, 56_000, 49_000, 42_875])
        #expect(PaceRules.milliseconds(pace, at: start.adding(seconds: 40 * 86_400)) == 0)
        // A clock that was ahead makes it last no longer than from now on.
        #expect(PaceRules.milliseconds(pace, at: start.adding(seconds: -86_400)) == 64_000)
    }

    @Test(
        "A host that has nothing left with a good answer rests until it has, an hour at most, and no slower afterwards")
    func exhausted() {
        let talk = Talk()
        #expect(talk.served(1, exhaustedFor: 900).pause?.until == talk.now.adding(seconds: 900))
        #expect(talk.wait == 900 && talk.pace == 0)
        talk.rest()
        talk.served(2, exhaustedFor: 1_000_000)
        #expect(talk.wait == 2160)
        talk.rest()
        talk.feeds = 2
        talk.served(3, exhaustedFor: 1_000_000)
        #expect(talk.wait == 3600)
        // It is no incident: the first refusal begins at ten minutes.
        talk.rest()
        talk.refused(4)
        talk.refused(5)
        #expect((600...660).contains(talk.wait))
    }

    @Test(
        "A host that is well has no record, and what is remembered of feeds makes one: the latest pace, the longest pause"
    )
    func remembered() {
        var records = HostRecords()
        func schedule(pause: Int?, pace: UInt16?, ago: Int) -> FeedState.Schedule {
            var schedule = FeedState.Schedule()
            let since = start.adding(seconds: -ago)
            schedule.pause = pause.map {
                .init(until: start.adding(seconds: $0), incidents: 3, since: since, coversHost: true)
            }
            schedule.hostPace = pace.map { .init(seconds: $0, since: since) }
            return schedule
        }
        records.remember(schedule(pause: 50, pace: 64, ago: 100), host: "a", at: start)
        records.remember(schedule(pause: 100, pace: 900, ago: 4000), host: "a", at: start)
        records.remember(schedule(pause: nil, pace: 16, ago: 60 * 86_400), host: "b", at: start)
        #expect(records.until("a", at: start) == start.adding(seconds: 100))
        #expect(records.pace(of: "a", at: start) == 64_000)
        #expect(records.pause(of: "b", at: start) == nil && records.pace(of: "b", at: start) == 0)
        #expect(records.until("c", at: start) == nil)
        var own = schedule(pause: 100, pace: nil, ago: 0)
        own.pause?.coversHost = false
        records.remember(own, host: "c", at: start)
        #expect(records.pause(of: "c", at: start) == nil)
    }

    @Test("Pauses of a host add up over its feeds, and are over when the longest is")
    func longestPause() {
        let talk = Talk()
        talk.refused(1, .init(retryAfter: 100, isMeasured: true), after: 0)
        talk.refused(2, .init(retryAfter: 50, isMeasured: true), after: 0)
        #expect(talk.wait == 100)
        #expect(talk.records.active(at: talk.now).map(\.host) == ["a"])
        #expect(talk.records.until("a", at: talk.now.adding(seconds: 100)) == nil)
    }
}
