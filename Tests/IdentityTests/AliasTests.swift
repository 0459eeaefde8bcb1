import FeedModel
import Testing

@testable import Identity

@Suite("An article whose id changes is still the same article (identity.md §3.2, §3.3)")
struct AliasTests {
    let memory = StoreMemory()

    private static let variants = [
        ("http://e.org/a", "https://e.org/a"), ("https://e.org/a", "https://www.e.org/a"),
        ("https://e.org/a/", "https://e.org/a"), ("http://e.org:80/a", "http://e.org/a"),
        ("https://e.org:443/?p=1", "http://www.e.org/?p=1"), ("HTTP://E.org/a", "http://e.org/a"),
    ]

    @Test("identity.md §3.2: ids that differ in scheme, www, port or a slash at the end are one", arguments: variants)
    func variant(old: String, new: String) {
        memory.poll([article(id: old, title: "A", text: "x")])
        let judgement = memory.poll([article(id: new, title: "B", text: "y")])[0]
        #expect(judgement.changed == ["title", "content_text"])
        #expect(judgement.alias?.reason == .variant)
        memory.forgetCounts()
        #expect(memory.poll([article(id: new, title: "B", text: "y")]) == [unchanged(judgement)])
        #expect(memory.lookUps == 1, "the alias is as quick as the id itself")
        #expect(memory.articles == 1)
    }

    private func unchanged(_ judgement: Judgement) -> Judgement {
        Judgement(index: 0, uid: judgement.uid, contentHash: judgement.contentHash, verdict: .unchanged)
    }

    @Test(
        "identity.md §3.2: any other difference between two URLs makes them two ids",
        arguments: ["https://e.org/b", "https://e.org/a?x=1", "https://e.org/a#1", "https://m.e.org/a", "e.org/a"])
    func noVariant(other: String) {
        memory.poll([article(id: "https://e.org/a", title: "A")])
        #expect(memory.poll([article(id: other, title: "B")]).map(\.verdict) == [.new])
    }

    @Test("identity.md §3.2: with `aliases = false` a variant of an id is a new article")
    func variantsOff() {
        memory.poll([article(id: "http://e.org/a", title: "A")]) { $0.joinsVariants = false }
        let other = article(id: "https://e.org/a", title: "B")
        #expect(memory.poll([other]) { $0.joinsVariants = false }.map(\.verdict) == [.new])
    }

    @Test(
        "identity.md §3.2: two items of one document with variants of an id are one where they say the same, else two")
    func variantsTogether() {
        let first = article(id: "http://e.org/a", title: "A", text: "x")
        let same = article(id: "https://e.org/a", title: "A", text: "x")
        let other = article(id: "https://www.e.org/a", title: "B", text: "y")
        #expect(memory.poll([first, same, other]).map(\.verdict) == [.new, .new])
        #expect(memory.articles == 2)
        #expect(memory.poll([first, same, other]).allSatisfy { $0.verdict == .unchanged })
        #expect(memory.articles == 2)
    }

    @Test("identity.md §3.2: an id that once meant another article is one of its own beside it, and stays so")
    func split() {
        let first = article(id: "http://e.org/a", title: "A", text: "x")
        let second = article(id: "https://e.org/a", title: "B", text: "y")
        memory.poll([first])
        #expect(memory.poll([second])[0].isUpdate)
        let both = memory.poll([first, second])
        #expect(both.map(\.isUpdate) == [true, false])
        #expect(both.map(\.verdict).last == .new)
        for _ in 1...2 { #expect(memory.poll([second, first]).allSatisfy { $0.verdict == .unchanged }) }
        #expect(memory.articles == 2)
    }

    @Test(
        "identity.md §3.2: of two variants of a known id the one that says the same is the article, wherever it stands")
    func variantThatSaysTheSame() {
        let same = article(id: "https://e.org/a", title: "A", text: "x")
        let other = article(id: "https://www.e.org/a", title: "B", text: "y")
        for document in [[same, other], [other, same]] {
            let memory = StoreMemory()
            memory.poll([article(id: "http://e.org/a", title: "A", text: "x")])
            let judgements = memory.poll(document)
            #expect(judgements.first { document[$0.index] == same }?.verdict == .unchanged)
            #expect(judgements.first { document[$0.index] == other }?.verdict == .new)
            #expect(memory.poll(document.reversed()).allSatisfy { $0.verdict == .unchanged })
            #expect(memory.articles == 2)
        }
    }

    /// The id means an article by a closer look, which another item is, and beside it the one that it always meant.
    @Test(
        "identity.md §3.2, §4: an item whose closer look finds what another item is stays the article that its id alone means"
    )
    func closerLookIsTaken() {
        let (old, older) = ("http://e.org/2", "http://e.org/4")
        memory.poll([
            article(id: old, url: "https://e.org/2", title: "A", text: "1"),
            article(id: older, url: "https://e.org/1", title: "C", text: "2"),
        ])
        memory.poll([
            article(id: old, url: "https://e.org/3", title: "A", text: "3"),
            article(id: old, url: "https://e.org/1", title: "C", text: "4"),
        ])
        let document = [
            article(id: old, url: "https://e.org/1", title: "A", text: "5"),
            article(id: "https://e.org/2", url: "https://e.org/1", title: "A", text: "6"),
            article(id: older, url: "https://e.org/1", title: "A", text: "7"),
        ]
        let judgements = memory.poll(document)
        #expect(Set(judgements.map(\.uid)).count == 3)
        let firsts = memory.records.filter { $0.judgement.isFirst }.map(\.judgement.uid)
        #expect(Set(firsts).count == firsts.count, "no article is new twice")
        for again in [document, document.reversed(), [document[1], document[2], document[0]]] {
            #expect(memory.poll(again).allSatisfy { $0.verdict == .unchanged })
        }
    }

    @Test("identity.md §3.2, §3.3: which article an item is does not depend on where it stands in the document")
    func orderOfItems() {
        let first = [
            article(id: "https://e.org/3", url: "https://e.org/1", title: "A", text: "1"),
            article(id: "x", url: "https://e.org/1", title: "B", text: "2"),
            article(id: "https://e.org/1", url: "https://e.org/1", title: "A", text: "3"),
        ]
        let second = [
            article(id: "http://e.org/2", url: "https://e.org/1", title: "A", text: "4"),
            article(id: "https://e.org/2", url: "https://e.org/1", title: "A", text: "5"),
        ]
        var results: [[String: ArticleIdentifier]] = []
        for isReversed in [false, true] {
            let memory = StoreMemory()
            var result: [String: ArticleIdentifier] = [:]
            for document in [first, second].map({ isReversed ? $0.reversed() : $0 }) {
                for judgement in memory.poll(document) {
                    result[document[judgement.index].contentText ?? ""] = judgement.uid
                }
            }
            results.append(result)
        }
        #expect(results[0] == results[1])
        #expect(results[0].count == 5)
    }

    @Test("identity.md §3.3: an item with the link and title of an article whose id has gone is that article")
    func linkAndTitle() {
        let text = "the harbour was closed again for most of the day"
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A", text: text)])
        let judgement = memory.poll([
            article(id: "2", url: "http://e.org/a?utm_source=x", title: " a", text: text + " and the night")
        ])[0]
        #expect(judgement.alias?.reason == .linkAndTitle)
        #expect(judgement.alias?.of.seq == 1)
        #expect(judgement.changed == ["title", "content_text"])
        #expect(memory.articles == 1)
        #expect(memory.poll([article(id: "1", url: "https://e.org/a", title: "A", text: "z")])[0].isUpdate)
        #expect(memory.poll([article(id: "3", url: "https://e.org/a", title: "A", text: "new")])[0].verdict == .new)
    }

    @Test(
        "identity.md §3.3: an item is new while the old id is in the document, or where only link or only title is the same"
    )
    func noLinkAndTitle() {
        let old = article(id: "1", url: "https://e.org/a", title: "A", text: "x")
        memory.poll([old])
        let new = article(id: "2", url: "https://e.org/a", title: "A", text: "y")
        #expect(memory.poll([new, old]).map(\.verdict) == [.new, .unchanged])
        #expect(memory.poll([article(id: "3", url: "https://e.org/a", title: "C")]).map(\.verdict) == [.new])
        #expect(memory.poll([article(id: "4", url: "https://e.org/d", title: "A")]).map(\.verdict) == [.new])
    }

    @Test("identity.md §3.3: a document that ends early makes no aliases by link and title")
    func truncated() {
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A")])
        var facts = DocumentFacts()
        facts.isWhole = false
        #expect(memory.poll([article(id: "2", url: "https://e.org/a", title: "A")], facts: facts)[0].verdict == .new)
    }

    @Test("identity.md §3.3: one of several articles with one link is found by link and title too")
    func sharedLink() {
        let items = ["A", "B", "C"].map { article(id: $0, url: "https://e.org/", title: $0, text: $0) }
        memory.poll(items)
        let renamed = ["A", "B", "C"].map { (title: String) in
            article(id: "new-\(title)", url: "https://e.org/", title: title, text: title)
        }
        let judgements = memory.poll(renamed)
        #expect(judgements.map(\.alias?.of.seq) == [1, 2, 3])
        #expect(memory.articles == 3)
    }

    @Test("identity.md §3.3: bulletins with one link and title, but another date and text or another file, are not one")
    func bulletins() {
        memory.poll([article(id: "1", url: "https://e.org/news", title: "News", text: "x", day: 1)])
        let next = article(id: "2", url: "https://e.org/news", title: "News", text: "y", day: 2)
        #expect(memory.poll([next]).map(\.verdict) == [.new])
        func episode(_ id: String) -> Article {
            var item = article(id: id, url: "https://e.org/show", title: "Show")
            item.attachments = [Attachment(url: "https://e.org/\(id).mp3")]
            return item
        }
        memory.poll([episode("e1")])
        #expect(memory.poll([episode("e2")]).map(\.verdict) == [.new])
    }

    @Test("identity.md §3.3: an article whose title was edited is still found by its link and title")
    func formerTitle() {
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A")])
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A, edited")])
        #expect(memory.poll([article(id: "2", url: "https://e.org/a", title: "A")])[0].alias?.of.version == 2)
    }

    @Test("A link that an article has given up may become another article's")
    func movedLink() {
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A")])
        memory.poll([article(id: "1", url: "https://e.org/a-2", title: "A2")])
        #expect(memory.poll([article(id: "2", url: "https://e.org/a", title: "Other")]).map(\.verdict) == [.new])
        #expect(memory.poll([article(id: "3", url: "https://e.org/a", title: "Other")])[0].alias?.of.seq == 3)
    }
}
