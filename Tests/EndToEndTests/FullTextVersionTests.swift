import FeedModel
import JSONText
import TestSupport
import Testing

@Suite("Which version of an article a page belongs to (fulltext.md §10.4)", .serialized)
struct FullTextVersionTests {
    private let desk = Desk()
    private let first = StoredArticle("1", title: "Ship arrives")

    private func version(_ number: UInt32, _ change: (inout StoredArticle) -> Void = { _ in }) -> StoredArticle {
        first.with {
            ($0.kind, $0.version) = (.update, number)
            change(&$0)
        }
    }

    /// What is given as the text of each version.
    private func texts(_ choice: String = "prefer") async throws -> [String?] {
        try await desk.dump("--updates", "--fulltext", choice).map { line in
            choice == "both"
                ? line["_newswire"]?["page"]?["content_html"]?.string : line["content_html"]?.string
        }
    }

    @Test("A version never has the page of a later one")
    func later() async throws {
        try desk.store([first, version(2) { $0.title = "Ship sinks" }])
        try desk.storePage(of: version(2), seq: 2, text: "It sank")
        #expect(try await texts() == ["<p>About 1</p>", "<p>It sank</p>"])
        #expect(try await texts("both") == [nil, "<p>It sank</p>"])
        #expect(try await desk.dump("--fulltext", "prefer")[0]["_newswire"]?["page"] == nil)
    }

    @Test("Each version has the page that was fetched for it, and the next without one has that of the version before")
    func each() async throws {
        try desk.store([first])
        try desk.storePage(of: first, seq: 1, text: "It came")
        try desk.store([version(2) { $0.title = "Ship sinks" }])
        try desk.storePage(of: version(2), seq: 3, text: "It sank", previous: 2)
        try desk.store([version(3) { $0.title = "Ship has sunk" }])
        #expect(try await texts() == ["<p>It came</p>", "<p>It sank</p>", "<p>It sank</p>"])
        let pages = try await desk.dump("--updates", "--fulltext", "prefer").map {
            $0["_newswire"]?["page"]?["article"]?.integer
        }
        #expect(pages == [1, 3, 3])
    }

    @Test("A link that has changed to another page has nothing of the old one, and one that is the same has")
    func links() async throws {
        try desk.store([first])
        try desk.storePage(of: first, seq: 1, text: "It came")
        try desk.store([
            version(2) { $0.article.url = "http://example.org/1?utm_source=feed" },
            version(3) { $0.article.url = "https://example.org/page" },
            version(4) { $0.article.url = "https://example.org/other" },
        ])
        let page = "<p>It came</p>"
        #expect(try await texts() == [page, page, page, "<p>About 1</p>"])
        #expect(try await texts("both") == [page, page, page, nil])
    }

    @Test("What the feed corrects stands over a page that was fetched before, which is put beside it")
    func corrected() async throws {
        try desk.store([first])
        try desk.storePage(of: first, seq: 1, text: "Ten are dead")
        try desk.store([
            version(2) { $0.article.contentHTML = "<p>About <b>1</b></p>" },
            version(3) { $0.article.contentHTML = "<p>Twelve are dead</p>" },
        ])
        #expect(try await texts() == ["<p>Ten are dead</p>", "<p>Ten are dead</p>", "<p>Twelve are dead</p>"])
        let last = try #require(try await desk.dump("--updates", "--fulltext", "prefer").last)
        #expect(last["_newswire"]?["page"]?["content_text"]?.string == "Ten are dead")
        let shown = await desk.run("dump", "--updates", "--fulltext", "prefer", "--format", "text").output
        #expect(shown.contains("  Twelve are dead\n\n  The page, as it was before this version:\n\n  Ten are dead\n"))
    }

    @Test("Of an article whose pages have no end the last hundred are looked at")
    func many() async throws {
        let count: UInt32 = 101
        try desk.store([first] + (2...count).map { number in version(number) { $0.title = "Title \(number)" } })
        for number in 1...count {
            let article = number == 1 ? first : version(number)
            let previous = number == 1 ? nil : UInt64(count + number - 1)
            try desk.storePage(of: article, seq: UInt64(number), text: "Page \(number)", previous: previous)
        }
        let texts = try await texts()
        #expect(texts == ["<p>About 1</p>"] + (2...count).map { "<p>Page \($0)</p>" })
    }

    @Test("A page whose predecessor is not there leaves the version before with the feed's text")
    func lost() async throws {
        try desk.store([first, version(2) { $0.title = "Ship sinks" }])
        // The record that it names is no page, and nothing leads round in a circle.
        try desk.storePage(of: version(2), seq: 2, text: "It sank", previous: 1)
        #expect(try await texts() == ["<p>About 1</p>", "<p>It sank</p>"])
        try desk.storePage(of: version(3), seq: 2, text: "It has sunk", previous: 9)
        #expect(try await texts().prefix(2) == ["<p>About 1</p>", "<p>About 1</p>"])
    }
}

@Suite("What --match looks at with --fulltext (fulltext.md §10.5)", .serialized)
struct FullTextMatchTests {
    private let desk = Desk()
    private let articles = [StoredArticle("1"), StoredArticle("2"), StoredArticle("3")]

    /// Three articles that are about their numbers, and the pages of the first two, of which the second is a teaser.
    private func store() throws {
        try desk.store(articles)
        try desk.storePage(of: articles[0], seq: 1, text: "A drone over the harbour")
        try desk.storePage(of: articles[1], seq: 2, text: "Subscribe", isTeaser: true)
    }

    private func ids(_ choice: String, _ query: String) async throws -> [String] {
        try await desk.ids("--fulltext", choice, "--match", query)
    }

    @Test("prefer looks at the text that goes out: the page's, or the feed's where that stays")
    func prefer() async throws {
        try store()
        #expect(try await ids("prefer", "drone") == ["1"])
        #expect(try await ids("prefer", "body:about") == ["2", "3"])
        #expect(try await ids("prefer", "-drone") == ["2", "3"])
        #expect(try await ids("prefer", "subscribe").isEmpty)
        #expect(try await ids("prefer", "title:article harbour") == ["1"])
        #expect(try await desk.ids("--match", "drone").isEmpty)
    }

    @Test("both looks at both texts, as if they were one body")
    func both() async throws {
        try store()
        #expect(try await ids("both", "drone about") == ["1"])
        #expect(try await ids("both", "body:about") == ["1", "2", "3"])
        #expect(try await ids("both", "-drone") == ["2", "3"])
        #expect(try await ids("both", "body:/subscri/") == ["2"])
    }

    @Test("only looks at the pages")
    func only() async throws {
        try store()
        #expect(try await ids("only", "drone OR about") == ["1"])
    }

    @Test("A copy repeats an article as it is given: it comes where that does not match, and not beside it")
    func copies() async throws {
        try store()
        try desk.store([
            StoredArticle("1").with { ($0.feed, $0.kind, $0.duplicateOf) = ("other", .duplicate, 1) }
        ])
        func feeds(_ query: String) async throws -> [String?] {
            try await desk.dump("--fulltext", "prefer", "--match", query).map { $0["_newswire"]?["feed"]?.string }
        }
        // The copy has the feed's text, which is not what its original is given with.
        #expect(try await feeds("drone") == ["example"])
        #expect(try await feeds("title:1 about") == ["other"])
    }

    @Test("A new consumer is told how many articles match by what is given")
    func count() async throws {
        try store()
        let ending = await desk.run("dump", "--new", "--fulltext", "prefer", "--match", "drone")
        #expect(ending.lines.count == 1 && ending.errors.contains("all that is stored: 1 article"), "\(ending.errors)")
    }

    @Test("Rules and filters test stay with what the feed said")
    func rules() async throws {
        try store()
        let trial = await desk.run("filters", "test", "--match", "drone", "--since", "2026-01-01")
        #expect(trial.output.contains("0 of 3 articles match"), "\(trial.output)\(trial.errors)")
    }
}
