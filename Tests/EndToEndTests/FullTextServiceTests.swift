import FeedModel
import Glibc
import Ingestion
import JSONText
import TestSupport
import Testing

@Suite("The service fetches the pages of articles (docs/fulltext-feeds.md)", .serialized)
struct FullTextServiceTests {
    private static let sentence =
        "The ministry said on Tuesday that the new trainer aircraft, which were ordered four years ago, had arrived. "

    private static func page(_ number: Int) -> String {
        let paragraphs = (1...6).map { "<p>Paragraph \($0) of \(number). \(sentence)\(sentence)</p>" }.joined()
        return """
            <!doctype html><html lang="en"><head><title>Article \(number)</title></head><body><nav><a href="/">Home</a></nav>
            <article><h1>Article \(number)</h1>\(paragraphs)</article><footer>Imprint</footer></body></html>
            """
    }

    private static func rss(_ desk: Desk, _ numbers: ClosedRange<Int>) -> String {
        let items = numbers.map {
            "<item><guid>\($0)</guid><title>Article \($0)</title><link>\(desk.server.url("/\($0)"))</link>"
                + "<description>Short.</description></item>"
        }.joined()
        return "<rss version=\"2.0\"><channel><title>T</title>\(items)</channel></rss>"
    }

    private func serve(_ desk: Desk, _ numbers: ClosedRange<Int>) {
        desk.server.on("/feed", LoopbackResponse(headers: [], body: Self.rss(desk, numbers)))
        for number in numbers {
            desk.server.on(
                "/\(number)",
                LoopbackResponse(headers: [("Content-Type", "text/html; charset=utf-8")], body: Self.page(number)))
        }
    }

    /// Returns the pages once so many are stored.
    private func pages(_ desk: Desk, _ count: Int) async -> [JSONValue] {
        await desk.run("dump", "--fulltext", "only", "--follow", "--limit", "\(count)").lines.compactMap {
            try? JSONParser.parse(Array($0.utf8)).value
        }
    }

    @Test("The page of each article follows it, with the article that is in it and nothing beside it")
    func follows() async throws {
        let desk = Desk(options: "fulltext = \"auto\"")
        serve(desk, 1...3)
        let service = desk.service()
        let pages = await pages(desk, 3)
        #expect(Set(pages.compactMap { $0["id"]?.string }) == ["1", "2", "3"])
        for page in pages {
            let text = try #require(page["content_text"]?.string)
            #expect(text.contains("Paragraph 6 of") && !text.contains("Home") && !text.contains("Imprint"))
        }
        let joined = try await desk.dump("--fulltext", "prefer")
        #expect(joined.allSatisfy { $0["content_text"]?.string?.contains("Paragraph 1 of") == true })
        #expect(desk.server.requests(to: "/robots.txt").count == 1)
        let explained = await desk.run("explain", "1").output
        #expect(explained.contains("fetched as record"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        #expect(await desk.run("store", "verify").status == 0)
    }

    @Test("An edit whose page has the same text is given with it, and who takes pages alone has one of each version")
    func edited() async throws {
        let desk = Desk(options: "fulltext = \"always\"")
        serve(desk, 1...1)
        let service = desk.service()
        #expect(await pages(desk, 1).count == 1)
        let edited = Self.rss(desk, 1...1).replacing("Article 1<", with: "Article 1, corrected<")
            .replacing("Short.", with: "Short, and corrected.")
        desk.server.on("/feed", LoopbackResponse(headers: [], body: edited))
        await desk.run("poll", "--all", "--force")
        let pages = await pages(desk, 2)
        service.send(SIGTERM)
        _ = await service.wait()
        #expect(pages.map { $0["_newswire"]?["version"]?.integer } == [1, 2])
        let versions = try await desk.dump("--updates", "--fulltext", "prefer")
        #expect(versions.compactMap { $0["title"]?.string } == ["Article 1", "Article 1, corrected"])
        #expect(versions.allSatisfy { $0["content_text"]?.string?.contains("Paragraph 1 of") == true })
        #expect(try await desk.dump("--new", "--fulltext", "only").count == 2)
        #expect(try await desk.dump("--new", "--fulltext", "only").isEmpty)
    }

    @Test(
        "A page that waits is forgotten with its article, which retention has removed, and one that is left is fetched")
    func retention() async throws {
        let desk = Desk(feeds: ["/example"], options: "fulltext = \"always\"")
        serve(desk, 1...3)
        desk.server.on("/example", LoopbackResponse(body: Publisher.rss([])))
        let articles = (1...3).map { number in
            StoredArticle("\(number)").with {
                $0.article.url = desk.server.url("/\(number)")
                $0.stored = Timestamp(year: 2026, month: 1, day: number, hour: 8)
            }
        }
        try desk.store(articles, segmentAge: 1)
        let tomorrow = SystemClock.now().adding(seconds: 86_400)
        let waiting = [(1, tomorrow), (2, tomorrow), (3, articles[2].stored)].map { seq, due in
            "{\"seq\":\(seq),\"host\":\"127.0.0.1\",\"due\":\"\(Timestamp(seconds: due.seconds))\"}"
        }
        let feed = "{\"feed\":\"example\",\"waiting\":[\(waiting.joined(separator: ","))],\"ended\":[]}"
        desk.folder.write("{\"seen\":3}\n\(feed)\n", to: "store/state/pages")
        #expect(await desk.run("store", "expire", "--before", "2026-01-03").errors.contains("removed 2 records"))
        let service = desk.service()
        #expect(await pages(desk, 1).compactMap { $0["id"]?.string } == ["3"])
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        let left = try #require(desk.folder.text("store/state/pages"))
        #expect(left.contains("\"seen\":") && !left.contains("\"seq\":"), "\(left)")
        #expect(["/1", "/2"].allSatisfy { desk.server.requests(to: $0).isEmpty })
    }

    @Test("A service that is killed while a page is on its way fetches it after its next start, and none twice")
    func killed() async throws {
        let desk = Desk(options: "fulltext = \"always\"")
        serve(desk, 1...3)
        let gate = Gate()
        desk.server.on("/2") { _, connection in
            gate.wait()
            connection.send(LoopbackResponse(headers: [("Content-Type", "text/html")], body: Self.page(2)))
        }
        let first = desk.service()
        var count = 1
        while desk.server.requests(to: "/2").isEmpty {
            await desk.server.received(count)
            count += 1
        }
        first.send(SIGKILL)
        _ = await first.wait()
        gate.open()
        let second = desk.service()
        let pages = await pages(desk, 3)
        second.send(SIGTERM)
        _ = await second.wait()
        #expect(pages.compactMap { $0["id"]?.string }.sorted() == ["1", "2", "3"])
        #expect(try await desk.dump("--fulltext", "only").count == 3)
        #expect(await desk.run("store", "verify").status == 0)
    }
}
