import FeedModel
import FeedParsing
import Testing

@testable import Fetching
@testable import Ingestion

@Suite("A document that ends inside an item")
struct CutDocumentTests {
    /// A document whose last item is not finished.
    private func cut(text: String = "Half a", id: String = "2") -> Feed {
        var feed = Feed(format: .rss20)
        feed.isTruncated = true
        for (id, text, isIncomplete) in [("1", "Whole", false), (id, text, true)] {
            var article = Article()
            article.id = id
            article.contentText = text
            article.isIncomplete = isIncomplete
            feed.articles.append(article)
        }
        return feed
    }

    /// Polls once and returns what the feed's state is then, and the ids of the articles that are looked at.
    private func poll(_ feed: Feed, after state: FeedState?, _ failure: FailureKind? = nil) -> (FeedState, [String?]) {
        let poll = PollRehearsal(state)
        poll.answers()
        var ids: [String?] = []
        if case .judge(let document, _) = poll.brings(feed, failure) { ids = document.articles.map(\.id) }
        poll.judged(new: 0)
        poll.concluded()
        poll.stored()
        return (poll.state, ids)
    }

    @Test("security.md §5: the unfinished item waits, and is taken once three documents in a row have ended there")
    func waits() {
        var state: FeedState?
        for count in 1...5 {
            let (next, ids) = poll(cut(), after: state, count.isMultiple(of: 2) ? .truncated : nil)
            #expect(ids == (count < 3 ? ["1"] : ["1", "2"]))
            #expect(next.cutOff?.count == min(count, 3))
            #expect(next.failures == count && next.failure?.kind == .truncated)
            state = next
        }
    }

    @Test("security.md §5: a document that ends elsewhere, or comes whole, starts the count anew")
    func anew() {
        var (state, _) = poll(cut(), after: nil)
        (state, _) = poll(cut(), after: state)
        #expect(state.cutOff?.count == 2)
        #expect(poll(cut(text: "Half a text"), after: state).0.cutOff?.count == 1)
        #expect(poll(cut(id: "3"), after: state).0.cutOff?.count == 1)
        var between = cut()
        between.articles.removeLast()
        #expect(poll(between, after: state).0.cutOff == nil)
        var whole = cut()
        whole.isTruncated = false
        whole.articles[1].isIncomplete = false
        #expect(poll(whole, after: state).0.cutOff == nil)
    }

    @Test("security.md §5: a failure that brings no document leaves the count as it is")
    func otherFailures() {
        let (state, _) = poll(cut(), after: nil)
        let poll = PollRehearsal(state)
        _ = poll.fails(.fetch(PollRehearsal.outcome(.connect).failure ?? .noResponse))
        poll.concluded()
        #expect(poll.state.cutOff == state.cutOff && state.cutOff?.count == 1)
    }

    @Test("polling.md §8.6: a document that ends early is asked for again in ten minutes, twice, and then as ever")
    func comesBackSoon() {
        var state: FeedState? = PollRehearsal.known { $0.schedule.adaptive = 7200 }
        for wait in [600, 600, 7200, 7200, 7200] {
            let (next, _) = poll(cut(), after: state)
            let seconds = (next.nextPoll?.seconds ?? 0) - PollRehearsal.now.seconds
            #expect((Int64(wait)...Int64(wait) * 11 / 10 + 31).contains(seconds))
            state = next
        }
    }

    @Test("polling.md §8.6: a transfer that breaks off before an item has come backs off as other failures do")
    func nothingRead() {
        var feed = cut()
        feed.articles = []
        var state: FeedState? = PollRehearsal.known { $0.schedule.adaptive = 7200 }
        for _ in 0..<4 { state = poll(feed, after: state, .truncated).0 }
        #expect(state?.schedule.failureQuarters == 8)
    }

    @Test("polling.md §8.7: a whole document that has lost all its items is a failed poll, also where it is known")
    func lostItems() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers()
        var feed = Feed(format: .rss20)
        feed.hasLostAllItems = true
        #expect(poll.brings(feed, body: 7).word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        #expect(poll.report.outcome == .failed && poll.report.failure?.kind == .noItems)
        #expect(poll.state.validators == PollRehearsal.known().validators)
    }
}
