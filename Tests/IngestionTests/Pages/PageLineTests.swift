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

    @Test("A failure that may pass is tried again after 1, 6 and 24 hours, and then no more")
    func retries() throws {
        var pages = pages(page(1))
        for hours in [1, 6, 24] {
            pages.failed(1, .serverError, at: now)
            #expect(pages.waiting.first?.due == now.adding(seconds: hours * 3600))
        }
        pages.failed(1, .timeout, at: now)
        #expect(pages.waiting.isEmpty)
        #expect(pages.ended == [.init(seq: 1, failure: .timeout, time: now)])
    }

    @Test(
        "What will not change is not tried again",
        arguments: PageFailure.allCases.filter {
            ![.busy, .serverError, .timeout, .unreachable, .robotsUnavailable, .refused].contains($0)
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
        let opened = PageLine(kept: line.lines, lastSeq: 20)
        #expect(opened.seen == 20 && opened.feeds[feed]?.waiting.map(\.seq) == [9])
        #expect(PageLine(kept: line.lines, lastSeq: 600) == line)
        #expect(PageLine(kept: nil, lastSeq: 20) == PageLine(seen: 20))
        #expect(PageLine(kept: [1, 2], lastSeq: 20) == PageLine(seen: 20))
    }

    @Test("It is the same after it was written and read, and a damaged line costs that feed alone")
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
        line.feeds[feed] = first
        line.feeds[FeedIdentifier("another \"one\"")] = pages(page(9))
        #expect(PageLine(line.lines) == line)
        var text = String(decoding: line.lines, as: UTF8.self)
        text = text.replacing("\"feed\":\"feed\"", with: "\"feed\":\"fe")
        #expect(PageLine(Array(text.utf8))?.feeds.count == 1)
        #expect(PageLine(Array("rubbish\n".utf8)) == nil)
        #expect(PageLine([]) == nil)
    }
}
