import Digest
import FeedModel
import Testing

@testable import Identity

@Suite("IdentityJudge tells new, known and edited items apart (identity.md §1, §2, §3.1, §4, §8)")
struct IdentityJudgeTests {
    let memory = StoreMemory()

    @Test("An item is new at its first poll and unchanged afterwards")
    func newOnce() {
        let items = [article(id: "1", title: "A"), article(id: "2", title: "B")]
        #expect(memory.poll(items).map(\.verdict) == [.new, .new])
        #expect(memory.poll(items).map(\.verdict) == [.unchanged, .unchanged])
        #expect(memory.poll(items.reversed()).map(\.verdict) == [.unchanged, .unchanged])
    }

    @Test("An item that is known and has not changed costs one look-up, and no stored article is read")
    func oneLookUp() {
        let items = (1...50).map {
            article(id: "https://e.org/?p=\($0)", url: "https://e.org/\($0)", title: "T\($0)", text: "x", day: 3)
        }
        memory.poll(items)
        memory.forgetCounts()
        #expect(memory.poll(items).allSatisfy { $0.verdict == .unchanged })
        #expect(memory.lookUps == 50)
        #expect(memory.readings == 0)
    }

    @Test("identity.md §1: an item with neither id, link, title, content nor enclosure is dropped")
    func empty() {
        #expect(memory.poll([article(day: 1), article(id: "1")]).map(\.index) == [1])
    }

    @Test("identity.md §2: the same id in another feed is another article")
    func feedsApart() {
        var keys = ArticleKey(feed: FeedIdentifier("a"))
        var others = ArticleKey(feed: FeedIdentifier("b"))
        #expect(keys.identifier(of: article(id: "1")) != others.identifier(of: article(id: "1")))
        #expect(keys.identifier(of: article(id: "1")) == keys.identifier(of: article(id: "1", title: "x")))
    }

    @Test("identity.md §2: the identity of an article never changes, because it stands in the records")
    func stable() {
        var keys = ArticleKey(feed: FeedIdentifier("desk"))
        #expect(
            keys.identifier(of: article(id: "https://example.org/?p=42")).description
                == "cjkfj7u5uykdma5ijah55ieiimfxsnbc")
        #expect(
            keys.identifier(of: article(url: "https://example.org/a")).description == "xyd7uaxakbg47nb7ha25oz7kxbs2lvrz"
        )
    }

    @Test("identity.md §2: the further keys of an article never change, because they stand in the records")
    func stableKeys() {
        var keys = MatchKeys(feed: FeedIdentifier("desk"))
        #expect(keys.link("//example.org/a").hex == "7f582012b33d06a2792bfb7e71eccc4f")
        #expect(keys.variant("example.org/?p=42").hex == "9f26133ddf34a5b3d74232c8f2ef2e0d")
    }

    @Test(
        "identity.md §2: an article without an id is known by its link, then by title, day and enclosure, then by its text"
    )
    func fallbacks() {
        var keys = ArticleKey(feed: FeedIdentifier("desk"))
        let byLink = keys.identifier(of: article(url: "https://example.org/a", title: "x"))
        #expect(byLink == keys.identifier(of: article(url: "http://example.org/a?utm_source=rss", title: "y")))
        let byTitle = keys.identifier(of: article(title: "Head line", day: 3))
        #expect(byTitle == keys.identifier(of: article(title: " head  LINE ", text: "more", day: 3)))
        #expect(byTitle != keys.identifier(of: article(title: "Head line", day: 4)))
        let byText = keys.identifier(of: article(text: "Only text"))
        #expect(byText == keys.identifier(of: article(text: "Only  text ")))
        #expect(byText != keys.identifier(of: article(text: "Other text")))
    }

    @Test("identity.md §7: a parameter that names the feed's own host does not make another link")
    func ownHost() {
        var keys = ArticleKey(feed: FeedIdentifier("desk"), ownHosts: ["example.org"])
        let plain = keys.identifier(of: article(url: "https://other.org/a"))
        #expect(plain == keys.identifier(of: article(url: "https://other.org/a?ref=example.org")))
        #expect(plain != keys.identifier(of: article(url: "https://other.org/a?ref=elsewhere.org")))
    }

    // MARK: §3.1

    @Test("identity.md §3.1: an id used anew for another article is a new article, time after time")
    func reuse() {
        let items = [1, 5, 9].map { (day: Int) in
            article(id: "1", url: "https://e.org/\(day)", title: "Title \(day)", text: "\(day)", day: day)
        }
        memory.poll([items[0]])
        for (place, item) in items.enumerated().dropFirst() {
            let judgement = memory.poll([item])[0]
            #expect(judgement.verdict == .reusing(UInt64(place)))
            #expect(judgement.events == [.guidReused])
            memory.forgetCounts()
            #expect(memory.poll([item]).map(\.verdict) == [.unchanged])
            #expect(memory.readings == 0, "a later use of an id is told without reading the earlier ones")
        }
        #expect(memory.articles == 3)
        #expect(memory.poll([items[1]]).map(\.verdict) == [.unchanged], "an earlier use may come back")
        var edited = items[1]
        edited.contentText = "corrected"
        #expect(memory.poll([edited]).map(\.changed) == [["content_text"]])
    }

    @Test("identity.md §3.1: one of link, title and date alone makes no other article")
    func noReuse() {
        let first = article(id: "1", url: "https://e.org/a", title: "A", day: 1)
        for changed in [
            article(id: "1", url: "https://e.org/b", title: "B", day: 1),
            article(id: "1", url: "https://e.org/a", title: "B", day: 5),
            article(id: "1", url: "https://e.org/b", title: "A", day: 5),
        ] {
            let memory = StoreMemory()
            memory.poll([first])
            #expect(memory.poll([changed])[0].isUpdate)
        }
    }

    // MARK: §4

    @Test("identity.md §4: the same item twice in a document is one")
    func repeated() {
        let item = article(id: "1", title: "A")
        #expect(memory.poll([item, item]).map(\.verdict) == [.new])
    }

    @Test(
        "identity.md §4: several items under one id are told apart by link, then by title, then by date, in any order")
    func notUnique() {
        let items = [
            article(id: "x", url: "https://e.org/1", title: "A"),
            article(id: "x", url: "https://e.org/2", title: "B"),
            article(id: "x", url: "https://e.org/2", title: "C", day: 1),
            article(id: "x", url: "https://e.org/2", title: "C", day: 2),
        ]
        let judgements = memory.poll(items)
        #expect(judgements.map(\.verdict) == [.new, .new, .new, .new])
        #expect(Set(judgements.map(\.uid)).count == 4)
        #expect(judgements.allSatisfy { $0.events == [.idNotUnique] })
        memory.forgetCounts()
        #expect(memory.poll(items).map(\.verdict) == [.unchanged, .unchanged, .unchanged, .unchanged])
        #expect(memory.lookUps == 4)
        #expect(memory.poll(items.reversed()).allSatisfy { $0.verdict == .unchanged })
    }

    @Test("identity.md §4: items that only their text tells apart are told apart by it, in any order")
    func onlyText() {
        let items = ["one", "two"].map { article(id: "x", url: "https://e.org/1", title: "A", text: $0) }
        #expect(memory.poll(items).map(\.verdict) == [.new, .new])
        #expect(memory.poll(items.reversed()).map(\.verdict) == [.unchanged, .unchanged])
    }

    @Test("identity.md §4: items of one id are still known when only some of them are left")
    func notUniqueThenFewer() {
        let items = [
            article(id: "x", url: "https://e.org/1", title: "A"), article(id: "x", url: "https://e.org/2", title: "B"),
            article(id: "x", url: "https://e.org/2", title: "C"),
        ]
        memory.poll(items)
        for item in items { #expect(memory.poll([item]).map(\.verdict) == [.unchanged]) }
        #expect(memory.poll([items[2], items[0]]).map(\.verdict) == [.unchanged, .unchanged])
        #expect(memory.poll([items[1], items[0]]).map(\.verdict) == [.unchanged, .unchanged])
    }

    @Test("identity.md §4: an article that was alone under its id stays itself when others join it, edited or not")
    func joined() {
        let first = article(id: "x", url: "https://e.org/1", title: "A")
        let second = article(id: "x", url: "https://e.org/2", title: "B")
        memory.poll([first])
        #expect(memory.poll([second, first]).map(\.verdict) == [.new, .unchanged])
        #expect(memory.poll([first, second]).map(\.verdict) == [.unchanged, .unchanged])
        #expect(memory.poll([second]).map(\.verdict) == [.unchanged])
        var edited = first
        edited.contentText = "more"
        #expect(memory.poll([second, edited]).map(\.changed) == [nil, ["content_text"]])
        #expect(memory.articles == 2)
    }

    // MARK: §8

    @Test("identity.md §8: an edit is a new version that names what changed, the version before it and the first")
    func update() {
        memory.poll([article(id: "1", title: "A", text: "first")])
        let edited = article(id: "1", title: "A2", text: "second")
        let version = Judgement.Version(
            number: 2, previous: 1, first: 1, firstSeen: nil, changed: ["title", "content_text"], recentChanges: 1)
        #expect(memory.poll([edited]).map(\.verdict) == [.update(version)])
        #expect(memory.poll([edited]).map(\.verdict) == [.unchanged])
        let third = Judgement.Version(
            number: 3, previous: 2, first: 1, firstSeen: nil, changed: ["content_text"], recentChanges: 2)
        #expect(memory.poll([article(id: "1", title: "A2", text: "third")]).map(\.verdict) == [.update(third)])
    }

    @Test("identity.md §8: a date of change that moves alone makes no version of an article")
    func movedDate() {
        var item = article(id: "1", text: "same")
        item.modified = Timestamp(seconds: 1)
        memory.poll([item])
        item.modified = Timestamp(seconds: 2)
        #expect(memory.poll([item]).map(\.verdict) == [.unchanged])
    }

    @Test("identity.md §8: an article that changed 24 times within a short time is volatile until time has passed")
    func volatile() {
        var facts = DocumentFacts()
        facts.time = Timestamp(year: 2026, month: 11, day: 20)
        memory.poll([article(id: "1", url: "https://e.org/1", text: "0", day: 1)], facts: facts)
        for change in 1...24 {
            let edited = article(id: "1", url: "https://e.org/1", text: "\(change)", day: 1)
            let judgement = memory.poll([edited], facts: facts)[0]
            #expect(judgement.isUpdate)
            #expect(judgement.events == (change == 24 ? [.volatile] : []))
        }
        let next = article(id: "1", url: "https://e.org/1", text: "25", day: 1)
        let held = memory.poll([next], facts: facts)[0]
        #expect(held.verdict == .volatile)
        #expect(held.heldUntil == Timestamp(year: 2026, month: 11, day: 21))
        #expect(held.moves == ["a counter in the text"])
        memory.forgetCounts()
        let untold = memory.poll([next], facts: facts) { $0.editsHeldUntil = held.heldUntil }
        #expect(untold.map(\.verdict) == [.volatile])
        #expect(memory.readings == 0, "what changes at every poll is told without reading it")
        facts.time = held.heldUntil
        let judgements = memory.poll([next], facts: facts) { $0.editsHeldUntil = held.heldUntil }
        guard case .update(let version) = judgements[0].verdict else {
            Issue.record("a day has passed")
            return
        }
        #expect(version.number == 26)
        #expect(version.recentChanges == 24)
    }

    @Test("identity.md §8: a volatile article's id may still be used anew")
    func volatileReuse() {
        memory.poll([article(id: "1", url: "https://e.org/1", title: "A", text: "0", day: 1)])
        for change in 1...25 {
            memory.poll([article(id: "1", url: "https://e.org/1", title: "A", text: "\(change)", day: 1)])
        }
        let other = article(id: "1", url: "https://e.org/2", title: "B", text: "x", day: 9)
        #expect(memory.poll([other]).map(\.events) == [[.guidReused]])
    }

    @Test("identity.md §8: an article that was gone from the document and is back is not new")
    func reappearance() {
        let items = [article(id: "1", title: "A"), article(id: "2", title: "B")]
        memory.poll(items)
        memory.poll([items[1]])
        #expect(memory.poll(items).map(\.verdict) == [.unchanged, .unchanged])
    }

    @Test("identity.md §8: an article that retention has removed does not come back as new")
    func expired() {
        let item = article(id: "1", url: "https://e.org/1", title: "A", text: "x")
        memory.poll([item])
        memory.expire()
        #expect(memory.poll([item]).map(\.verdict) == [.unchanged])
        #expect(memory.poll([article(id: "1", url: "https://e.org/1", title: "A", text: "y")])[0].isUpdate)
    }

    @Test("With `updates = \"ignore\"` an edit is not stored, and is told without reading the article")
    func ignored() {
        memory.poll([article(id: "1", url: "https://e.org/1", text: "a", day: 1)])
        memory.forgetCounts()
        let edited = article(id: "1", url: "https://e.org/1", text: "b", day: 1)
        #expect(memory.poll([edited]) { $0.keepsUpdates = false }.map(\.verdict) == [.ignored])
        #expect(memory.readings == 0)
        #expect(memory.records.count == 1)
    }

    @Test(
        "identity.md §10: a date far in the future counts from when the article was first seen",
        arguments: [(49, true), (47, false), (-9000, false)])
    func future(hours: Int64, isFlagged: Bool) {
        let now = Timestamp(seconds: 1_700_000_000)
        let firstSeen = Timestamp(seconds: 1_600_000_000)
        var item = article(id: "1")
        item.published = Timestamp(seconds: now.seconds + hours * 3600)
        #expect(PublishedDate.effective(of: item, firstSeen: firstSeen, now: now) == (isFlagged ? firstSeen : nil))
        item.published = nil
        #expect(PublishedDate.effective(of: item, firstSeen: firstSeen, now: now) == nil)
    }

    @Test("Where look-ups take long, all those of a document are announced before they are made")
    func announced() {
        memory.readsAhead = true
        let document = (1...10).map { (number: Int) in
            article(
                id: "https://e.org/?p=\(number)", url: "https://e.org/\(number)", title: "Title \(number)", text: "x",
                day: number)
        }
        for _ in 1...2 {
            memory.forgetCounts()
            memory.poll(document)
            #expect(memory.lookUps >= 10)
            #expect(memory.surprises == 0)
        }
    }
}
