import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("One article alone may come under another id (identity.md §3.4)")
struct RenameTests {
    private let memory = StoreMemory()

    private static let text: String =
        "A long text about lighthouses on the northern coast and the people who kept them burning for two hundred years."
    private static let longText: String =
        RenameTests.text + " It names all of them, with the years in which they were lit and put out again."
        + " Most of them stand empty."

    private func second(_ seconds: Int) -> Timestamp { Timestamp(seconds: 1_790_000_047 + Int64(seconds)) }

    private func item(
        _ id: String?, _ url: String?, _ title: String?, _ text: String?, at published: Timestamp? = nil
    ) -> Article {
        var item = article(id: id, url: url, title: title, text: text)
        item.published = published
        return item
    }

    private var beside: Article { item("beside", "https://e.org/beside", "Beside", "beside", at: second(-5000)) }

    /// What the last of the items becomes, where one after the other stands in the document, with another item.
    private func outcome(_ items: [Article], isWhole: Bool = true) -> Judgement? {
        let memory = StoreMemory()
        var facts = DocumentFacts()
        var last: Judgement?
        for (number, item) in items.enumerated() {
            facts.isWhole = isWhole || number == 0
            let judgements = memory.poll([item, beside], facts: facts)
            last = judgements.first { $0.index == 0 }
            facts.previousCount = judgements.count
        }
        return last
    }

    private func reason(_ old: Article, _ new: Article) -> Judgement.Alias.Reason? {
        outcome([old, new])?.alias?.reason
    }

    // MARK: - Revisions

    private static let idPairs = [
        ("https://e.org/c2#0", "https://e.org/c2#1"), ("https://e.org/c2", "http://www.e.org/c2#1"),
        ("https://e.org/c2#a", "https://e.org/c2#b"), ("https://e.org/c2?v=1", "https://e.org/c2?v=2"),
        ("https://e.org/c2", "https://e.org/c2?rev=2"),
        ("https://e.org/?p=7&version=1", "https://e.org/?p=7&version=3"),
    ]

    @Test(
        "identity.md §3.4: an edited headline under an id that counts revisions is an update of the article",
        arguments: idPairs)
    func revision(old: String, new: String) {
        let date = Timestamp(year: 2026, month: 10, day: 7, hour: 9)
        let items = [
            item(old, "https://e.org/c2?at_medium=RSS", "Storm nears coast", "Standfirst", at: date),
            item(new, "https://e.org/c2?at_medium=RSS", "Storm hits coast", "Standfirst", at: date),
        ]
        let judgement = outcome(items)
        #expect(judgement?.alias?.reason == .revision)
        #expect(judgement?.changed == ["title"])
        #expect(reason(items[0], items[1]) == .revision)
    }

    @Test("identity.md §3.4: a further revision of an article is found too, and the same document brings nothing again")
    func revisions() {
        let items = (0...3).map {
            item("https://e.org/c2#\($0)", "https://e.org/c2", "Headline \($0)", "Text \($0)", at: second(0))
        }
        var facts = DocumentFacts()
        for item in items {
            facts.previousCount = memory.poll([item, beside], facts: facts).count
            #expect(
                memory.poll([item, beside], facts: facts).allSatisfy { $0.verdict == .unchanged && $0.alias == nil })
        }
        #expect(memory.articles == 2)
        #expect(memory.records.last?.judgement.changed == ["title", "content_text"])
    }

    @Test(
        "identity.md §3.4: a number that has grown under one link is a revision where the second of publishing says so")
    func count() {
        let old = item("https://e.org/?edit=4&n=1", "https://e.org/a", "A", "x", at: second(0))
        #expect(reason(old, item("https://e.org/?edit=5&n=1", "https://e.org/a", "B", "y", at: second(0))) == .revision)
        #expect(reason(old, item("https://e.org/?edit=5&n=2", "https://e.org/a", "B", "y", at: second(0))) == nil)
        #expect(reason(old, item("https://e.org/?edit=3&n=1", "https://e.org/a", "B", "y", at: second(0))) == nil)
        let day = Timestamp(year: 2026, month: 10, day: 7)
        #expect(
            reason(
                item("https://e.org/?p=4", "https://e.org/", "A", "See the page", at: day),
                item("https://e.org/?p=5", "https://e.org/", "B", "See the page", at: day)) == nil)
    }

    @Test(
        "identity.md §3.4: notices on one page whose ids count them are articles of their own",
        arguments: ["https://e.org/alerts#", "https://e.org/alerts?v=", "https://e.org/alerts?n="], [0, 1, 2, 3])
    func notices(id: String, kind: Int) {
        let day = Timestamp(year: 2026, month: 10, day: 7)
        let items = (1...4).map { number in
            let (title, text) = kind == 1 ? ("Alert", "Notice \(number)") : ("Flood in \(number)", "See the page")
            let date = [second(number), day, nil, Timestamp(year: 2026, month: 10, day: number)][kind]
            return item("\(id)\(number)", "https://e.org/alerts", title, text, at: date)
        }
        for window in 1...2 {
            let memory = StoreMemory()
            var facts = DocumentFacts()
            for end in items.indices {
                facts.previousCount =
                    memory.poll(
                        items[max(0, end + 1 - window)...end] + [beside], facts: facts
                    ).count
            }
            #expect(memory.articles == 5)
        }
    }

    @Test("identity.md §3.4: entries of one page that links lead to by their fragments are articles of their own")
    func fragments() {
        let items = (1...4).map {
            item("https://e.org/log#v\($0)", "https://e.org/log#v\($0)", "Version \($0)", "New things", at: nil)
        }
        var facts = DocumentFacts()
        for item in items { facts.previousCount = memory.poll([item], facts: facts).count }
        #expect(memory.articles == 4)
    }

    // MARK: - Title or text, and the second

    @Test("identity.md §3.4: title and second of publishing tell an article whose id and link have changed")
    func titleAndDate() {
        let old = item("1333000611", "https://a.org/rss/CBMiQ?oc=5", "Power cut", "Power cut", at: second(0))
        let new = item("CAIiEPGlgb2A8k", "https://a.org/CBMiQk?oc=5", "Power cut", "Power cut", at: second(0))
        #expect(outcome([old, new])?.alias?.reason == .titleAndDate)
        #expect(outcome([old, new])?.changed == ["url"])
        #expect(outcome([item(nil, old.url, "Power cut", nil, at: second(0)), new])?.alias?.reason == .titleAndDate)
        #expect(outcome([old, item(nil, new.url, "Power cut", nil, at: second(0))])?.alias?.reason == .titleAndDate)
    }

    @Test(
        "identity.md §3.4: title and date tell nothing where text, second or file are others, or the date stands for a day"
    )
    func otherTitleAndDate() {
        let old = item("1", "https://e.org/1", "Round 12", "The board moved on to building", at: second(0))
        #expect(reason(old, item("2", "https://e.org/2", "Round 12", "Blue has left the table", at: second(0))) == nil)
        #expect(reason(old, item("2", "https://e.org/2", "Round 12", old.contentText, at: second(1))) == nil)
        var (first, other) = (old, item("2", "https://e.org/2", "Round 12", old.contentText, at: second(0)))
        first.attachments = [Attachment(url: "https://e.org/1.mp3")]
        other.attachments = [Attachment(url: "https://e.org/2.mp3")]
        #expect(reason(first, other) == nil)
        for hour in [0, 22] {
            let day = Timestamp(year: 2026, month: 10, day: 7, hour: hour)
            let items = (1...2).map { item("\($0)", "https://e.org/\($0)", "Briefing", nil, at: day) }
            var facts = DocumentFacts()
            let memory = StoreMemory()
            for item in items { facts.previousCount = memory.poll([item], facts: facts).count }
            #expect(memory.articles == 2)
        }
    }

    @Test("identity.md §3.4: a full hour is a time where another date of the document is no quarter of an hour")
    func fullHour() {
        let hour = Timestamp(year: 2026, month: 10, day: 7, hour: 9)
        let old = item("1", "https://e.org/lighthuoses", "Lighthuoses", Self.longText, at: hour)
        let new = item("2", "https://e.org/lighthouses", "Lighthouses", Self.longText, at: hour)
        #expect(reason(old, new) == .textAndDate)
        // Title or link alone do not tell it from a day.
        let briefings = (1...2).map { item("\($0)", "https://e.org/\($0)", "Briefing", nil, at: hour) }
        #expect(reason(briefings[0], briefings[1]) == nil)
        let notices = (1...2).map {
            item("https://e.org/log#\($0)", "https://e.org/log", "T \($0)", "Notice \($0)", at: hour)
        }
        #expect(reason(notices[0], notices[1]) == nil)
        var facts = DocumentFacts()
        for item in [old, new] { facts.previousCount = memory.poll([item], facts: facts).count }
        #expect(memory.articles == 2)
    }

    @Test(
        "identity.md §3.4: text and second tell an article whose title, slug and id have changed, with the change as an update"
    )
    func textAndDate() {
        let old = item(
            "https://e.org/lighthuoses", "https://e.org/lighthuoses", "Lighthuoses", Self.text, at: second(0))
        let new = item(
            "https://e.org/lighthouses", "https://e.org/lighthouses", "Lighthouses", Self.text, at: second(0))
        #expect(outcome([old, new])?.alias?.reason == .textAndDate)
        #expect(outcome([old, new])?.changed == ["url", "title"])
        let edited = item(new.id, new.url, new.title, Self.text + " Most stand empty.", at: second(0))
        #expect(reason(old, edited) == nil, "a text of less than 200 characters has to be the very same")
        var (long, longEdited) = (old, edited)
        long.contentText = Self.longText
        longEdited.contentText = Self.longText + " One does not."
        #expect(reason(long, longEdited) == .textAndDate)
        #expect(reason(long, item(new.id, new.url, new.title, Self.longText, at: second(1))) == nil)
        #expect(
            reason(
                item("1", "https://e.org/1", "A", "Short", at: second(0)),
                item("2", "https://e.org/2", "B", "Short", at: second(0))) == nil)
    }

    @Test("identity.md §3.4: what a publisher writes below everything is no text that tells an article")
    func boilerplate() {
        let long = Self.longText
        let old = item("1", "https://e.org/1", "Storm nears coast", long, at: second(0))
        let new = item("2", "https://e.org/2", "Budget is passed", long, at: second(0))
        var facts = DocumentFacts()
        let third = item("3", "https://e.org/3", "Bridge opens", long, at: second(900))
        for document in [[old, third], [new, third]] { facts.previousCount = memory.poll(document, facts: facts).count }
        #expect(memory.articles == 3)
        let short = [old, new].map { item($0.id, $0.url, $0.title, Self.text, at: second(0)) }
        #expect(reason(short[0], short[1]) == nil)
        let picture = "<img src=\"https://e.org/\(String(repeating: "placeholder-", count: 30)).png\">"
        let pictures = [old, new].map { item($0.id, $0.url, $0.title, picture, at: second(0)) }
        #expect(reason(pictures[0], pictures[1]) == nil)
    }

    @Test(
        "identity.md §3.4: an id made of the headline changes with it, and link, text and second say that it is the article"
    )
    func headlineInID() {
        let old = item("hash-a", "https://e.org/1", "Storm nears coast", "Standfirst", at: second(0))
        let new = item("hash-b", "https://e.org/1", "Storm hits coast", "Standfirst", at: second(0))
        #expect(outcome([old, new])?.alias?.reason == .textAndDate)
        #expect(outcome([old, new])?.changed == ["title"])
        #expect(reason(old, item("hash-b", "https://e.org/1", "Storm hits coast", "Other", at: second(0))) == nil)
        let dated = item("hash-b", "https://e.org/1", "Storm hits coast", "Standfirst", at: second(60))
        #expect(reason(old, dated) == nil)
        for (date, text, isOne) in [
            (beside.published, "Standfirst", true), (Timestamp(year: 2026, month: 10, day: 7), "Standfirst", false),
            (Timestamp(year: 2026, month: 10, day: 7), Self.text, true), (nil, Self.text, false),
        ] {
            let old = item("hash-a", "https://e.org/1", "Storm nears coast", text, at: date)
            #expect(
                (reason(old, item("hash-b", "https://e.org/1", "Storm hits coast", text, at: date)) != nil) == isOne)
        }
    }

    // MARK: - Nothing else may be meant

    @Test("identity.md §3.4: what two items, or two articles, can be is told by neither", arguments: [true, false])
    func ambiguous(itemsAreTwo: Bool) {
        let one = item("1", "https://e.org/1", "Lighthuoses", Self.longText, at: second(0))
        let two = [
            item("2", "https://e.org/2", "Lighthouses", Self.longText, at: second(0)),
            item("3", "https://e.org/3", "Lighthouses here", Self.longText, at: second(0)),
        ]
        var facts = DocumentFacts()
        facts.previousCount = memory.poll(itemsAreTwo ? [one] : two).count
        let judgements = memory.poll(itemsAreTwo ? two : [one], facts: facts)
        if itemsAreTwo {
            #expect(judgements.allSatisfy { $0.verdict == .new })
        } else {
            #expect(memory.articles == 3, "a second that two items had tells none of them")
        }
    }

    @Test("identity.md §3.4: a text of less than 200 characters that another item has too tells no article")
    func commonText() {
        var facts = DocumentFacts()
        let other = item("9", "https://e.org/9", "Other", Self.text, at: second(-99))
        facts.previousCount = memory.poll([item("1", "https://e.org/1", "A", Self.text, at: second(0)), other]).count
        let judgements = memory.poll(
            [item("2", "https://e.org/2", "B", Self.text, at: second(0)), other], facts: facts)
        #expect(judgements.map(\.verdict) == [.new, .unchanged])
    }

    @Test("identity.md §3.4: an article that is still in the document, or a document that ends early, tells nothing")
    func stillThere() {
        let old = item("1", "https://e.org/1", "Power cut", "x", at: second(0))
        let new = item("2", "https://e.org/2", "Power cut", "x", at: second(0))
        var facts = DocumentFacts()
        facts.previousCount = memory.poll([old, beside]).count
        #expect(memory.poll([old, new, beside], facts: facts).map(\.verdict) == [.unchanged, .new, .unchanged])
        #expect(outcome([old, new], isWhole: false)?.alias == nil)
        #expect(outcome([old, new])?.alias?.reason == .titleAndDate)
    }

    @Test("identity.md §3.4: an article of another feed is none of this feed's under another id")
    func otherFeed() {
        memory.poll([item("https://e.org/a#0", "https://e.org/a", "A", "x", at: second(0))], feed: "wire")
        var facts = DocumentFacts()
        facts.previousCount = 1
        let new = item("https://e.org/a#1", "https://e.org/a", "B", "y", at: second(0))
        #expect(memory.poll([new], facts: facts).map(\.alias) == [nil])
    }

    @Test("A document of which nothing is unknown, or nothing gone, is not searched for changed ids")
    func cost() {
        let items = (0..<20).map { item("\($0)", "https://e.org/\($0)", "T \($0)", "x", at: second($0 * 61)) }
        var facts = DocumentFacts()
        facts.previousCount = memory.poll(items).count
        memory.forgetCounts()
        memory.poll(items, facts: facts)
        #expect(memory.lookUps == 20)
        memory.forgetCounts()
        memory.poll(items + [item("20", "https://e.org/20", "T 20", "x", at: second(-7))], facts: facts)
        #expect(memory.lookUps == 20 + 3)
        #expect(memory.readings == 0)
    }

    @Test("What RenameFinder asks for is announced where looking up takes long")
    func announced() {
        memory.readsAhead = true
        let items = (0..<20).map { item("\($0)", "https://e.org/\($0)", "T \($0)", "x", at: second($0 * 61)) }
        var facts = DocumentFacts()
        facts.previousCount = memory.poll(Array(items[..<12])).count
        memory.forgetCounts()
        memory.poll(Array(items[8...]), facts: facts)
        #expect(memory.surprises == 0)
    }
}
