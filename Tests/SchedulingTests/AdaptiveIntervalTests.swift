import FeedModel
import Testing

@testable import Scheduling

@Suite("AdaptiveInterval follows how often a feed publishes (polling.md §5)")
struct AdaptiveIntervalTests {
    @Test(
        "polling.md §5: the interval begins with the initial interval, or sooner where the feed shows that it publishes often"
    )
    func first() {
        let slow = PolicyFixture()
        #expect(slow.begin(gaps: 86_400).terms.interval == 3600)
        let unknown = PolicyFixture()
        #expect(unknown.begin(gaps: 3600, count: 1).terms.interval == 3600)
        let fast = PolicyFixture()
        #expect(abs(fast.begin(gaps: 3600).terms.interval - 1200) < 50)
        let faster = PolicyFixture()
        #expect(faster.begin(gaps: 120).terms.interval == 600)
    }

    @Test(
        "polling.md §5: the interval aims at a third of the median gap, 2 h at most where the feed has published in the last 7 days"
    )
    func aim() {
        func aim(gap: Int, silence: Int) -> Int {
            let latest = PolicyFixture.start.adding(seconds: -silence)
            let rhythm = Rhythm(latest: latest, gaps: Array(repeating: gap, count: 5))
            return AdaptiveInterval(
                settings: PollSettings(), rhythm: rhythm, items: 10, now: PolicyFixture.start
            ).aim
        }
        #expect(abs(aim(gap: 5400, silence: 60) - 1800) < 60)
        #expect(aim(gap: 600, silence: 60) == 600)
        #expect(aim(gap: 86_400, silence: 60) == 7200)
        #expect(aim(gap: 400_000, silence: 8 * 86_400) == 86_400)
    }

    @Test(
        "polling.md §5: a poll that brings nothing new lengthens the interval by a quarter, but not beyond an eighth of the silence"
    )
    func quiet() {
        let feed = PolicyFixture()
        feed.begin(gaps: 3 * 3600)
        let first = feed.interval ?? 0
        let second = feed.pollInTime(.unchanged).terms.interval
        #expect(second <= first * 5 / 4 && second >= first)
        for _ in 0..<20 { feed.pollInTime(.unchanged) }
        let silence = Int(feed.now.seconds - PolicyFixture.start.seconds)
        #expect(feed.interval ?? 0 <= max(7200, silence / 8 + 1))
        for _ in 0..<60 { feed.pollInTime(.unchanged) }
        #expect(feed.interval == 86_400)
    }

    @Test("A lively feed's night does not let more come in between than its document holds")
    func window() {
        func ceiling(items: Int, silence: Int) -> Int {
            let latest = PolicyFixture.start.adding(seconds: -silence)
            let rhythm = Rhythm(latest: latest, gaps: Array(repeating: 600, count: 20))
            return AdaptiveInterval(
                settings: PollSettings(), rhythm: rhythm, items: items, now: PolicyFixture.start
            ).ceiling
        }
        #expect(abs(ceiling(items: 10, silence: 36_000) - 750) < 30)
        #expect(ceiling(items: 100, silence: 36_000) == 4500)
        #expect(ceiling(items: 10, silence: 10 * 86_400) == 86_400)
    }

    @Test("polling.md §5: a document that is mostly new halves the interval")
    func overlap() {
        let feed = PolicyFixture()
        feed.begin(gaps: 86_400)
        for _ in 0..<3 { feed.pollInTime(.unchanged) }
        let before = feed.interval ?? 0
        let decision = feed.pollInTime(feed.document(7))
        #expect(decision.terms.interval == before / 2)
        #expect(decision.terms.notes.contains(.littleOverlap))
    }

    @Test("polling.md §5: new items among known ones draw the interval to its aim by a fifth")
    func drawn() {
        let feed = PolicyFixture()
        feed.begin(gaps: 86_400)
        feed.pollInTime(feed.document(8))
        let before = feed.interval ?? 0
        let decision = feed.pollInTime(feed.document(2))
        #expect(decision.terms.interval == (before * 4 + 7200) / 5)
    }

    @Test("polling.md §5: the interval learns only from polls within a quarter of their due time")
    func judged() {
        let feed = PolicyFixture()
        feed.begin(gaps: 40_000)
        let before = feed.interval ?? 0
        feed.now = feed.now.adding(seconds: before / 2)
        let early = feed.poll(.unchanged)
        #expect(!early.terms.notes.contains(.judged))
        #expect(early.terms.interval == before)
        let inTime = feed.pollInTime(.unchanged)
        #expect(inTime.terms.notes.contains(.judged))
        #expect(inTime.terms.interval == before * 5 / 4)
    }

    @Test("polling.md §5: the interval does not learn from the first poll")
    func firstNotJudged() {
        let feed = PolicyFixture()
        let decision = feed.begin(gaps: 3600)
        #expect(decision.terms.notes.isDisjoint(with: [.judged, .littleOverlap, .possibleGap]))
    }

    @Test(
        "polling.md §5: two documents of five items with nothing in common are a possible gap, and halve the interval at once"
    )
    func possibleGap() {
        let feed = PolicyFixture()
        feed.begin(gaps: 50_000)
        let before = feed.interval ?? 0
        // Not even in time.
        feed.now = feed.now.adding(seconds: before * 2)
        let decision = feed.poll(feed.document(10))
        #expect(decision.terms.notes.contains(.possibleGap))
        #expect(decision.terms.interval == before / 2)
    }

    @Test("polling.md §5: small documents, and those with anything known in them, are no gap")
    func noGap() {
        let small = PolicyFixture()
        small.begin(gaps: 50_000, count: 4)
        #expect(!small.pollInTime(small.document(4, of: 4)).terms.notes.contains(.possibleGap))
        let touching = PolicyFixture()
        touching.begin(gaps: 50_000)
        #expect(!touching.pollInTime(touching.document(9)).terms.notes.contains(.possibleGap))
    }

    @Test("polling.md §5: without dates that can be right, the times of first being seen count")
    func firstSeen() {
        let feed = PolicyFixture()
        var document = PollEvent.Document(items: 10, newItems: 10)
        document.isFirst = true
        // Dated by the hour of the poll, all of them.
        document.dates = Array(repeating: feed.now, count: 10)
        feed.poll(.document(document))
        #expect(feed.schedule.rhythm.gapCount == 0)
        for _ in 0..<4 {
            feed.now = feed.now.adding(seconds: 9000)
            feed.poll(feed.document(1))
        }
        #expect(abs((feed.schedule.rhythm.medianGap(least: 1) ?? 0) - 9000) < 400)
    }

    @Test("Dates in the future, and more of them than items came, are not believed")
    func impossibleDates() {
        let feed = PolicyFixture()
        feed.begin(gaps: 3600)
        let latest = feed.schedule.rhythm.latest
        feed.now = feed.now.adding(seconds: 7200)
        feed.poll(feed.document(1, ago: [-50_000, 100, 200, 300]))
        #expect(feed.schedule.rhythm.latest == feed.now.adding(seconds: -100))
        #expect(latest != feed.schedule.rhythm.latest)
        #expect(feed.schedule.rhythm.gaps.first.map { abs($0 - 7100) < 300 } == true)
    }

    @Test("Items that come together are one publication")
    func bursts() {
        let feed = PolicyFixture()
        var document = PollEvent.Document(items: 20, newItems: 20)
        document.isFirst = true
        // Five at a time, every four hours.
        document.dates = (0..<20).map { feed.now.adding(seconds: -($0 / 5) * 14_400 - $0 % 5 * 20) }
        feed.poll(.document(document))
        #expect(feed.schedule.rhythm.gapCount == 3)
        #expect(abs((feed.schedule.rhythm.medianGap(least: 1) ?? 0) - 14_400) < 500)
    }
}

@Suite("Rhythm keeps when a feed has published")
struct RhythmTests {
    @Test("Rhythm keeps twenty gaps, to 3 %")
    func keeps() {
        var rhythm = Rhythm()
        var time = Timestamp(seconds: 1_000_000_000)
        for index in 0..<40 {
            time = time.adding(seconds: 1000 + index * 100)
            rhythm.note(time, merging: 300)
        }
        #expect(rhythm.gapCount == 20)
        for (index, gap) in rhythm.gaps.enumerated() {
            let real = 1000 + (39 - index) * 100
            #expect(abs(gap - real) * 100 <= real * 3)
        }
        #expect(rhythm.latest == time)
    }

    @Test("A rhythm that was written down is read back the same")
    func roundTrip() {
        var rhythm = Rhythm()
        var time = Timestamp(seconds: 1_000_000_000)
        for gap in [1, 2, 7, 60, 599, 3600, 86_400, 604_800, 2_000_000, 9_000_000] {
            time = time.adding(seconds: gap)
            rhythm.note(time, merging: 1)
        }
        let read = Rhythm(latest: rhythm.latest, gaps: rhythm.gaps)
        #expect(read.gaps == rhythm.gaps)
        #expect(Rhythm(latest: read.latest, gaps: read.gaps) == read)
    }

    @Test(
        "Rhythm gives the median of its gaps, the lower one of two",
        arguments: [([5000], 5000), ([9000, 1000, 5000], 5000), ([1000, 9000], 1000)])
    func median(gaps: [Int], expected: Int) {
        let rhythm = Rhythm(latest: Timestamp(seconds: 1_000_000_000), gaps: gaps)
        #expect(rhythm.medianGap(least: 1).map { abs($0 - expected) * 33 <= expected } == true)
        #expect(rhythm.medianGap(least: 4) == nil)
    }

    @Test("Rhythm takes no more memory than 32 bytes")
    func small() {
        #expect(MemoryLayout<Rhythm>.size <= 32)
        #expect(MemoryLayout<FeedState.Schedule>.size <= 96)
    }
}
