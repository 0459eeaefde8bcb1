import FeedModel
import TestSupport
import Testing

@testable import Ingestion

@Suite("No new item is lost in a document that has more of them than the limit (security.md §4)")
struct LongDocumentTests {
    private let fixture: PollerFixture

    init() throws {
        fixture = try PollerFixture()
    }

    enum Order: CaseIterable { case oldestFirst, newestFirst, byTitle }

    private func answer(_ numbers: some Sequence<Int>, etag: String? = nil, text: (Int) -> String = { _ in "" }) {
        let items = numbers.map { "<item><guid>g\($0)</guid><title>\($0)</title>\(text($0))</item>" }
        let body = "<rss version=\"2.0\"><channel><title>T</title>\(items.joined())</channel></rss>"
        fixture.server.on("/feed") { request, connection in
            connection.send(
                LoopbackResponse.conditional(request, etag: "\"\(etag ?? "\(body.utf8.count)")\"", body: body))
        }
    }

    private func sorted(_ numbers: Range<Int>, _ order: Order) -> [Int] {
        switch order {
        case .oldestFirst: Array(numbers)
        case .newestFirst: numbers.reversed()
        case .byTitle: numbers.sorted { "\($0)" < "\($1)" }
        }
    }

    @Test("Three new items among two thousand and more come, in whatever order they stand", arguments: Order.allCases)
    func threeMore(order: Order) async throws {
        answer(sorted(0..<2100, order))
        #expect(try await fixture.poll().newArticles == 2100)
        answer(sorted(0..<2103, order))
        fixture.pass(hours: 2)
        let report = try await fixture.poll()
        #expect(report.newArticles == 3)
        #expect(report.updatedArticles == 0)
        #expect(report.notes == [])
        let long = try #require(fixture.state?.longDocument)
        #expect(long.items == 2103 && long.left == 0)
        #expect(long.sentence.contains("2103 items") && long.sentence.contains("limit of 2000"))
        #expect(FeedMarks(try #require(fixture.state)) == .long)
        await fixture.close()
    }

    @Test("An edit behind the limit comes, and a feed that has become shorter is marked no longer")
    func edited() async throws {
        answer(0..<2010)
        try await fixture.poll()
        fixture.pass(hours: 2)
        answer(0..<2010) { $0 == 2007 ? "<description>more</description>" : "" }
        #expect(try await fixture.poll().updatedArticles == 1)
        fixture.pass(hours: 2)
        answer(500..<2010) { $0 == 2007 ? "<description>more</description>" : "" }
        let report = try await fixture.poll()
        #expect(report.newArticles + report.updatedArticles == 0)
        #expect(fixture.state?.longDocument == nil)
        await fixture.close()
    }

    @Test("Edits that found no room are asked for without a condition, as new items are, as long as any are stored")
    func editsLeft() {
        func isToBeReadAgain(new: Int, changed: Int, hasNews: Bool, hasEdits: Bool) -> Bool? {
            var surplus = SurplusItems()
            (surplus.leftNew, surplus.leftChanged) = (new, changed)
            return FeedState.LongDocument(surplus, items: 9000, hasNews: hasNews, hasEdits: hasEdits)?.isToBeReadAgain
        }
        #expect(isToBeReadAgain(new: 0, changed: 4000, hasNews: false, hasEdits: true) == true)
        #expect(isToBeReadAgain(new: 0, changed: 4000, hasNews: true, hasEdits: false) == true)
        #expect(isToBeReadAgain(new: 0, changed: 4000, hasNews: false, hasEdits: false) == false)
        #expect(isToBeReadAgain(new: 1, changed: 0, hasNews: true, hasEdits: false) == true)
        #expect(isToBeReadAgain(new: 1, changed: 0, hasNews: false, hasEdits: true) == false)
        #expect(isToBeReadAgain(new: 0, changed: 0, hasNews: true, hasEdits: true) == false)
    }

    @Test("What has no room at the first poll comes with the next ones, soon and although nothing has changed")
    func nextPolls() async throws {
        answer(0..<10_100)
        let first = try await fixture.poll()
        #expect(first.newArticles == 10_000)
        #expect(first.notes.contains { $0.hasPrefix("item_limit: its document has 10100 items") })
        let state = try #require(fixture.state)
        #expect(state.schedule.reason == .moreItems)
        #expect((state.nextPoll?.seconds ?? 0) - fixture.now.seconds <= 700)
        #expect(state.longDocument?.left == 100)
        fixture.pass(hours: 1)
        let second = try await fixture.poll()
        #expect(second.newArticles == 100)
        #expect(second.notes == [])
        fixture.pass(hours: 5)
        #expect(try await fixture.poll().outcome == .notModified)
        await fixture.close()
    }
}
