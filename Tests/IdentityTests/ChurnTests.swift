import Digest
import FeedModel
import Testing

@testable import Identity

@Suite(
    "A feed whose ids or links change at every poll keeps its articles, and the store does not grow (identity.md §5)")
struct ChurnTests {
    private let memory = StoreMemory()

    init() { memory.keepsChurn = true }

    /// What of an item changes at each poll.
    enum Kind: CaseIterable { case opaqueID, sessionID, both, opaqueIDAndLink, link, path, source, linkOfSteadyID }

    private func item(_ number: Int, _ kind: Kind, poll: Int, isDated: Bool = true, text: String? = nil) -> Article {
        let page = "https://e.org/stories/\(number)"
        let session = "A\(poll)f\(poll * 7919)"
        var item = Article()
        switch kind {
        case .opaqueID: (item.id, item.url) = ("\(number)-\(session)", page)
        case .sessionID: (item.id, item.url) = ("\(page)?sid=\(session)", page)
        case .both: (item.id, item.url) = ("\(page)?sid=\(session)", "\(page)?x=1&sid=\(session)")
        case .opaqueIDAndLink: (item.id, item.url) = ("\(number)-\(session)", "\(page)?sid=\(session)&x=1")
        case .link: item.url = "\(page)?sid=\(session)"
        case .path: item.url = "\(page);jsessionid=\(session)?x=1"
        case .source: item.url = "\(page)?source=rss-\(session)"
        case .linkOfSteadyID: (item.id, item.url) = ("\(number)", "\(page)?sid=\(session)")
        }
        item.title = "Story \(number)"
        item.contentHTML = "<p>\(text ?? "The text of story \(number)") <a href=\"\(item.url ?? "")\">more</a></p>"
        if isDated { item.published = Timestamp(seconds: 1_790_000_000 + Int64(number) * 3607) }
        return item
    }

    @discardableResult
    private func poll(_ articles: [Article]) -> [Judgement] {
        var facts = DocumentFacts()
        facts.previousCount = previous.count
        let judgements = memory.poll(articles, facts: facts)
        previous.count = judgements.count
        return judgements
    }

    private final class Previous { var count: Int? }
    private let previous = Previous()

    @Test(
        "identity.md §5: thirty polls of items that do not change leave their articles, three rounds of aliases and no edit",
        arguments: Kind.allCases, [true, false])
    func bounded(kind: Kind, isDated: Bool) {
        for count in [50, 3] {
            let test = ChurnTests()
            for poll in 1...30 { test.poll((1...count).map { item($0, kind, poll: poll, isDated: isDated) }) }
            #expect(test.memory.articles == count, "\(count) items")
            #expect(test.memory.records.count == count, "\(count) items")
            #expect(test.memory.aliases <= 3 * count, "\(count) items")
            let learnt = test.memory.churn?.volatileParameters ?? []
            switch kind {
            case .opaqueID: #expect(learnt == [])
            case .path: #expect(learnt == ["jsessionid"])
            case .source: #expect(learnt == ["source"])
            default: #expect(learnt == ["sid"])
            }
            let isOpaque = kind == .opaqueID || kind == .opaqueIDAndLink
            #expect(test.memory.churn?.idsMeanNothing ?? false == isOpaque)
        }
    }

    @Test(
        "identity.md §5: while ids and links change at each poll, items come and go, and each is new once",
        arguments: Kind.allCases)
    func window(kind: Kind) {
        for number in 1...40 {
            poll((number...(number + 9)).map { item($0, kind, poll: number) })
            #expect(memory.articles == number + 9)
        }
        #expect(memory.records.count == 49)
    }

    @Test(
        "identity.md §5: an edit is still an update where ids and links change at each poll", arguments: Kind.allCases)
    func edits(kind: Kind) {
        for number in 1...6 { poll((1...8).map { item($0, kind, poll: number) }) }
        let edited = (1...8).map { item($0, kind, poll: 7, text: $0 == 3 ? "Another text of story 3" : nil) }
        #expect(poll(edited).map(\.changed) == [nil, nil, ["content_html"], nil, nil, nil, nil, nil])
        let again = (1...8).map { item($0, kind, poll: 8, text: $0 == 3 ? "Another text of story 3" : nil) }
        #expect(poll(again).allSatisfy { !$0.isStored })
    }

    @Test("identity.md §5: ids that stay again mean something after three documents with the same ids")
    func reversible() {
        for number in 1...6 { poll((1...8).map { item($0, .opaqueID, poll: number) }) }
        #expect(memory.churn?.idsMeanNothing == true)
        for round in 1...3 {
            poll((1...8).map { item($0, .opaqueID, poll: 7, text: "Round \(round)") })
            #expect(memory.churn?.idsMeanNothing ?? false == (round < 3))
        }
        let before = memory.aliases
        poll((1...8).map { item($0, .opaqueID, poll: 7, text: "Round 3") })
        #expect(memory.aliases == before + 8)
        #expect(poll((1...8).map { item($0, .opaqueID, poll: 7, text: "Round 3") }).allSatisfy { $0.alias == nil })
        #expect(memory.churn == nil)
        #expect(memory.articles == 8)
    }

    @Test(
        "identity.md §5: one item whose id changes at each poll among others whose ids stay leaves a bounded number of aliases"
    )
    func oneOfMany() {
        for number in 1...60 {
            poll((1...20).map { item($0, .opaqueID, poll: $0 == 7 ? number : 0) })
        }
        #expect(memory.articles == 20)
        #expect(memory.aliases <= 24)
    }

    @Test(
        "identity.md §5: a session that is a short number is one where all links of the document have it",
        arguments: [true, false])
    func numberOfPoll(isCommon: Bool) {
        for number in 1...10 {
            poll(
                (1...3).map {
                    article(
                        url: "https://e.org/\($0)?s=\(isCommon ? number : number * 3 + $0)", title: "T \($0)",
                        text: "Text \($0)")
                })
        }
        #expect(memory.articles == (isCommon ? 3 : 30))
        #expect(memory.churn?.volatileParameters ?? [] == (isCommon ? ["s"] : []))
    }

    @Test("identity.md §5: one change of all ids is remembered as aliases, and says nothing of the next")
    func once() {
        for number in [1, 1, 2, 2, 2] { poll((1...8).map { item($0, .opaqueID, poll: number) }) }
        #expect(memory.aliases == 8)
        #expect(memory.churn == nil)
    }

    // MARK: - What is no session

    @Test("identity.md §5: a parameter that names the article does not become volatile, whatever stands beside it")
    func articleNumbers() {
        func document(_ range: ClosedRange<Int>, day: Int? = nil, title: String = "Section") -> [Article] {
            range.map {
                article(
                    url: "https://e.org/\($0 % 3)?id=\($0)",
                    title: "\(title) \($0 % 3)",
                    text: "See the page", day: day)
            }
        }
        for round in 0..<5 { poll(document((round * 3 + 1)...(round * 3 + 3))) }
        #expect(memory.churn == nil)
        #expect(memory.articles == 15)
        let dated = ChurnTests()
        for round in 0..<5 { dated.poll(document((round * 3 + 1)...(round * 3 + 3), day: round + 1)) }
        #expect(dated.memory.churn == nil)
        #expect(dated.memory.articles == 15)
    }

    @Test(
        "identity.md §5: a parameter that tells two items of one document apart counts, and counts again where it was learnt"
    )
    func tellsApart() {
        func page(_ number: Int, sid: String) -> Article {
            article(
                url: "https://e.org/\(number)?sid=\(sid)", title: "Page \(number)", text: "Text \(number)", day: number)
        }
        for sid in ["a", "b", "c"] { poll((1...5).map { page($0, sid: sid) }) }
        #expect(memory.churn?.volatileParameters == ["sid"])
        #expect(memory.articles == 5)
        var other = page(1, sid: "other")
        (other.title, other.contentText, other.published) = ("Another", "Another", Timestamp(seconds: 5))
        let judgements = poll([page(1, sid: "c"), other])
        #expect(memory.churn?.volatileParameters ?? [] == [])
        #expect(judgements.map(\.isFirst) == [false, true] || judgements.map(\.isFirst) == [true, true])
        #expect(Set(judgements.map(\.uid)).count == 2)
    }

    @Test("identity.md §5: a story under the link of another one, but for a session, is one of its own")
    func reusedLink() {
        for number in 1...4 { poll((1...5).map { item($0, .link, poll: number) }) }
        #expect(memory.churn?.volatileParameters == ["sid"])
        var other = item(1, .link, poll: 5)
        (other.title, other.contentHTML) = ("Something else", "Has happened here on another day")
        other.published = Timestamp(seconds: 1_795_000_000)
        #expect(
            poll([other] + (2...5).map { item($0, .link, poll: 5) }).map(\.isFirst) == [
                true, false, false, false, false,
            ])
        #expect(memory.articles == 6)
    }

    @Test(
        "identity.md §5: where parameters do not count another text of another date is another story, whatever its title"
    )
    func otherStory() {
        for number in 1...4 { poll((1...5).map { item($0, .link, poll: number) }) }
        var other = item(1, .link, poll: 5, text: "Something else has happened here on another day")
        other.published = Timestamp(seconds: 1_795_000_000)
        #expect(
            poll([other] + (2...5).map { item($0, .link, poll: 5) }).map(\.isFirst) == [
                true, false, false, false, false,
            ])
        #expect(poll([other] + (2...5).map { item($0, .link, poll: 5) }).allSatisfy { !$0.isStored })
        var edited = item(2, .link, poll: 6, text: "Something else has happened here")
        #expect(poll([edited]).map(\.isUpdate) == [true])
        edited.published = Timestamp(seconds: 1_790_000_001)
        #expect(poll([edited]).map(\.isUpdate) == [true])
        #expect(memory.articles == 6)
    }

    @Test("identity.md §5: alerts with one link and title each time are never known by those, whatever their ids do")
    func alerts() {
        for number in 1...20 {
            poll(
                (number...(number + 2)).map { other in
                    var alert = article(
                        id: "\(number)-\(other)", url: "https://e.org/alerts?t=\(number)", title: "Alert",
                        text: "Alert number \(other)")
                    alert.published = Timestamp(seconds: 1_790_000_000 + Int64(other) * 3607)
                    return alert
                })
        }
        #expect(memory.articles == 22)
        let undated = ChurnTests()
        for number in 1...20 {
            undated.poll([
                article(id: "\(number)", url: "https://e.org/alerts?id=\(number)", title: "Alert", text: "See the page")
            ])
        }
        #expect(undated.memory.articles == 20)
    }

    @Test("identity.md §5: a document that ends early says nothing of ids and links")
    func cut() {
        poll((1...8).map { item($0, .both, poll: 1) })
        var facts = DocumentFacts()
        (facts.previousCount, facts.isWhole) = (8, false)
        memory.poll((1...4).map { item($0, .both, poll: 2) }, facts: facts)
        #expect(memory.churn == nil)
    }

    // MARK: - URLs

    @Test("A parameter is taken out of a URL wherever it stands, and out of URLs in markup")
    func removed() {
        let parameters = VolatileParameters(["sid", "jsessionid"])
        let urls = [
            "https://e.org/a?sid=1": "https://e.org/a", "https://e.org/a?sid=1&x=2": "https://e.org/a?x=2",
            "https://e.org/a?x=2&sid=1": "https://e.org/a?x=2", "https://e.org/a?x=2&sid=1#f": "https://e.org/a?x=2#f",
            "https://e.org/a?sid=1&sid=2&y=3": "https://e.org/a?y=3",
            "https://e.org/a?asid=1": "https://e.org/a?asid=1",
            "https://e.org/a;jsessionid=F0.n1/b?x=1": "https://e.org/a/b?x=1",
            "https://e.org/a;jsessionid=F0?sid=1&sid=2": "https://e.org/a",
            "https://e.org/a?x=1;sid=2;y=3": "https://e.org/a?x=1;y=3",
            "<a href=\"https://e.org/?sid=1&amp;x=2\">a;b</a>": "<a href=\"https://e.org/?x=2\">a;b</a>",
            "<a href='/?x=2&amp;sid=1'>": "<a href='/?x=2'>", "plain text; sid=1?": "plain text; sid=1?", "?sid=": "",
        ]
        for (url, right) in urls { #expect(parameters.removed(from: url) == right, "\(url)") }
    }

    @Test("Two URLs differ in parameters where all else is the same")
    func difference() {
        func names(_ left: String, _ right: String) -> [String]? {
            VolatileParameters.difference("https://e.org/\(left)", "https://e.org/\(right)")?.names.sorted()
        }
        #expect(names("a?sid=1&x=2", "a?sid=2&x=2") == ["sid"])
        #expect(names("a;s=1/b?t=1#f", "a;s=2/b?t=2#f") == ["s", "t"])
        #expect(names("a?sid=1", "a?sid=1") == nil)
        #expect(names("a?sid=1", "b?sid=2") == nil)
        #expect(names("a?sid=1", "a") == nil)
        #expect(names("a?sid=1#x", "a?sid=2#y") == nil)
        #expect(names("a?1", "a?2") == nil)
        #expect(names("a?\(String(repeating: "s", count: 65))=1", "a?\(String(repeating: "s", count: 65))=2") == nil)
        #expect(names("?a=1&b=1&c=1&d=1&e=1", "?a=2&b=2&c=2&d=2&e=2") == nil)
    }

    @Test(
        "identity.md §5: daily issues without dates under one title, whose link has the day or the number, are all kept",
        arguments: ["2026-06-%d", "202606%d", "%d"], [nil, "https://e.org/strip.png?day=%d"] as [String?])
    func dailyIssues(value: String, picture: String?) {
        for day in 10...29 {
            poll(
                (1...3).map { strip in
                    let day = "\(day)"
                    return article(
                        url: "https://e.org/strip?name=\(strip)&date=\(value.replacing("%d", with: day))",
                        title: "Strip \(strip)",
                        text: picture.map { "<img src=\"\($0.replacing("%d", with: day))\">" })
                })
        }
        #expect(memory.articles == 60)
    }

    @Test(
        "identity.md §5: what stands under one URL without its parameters and has another title and text is another story"
    )
    func numberedStories() {
        for number in 1...4 { poll((1...5).map { item($0, .link, poll: number, isDated: false) }) }
        #expect(memory.churn?.volatileParameters == ["sid"])
        for number in 1...5 {
            var other = item(
                1, .link, poll: 10 + number, isDated: false, text: "Wholly different words in piece \(number * 77)")
            other.title = "Headline \(number * 31)"
            other.contentHTML =
                ["Frost in May", "Bees are back", "Harbour closed", "New bridge opens", "Rain at last"][number - 1]
            poll([other])
        }
        #expect(memory.articles == 10)
    }
}
