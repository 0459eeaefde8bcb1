import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("Versioner says what a known article brings, and KeyAssigner under which keys a record is found")
struct VersionerTests {
    private let memory = StoreMemory()
    private let rules = IdentityRules(feed: FeedIdentifier("desk"))

    /// The judgement of the only item of a document, which is known.
    private func judgement(_ article: Article, recentChanges: UInt8 = 0, keepsUpdates: Bool = true) throws -> Judgement
    {
        var rules = rules
        rules.keepsUpdates = keepsUpdates
        var items = DocumentItems([article], rules)
        ItemLookup(rules).findAll(&items, memory)
        var finder = CandidateFinder(rules)
        var known = try #require(items[0].found)
        known.recentChanges = recentChanges
        return Versioner(rules).judgement(0, is: known, &items, &finder, memory)
    }

    private let first = article(id: "1", url: "https://e.org/a", title: "A", text: "x", day: 1)

    @Test("identity.md §8: Versioner makes an edit the next version, with the record before and what has changed")
    func edit() throws {
        memory.poll([first])
        #expect(try judgement(first).verdict == .unchanged)
        var edited = first
        edited.contentText = "y"
        let version = Judgement.Version(
            number: 2, previous: 1, first: 1, firstSeen: nil, changed: ["content_text"], recentChanges: 1)
        #expect(try judgement(edited).verdict == .update(version))
        #expect(try judgement(edited).keys == [])
    }

    @Test("identity.md §8: Versioner says `volatile` with the last version that is kept, and keeps none after it")
    func volatile() throws {
        memory.poll([first])
        var edited = first
        edited.contentText = "y"
        #expect(try judgement(edited, recentChanges: 22).events == [])
        #expect(try judgement(edited, recentChanges: 23).events == [.volatile])
        #expect(try judgement(edited, recentChanges: 24).verdict == .volatile)
        edited.modified = Timestamp(year: 2026, month: 11, day: 5)
        #expect(try judgement(edited, recentChanges: 24).verdict == .volatile)
    }

    @Test("Versioner ignores an edit of a feed that wants none, and reads no stored article for that")
    func ignored() throws {
        memory.poll([first])
        memory.forgetCounts()
        var edited = first
        edited.contentText = "y"
        #expect(try judgement(edited, keepsUpdates: false).verdict == .ignored)
        #expect(memory.readings == 0)
    }

    @Test("identity.md §3.1: Versioner makes an id that is used again a new article with the keys of one")
    func reuse() throws {
        let old = memory.poll([first])
        let again = article(id: "1", url: "https://e.org/b", title: "B", text: "z", day: 9)
        let judgement = try judgement(again)
        var keys = MatchKeys(feed: rules.feed)
        #expect(judgement.verdict == .reusing(1))
        #expect(judgement.uid != old[0].uid)
        #expect(judgement.events == [.guidReused])
        var closer = ArticleKey(feed: rules.feed)
        #expect(judgement.uid == closer.identifier(of: again, precision: .published))
        #expect(
            judgement.keys == [
                keys.more(old[0].uid), closer.identifier(of: again, precision: .link).key,
                closer.identifier(of: again, precision: .title).key, keys.link("//e.org/b"),
                keys.titleAndDate("b", Timestamp(year: 2026, month: 11, day: 9)),
            ])
    }

    /// The keys that the first record of the only item of a document gets.
    private func newKeys(_ article: Article, _ known: StoreMemory, isDuplicate: Bool = false) -> [Hash128] {
        var items = DocumentItems([article], rules)
        var finder = CandidateFinder(rules)
        let link = finder.link(0, &items, known)
        return KeyAssigner(rules).newKeys(
            0, items[0].uid, link, variant: nil, isDuplicate: isDuplicate, &items, known)
    }

    @Test("KeyAssigner gives a new article the key of a free link, else those of link and title and of a shared link")
    func newArticle() {
        var keys = MatchKeys(feed: rules.feed)
        let dated = keys.titleAndDate("a", Timestamp(year: 2026, month: 11, day: 1))
        #expect(newKeys(first, memory) == [keys.link("//e.org/a"), dated])
        memory.poll([article(id: "0", url: "https://e.org/a", title: "Other")])
        let shared = [keys.linkAndTitle("//e.org/a", "a"), keys.sharedLink("//e.org/a"), dated]
        #expect(newKeys(first, memory) == shared)
        #expect(newKeys(first, memory, isDuplicate: true) == [shared[0], dated])
    }

    @Test("KeyAssigner gives a version the keys of what has changed in it alone")
    func changedArticle() {
        memory.poll([first])
        func changed(_ change: (inout Article) -> Void) -> [Hash128] {
            var new = first
            change(&new)
            var items = DocumentItems([new], rules)
            return KeyAssigner(rules).changedKeys(0, items[0].uid, first, &items, memory)
        }
        var keys = MatchKeys(feed: rules.feed)
        #expect(changed { $0.contentText = "y" } == [])
        #expect(changed { $0.url = "https://e.org/moved" } == [keys.link("//e.org/moved")])
        #expect(
            changed { $0.title = "B" } == [
                keys.formerTitle("//e.org/a", "a"),
                keys.titleAndDate("b", Timestamp(year: 2026, month: 11, day: 1)),
            ])
    }

    @Test("KeyAssigner lets an alias lead to its article by the item's own identity and the form of its id")
    func alias() {
        var items = DocumentItems([first], rules)
        let assigner = KeyAssigner(rules)
        let uid = items[0].uid
        let variant = Hash128(high: 1, low: 2)
        #expect(assigner.aliasKeys(0, variant: nil, &items) == [uid.key])
        #expect(assigner.aliasKeys(0, variant: variant, &items) == [uid.key, variant])
        var keys = MatchKeys(feed: rules.feed)
        let other = ArticleIdentifier(hashing: [1])
        items.setIdentity(other, .link, at: 0)
        #expect(assigner.aliasKeys(0, variant: variant, &items) == [other.key, keys.more(uid)])
    }
}
