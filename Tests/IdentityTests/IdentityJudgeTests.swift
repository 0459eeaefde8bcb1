import Digest
import FeedModel
import Testing

@testable import Identity

/// A store that remembers what a poll found, as far as identity asks for it.
private struct Memory {
    var known: [ArticleIdentifier: KnownArticle] = [:]
    var articles: [UInt64: Article] = [:]
    var feed = FeedIdentifier("desk")

    mutating func poll(_ articles: [Article]) -> [Judgement] {
        var judge = IdentityJudge(feed: feed)
        let judgements = judge.judge(articles, known: { known[$0] }, stored: { self.articles[$0] })
        for judgement in judgements {
            var version: UInt32 = 1
            var silent: UInt8 = 0
            switch judgement.verdict {
            case .unchanged, .volatile: continue
            case .new: break
            case .update(let next, _, let changes): (version, silent) = (next, changes)
            }
            let seq = UInt64(self.articles.count + 1)
            self.articles[seq] = articles[judgement.index]
            known[judgement.uid] = KnownArticle(
                uid: judgement.uid, seq: seq, version: version, contentHash: judgement.contentHash,
                modified: articles[judgement.index].modified, silentChanges: silent)
        }
        return judgements
    }
}

private func article(
    id: String? = nil, url: String? = nil, title: String? = nil, text: String? = nil, day: Int? = nil
) -> Article {
    var article = Article()
    article.id = id
    article.url = url
    article.title = title
    article.contentText = text
    article.published = day.map { Timestamp(year: 2026, month: 11, day: $0) }
    return article
}

@Suite("New, known, edited (identity.md §2–§4, §8)")
struct IdentityJudgeTests {
    @Test("An item is new once")
    func newOnce() {
        var memory = Memory()
        let items = [article(id: "1", title: "A"), article(id: "2", title: "B")]
        #expect(memory.poll(items).map(\.verdict) == [.new, .new])
        #expect(memory.poll(items).map(\.verdict) == [.unchanged, .unchanged])
        #expect(memory.poll(items.reversed()).map(\.verdict) == [.unchanged, .unchanged])
    }

    @Test("§2: the same id in another feed is another article")
    func feedsApart() {
        var keys = ArticleKey(feed: FeedIdentifier("a"))
        var others = ArticleKey(feed: FeedIdentifier("b"))
        #expect(keys.identifier(of: article(id: "1")) != others.identifier(of: article(id: "1")))
        #expect(keys.identifier(of: article(id: "1")) == keys.identifier(of: article(id: "1", title: "x")))
    }

    @Test("§2: the identity is fixed: it is stored in articles")
    func stable() {
        var keys = ArticleKey(feed: FeedIdentifier("desk"))
        #expect(
            keys.identifier(of: article(id: "https://example.org/?p=42")).description
                == "cjkfj7u5uykdma5ijah55ieiimfxsnbc")
        #expect(
            keys.identifier(of: article(url: "https://example.org/a")).description == "xyd7uaxakbg47nb7ha25oz7kxbs2lvrz"
        )
    }

    @Test("§2: without an id the link counts, then title, day and enclosure, then the text")
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

    @Test("§8: an edit is a new version that names what changed")
    func update() {
        var memory = Memory()
        _ = memory.poll([article(id: "1", title: "A", text: "first")])
        let edited = article(id: "1", title: "A2", text: "second")
        #expect(
            memory.poll([edited]).map(\.verdict)
                == [.update(version: 2, changed: ["title", "content_text"], silentChanges: 1)])
        #expect(memory.poll([edited]).map(\.verdict) == [.unchanged])
    }

    @Test("§8: after 24 changes without a word the article is volatile, until its date of change moves")
    func volatile() {
        var memory = Memory()
        _ = memory.poll([article(id: "1", text: "0")])
        for change in 1...24 {
            guard case .update = memory.poll([article(id: "1", text: "\(change)")])[0].verdict else {
                Issue.record("change \(change) was not stored")
                return
            }
        }
        #expect(memory.poll([article(id: "1", text: "25")]).map(\.verdict) == [.volatile])
        var dated = article(id: "1", text: "26")
        dated.modified = Timestamp(seconds: 1)
        #expect(
            memory.poll([dated]).map(\.verdict)
                == [.update(version: 26, changed: ["content_text"], silentChanges: 0)])
    }

    @Test("§3.1: an id used anew for another article is a new article")
    func reuse() {
        var memory = Memory()
        let first = article(id: "1", url: "https://e.org/a", title: "A", day: 1)
        let second = article(id: "1", url: "https://e.org/b", title: "B", day: 5)
        _ = memory.poll([first])
        let judgement = memory.poll([second])[0]
        #expect(judgement.verdict == .new)
        #expect(judgement.events == [.guidReused])
        #expect(memory.poll([second]).map(\.verdict) == [.unchanged])
        #expect(memory.known.count == 2)
    }

    @Test("§3.1: one of link, title and date alone makes no other article")
    func noReuse() {
        let first = article(id: "1", url: "https://e.org/a", title: "A", day: 1)
        for changed in [
            article(id: "1", url: "https://e.org/b", title: "B", day: 1),
            article(id: "1", url: "https://e.org/a", title: "B", day: 5),
            article(id: "1", url: "https://e.org/b", title: "A", day: 5),
        ] {
            var memory = Memory()
            _ = memory.poll([first])
            guard case .update = memory.poll([changed])[0].verdict else {
                Issue.record("\(changed) is no update")
                continue
            }
        }
    }

    @Test("§1: an item with neither id, link, title, content nor enclosure is dropped")
    func empty() {
        var memory = Memory()
        #expect(memory.poll([article(day: 1), article(id: "1")]).map(\.index) == [1])
    }

    @Test("§4: the same item twice in a document is one")
    func repeated() {
        var memory = Memory()
        let item = article(id: "1", title: "A")
        #expect(memory.poll([item, item]).map(\.verdict) == [.new])
    }

    @Test("§4: several items under one id are told apart by link, then by title")
    func notUnique() {
        var memory = Memory()
        let items = [
            article(id: "x", url: "https://e.org/1", title: "A"),
            article(id: "x", url: "https://e.org/2", title: "B"),
            article(id: "x", url: "https://e.org/2", title: "C"),
        ]
        let judgements = memory.poll(items)
        #expect(judgements.map(\.verdict) == [.new, .new, .new])
        #expect(Set(judgements.map(\.uid)).count == 3)
        #expect(judgements.allSatisfy { $0.events == [.idNotUnique] })
        #expect(memory.poll(items).map(\.verdict) == [.unchanged, .unchanged, .unchanged])
    }

    @Test("§4: when only one of them is left it is still known")
    func notUniqueThenOne() {
        var memory = Memory()
        let items = [
            article(id: "x", url: "https://e.org/1", title: "A"), article(id: "x", url: "https://e.org/2", title: "B"),
        ]
        _ = memory.poll(items)
        #expect(memory.poll([items[1]]).map(\.verdict) == [.unchanged])
        #expect(memory.poll([items[0]]).map(\.verdict) == [.unchanged])
    }

    @Test("§4: an article that was alone under its id stays itself when others join it")
    func joined() {
        var memory = Memory()
        let first = article(id: "x", url: "https://e.org/1", title: "A")
        let second = article(id: "x", url: "https://e.org/2", title: "B")
        _ = memory.poll([first])
        #expect(memory.poll([second, first]).map(\.verdict) == [.new, .unchanged])
        #expect(memory.poll([first, second]).map(\.verdict) == [.unchanged, .unchanged])
    }
}
