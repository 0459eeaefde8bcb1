import FeedModel
import Testing

@testable import Identity

@Suite("A feed all of whose ids change at once keeps its articles (identity.md §5)")
struct MigrationTests {
    let memory = StoreMemory()

    private func document(
        _ range: ClosedRange<Int>, id: String = "old", link: String = "https://e.org/", title: String = "Title"
    ) -> [Article] {
        range.map {
            article(id: "\(id)-\($0)", url: "\(link)\($0)", title: "\(title) \($0)", text: "\($0)", day: $0)
        }
    }

    private func facts(_ count: Int?, isArmed: Bool = false) -> DocumentFacts {
        var facts = DocumentFacts()
        facts.previousCount = count
        facts.isArmed = isArmed
        return facts
    }

    @Test("A migration found by links makes edits and no new articles")
    func byLink() {
        memory.poll(document(1...10))
        let judgements = memory.poll(document(1...10, id: "new", title: "Other"), facts: facts(10))
        #expect(judgements.allSatisfy { $0.alias?.reason == .migration && $0.events == [.idMigration] })
        #expect(judgements.map(\.alias?.of.seq) == (1...10).map { UInt64($0) })
        #expect(judgements.allSatisfy { $0.changed == ["title"] })
        #expect(memory.articles == 10)
        memory.forgetCounts()
        let again = memory.poll(document(1...10, id: "new", title: "Other"), facts: facts(10))
        #expect(again.allSatisfy { $0.verdict == .unchanged && $0.alias == nil })
        #expect(memory.lookUps == 10)
    }

    @Test("A migration is found by titles and dates where the links have changed too")
    func byTitleAndDate() {
        memory.poll(document(1...10))
        let judgements = memory.poll(document(1...10, id: "new", link: "https://blog.example/"), facts: facts(10))
        #expect(judgements.map(\.alias?.of.seq) == (1...10).map { UInt64($0) })
        #expect(judgements.allSatisfy { $0.changed == ["url"] })
        #expect(memory.articles == 10)
    }

    @Test("An article that comes with migrated ones and was not there before is new")
    func newAmongThem() {
        memory.poll(document(1...10))
        let judgements = memory.poll(document(1...12, id: "new", link: "https://blog.example/"), facts: facts(10))
        #expect(judgements.map(\.isFirst) == [Bool](repeating: false, count: 10) + [true, true])
    }

    @Test("identity.md §5: two articles are enough where no item has kept its id", arguments: 1...4)
    func few(count: Int) {
        memory.poll(document(1...count))
        let moved = memory.poll(document(1...count, id: "new", link: "https://blog.example/"), facts: facts(count))
        #expect(moved.allSatisfy { ($0.alias?.reason == .migration) == (count >= 2) })
    }

    @Test("identity.md §5: a title and a day make no pair where there is no text, as of notices that come twice a day")
    func noText() {
        func notices(_ edition: String) -> [Article] {
            (1...3).map {
                article(id: "\(edition)\($0)", url: "https://e.org/\(edition)/\($0)", title: "City \($0)", day: 1)
            }
        }
        memory.poll(notices("morning"))
        #expect(memory.poll(notices("evening"), facts: facts(3)).allSatisfy { $0.verdict == .new })
    }

    @Test("Fewer than five of many articles, or less than half of the document before, make no migration")
    func tooFew() {
        memory.poll(document(1...7))
        let some = document(1...3) + document(4...7, id: "new", link: "https://blog.example/")
        #expect(memory.poll(some, facts: facts(7)).count { $0.verdict == .new } == 4)
        let memory = StoreMemory()
        memory.poll(document(1...20))
        let mixed = document(1...14) + document(15...20, id: "new", link: "https://blog.example/")
        #expect(memory.poll(mixed, facts: facts(20)).count { $0.verdict == .new } == 6)
    }

    @Test("With another generator or URL fewer than five articles make a migration, but not less than half")
    func armed() {
        memory.poll(document(1...3))
        let new = document(1...3, id: "new", link: "https://blog.example/")
        #expect(
            memory.poll(new, facts: facts(3, isArmed: true)).map(\.alias?.reason) == [
                .migration, .migration, .migration,
            ])
        let memory = StoreMemory()
        memory.poll(document(1...8))
        let mixed = document(1...6) + document(7...8, id: "new", link: "https://blog.example/")
        #expect(memory.poll(mixed, facts: facts(8, isArmed: true)).count { $0.verdict == .new } == 2)
    }

    @Test("A busy feed whose document is all new migrates nothing")
    func busy() {
        memory.poll(document(1...10))
        #expect(memory.poll(document(11...20), facts: facts(10)).allSatisfy { $0.verdict == .new })
    }

    @Test("A feed that is polled for the first time is not searched for pairs to its end")
    func firstPoll() {
        memory.poll(document(1...100))
        // An identity, others with it and a link; for half of them also a title and date.
        #expect(memory.lookUps == 100 * 3 + 51)
    }

    @Test("A migration takes no article that is still in the document")
    func stillThere() {
        memory.poll(document(1...10))
        let doubled = document(1...10) + document(1...10, id: "new", title: "Other")
        let judgements = memory.poll(doubled, facts: facts(10))
        #expect(judgements.count { $0.verdict == .new } == 10)
    }

    @Test("identity.md §5: a document that ends early makes no migration")
    func truncated() {
        memory.poll(document(1...10))
        var facts = facts(10)
        facts.isWhole = false
        let judgements = memory.poll(document(1...10, id: "new", link: "https://blog.example/"), facts: facts)
        #expect(judgements.allSatisfy { $0.verdict == .new })
    }

    @Test("A migration counts by the document at hand where the feed's state was lost")
    func stateLost() {
        memory.poll(document(1...10))
        let judgements = memory.poll(document(1...10, id: "new", link: "https://blog.example/"), facts: facts(nil))
        #expect(judgements.allSatisfy { $0.alias?.reason == .migration })
    }

    @Test(
        "identity.md §5: bulletins and episodes with link, title and text of every day, but id and date of their own, are kept",
        arguments: [true, false], [true, false])
    func dailyBulletins(isArmed: Bool, hasFiles: Bool) {
        let text = String(
            repeating: "Every day the desk tells what has happened and what comes next on the coast. ", count: 4)
        var known: Int?
        for day in 1...20 {
            let document = (1...(isArmed ? 1 : 6)).map { number in
                var item = article(
                    id: "\(day)-\(number)", url: "https://e.org/show/\(number)", title: "Briefing \(number)",
                    text: text + "Level \(day * number).", day: day)
                if hasFiles { item.attachments = [Attachment(url: "https://e.org/\(day)-\(number).mp3")] }
                return item
            }
            known = memory.poll(document, facts: facts(known, isArmed: isArmed && day > 1)).count
        }
        #expect(memory.articles == (isArmed ? 20 : 120))
    }
}
