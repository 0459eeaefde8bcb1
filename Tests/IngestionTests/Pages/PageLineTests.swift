import FeedModel
import Testing

@testable import Ingestion

@Suite("What waits for its page")
struct PageLineTests {
    private let feed = FeedIdentifier("feed")
    private let now = Timestamp(seconds: 1_000_000)

    private func page(_ seq: UInt64, host: String = "a", due seconds: Int64 = 0, isInitial: Bool = false)
        -> FeedPages.Waiting
    {
        var page = FeedPages.Waiting(seq: seq, host: host, due: Timestamp(seconds: 1_000_000 + seconds))
        page.isInitial = isInitial
        return page
    }

    private func pages(_ waiting: FeedPages.Waiting...) -> FeedPages {
        var pages = FeedPages()
        for page in waiting { _ = pages.add(page, initialLimit: 20) }
        return pages
    }

    @Test("One page of each host is asked for at a time, the longest due first, and no more than may be")
    func next() {
        var line = PageLine(seen: 9)
        line.feeds[feed] = pages(page(1, due: -5), page(2, due: -9), page(3, host: "b", due: -1), page(4, host: "c"))
        line.feeds[FeedIdentifier("other")] = pages(page(5, host: "d", due: 60))
        let (chosen, later) = line.next(at: now, limit: 2) { _ in Timestamp(seconds: 0) }
        #expect(chosen.map(\.page.seq) == [2, 3])
        #expect(later == now.adding(seconds: 60))
    }

    @Test("A host that is being asked, or cannot be, keeps its pages back")
    func hosts() {
        var line = PageLine(seen: 9)
        line.feeds[feed] = pages(page(1), page(2, host: "b"))
        let opens = now.adding(seconds: 30)
        let (chosen, later) = line.next(at: now, limit: 9) { $0 == "a" ? nil : opens }
        #expect(chosen.isEmpty && later == opens)
    }

    @Test("The pages of feeds that another machine polls wait, and hold up none of the others' hosts")
    func elsewhere() {
        var line = PageLine(seen: 9)
        line.feeds[feed] = pages(page(1, due: -5))
        line.feeds[FeedIdentifier("other")] = pages(page(5, due: -9))
        let (chosen, later) = line.next(at: now, limit: 9, ofFeeds: { $0 == feed }) { _ in Timestamp(seconds: 0) }
        #expect(chosen.map(\.page.seq) == [1] && later == nil)
    }

    @Test("A failure that may pass is tried again after 1, 6 and 24 hours, and then no more")
    func retries() throws {
        var pages = pages(page(1))
        for hours in [1, 6, 24] {
            pages.failed(1, .serverError, at: now)
            #expect(pages.waiting.first?.due == now.adding(seconds: hours * 3600))
        }
        pages.failed(1, .timeout, at: now)
        #expect(pages.waiting.isEmpty)
        #expect(pages.ended == [.init(seq: 1, failure: .timeout, time: now, tries: 4)])
    }

    @Test(
        "What will not change is not tried again",
        arguments: PageFailure.allCases.filter {
            ![.busy, .serverError, .timeout, .unreachable, .robotsUnavailable, .privateNetwork, .refused]
                .contains($0)
        })
    func final(failure: PageFailure) {
        var pages = pages(page(1))
        pages.failed(1, failure, at: now)
        #expect(pages.waiting.isEmpty && pages.ended.map(\.failure) == [failure])
    }

    @Test("A page is asked for twice that is refused, and after five in a row the feed's rest for a day")
    func refusals() {
        var pages = pages(page(1), page(2), page(3))
        for seq in [1, 2, 3, 1] as [UInt64] { pages.failed(seq, .refused, at: now) }
        #expect(pages.waiting.map(\.seq) == [2, 3])
        #expect(!pages.isPaused(at: now))
        pages.failed(2, .refused, at: now)
        #expect(pages.pausedUntil == now.adding(seconds: 86_400))
        #expect(pages.due(page(3), at: now) == now.adding(seconds: 86_400))
        #expect(!pages.isPaused(at: now.adding(seconds: 86_400)))
    }

    @Test("A page that comes ends a row of refusals")
    func rowEnds() {
        var pages = pages(page(1), page(2), page(3), page(4), page(5), page(6))
        for seq in 1...4 as ClosedRange<UInt64> { pages.failed(seq, .refused, at: now) }
        pages.succeeded(5, isLonger: true)
        pages.failed(6, .refused, at: now)
        #expect(!pages.isPaused(at: now))
    }

    @Test("Of what a feed had at first the newest wait, as many as are wanted; of the others no more than 500")
    func limits() {
        var pages = FeedPages()
        for seq in 1...30 as ClosedRange<UInt64> { _ = pages.add(page(seq, isInitial: true), initialLimit: 20) }
        #expect(pages.waiting.map(\.seq) == Array(11...30))
        var dropped = 0
        for seq in 31...600 as ClosedRange<UInt64> { dropped += pages.add(page(seq), initialLimit: 20) }
        #expect(pages.waiting.count == FeedPages.mostWaiting)
        #expect(pages.waiting.first?.seq == 101)
        #expect(dropped == 90 && pages.givenUp == Array(11...100))
        #expect(pages.initialUpTo == 10)
    }

    @Test("Of the pages that were given up as many are remembered as of those that have failed")
    func givenUp() {
        var pages = FeedPages()
        for seq in 1...800 as ClosedRange<UInt64> { _ = pages.add(page(seq), initialLimit: 20) }
        #expect(pages.givenUp == Array(201...300))
    }

    @Test("What the store has no more is forgotten, and a page of it takes no place")
    func removed() {
        var line = PageLine(seen: 9)
        var first = pages(page(1), page(2), page(7))
        first.failed(2, .notFound, at: now)
        first.giveUp(3)
        first.initialUpTo = 2
        line.feeds[feed] = first
        line.feeds[FeedIdentifier("other")] = pages(page(4))
        line.forget(before: 5)
        #expect(line.feeds.count == 1)
        let left = line.feeds[feed]
        #expect(left?.waiting.map(\.seq) == [7] && left?.ended.isEmpty == true && left?.givenUp.isEmpty == true)
        #expect(left?.initialUpTo == nil)
        line.forget(before: 8)
        #expect(line.count == 0 && line.feeds.isEmpty)
    }

    @Test("A host rests for as long as is said, unless a clock that was ahead has said it")
    func rests() {
        var line = PageLine(seen: 9)
        line.rest("a", until: now.adding(seconds: 600), .robotsUnavailable, at: now)
        line.rest("b", until: now.adding(seconds: 90 * 86_400), .busy, at: now)
        #expect(line.rest(of: "a", at: now)?.failure == .robotsUnavailable)
        #expect(line.rest(of: "a", at: now.adding(seconds: 600)) == nil)
        #expect(line.rest(of: "b", at: now) == nil && line.rest(of: "c", at: now) == nil)
        line.rest("c", until: now.adding(seconds: 1200), .busy, at: now.adding(seconds: 700))
        #expect(line.rests["a"] == nil)
        for number in 1...(PageLine.mostRests + 10) {
            line.rest("host\(number)", until: now.adding(seconds: 2000 + number), .busy, at: now)
        }
        #expect(line.rests.count == PageLine.mostRests && line.rests["c"] == nil)
    }

    @Test("A due time that a clock which was ahead has put out of reach does not count")
    func clock() {
        let pages = pages(page(1))
        #expect(pages.due(page(1, due: 30 * 86_400), at: now) == now)
        #expect(pages.due(page(1, due: 86_400), at: now) == now.adding(seconds: 86_400))
    }

    @Test("Where an older copy of the articles was put in their place, what is behind its end is forgotten")
    func olderCopy() {
        var line = PageLine(seen: 500)
        line.feeds[feed] = pages(page(9), page(499))
        let opened = PageLine(kept: line, lastSeq: 20)
        #expect(opened.seen == 20 && opened.feeds[feed]?.waiting.map(\.seq) == [9])
        #expect(PageLine(kept: line, lastSeq: 600) == line)
        #expect(PageLine(kept: nil, lastSeq: 20) == PageLine(seen: 20))
    }

    @Test("It is the same after it was written and read")
    func file() throws {
        var line = PageLine(seen: 77)
        var first = pages(page(1, isInitial: true), page(2))
        first.waiting[1].isProbe = true
        first.failed(2, .busy, at: now)
        first.failed(1, .notFound, at: now)
        first.refusals = 3
        first.pausedUntil = now
        first.probed = 3
        first.longer = 2
        first.initialUpTo = 5
        first.giveUp(6)
        line.feeds[feed] = first
        line.feeds[FeedIdentifier("another \"one\"")] = pages(page(9))
        line.rest("example.org", until: now.adding(seconds: 60), .busy, at: now)
        #expect(PageLine(line.lines) == line && WaitingPagesFile(line.lines).damage.isEmpty)
        #expect(PageLine(Array("rubbish\n".utf8)) == nil)
        #expect(PageLine([]) == nil)
    }

    /// Three feeds, and how far the store was looked through.
    private func threeFeeds() -> PageLine {
        var line = PageLine(seen: 77)
        for (number, name) in ["a", "b", "c"].enumerated() {
            line.feeds[FeedIdentifier(name)] = pages(page(UInt64(number) + 40))
        }
        return line
    }

    @Test("A line that was changed is noticed by its checksum, and costs what it says alone")
    func changedLine() {
        var bytes = threeFeeds().lines
        let place = bytes.count / 2
        #expect(bytes[place] != UInt8(ascii: "7"))
        bytes[place] = UInt8(ascii: "7")
        let kept = WaitingPagesFile(bytes)
        #expect(kept.line?.feeds.count == 2 && kept.line?.seen == 77)
        #expect(kept.damage == ["line 3 is damaged"])
    }

    @Test("A file that ends too early is noticed, whether it ends in a line or between two")
    func truncated() {
        let bytes = threeFeeds().lines
        let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
        let between = WaitingPagesFile(Array(bytes[...ends[1]]))
        #expect(between.line?.feeds.count == 1 && between.damage == ["2 lines are missing at its end"])
        let inside = WaitingPagesFile(Array(bytes[...(ends[1] + 20)]))
        #expect(inside.line?.feeds.count == 1)
        #expect(inside.damage == ["line 3 is damaged", "1 lines are missing at its end"])
        #expect(WaitingPagesFile([]).line == nil && WaitingPagesFile([]).damage == ["it is empty"])
    }

    @Test("Where the first line is damaged, it goes on behind the last record that another line speaks of")
    func damagedHead() {
        var bytes = threeFeeds().lines
        bytes[3] = UInt8(ascii: "x")
        let kept = WaitingPagesFile(bytes)
        #expect(kept.line?.seen == 42 && kept.line?.feeds.count == 3)
        #expect(kept.damage == ["line 1 is damaged"])
    }

    @Test("What an earlier newswire kept has no checksums, and is read")
    func withoutSums() {
        let text = """
            {"seen":9}
            {"feed":"a","waiting":[{"seq":4,"host":"h","due":"2026-11-22T08:00:00Z"}],"ended":[{"seq":3,\
            "failure":"not_found","time":"2026-11-22T08:00:00Z"}]}

            """
        let kept = WaitingPagesFile(Array(text.utf8))
        #expect(kept.damage.isEmpty && kept.line?.seen == 9)
        let pages = kept.line?.feeds[FeedIdentifier("a")]
        #expect(pages?.waiting.map(\.seq) == [4] && pages?.ended.map(\.tries) == [0])
        let broken = WaitingPagesFile(Array(text.replacing("\"waiting\"", with: "waiting").utf8))
        #expect(broken.damage == ["line 2 is damaged"])
    }
}
