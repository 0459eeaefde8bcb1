import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("Items that only their content tells apart bring no more than a bounded number of articles (identity.md §4)")
struct ContentGroupTests {
    private let memory = StoreMemory()

    private func item(_ text: String, day: Int? = 3, modified: Int? = nil) -> Article {
        var item = article(id: "N/A", url: "https://e.org/log", title: "Entry", text: text, day: day)
        item.modified = modified.map { Timestamp(seconds: Int64($0)) }
        return item
    }

    private func twins(_ round: Int, modified: Int? = nil) -> [Article] {
        [item("first \(round)", modified: modified), item("second \(round)", modified: modified)]
    }

    private func facts(_ seconds: Int) -> DocumentFacts {
        var facts = DocumentFacts()
        facts.time = Timestamp(seconds: 1_790_000_000 + Int64(seconds))
        return facts
    }

    @Test("identity.md §4: 24 documents in a row with other content are kept beside the first, then one a day")
    func bounded() {
        for round in 0...23 {
            #expect(memory.poll(twins(round), facts: facts(round)).allSatisfy { $0.events == [.idNotUnique] })
        }
        let last = memory.poll(twins(24), facts: facts(24))
        #expect(last.allSatisfy { $0.verdict == .new && $0.events == [.idNotUnique, .volatileGroup] })
        for round in 25...200 {
            let judgements = memory.poll(twins(round), facts: facts(round))
            #expect(judgements.allSatisfy { $0.verdict == .volatile && $0.events == [.volatileGroup] })
            #expect(Set(judgements.map(\.uid)).count == 2)
        }
        #expect(memory.records.count == 50)
        for day in 1...3 {
            #expect(memory.poll(twins(300 + day), facts: facts(24 + day * 86_400)).allSatisfy { $0.verdict == .new })
            #expect(
                memory.poll(twins(400 + day), facts: facts(25 + day * 86_400)).allSatisfy { $0.verdict == .volatile })
        }
        #expect(memory.records.count == 56)
    }

    @Test("identity.md §4: a window that moves over what only its content tells apart keeps all of it, however long")
    func overlapping() {
        for round in 0...200 {
            memory.poll([item("entry \(round + 1)"), item("entry \(round)")], facts: facts(round))
        }
        #expect(memory.articles == 202)
    }

    @Test("identity.md §4: a document of items that are known begins anew, and so does another date of change")
    func again() {
        for round in 0...20 { memory.poll(twins(round), facts: facts(round)) }
        memory.poll([item("first 20"), item("other")], facts: facts(21))
        for round in 22...45 {
            #expect(memory.poll(twins(round), facts: facts(round)).allSatisfy { $0.verdict == .new })
        }
        #expect(memory.poll(twins(46), facts: facts(46)).allSatisfy { $0.verdict == .volatile })
        #expect(memory.poll(twins(47, modified: 7), facts: facts(47)).allSatisfy { $0.verdict == .new })
    }

    @Test("identity.md §4: where the window holds one of such items at a time they are bounded, too")
    func single() {
        memory.poll(twins(0), facts: facts(0))
        for round in 1...100 { memory.poll([item("alone \(round)")], facts: facts(round)) }
        #expect(memory.records.count == 26)
    }

    @Test("identity.md §4: after retention has removed what was kept last, a document is kept")
    func expired() {
        for round in 0...30 { memory.poll(twins(round), facts: facts(round)) }
        memory.expire()
        #expect(memory.poll(twins(31), facts: facts(31)).allSatisfy { $0.verdict == .new })
    }
}
