import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("Documents that bring the same articles under other ids each time do not make the store grow (identity.md §5.5)")
struct ReplayTests {
    private let memory = StoreMemory()
    private var previous: Int?
    private var time: Int64 = 1_790_000_000

    init() { memory.keepsChurn = true }

    @discardableResult
    private mutating func poll(_ articles: [Article]) -> [Judgement] {
        var facts = DocumentFacts()
        facts.previousCount = previous
        facts.time = Timestamp(seconds: time)
        time += 3600
        let judgements = memory.poll(articles, facts: facts)
        previous = judgements.count
        return judgements
    }

    private func token(_ number: Int, _ poll: Int) -> String {
        String(number &* 7919 &+ poll &* 104_729, radix: 36) + "x"
    }

    private func story(_ number: Int, link: String?, id: String? = nil, isDated: Bool = true) -> Article {
        var item = Article()
        (item.id, item.url) = (id, link)
        item.title = "Story \(number)"
        item.contentText = "The text of story number \(number)"
        if isDated { item.published = Timestamp(seconds: 1_790_000_000 + Int64(number) * 3607) }
        return item
    }

    /// What changes at each poll.
    enum Kind: CaseIterable {
        /// A token of each link, while one story stands twice in the document.
        case twice
        /// The same in every second document.
        case sometimesTwice
        /// Id and link are others, and all items have the time at which the document was made.
        case allButText
        /// The same, and each item has a date of its own.
        case allButTextDated
        /// A part of the path.
        case path
        /// The id, of items with nothing but a title.
        case titlesAlone
    }

    private func document(_ kind: Kind, _ poll: Int, isDated: Bool) -> [Article] {
        (1...6).flatMap { number -> [Article] in
            let page = "https://e.org/stories/\(number)"
            func tokened(_ salt: Int) -> Article {
                story(number, link: "\(page)?t=\(token(number + salt, poll))", isDated: isDated)
            }
            switch kind {
            case .twice: return number == 3 ? [tokened(0), tokened(100)] : [tokened(0)]
            case .sometimesTwice:
                return number == 3 && poll.isMultiple(of: 2) ? [tokened(0), tokened(100)] : [tokened(0)]
            case .allButText, .allButTextDated:
                var item = story(
                    number, link: "\(page)?sid=\(token(0, poll))", id: token(number, poll), isDated: isDated)
                if isDated {
                    item.published = Timestamp(
                        seconds: 1_790_000_000 + Int64(poll) * 3607 + (kind == .allButText ? 0 : Int64(number) * 61))
                }
                return [item]
            case .path:
                return [story(number, link: "https://e.org/s/\(token(0, poll))/\(number)", isDated: isDated)]
            case .titlesAlone:
                var item = story(number, link: nil, id: token(number, poll), isDated: isDated)
                item.contentText = nil
                return [item]
            }
        }
    }

    @Test(
        "identity.md §5.5: sixty documents of the same six stories leave no more than thirty do, but one edit a day",
        arguments: Kind.allCases, [true, false])
    func bounded(kind: Kind, isDated: Bool) {
        var test = ReplayTests()
        for poll in 1...30 { test.poll(document(kind, poll, isDated: isDated)) }
        let (articles, records, aliases) = (test.memory.articles, test.memory.records.count, test.memory.aliases)
        for poll in 31...60 { test.poll(document(kind, poll, isDated: isDated)) }
        #expect(articles <= 6 * 7)
        #expect(test.memory.articles == articles)
        // What is dated anew at each poll is an edit of each story, of which one a day is kept (§8.3).
        #expect((records...records + 6).contains(test.memory.records.count))
        #expect(test.memory.aliases == aliases)
    }

    @Test("identity.md §5.5: a story that is new to such a feed is new once")
    mutating func newStories() {
        for number in 1...8 { poll(document(.titlesAlone, number, isDated: false)) }
        let before = memory.articles
        for number in 9...20 {
            var items = document(.titlesAlone, number, isDated: false)
            if number >= 10 {
                var item = story(77, link: nil, id: token(77, number), isDated: false)
                item.contentText = nil
                items.insert(item, at: 0)
            }
            let judgements = poll(items)
            #expect(judgements.count { $0.verdict == .new } == (number == 10 ? 1 : 0), "poll \(number)")
        }
        #expect(memory.articles == before + 1)
    }

    @Test(
        "identity.md §5.5: one item alone that says the same without a date is kept three times more, then once a day")
    mutating func alone() {
        func item(_ poll: Int) -> Article {
            var item = article(id: token(9, poll), url: "https://e.org/?s=\(token(1, poll))", title: "Test alert")
            item.contentText = "This is a test"
            return item
        }
        for number in 1...5 { #expect(poll([item(number)]).first?.verdict == .new) }
        var kept = 0
        for number in 6...77 {
            let judgement = poll([item(number)])[0]
            #expect(judgement.events == [.replayed])
            if judgement.verdict == .new { kept += 1 } else { #expect(judgement.verdict == .volatile) }
        }
        #expect(kept == 3)
    }

    @Test("identity.md §5.5: alerts that say the same at other times are other alerts, in whatever number they come")
    mutating func alerts() {
        for number in 1...60 {
            let first = story(0, link: nil, id: "a\(number)"), second = story(1, link: nil, id: "b\(number)")
            var items = [first, second]
            for index in items.indices {
                items[index].published = Timestamp(seconds: time - Int64(index) * 611)
            }
            if number.isMultiple(of: 2) { items.removeLast() }
            #expect(poll(items).allSatisfy { $0.verdict == .new }, "poll \(number)")
        }
    }

    @Test("identity.md §5.5: another file is another article", arguments: [true, false])
    func files(isOther: Bool) {
        var test = ReplayTests()
        for number in 1...40 {
            let items = (1...3).map { story in
                var item = article(id: token(story, number), title: "Episode \(story)")
                let file = isOther ? "\(number)-\(story)" : "\(story)"
                item.attachments = [Attachment(url: "https://e.org/\(file).mp3")]
                return item
            }
            test.poll(items)
        }
        #expect(isOther ? test.memory.articles == 120 : test.memory.articles <= 18)
    }

    @Test("identity.md §5.5: a document that ended early, or keeps most of its items, says nothing of that")
    mutating func others() {
        func items(_ poll: Int, steady: Int) -> [Article] {
            (0..<4).map { number in
                article(id: number < steady ? "s\(number)" : token(number, poll), title: "Note \(number)")
            }
        }
        for number in 1...30 { poll(items(number, steady: 3)) }
        #expect(memory.articles == 33)
    }

    @Test("identity.md §5.5: a number or a day in which ids or links differ counts articles; all else is a token")
    func names() {
        func kind(_ old: String?, _ new: String?) -> NameDifference { NameDifference(from: old, to: new) }
        #expect(kind("a", "a") == .none && kind(nil, nil) == .none)
        #expect(kind("a", nil) == .other && kind("https://e.org/a", "https://e.org/a/b") == .other)
        for (old, new) in [
            ("17", "18"), ("story-17", "story-18"), ("story17", "story9"),
            ("https://e.org/?date=2026-06-10", "https://e.org/?date=2026-06-11"),
            ("https://e.org/20260610/a?t=xyz", "https://e.org/20260611/a?t=qrs"), ("a-1b", "a-2b"), ("story", "story2"),
        ] {
            #expect(kind(old, new) == .count, "\(old) \(new)")
        }
        for (old, new) in [
            ("1234567890", "1234567891"),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d1-b765-00a0c91e6bf6"),
            ("https://e.org/a?t=8f3a&x=1", "https://e.org/a?t=77bc&x=1"),
            ("https://e.org/s/9xk/1", "https://e.org/s/2b/1"),
        ] {
            #expect(kind(old, new) == .token, "\(old) \(new)")
        }
    }

    @Test("identity.md §5.5: of a list whose ids and dates are made anew each time, what says something else is new")
    mutating func redated() {
        for number in 1...12 {
            var items = document(.allButTextDated, number, isDated: true)
            if number >= 10 { items[2].contentText = "Storm warning" }
            let judgements = poll(items)
            switch number {
            case 6...9: #expect(judgements.allSatisfy { $0.isUpdate }, "document \(number)")
            case 10: #expect(judgements.filter { $0.verdict == .new }.map { $0.index } == [2])
            default: break
            }
        }
        #expect(memory.records.contains { $0.stored.article.contentText == "Storm warning" })
    }
}
