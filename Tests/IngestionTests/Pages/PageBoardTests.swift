import FeedModel
import Testing

@testable import Ingestion

@Suite("What the desk of pages goes by")
struct PageBoardTests {
    private let feed = FeedIdentifier("feed")
    private let now = Timestamp(seconds: 1_000_000)

    /// Pages of one host, and one of another.
    private func board() -> PageBoard {
        var pages = FeedPages()
        for (seq, host) in [(1, "a"), (2, "a"), (3, "b")] as [(UInt64, String)] {
            _ = pages.add(.init(seq: seq, host: host, due: now), initialLimit: 20)
        }
        var board = PageBoard()
        board.line = PageLine(seen: 3)
        board.line?.feeds[feed] = pages
        return board
    }

    private func ended(_ board: inout PageBoard, _ outcome: PageTask.Outcome, isNetworkDown: Bool = false) -> Bool {
        let next = board.start(at: now, limit: 1).pages[0]
        return board.end(next, outcome, at: now, isNetworkDown: isNetworkDown)
    }

    @Test("A host has one page fetched at a time, and all hosts together no more than the limit")
    func limits() {
        var board = board()
        let first = board.start(at: now, limit: 8).pages
        #expect(first.map(\.page.seq) == [1, 3])
        #expect(board.start(at: now, limit: 8).pages.isEmpty)
        _ = board.end(first[0], .stored(isLonger: true), at: now, isNetworkDown: false)
        #expect(board.start(at: now, limit: 1).pages.isEmpty)
        #expect(board.start(at: now, limit: 8).pages.map(\.page.seq) == [2])
    }

    @Test("A host that cannot be asked is left alone for that long, and its pages lose no try by it")
    func notNow() {
        var board = board()
        _ = ended(&board, .notNow(milliseconds: 5000))
        let (pages, later) = board.start(at: now, limit: 8)
        #expect(pages.map(\.page.seq) == [3] && later == now.adding(seconds: 5))
        #expect(board.line?.feeds[feed]?.waiting.allSatisfy { $0.tries == 0 } == true)
        #expect(board.start(at: now.adding(seconds: 5), limit: 8).pages.map(\.page.seq) == [1])
    }

    @Test("A host that asks to be left alone has all its pages wait")
    func held() {
        var board = board()
        let until = now.adding(seconds: 900)
        _ = ended(&board, .failed(.init(kind: .busy, until: until)))
        #expect(board.start(at: now, limit: 8).pages.map(\.page.seq) == [3])
        #expect(board.start(at: until, limit: 8).pages.map(\.page.seq) == [2])
    }

    @Test("The host that has caused it rests, which need not be the one of the page, and that is kept")
    func restsElsewhere() {
        var board = board()
        let until = now.adding(seconds: 900)
        _ = ended(&board, .failed(.init(kind: .robotsUnavailable, until: until, host: "b")))
        #expect(board.start(at: now, limit: 8).pages.map(\.page.seq) == [2])
        #expect(board.line?.rests == ["b": .init(until: until, failure: .robotsUnavailable)])
        var next = PageBoard()
        next.line = board.line.flatMap { PageLine($0.lines) }
        let (pages, later) = next.start(at: now, limit: 8)
        #expect(pages.map(\.page.seq) == [2] && later == until)
    }

    @Test("A host that has too much to do says nothing of whether its pages are longer than the feed's texts")
    func probeOfBusyHost() {
        var board = board()
        for place in 0...1 { board.line?.feeds[feed]?.waiting[place].isProbe = true }
        _ = ended(&board, .failed(.init(kind: .busy)))
        let pages = board.line?.feeds[feed]
        #expect(pages?.probed == 0 && pages?.longer == 0)
        #expect(pages?.mayProbe == true && pages?.arePagesLonger == false)
        _ = ended(&board, .notModified(isLonger: true))
        #expect(board.line?.feeds[feed]?.probed == 1 && board.line?.feeds[feed]?.longer == 1)
    }

    @Test("What fails to connect while one's own network is down counts for nothing")
    func networkDown() {
        var board = board()
        _ = ended(&board, .failed(.init(kind: .unreachable)), isNetworkDown: true)
        #expect(board.line?.feeds[feed]?.waiting.first?.tries == 0)
        #expect(board.line?.feeds[feed]?.waiting.first?.due == now.adding(seconds: PageBoard.outageDelay))
        _ = ended(&board, .failed(.init(kind: .notFound)), isNetworkDown: true)
        #expect(board.line?.feeds[feed]?.ended.map(\.failure) == [.notFound])
    }

    @Test("What the disk did not take is fetched again, and what is not wanted any more is not")
    func others() {
        var board = board()
        _ = ended(&board, .notStored)
        #expect(board.line?.count == 3)
        _ = ended(&board, .unwanted)
        #expect(board.line?.count == 2)
    }

    @Test("It says when a feed's pages are left alone from now on, and what is to be kept")
    func tells() {
        var board = board()
        #expect(board.toKeep() == board.line && board.toKeep() == nil)
        board.line?.feeds[feed]?.refusals = FeedPages.mostRefusals - 1
        #expect(ended(&board, .failed(.init(kind: .refused))))
        #expect(board.pausedFeeds(at: now) == 1)
        #expect(board.start(at: now, limit: 8).pages.isEmpty)
        #expect(board.toKeep() != nil)
        board.keepFeeds { _ in false }
        #expect(board.line?.feeds.isEmpty == true && board.waiting == 0)
    }
}
