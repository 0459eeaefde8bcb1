import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("Ids of feeds: contract.md §2")
struct FeedIDResolverTests {
    private func ids(_ urls: [String], known: [(String, String)] = []) -> [String] {
        let candidates = urls.map { FeedIDResolver.Candidate(url: $0, id: nil) }
        return FeedIDResolver.assign(candidates, known: known.map { (FeedIdentifier($0.0), $0.1) }).map(\.text)
    }

    @Test(
        "The id of a feed is made from its URL, readable and without secrets",
        arguments: [
            ("https://example.org/feed.xml", "example.org-feed"), ("https://www.example.org/", "example.org"),
            ("http://EXAMPLE.org:8080/Blog/feed/", "example.org-8080-blog-feed"),
            ("https://example.org/rss.php?cat=5&format=rss", "example.org-rss-cat-5-format-rss"),
            ("https://example.org/feed?token=hunter2&a=b", "example.org-feed-a-b"),
            ("https://me:hunter2@example.org/feed", "example.org-feed"),
            ("https://example.org/%C3%BCber/feed", "example.org-über-feed"),
            ("https://example.org/a%2Fb/../c", "example.org-a-b-c"), ("https://[::1]:8080/x", "1-8080-x"),
            ("https://example.org/?key=hunter2", "example.org"), ("file:///srv/feeds/rss2.xml", "rss2"),
            ("https://example.org/v1.2/feed.v3", "example.org-v1.2-feed.v3"), ("file:///", "feed"),
        ])
    func name(url: String, name: String) {
        #expect(FeedNaming.name(for: url) == name)
        #expect(FeedName.refusal(FeedNaming.name(for: url)) == nil)
    }

    @Test("A long URL gives a feed a short id that is still its own")
    func long() {
        let path = String(repeating: "abcdefghij/", count: 50)
        let first = FeedNaming.name(for: "https://example.org/\(path)a")
        let second = FeedNaming.name(for: "https://example.org/\(path)b")
        #expect(first != second && first.utf8.count < 100 && FeedName.refusal(first) == nil)
    }

    @Test("Two feeds of one name are told apart by their URLs, whatever their order")
    func collision() throws {
        let urls = ["https://example.org/feed.xml", "https://example.org/feed.rss", "https://example.org/other"]
        let ids = ids(urls)
        #expect(ids[0] != ids[1] && ids[2] == "example.org-other")
        #expect(ids[0].hasPrefix("example.org-feed-") && ids[1].hasPrefix("example.org-feed-"))
        #expect(self.ids(urls.reversed()) == ids.reversed())
        let secrets = self.ids(["https://example.org/f?key=a", "https://example.org/f?key=b"])
        #expect(
            Set(secrets).count == 2
                && self.ids(["https://example.org/f?key=b", "https://example.org/f?key=a"]) == secrets.reversed())
    }

    @Test("A made id gives way to the same id that a person gave to another feed")
    func explicit() {
        let candidates = [
            FeedIDResolver.Candidate(url: "https://example.org/feed.xml", id: nil),
            FeedIDResolver.Candidate(url: "https://example.org/x", id: FeedIdentifier("example.org-feed")),
        ]
        let ids = FeedIDResolver.assign(candidates)
        #expect(ids[1].text == "example.org-feed" && ids[0] != ids[1])
    }

    @Test(
        "A known feed keeps its id when only http, www or a slash at the end has changed",
        arguments: [
            "https://example.org/feed", "http://example.org/feed", "https://www.example.org/feed/",
            "HTTP://WWW.Example.org/feed/", "https://example.org:443/feed",
        ])
    func known(url: String) {
        #expect(ids([url], known: [("mine", "https://example.org/feed")]) == ["mine"])
    }

    @Test(
        "A URL that differs in anything else is another feed",
        arguments: [
            "https://example.org/Feed", "https://example.org/feed?x=1", "https://blog.example.org/feed",
            "https://example.org:8443/feed", "https://example.org/feed.xml",
        ])
    func unknown(url: String) {
        #expect(ids([url], known: [("mine", "https://example.org/feed")]) != ["mine"])
    }

    @Test("A known feed's id is not taken by a new URL that happens to give the same name")
    func sameName() {
        let ids = ids(["https://example.org/feed.rss"], known: [("example.org-feed", "https://example.org/feed.xml")])
        #expect(ids[0].hasPrefix("example.org-feed-"))
    }

    @Test("A feed keeps its id when a second one of the same name is added")
    func stable() {
        let ids = ids(
            ["https://example.org/feed.rss", "https://example.org/feed.xml"],
            known: [("example.org-feed", "https://example.org/feed.xml")])
        #expect(ids[1] == "example.org-feed" && ids[0] != ids[1])
    }

    @Test("The target of a permanent redirect is the feed that was redirected")
    func redirected() {
        let known = [("mine", "https://example.org/feed"), ("mine", "https://new.example.net/feed")]
        #expect(ids(["https://new.example.net/feed"], known: known) == ["mine"])
    }

    @Test("Feeds whose URLs differ only in a secret keep their own ids")
    func secretURLs() {
        let urls = ["https://example.org/f?key=a", "https://example.org/f?key=b"]
        let first = ids(urls)
        let known = [(first[1], "https://example.org/f?key=***"), (first[0], "https://example.org/f?key=***")]
        #expect(ids(urls, known: known) == first)
        #expect(ids(urls.reversed(), known: known) == first.reversed())
    }

    @Test("What only looks like a secret tells two feeds apart in their ids, whichever was there first")
    func guessedSecrets() {
        let urls = ["https://example.org/rss?code=600000", "https://example.org/rss?code=600001"]
        let first = ids([urls[0]])
        #expect(first[0].hasPrefix("example.org-rss-") && !first[0].contains("600000"))
        let known = [(first[0], "https://example.org/rss?code=***")]
        for order in [urls, urls.reversed()] {
            let ids = ids(order, known: known)
            #expect(ids[order.firstIndex(of: urls[0]) ?? 9] == first[0] && Set(ids).count == 2)
        }
        // The same URL after a change of its secret is the same feed.
        #expect(
            ids(["https://example.org/rss?passkey=new"], known: [("mine", "https://example.org/rss?passkey=***")]) == [
                "mine"
            ])
    }

    @Test("Feeds of an earlier newswire, whose ids hold what is hidden today, keep their ids")
    func firstIds() {
        let urls =
            (0..<4).map { "https://example.org/rss?passkey=k\($0)&token=t" } + [
                "https://example.org/rss?passkey=k0&token=u"
            ]
        let old = [
            FeedNaming.name(for: urls[0], .first) + "-" + FeedNaming.suffix(for: urls[0], .first) + "-"
                + FeedNaming.suffix(for: urls[0], isExact: true, .first),
            FeedNaming.name(for: urls[1], .first), FeedNaming.name(for: urls[2], .first),
            FeedNaming.name(for: urls[3], .first),
            FeedNaming.name(for: urls[4], .first) + "-" + FeedNaming.suffix(for: urls[4], .first) + "-"
                + FeedNaming.suffix(for: urls[4], isExact: true, .first),
        ]
        #expect(old[1] == "example.org-rss-passkey-k1")
        let known = old.map { ($0, "https://example.org/rss?passkey=***&token=***") }
        #expect(ids(urls, known: known) == old)
        #expect(ids(urls.reversed(), known: known.reversed()) == old.reversed())
    }

    @Test("A feed whose URL has changed is told the id that would keep its history, unless it has one")
    func suggestion() throws {
        var fixture = ConfigurationFixture()
        fixture.known = [
            (FeedIdentifier("mine"), "https://example.org/old.xml"), (FeedIdentifier("far"), "https://far.org/"),
        ]
        let warnings = try fixture.warnings(feed(""))
        try #require(warnings.count == 1)
        #expect(warnings[0].hasPrefix("newswire.toml:2: warning: https://example.org/feed.xml is a new feed;"))
        #expect(
            warnings[0].contains("if it is https://example.org/old.xml at another address, id = \"mine\" keeps its"))
        #expect(!warnings[0].contains("far"))
        #expect(try fixture.warnings(feed("id = \"mine\"")).isEmpty)
    }

    @Test(
        "The history of a feed is offered to a new one only where both must be of one publisher",
        arguments: [
            ("https://example.org/rss", "https://www.example.org/feed.xml", true),
            ("https://example.org/tag/naval/feed/", "https://example.org/tag/naval/index.xml", true),
            ("https://example.com/news/rss", "https://example.org/news/feed.xml", true),
            ("https://example.org/@alice/feed", "https://example.org/@bob/feed", false),
            ("https://example.org/videos.xml?channel_id=A", "https://example.org/videos.xml?channel_id=B", false),
            ("https://a.localhost/feed", "https://c.localhost/feed", false),
            ("https://alice.example.org/feed", "https://bob.example.org/feed", false),
            ("https://example.com/feed", "https://other.org/feed", false),
            ("http://127.0.0.1/feed", "http://127.0.0.2/feed", false),
            ("http://127.0.0.1:81/feed", "http://127.0.0.1:82/feed", false),
        ])
    func plausible(old: String, new: String, isOffered: Bool) throws {
        var fixture = ConfigurationFixture()
        fixture.known = [(FeedIdentifier("mine"), old)]
        let warnings = try fixture.warnings("contact = \"https://example.org/\"\n[[feed]]\nurl = \"\(new)\"\n")
        #expect(warnings.count == (isOffered ? 1 : 0), "\(warnings)")
        #expect(warnings.allSatisfy { $0.contains("id = \"mine\" keeps its history") })
    }

    @Test("Of several feeds that have gone none is offered at another host")
    func several() throws {
        var fixture = ConfigurationFixture()
        fixture.known = ["com", "net"].map { (FeedIdentifier($0), "https://example.\($0)/feed") }
        #expect(try fixture.warnings(feed("")).isEmpty)
    }
}
