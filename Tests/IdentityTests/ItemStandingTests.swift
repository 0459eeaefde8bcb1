import FeedModel
import Testing

@testable import Identity

@Suite("Of an item by itself it is known whether it is new, known or changed")
struct ItemStandingTests {
    private let memory = StoreMemory()
    private let rules = IdentityRules(feed: FeedIdentifier("desk"))

    private func standing(_ article: Article) -> ItemStanding { rules.standing(of: article, memory) }

    @Test("A known article is told from an edited and a new one")
    func standings() {
        let item = article(id: "1", url: "https://e.org/1", title: "A", text: "x")
        let uid = memory.poll([item])[0].uid
        #expect(standing(item) == .known(uid))
        #expect(standing(article(id: "1", url: "https://e.org/1", title: "A", text: "y")) == .changed)
        #expect(standing(article(id: "2", url: "https://e.org/2", title: "A", text: "x")) == .new)
    }

    @Test("An item with the same id, link, title and text but for parameters that do not count is known")
    func parameters() {
        var rules = rules
        rules.churn = FeedState.Churn()
        rules.churn?.volatileParameters = ["sid"]
        func item(_ session: String) -> Article {
            article(id: "1", url: "https://e.org/1?sid=\(session)", title: "A", text: "x", day: 1)
        }
        memory.poll([item("a")]) { $0.churn = rules.churn }
        #expect(rules.standing(of: item("b"), memory) != .new)
        #expect(rules.standing(of: item("b"), memory) != .changed)
    }

    @Test("Articles that stand in the document beside the items that are judged are not taken for gone")
    func others() {
        let all = (0..<8).map { article(id: "\($0)", url: "https://e.org/\($0)", title: "A \($0)", text: "x \($0)") }
        let judged = memory.poll(all)
        var facts = DocumentFacts()
        facts.previousCount = 8
        // Item 7 comes under another id, while its article still stands there.
        let again = article(id: "new", url: "https://e.org/7", title: "A 7", text: "x 7")
        facts.others = judged[4...].map(\.uid)
        #expect(memory.poll(Array(all[..<4]) + [again], facts: facts).last?.verdict == .new)
        // Where it is gone the item is the article.
        facts.others = judged[4..<7].map(\.uid)
        let renamed = article(id: "newer", url: "https://e.org/7", title: "A 7", text: "x 7")
        #expect(memory.poll(Array(all[..<4]) + [renamed], facts: facts).last?.alias != nil)
    }
}
