import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("ItemLookup, CandidateFinder and ItemMatcher find which article an item is")
struct CandidateFinderTests {
    private let memory = StoreMemory()
    private let rules = IdentityRules(feed: FeedIdentifier("desk"))

    /// Items that were looked up.
    private func lookedUp(_ articles: [Article]) -> DocumentItems {
        var items = DocumentItems(articles, rules)
        ItemLookup(rules).findAll(&items, memory)
        return items
    }

    private func matches(_ articles: [Article], isWhole: Bool = true) -> [Match] {
        var items = lookedUp(articles)
        var finder = CandidateFinder(rules)
        var facts = DocumentFacts()
        facts.isWhole = isWhole
        return ItemMatcher(rules).matches(&items, &finder, facts, memory)
    }

    // MARK: - ItemLookup

    @Test("ItemLookup finds the article of each known id and takes it for the item")
    func found() {
        let first = memory.poll([article(id: "1", title: "A")])
        let items = lookedUp([article(id: "2", title: "B"), article(id: "1", title: "Edited")])
        #expect(items.unfound == [0])
        #expect(items[1].found?.uid == first[0].uid)
        #expect(items[1].isFoundAsItself)
        #expect(items.claims.item(being: first[0].uid) == 1)
    }

    @Test("ItemLookup drops an item that says what another one says which is the same article")
    func dropped() {
        memory.poll([article(id: "https://e.org/1", title: "A")])
        memory.poll([article(id: "http://e.org/1", title: "A")])
        let items = lookedUp([article(id: "http://e.org/1", title: "A"), article(id: "https://e.org/1", title: "A")])
        #expect(items.places.map { items[$0].index } == [1])
    }

    @Test("ItemLookup makes an item one of its own where another item is the article that its id means")
    func split() {
        let first = memory.poll([article(id: "https://e.org/1", title: "A")])
        memory.poll([article(id: "http://e.org/1", title: "A")])
        let items = lookedUp([article(id: "http://e.org/1", title: "B"), article(id: "https://e.org/1", title: "A")])
        #expect(items.places.map { items[$0].isSplit } == [true, false])
        #expect(items.places.map { items[$0].found?.uid } == [nil, first[0].uid])
    }

    // MARK: - CandidateFinder

    @Test("CandidateFinder puts the item first that says what a stored article says")
    func exactFirst() {
        let old = memory.poll([article(id: "https://e.org/1", title: "A")])
        let documents =
            (1...5).map { article(id: "n\($0)", title: "T\($0)") } + [article(id: "http://e.org/1", title: "A")]
        var items = lookedUp(documents)
        var finder = CandidateFinder(rules)
        let candidates = finder.candidates(&items, memory)
        #expect(candidates.count == 6)
        #expect(candidates.first?.place == 5)
        #expect(candidates.map(\.isExact) == [true] + Array(repeating: false, count: 5))
        #expect(candidates.first?.variant?.uid == old[0].uid)
    }

    @Test("CandidateFinder asks for the owner of a link once")
    func linkOwnerOnce() {
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A")])
        var items = lookedUp([article(id: "2", url: "https://e.org/a", title: "A")])
        var finder = CandidateFinder(rules)
        _ = finder.candidates(&items, memory)
        memory.forgetCounts()
        let link = finder.link(0, &items, memory)
        #expect(link?.owner?.seq == 1)
        #expect(memory.lookUps == 0)
    }

    @Test("CandidateFinder tells whether the key of a link is free, and whether its owner has the item's title")
    func linkState() {
        memory.poll([article(id: "1", url: "https://e.org/a", title: "A")])
        memory.poll([article(id: "1", url: "https://e.org/moved", title: "A")])
        memory.poll([article(id: "2", url: "https://e.org/b", title: "B")])
        var items = lookedUp([
            article(id: "3", url: "https://e.org/a", title: "New"),
            article(id: "4", url: "https://e.org/b", title: "B"),
            article(id: "5", url: "https://e.org/b", title: "Other"), article(id: "6", url: "https://e.org/c"),
            article(id: "7"),
        ])
        var finder = CandidateFinder(rules)
        var links: [LinkCandidate?] = []
        for place in items.places { links.append(finder.link(place, &items, memory)) }
        #expect(links.map { $0?.isFree } == [true, false, false, true, nil])
        #expect(links.map { $0?.isSameTitle } == [false, true, false, false, nil])
        items.claims.take(MatchKeys.key(ofLink: "//e.org/c"), for: 3)
        let inDocument = finder.link(3, &items, memory)
        #expect(inDocument?.isInDocument == true)
        #expect(inDocument?.isFree == false)
    }

    // MARK: - ItemMatcher

    @Test("identity.md §3: ItemMatcher calls an item an alias by a variant of its id, then by link and title, else new")
    func matchKinds() {
        memory.poll([
            article(id: "https://e.org/1", url: "https://e.org/a", title: "A"),
            article(id: "two", url: "https://e.org/b", title: "B"),
        ])
        let found = matches([
            article(id: "http://e.org/1", url: "https://e.org/x", title: "X"),
            article(id: "zwei", url: "https://e.org/b", title: "B"), article(id: "three", title: "C"),
        ])
        var kinds = ["", "", ""]
        for match in found {
            kinds[match.place] =
                switch match.kind {
                case .new: "new"
                case .alias(let known, let reason): "\(reason.rawValue) \(known.seq)"
                case .duplicate, .repeats, .replay: "other"
                }
        }
        #expect(kinds == ["url_variant 1", "link_and_title 2", "new"])
        #expect(found.filter(\.isPair).count == 2)
    }

    @Test("identity.md §3.3: ItemMatcher concludes nothing by link and title from a document that ended early")
    func cutDocument() {
        memory.poll([article(id: "two", url: "https://e.org/b", title: "B")])
        let found = matches([article(id: "zwei", url: "https://e.org/b", title: "B")], isWhole: false)
        #expect(found.map(\.isPair) == [false])
    }

    @Test("identity.md §4: ItemMatcher has a match for each item that anything tells apart")
    func oneForEach() {
        let items = [
            article(id: "1", title: "A", text: "x"), article(id: "1", title: "A", text: "y"),
            article(id: "1", title: "A", text: " x"),
        ]
        #expect(matches(items).count == 2)
    }

    @Test("identity.md §5: a match joins the article that it is where all ids have changed")
    func join() {
        let known = KnownArticle(
            uid: ArticleIdentifier(hashing: [1]), seq: 7, version: 1, contentHash: Hash128(high: 0, low: 0),
            modified: nil, recentChanges: 0)
        var match = Match(0)
        match.join()
        #expect(!match.isPair)
        match.pair = known
        match.join()
        guard case .alias(known, .migration) = match.kind else {
            Issue.record("the match is \(match.kind)")
            return
        }
    }
}

extension MatchKeys {
    fileprivate static func key(ofLink link: String) -> Hash128 {
        var keys = MatchKeys(feed: FeedIdentifier("desk"))
        return keys.link(link)
    }
}
