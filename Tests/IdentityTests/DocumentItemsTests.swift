import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("DocumentItems and DocumentClaims hold what a document has and what its items have taken")
struct DocumentItemsTests {
    private let rules = IdentityRules(feed: FeedIdentifier("desk"))

    @Test("identity.md §4: DocumentItems drops empty and repeated items and tells those of one id apart by link")
    func toldApart() {
        let documents = [
            article(day: 1), article(id: "1", url: "https://e.org/a"), article(id: "2"),
            article(id: "1", url: "https://e.org/a"), article(id: "1", url: "https://e.org/b"),
        ]
        let items = DocumentItems(documents, rules)
        let all = items.places.map { items[$0] }
        #expect(all.map(\.index) == [1, 2, 4])
        #expect(all.map(\.isShared) == [true, false, true])
        #expect(all[0].base == all[2].base)
        #expect(all[0].uid != all[2].uid)
        #expect(all.map(\.precision) == [.link, .id, .link])
        #expect(items.uidKeys == all.map(\.uid.key))
    }

    @Test("DocumentItems gives an item its link, title, dated title and the form of its id as they are compared")
    func forms() {
        let documents = [
            article(id: "https://www.e.org/1/", url: "HTTP://E.org/a?ref=e.org", title: "Head  LINE", day: 2),
            article(id: "x", title: "Head line"), article(id: "y", url: "mailto:a@e.org", day: 2),
        ]
        var rules = rules
        rules.ownHosts = ["e.org"]
        var items = DocumentItems(documents, rules)
        var keys = MatchKeys(feed: rules.feed)
        #expect(items.link(0)?.form == "//e.org/a")
        #expect(items.link(0)?.key == keys.link("//e.org/a"))
        #expect(items.link(1) == nil)
        #expect(items.link(2) == nil)
        #expect(items.title(0) == "head line")
        #expect(items.title(2) == "")
        let areSameTitles = [items.isSameTitle(0, 1), items.isSameTitle(0, 2)]
        #expect(areSameTitles == [true, false])
        #expect(items.titleAndDateKey(0) == keys.titleAndDate("head line", Timestamp(year: 2026, month: 11, day: 2)))
        #expect(items.titleAndDateKey(1) == keys.title("head line"))
        #expect(items.titleAndDateKey(2) == nil)
        #expect(items.idForm(0) == "e.org/1")
        #expect(items.idForm(1) == nil)
    }

    @Test("DocumentItems orders items by what they say, not by where they stand, and unchanged ones come first")
    func order() throws {
        let documents = (1...6).map { article(id: "\($0)", title: "T\($0)") }
        func ids(_ documents: [Article], unchanged: String) -> [String] {
            var items = DocumentItems(documents, rules)
            for place in items.places {
                let item = items[place]
                let isUnchanged = items.article(place).id == unchanged
                let hash = isUnchanged ? item.hash : Hash128(high: 0, low: 0)
                items.setFound(
                    KnownArticle(
                        uid: item.uid, seq: 1, version: 1, contentHash: hash, modified: nil, recentChanges: 0),
                    at: place)
            }
            return items.found().compactMap { items.article($0).id }
        }
        let order = ids(documents, unchanged: "4")
        #expect(order.first == "4")
        #expect(ids(documents.reversed(), unchanged: "4") == order)
    }

    @Test("DocumentItems moves the claims of the items behind a removed one, and frees what that one was")
    func removal() {
        let documents = (1...3).map { article(id: "\($0)", title: "T\($0)") }
        var items = DocumentItems(documents, rules)
        let uids = items.places.map { items[$0].uid }
        for place in items.places { items.claims.take(uids[place], for: place) }
        items.remove([1])
        #expect(items.count == 2)
        #expect(items.claims.item(being: uids[0]) == 0)
        #expect(items.claims.item(being: uids[1]) == nil)
        #expect(items.claims.item(being: uids[2]) == 1)
        #expect(items.title(1) == "t3")
    }

    @Test("DocumentClaims gives an article to one item, and tells which item had it")
    func claimedArticle() {
        var claims = DocumentClaims()
        let uid = ArticleIdentifier(hashing: [1])
        #expect(!claims.isTaken(uid))
        #expect(claims.take(uid, for: 3) == nil)
        #expect(claims.take(uid, for: 5) == 3)
        #expect(claims.item(being: uid) == 5)
        #expect(claims.isTaken(uid))
    }

    @Test("DocumentClaims gives a key to the first item that wants it")
    func claimedKeys() {
        var claims = DocumentClaims()
        let keys = (1...3).map { Hash128(high: 0, low: $0) }
        #expect(claims.takeFree([keys[0], keys[1]], for: 0) == [keys[0], keys[1]])
        #expect(claims.takeFree([keys[1], keys[2]], for: 1) == [keys[2]])
        #expect(keys.map { claims.item(having: $0) } == [0, 0, 1])
        #expect(claims.isTaken(keys[2]))
        claims.take(keys[2], for: 7)
        #expect(claims.item(having: keys[2]) == 7)
    }
}
