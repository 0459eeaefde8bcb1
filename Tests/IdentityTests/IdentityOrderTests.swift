import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Identity

/// How many runs of each kind there are: `make check-deep` sets more.
private let seeds = UInt64(1)...max(1, getenv("NEWSWIRE_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 40)

/// Feeds in which few ids, links, titles and dates are used for many texts, so that everything that identity goes by
/// contradicts itself.
struct ConfusedFeeds: Sendable, CustomTestStringConvertible {
    var documents: Int
    var ids: Int
    /// Items without an id, ids of more forms, and texts that come again.
    var isWide = false
    var feeds = ["desk"]

    var testDescription: String { "\(documents) documents, \(ids) ids, \(feeds.count) feeds" }

    static let kinds = [
        ConfusedFeeds(documents: 30, ids: 6), ConfusedFeeds(documents: 10, ids: 3), ConfusedFeeds(documents: 6, ids: 2),
        ConfusedFeeds(documents: 20, ids: 3, isWide: true), ConfusedFeeds(documents: 5, ids: 2, isWide: true),
        ConfusedFeeds(documents: 3, ids: 1, isWide: true),
        ConfusedFeeds(documents: 20, ids: 3, isWide: true, feeds: ["desk", "wire"]),
    ]

    func document(_ number: Int, _ generator: inout SeededGenerator) -> [Article] {
        var document: [Article] = []
        var looks = Set<String>()
        let schemes = isWide ? ["http://", "https://", "https://www.", "x:"] : ["http://", "https://"]
        for place in 1...Int.random(in: 1...8, using: &generator) {
            let scheme = schemes.randomElement(using: &generator) ?? ""
            let hasID = !isWide || Int.random(in: 1...6, using: &generator) > 1
            let repeats = isWide && Int.random(in: 1...3, using: &generator) == 1
            let item = article(
                id: hasID ? "\(scheme)e.org/\(Int.random(in: 1...ids, using: &generator))" : nil,
                url: "https://e.org/\(Int.random(in: 1...5, using: &generator))",
                title: "Title \(Int.random(in: 1...4, using: &generator))",
                text: repeats ? "Text \(Int.random(in: 1...3, using: &generator))" : "Text \(number) \(place)",
                day: Int.random(in: 1...9, using: &generator))
            // What nothing tells apart is one article.
            let look = "\(item.id ?? "")|\(item.url ?? "")|\(item.title ?? "")|\(item.published?.seconds ?? 0)"
            if looks.insert(look).inserted { document.append(item) }
        }
        return document
    }
}

@Suite("The order of a document's items decides nothing")
struct IdentityOrderTests {
    /// Which text became what, where a document's items stood in whatever order.
    private static func outcome(_ judgements: [Judgement], _ document: [Article]) -> Set<String> {
        Set(
            judgements.filter(\.isStored).map { judgement in
                let version = if case .update(let version) = judgement.verdict { version.number } else { UInt32(1) }
                let item = document[judgement.index]
                return
                    "\(judgement.uid) \(version) \(judgement.isDuplicate) \(item.url ?? "") \(item.contentText ?? "-")"
            })
    }

    @Test(
        "Every text is stored, once, as the same article in any order, and the same document brings nothing again",
        arguments: ConfusedFeeds.kinds, seeds)
    func anyOrder(kind: ConfusedFeeds, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let memory = StoreMemory()
        let mirror = StoreMemory()
        var previous: [String: Int] = [:]
        var seen = Set<String>()
        for number in 1...kind.documents {
            let feed = kind.feeds.randomElement(using: &generator) ?? ""
            let document = kind.document(number, &generator)
            seen.formUnion(document.compactMap(\.contentText))
            var facts = DocumentFacts()
            facts.previousCount = previous[feed]
            let judgements = memory.poll(document, feed: feed, facts: facts)
            let backwards = Array(document.reversed())
            let mirrored = mirror.poll(backwards, feed: feed, facts: facts)
            #expect(Self.outcome(judgements, document) == Self.outcome(mirrored, backwards), "document \(number)")
            let stored = judgements.filter(\.isStored)
            #expect(Set(stored.map(\.uid)).count == stored.count, "document \(number)")

            facts.previousCount = judgements.count
            let shuffled = document.shuffled(using: &generator)
            let again = memory.poll(shuffled, feed: feed, facts: facts)
            #expect(again.filter(\.isStored).isEmpty, "document \(number) again")
            mirror.poll(document, feed: feed, facts: facts)
            previous[feed] = again.count
        }
        let firsts = memory.records.filter(\.judgement.isFirst).map(\.judgement.uid)
        #expect(Set(firsts).count == firsts.count)
        // What another feed had is stored without its text.
        if kind.feeds.count > 1 { return }
        #expect(seen.subtracting(memory.records.compactMap(\.stored.article.contentText)).isEmpty)
    }

    // What such runs have found.

    @Test("identity.md §3.1: a later use of an id that stands under two forms of it is one article")
    func reuseInTwoForms() {
        let memory = StoreMemory()
        memory.poll([article(id: "https://e.org/1", url: "https://e.org/1", title: "Old", text: "old", day: 8)])
        let reuse = ["https", "http"].map {
            article(id: "\($0)://e.org/1", url: "https://e.org/3", title: "New", text: "new", day: 1)
        }
        // With a third item of the same id, which is told from the others by its link.
        let third = article(id: "http://e.org/1", url: "https://e.org/1", title: "Old", text: "third", day: 1)
        #expect(memory.poll(reuse).map(\.isStored) == [true])
        #expect(memory.poll(reuse).filter(\.isStored).isEmpty)
        #expect(memory.poll(reuse + [third]).filter(\.isStored).map(\.index) == [2])
        #expect(memory.poll(reuse + [third]).filter(\.isStored).isEmpty)
        #expect(memory.articles == 3)
    }

    private func item(_ id: String, link: Int, _ title: String, _ text: String, day: Int) -> Article {
        article(
            id: id.replacing("/", with: "://e.org/"), url: "https://e.org/\(link)", title: title, text: text, day: day)
    }

    @Test("identity.md §4: of the articles that an item may be, it is the one that says the same")
    func sameTextFirst() {
        let memory = StoreMemory()
        func stored(_ document: [Article]) -> Int { memory.poll(document).count(where: \.isStored) }
        // An item's identity becomes an alias of the first article, which then moves on.
        #expect(stored([item("https/2", link: 5, "B", "1", day: 9)]) == 1)
        #expect(stored([item("http/3", link: 1, "A", "2", day: 1), item("http/3", link: 5, "B", "3", day: 9)]) == 2)
        #expect(stored([item("https/2", link: 1, "A", "4", day: 8)]) == 1)
        #expect(stored([item("http/3", link: 5, "D", "5", day: 1), item("http/3", link: 5, "A", "6", day: 1)]) == 2)
        let last = [
            item("http/3", link: 5, "D", "7", day: 1), item("http/3", link: 1, "A", "8", day: 1),
            item("https/2", link: 3, "B", "9", day: 1),
        ]
        #expect(stored(last) == 3)
        #expect(stored(last) == 0)
    }
}
