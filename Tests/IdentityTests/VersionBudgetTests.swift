import FeedModel
import Testing

@testable import Identity

@Suite("No article brings versions without end, and none loses its newest state for good (identity.md §8.3)")
struct VersionBudgetTests {
    private static let start = Timestamp(year: 2026, month: 11, day: 20)
    private let memory = StoreMemory()

    /// What moves from poll to poll.
    enum Date: CaseIterable { case none, modified, published }

    private func item(_ number: Int, _ state: Int, _ date: Date) -> Article {
        var item = article(
            id: "\(number)", url: "https://e.org/\(number)", title: "A \(number)", text: "text \(state)", day: 1)
        switch date {
        case .none: break
        case .modified: item.modified = Self.start.adding(seconds: state)
        case .published: item.published = Self.start.adding(seconds: state)
        }
        return item
    }

    /// Polls a feed whose items all change at each poll.
    ///
    /// - Returns: how many records there are of each item.
    private func records(items: Int, polls: Int, every seconds: Int, _ date: Date) -> Double {
        var facts = DocumentFacts()
        for poll in 0..<polls {
            facts.time = Self.start.adding(seconds: poll * seconds)
            memory.poll((0..<items).map { item($0, poll, date) }, facts: facts)
        }
        return Double(memory.records.count) / Double(items)
    }

    @Test("Sixty polls close upon each other bring 25 records of an article, whatever moves", arguments: Date.allCases)
    func closely(date: Date) {
        #expect(records(items: 20, polls: 60, every: 60, date) == 25)
        #expect(StoreMemory().articles == 0)
    }

    @Test("A page that dates all of its items anew each hour brings one version a day of each in the end")
    func hourly() {
        let early = records(items: 20, polls: 240, every: 3600, .modified)
        #expect(early <= 25 + 10)
    }

    @Test("A live blog that says when it was changed brings a version an hour in the end, and the last state")
    func liveBlog() throws {
        let count = records(items: 1, polls: 600, every: 300, .modified)
        // 50 hours.
        #expect((25 + 45.0...25 + 51).contains(count))
        var facts = DocumentFacts()
        facts.time = Self.start.adding(seconds: 600 * 300 + 3600)
        memory.poll([item(0, 599, .modified)], facts: facts)
        #expect(memory.records.last?.stored.article.contentText == "text 599")
    }

    @Test("Edits that come hourly with their own date are all kept")
    func honest() {
        #expect(records(items: 3, polls: 200, every: 3600, .modified) == 200)
    }

    @Test("Daily edits without a date are all kept")
    func daily() {
        #expect(records(items: 20, polls: 100, every: 86_400, .none) == 100)
    }

    @Test("A version that a clock kept which was ahead holds up no other")
    func clockAhead() {
        let last = Self.start.adding(seconds: 3000 * 86_400)
        let budget = VersionBudget(isDated: false, now: Self.start)
        #expect(budget.answer(spent: 24, last: last) == .kept(recentChanges: 24))
        #expect(budget.answer(spent: 24, last: Self.start) == .heldBack(until: Self.start.adding(seconds: 86_400)))
        #expect(budget.answer(spent: 255, last: nil) == .kept(recentChanges: 24))
    }

    @Test(
        "What changes is told in words",
        arguments: [
            ("title", "A (5 comments)", "A (6 comments)", "a counter in the title"), ("title", "A", "B", "title"),
            ("content_html", "<p>1000 views</p>", "<p>999 views</p>", "a counter in the text"),
            ("content_html", "x", "y", "text"), ("url", "a", "b", "link"), ("date_published", "", "", "date"),
        ])
    func words(field: String, old: String, new: String, word: String) {
        func article(_ text: String) -> Article {
            var article = Article()
            (article.title, article.contentHTML, article.url) = (text, text, text)
            return article
        }
        #expect(ChangedParts.words([field], from: article(old), to: article(new)) == [word])
    }
}
