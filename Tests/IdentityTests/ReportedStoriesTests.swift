import FeedModel
import Testing

@testable import Identity

/// Feeds of the kinds whose articles users of feed readers have reported as doubled, merged or lost.
@Suite("Articles as publishers really change them (identity.md §3–§5, §8)")
struct ReportedStoriesTests {
    private let memory = StoreMemory()

    private func item(
        _ id: String?, _ url: String?, _ title: String?, _ text: String?, day: Int? = nil
    ) -> Article {
        var item = article(id: id, url: url, title: title, text: text)
        item.published = day.map { Timestamp(year: 2026, month: 3, day: $0, hour: 9) }
        return item
    }

    /// Polls each document after the one before, and returns what the polls stored.
    private func stored(_ documents: [[Article]]) -> [(title: String?, verdict: Judgement.Verdict)] {
        var facts = DocumentFacts()
        var result: [(title: String?, verdict: Judgement.Verdict)] = []
        for document in documents {
            let judgements = memory.poll(document, facts: facts)
            facts.previousCount = judgements.count
            result += judgements.filter(\.isStored).map { (document[$0.index].title, $0.verdict) }
        }
        return result
    }

    private func new(_ documents: [[Article]]) -> [String] {
        stored(documents).filter { if case .update = $0.verdict { false } else { true } }.map { $0.title ?? "" }
    }

    @Test("All guids and links the same: each title is an article once, in any order and as the window shrinks")
    func allTheSame() {
        let items = ["Mail 16", "Notes 17", "Word 16", "Excel 16"].map { (title: String) in
            item("N/A", "https://e.org/N/A", title, "About \(title)", day: 3)
        }
        let documents = [items, items.reversed(), Array(items[1...]), [items[3], items[2]], items]
        #expect(stored(documents).count == 4)
        #expect(Set(new([items])).isEmpty)
    }

    @Test("Guids that each build makes anew bring each article once")
    func newGuids() {
        func build(_ number: Int, _ names: [String]) -> [Article] {
            names.map {
                item("build-\(number)-\($0)", "https://e.org/\($0)", "Agent \($0)", "What is new in \($0)", day: 3)
            }
        }
        #expect(
            new([build(1, ["3", "2", "1"]), build(2, ["3", "2", "1"]), build(3, ["4", "3", "2"])]) == [
                "Agent 3", "Agent 2", "Agent 1", "Agent 4",
            ])
    }

    @Test("A time that is added to all guids together with a new item brings only that")
    func timeInGuids() {
        func document(_ time: String, _ names: [String]) -> [Article] {
            names.map { item("https://e.org/\($0)?\(time)", "https://e.org/\($0)", $0, "All of \($0)", day: 3) }
        }
        let old = document("", ["May", "January"])
        #expect(new([old, document("1700000000", ["June", "May", "January"])]) == ["May", "January", "June"])
    }

    @Test("A release that is withdrawn and published again under its id is an update with the new text")
    func withdrawn() {
        let first = item("v7", "https://e.org/v7", "v7", "Draft", day: 3)
        let again = item("v7", "https://e.org/v7", "v7", "The real release, with many features", day: 3)
        let other = item("v6", "https://e.org/v6", "v6", "Old", day: 1)
        let verdicts = stored([[first, other], [other], [again, other]]).map(\.verdict)
        #expect(verdicts.count == 3)
        guard case .update? = verdicts.last else {
            Issue.record("no update")
            return
        }
    }

    @Test("A link that moves under the same guid is an update of the link alone")
    func linkMoves() {
        let old = item("r", "https://e.org/tmp/report", "Report", "Text", day: 3)
        let new = item("r", "https://e.org/2026/report", "Report", "Text", day: 3)
        memory.poll([old])
        #expect(memory.poll([new]).first?.changed == ["url"])
    }

    @Test("Dates that are all set anew make nothing new")
    func datesSetAnew() {
        func document(day: Int) -> [Article] {
            (1...3).map {
                item("https://e.org/\($0)", "https://e.org/\($0)", "Post \($0)", "Text of post \($0)", day: day + $0)
            }
        }
        #expect(new([document(day: 3), document(day: 20)]).count == 3)
    }

    @Test("Without a guid a text that grows is versions of one article, and the next day's page another")
    func textGrows() {
        func day(_ number: Int, _ text: String) -> Article {
            item(nil, "https://e.org/events/\(number)", "Current events \(number)", text, day: number)
        }
        let documents = [
            [day(13, "One thing.")], [day(13, "One thing. Another.")],
            [day(13, "One thing. Another. A third."), day(14, "Morning.")],
        ]
        let verdicts = stored(documents).map(\.verdict)
        #expect(verdicts.count { if case .update = $0 { true } else { false } } == 2 && verdicts.count == 4)
    }

    @Test("Two events that only their text tells apart are two articles, at each poll the same")
    func twoTexts() {
        let items = ["Blue has left the table", "The board moved on to building"].map {
            item("g", "https://e.org/game", "Round 12", $0, day: 3)
        }
        #expect(stored([items, items.reversed(), items]).count == 2)
    }
}
