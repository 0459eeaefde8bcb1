import FeedModel
import Testing

@testable import Identity

@Suite("A site's own article is never the copy of another feed's (identity.md §9)")
struct OwnArticleTests {
    let memory = StoreMemory()

    /// Polls one item of a feed that is asked at that URL, under the same link and title as all others here.
    @discardableResult
    private func poll(
        _ url: String, text: String = "text", title: String = "Head line", id: String = "1",
        link: String = "https://site.example/news/1"
    ) -> Judgement {
        let item = article(id: id, url: link, title: title, text: text)
        return memory.poll([item], feed: url) { $0.site = FeedSite(urls: [url]) }[0]
    }

    private let own = "https://www.site.example/feed.xml"
    private let planet = "https://planet.example/rss"

    @Test("The site's own article is new whichever came first, and says which copy it supersedes")
    func eitherOrder() {
        #expect(poll(planet, text: "teaser").verdict == .new)
        let judgement = poll(own)
        #expect(judgement.verdict == .new && judgement.supersedes == 1)
        // And the other way round.
        #expect(poll(own, id: "2", link: "https://site.example/2").supersedes == nil)
        let copy = poll(planet, text: "teaser", id: "2", link: "https://site.example/2")
        #expect(copy.verdict == .duplicate(of: 3) && !copy.leavesOutContent)
    }

    @Test("Copies that come behind the site's own article repeat that one")
    func laterCopies() {
        poll(planet)
        poll(own)
        #expect(poll("https://other.example/rss").verdict == .duplicate(of: 2))
        #expect(poll(planet, id: "again").verdict == .duplicate(of: 2))
    }

    @Test("Of two feeds of one site the second has a duplicate, so that nothing comes twice")
    func twoOfOneSite() {
        poll(own)
        #expect(poll("https://site.example/category/feed").verdict == .duplicate(of: 1))
        poll(planet, id: "2", link: "https://site.example/2")
        #expect(poll(own, id: "2", link: "https://site.example/2").supersedes == 3)
        let second = poll("https://site.example/category/feed", id: "2", link: "https://site.example/2")
        #expect(second.verdict == .duplicate(of: 4))
    }

    @Test("The nearest feed counts: the link's own host before one above or below it, and that before all others")
    func nearness() {
        let link = "https://blog.site.example/1"
        #expect(poll(planet, link: link).verdict == .new)
        #expect(poll("https://site.example/feed", link: link).supersedes == 1)
        #expect(poll("https://blog.site.example/feed", link: link).supersedes == 2)
        #expect(poll("https://site.example/other", link: link).verdict == .duplicate(of: 3))
        #expect(poll(planet, id: "x", link: link).verdict == .duplicate(of: 3))
    }

    @Test("What another feed calls the link, before or after, does not keep the site's own article from having copies")
    func otherTitles() {
        poll(planet, title: "[Site] Head line")
        #expect(poll(own).supersedes == nil)
        poll("https://rival.example/rss", title: "Something else")
        #expect(poll("https://other.example/rss").verdict == .duplicate(of: 2))
    }

    @Test("The site's own article is no copy of one that two other feeds disagree about, nor of one that has expired")
    func sharedAndExpired() {
        poll(planet)
        poll("https://rival.example/rss", title: "Something else")
        #expect(poll(own).verdict == .new)
        memory.expire()
        #expect(poll("https://site.example/category/feed", text: "another").verdict == .new)
    }

    @Test(
        "A feed is near to a link by the host that it is asked at, and not by a part of a name, a port or nothing",
        arguments: [
            ("https://site.example/f", "//site.example/1", FeedSite.Nearness.own),
            ("http://WWW.site.example", "//site.example/1", .own),
            ("https://site.example/f", "//www.site.example/1", .own),
            ("https://site.example/f", "//news.site.example/1", .related),
            ("https://rss.site.example/f", "//www.site.example/1", .related),
            ("https://site.example:8080/f", "//site.example/1", .foreign),
            ("https://site.example:8080/f", "//site.example:8080/1", .own),
            ("https://evil.example/site.example", "//site.example/1", .foreign),
            ("https://evilsite.example/f", "//site.example/1", .foreign),
            ("https://site.example.evil.example/f", "//site.example/1", .foreign),
            ("https://site.example@evil.example/f", "//site.example/1", .foreign),
            ("https://one.example/f", "//example/1", .foreign),
            ("file:///site.example/f", "//site.example/1", .foreign),
        ])
    func hosts(_ url: String, _ link: String, _ nearness: FeedSite.Nearness) {
        #expect(FeedSite(urls: [url]).nearness(to: link) == nearness)
        #expect(FeedSite(urls: ["https://x.example/", url]).nearness(to: link) == nearness)
    }
}
