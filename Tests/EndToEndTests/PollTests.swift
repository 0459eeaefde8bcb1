import Glibc
import JSONText
import Synchronization
import TestSupport
import Testing

@Suite("From a feed to the dump", .serialized)
struct PollTests {
    @Test("The first poll stores everything as initial, and a dump prints it as JSON Feed items")
    func firstPoll() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two")])))
        let report = try await desk.poll()
        #expect(report["outcome"]?.string == "new")
        #expect(report["new"]?.integer == 2)
        #expect(report["status"]?.integer == 200)
        let articles = try await desk.dump()
        #expect(articles.map { $0["id"]?.string } == ["1", "2"])
        let first = try #require(articles.first)
        #expect(first["title"]?.string == "One")
        #expect(first["url"]?.string == "https://example.org/1")
        #expect(first["content_html"]?.string == "About <b>One</b>")
        #expect(first["date_published"]?.string == "2019-05-20T09:30:00Z")
        let own = try #require(first["_newswire"])
        #expect(own["seq"]?.integer == 1)
        #expect(own["kind"]?.string == "new")
        #expect(own["version"]?.integer == 1)
        #expect(own["initial"]?.bool == true)
        #expect(own["feed"]?.string == "feed")
        #expect(own["feed_title"]?.string == "Desk")
        #expect(own["feed_url"]?.string == desk.server.url("/feed"))
        #expect(own["fetched_from"]?.string == desk.server.url("/feed"))
        #expect(own["content_from"]?.string == "description")
        #expect(try await desk.ids("--no-initial").isEmpty)
    }

    @Test("polling.md §2: the second poll sends both validators back, and a 304 stores nothing")
    func notModified() async throws {
        let desk = Desk()
        let body = Publisher.rss([("1", "One")])
        desk.server.on("/feed") { request, connection in
            connection.send(
                .conditional(
                    request, etag: "\"v1\"", lastModified: "Mon, 20 May 2019 09:30:00 GMT", body: body))
        }
        _ = try await desk.poll()
        let report = try await desk.poll()
        #expect(report["outcome"]?.string == "not_modified")
        let requests = desk.server.requests(to: "/feed")
        #expect(requests.map { $0.header("If-None-Match") } == [nil, "\"v1\""])
        #expect(requests.last?.header("If-Modified-Since") == "Mon, 20 May 2019 09:30:00 GMT")
        #expect(requests.allSatisfy { $0.method == "GET" && $0.header("Accept-Encoding")?.contains("gzip") == true })
        #expect(requests[0].header("User-Agent")?.contains("(+https://example.org/bot)") == true)
        #expect(try await desk.ids() == ["1"])
    }

    @Test("Only what is new is stored, and a consumer gets it once")
    func newItem() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = try await desk.poll()
        #expect(try await desk.ids("--new") == ["1"])
        #expect(try await desk.ids("--new").isEmpty)
        desk.server.on("/feed", .init(body: Publisher.rss([("2", "Two"), ("1", "One")])))
        #expect(try await desk.poll()["new"]?.integer == 1)
        #expect(try await desk.ids("--new", "--no-ack") == ["2"])
        #expect(try await desk.ids("--new") == ["2"])
        #expect(try await desk.ids("--new").isEmpty)
        #expect(try await desk.ids("--new", "--as", "other") == ["1", "2"])
        #expect(try await desk.ids("--no-initial") == ["2"])
        #expect(try await desk.ids("--after", "1") == ["2"])
        #expect(try await desk.ids("--limit", "1") == ["1"])
        #expect(try await desk.ids("--since", "1h") == ["1", "2"])
        #expect(try await desk.ids("--until", "1h").isEmpty)
        #expect(try await desk.ids("--feed", "feed") == ["1", "2"])
    }

    @Test("With --limit the cursor moves to the last article printed")
    func limit() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two"), ("3", "Three")])))
        _ = try await desk.poll()
        #expect(try await desk.ids("--new", "--limit", "2") == ["1", "2"])
        #expect(try await desk.ids("--new", "--limit", "2") == ["3"])
    }

    @Test("An edited article is a new version that names what changed; it is printed with --updates")
    func edited() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        _ = try await desk.poll()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One, corrected")])))
        let report = try await desk.poll()
        #expect(report["updated"]?.integer == 1)
        #expect(report["new"]?.integer == 0)
        #expect(try await desk.ids().count == 1)
        let versions = try await desk.dump("--updates")
        #expect(versions.count == 2)
        let update = try #require(versions.last)
        #expect(update["title"]?.string == "One, corrected")
        #expect(update["_newswire"]?["kind"]?.string == "update")
        #expect(update["_newswire"]?["version"]?.integer == 2)
        #expect(update["_newswire"]?["changed"]?.array?.compactMap(\.string) == ["title", "content_html"])
        #expect(update["_newswire"]?["uid"] == versions[0]["_newswire"]?["uid"])
        #expect(try await desk.poll()["outcome"]?.string == "unchanged")
    }

    @Test("A feed that goes bad keeps its articles and validators, and goes on where it was")
    func badAndBack() async throws {
        let desk = Desk()
        let body = Publisher.rss([("1", "One")])
        desk.server.on("/feed") { $1.send(.conditional($0, etag: "\"v1\"", body: body)) }
        _ = try await desk.poll()
        desk.server.on("/feed", .init(status: 500))
        #expect(try await desk.poll()["error_class"]?.string == "http_status")
        desk.server.on(
            "/feed", .init(headers: [("ETag", "\"html\"")], body: "<!DOCTYPE html><html><body>Sorry</body></html>"))
        #expect(try await desk.poll()["error_class"]?.string == "not_a_feed")
        let feeds = try await desk.run("feeds", "--json").lines.map { try JSONParser.parse(Array($0.utf8)).value }
        #expect(feeds.first?["state"]?.string == "failing")
        #expect(feeds.first?["failures"]?.integer == 2)
        desk.server.on("/feed") { $1.send(.conditional($0, etag: "\"v1\"", body: body)) }
        #expect(try await desk.poll()["outcome"]?.string == "not_modified")
        #expect(desk.server.requests.last?.header("If-None-Match") == "\"v1\"")
        #expect(try await desk.ids() == ["1"])
    }

    @Test("polling.md §8.7: a feed of whose items none can be read fails, and says what to do")
    func lostItems() async throws {
        let desk = Desk()
        desk.server.on(
            "/feed",
            .init(
                body:
                    "<rss version='2.0'><channel><title>T</title><news><item><title>One</title></item></news></channel></rss>"
            ))
        let report = try await desk.poll()
        #expect(report["outcome"]?.string == "failed" && report["error_class"]?.string == "no_items")
        #expect(report["error"]?.string?.contains("newswire parse") == true)
        #expect(try await desk.ids().isEmpty)
    }

    @Test("security.md §5: half an article never takes the place of the whole one that is stored")
    func half() async throws {
        let desk = Desk()
        let body = Publisher.rss([("2", "Two"), ("1", "One")])
        desk.server.on("/feed", .init(body: body))
        _ = try await desk.poll()
        desk.server.on("/feed", .init(body: String(body.dropLast(100))))
        for _ in 0..<4 { #expect(try await desk.poll("--force")["error_class"]?.string == "truncated") }
        #expect(try await desk.dump("--updates").count == 2)
    }

    @Test(
        "security.md §5: an item that never comes whole is stored at the third time, flagged, and mended by the whole one"
    )
    func incomplete() async throws {
        let desk = Desk()
        let body = Publisher.rss([("2", "Two"), ("1", "One")])
        desk.server.on("/feed", .init(body: String(body.dropLast(100))))
        for count in 1...4 {
            _ = try await desk.poll("--force")
            #expect(try await desk.ids() == (count < 3 ? ["2"] : ["2", "1"]))
        }
        #expect(try await desk.dump().last?["_newswire"]?["incomplete"]?.bool == true)
        desk.server.on("/feed", .init(body: body))
        _ = try await desk.poll("--force")
        let records = try await desk.dump("--updates")
        #expect(records.map { $0["id"]?.string } == ["2", "1", "1"])
        #expect(records.last?["_newswire"]?["incomplete"] == nil)
        #expect(records.last?["content_html"]?.string == "About <b>One</b>")
    }

    @Test("identity.md §10.5: what one document brings is dumped oldest first")
    func oldestFirst() async throws {
        let desk = Desk()
        let items = (1...3).map {
            "<item><guid isPermaLink='false'>\($0)</guid><title>T\($0)</title><pubDate>\(9 - $0) May 2019 09:30:00 GMT</pubDate></item>"
        }
        desk.server.on(
            "/feed", .init(body: "<rss version='2.0'><channel><title>T</title>\(items.joined())</channel></rss>"))
        _ = try await desk.poll()
        #expect(try await desk.ids() == ["3", "2", "1"])
    }

    @Test("Text output shows when an article was changed where it does not say when it was published")
    func changedDate() async throws {
        let desk = Desk()
        let entry = "<entry><id>urn:1</id><title>One</title><updated>2019-05-20T09:30:00Z</updated></entry>"
        desk.server.on(
            "/feed", .init(body: "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>\(entry)</feed>"))
        _ = try await desk.poll()
        #expect(await desk.run("dump", "--format", "text").output.contains("2019-05-20 09:30 UTC"))
    }

    @Test("security.md §5: of a document that breaks off, what came is stored, and the validators are not")
    func truncated() async throws {
        let desk = Desk()
        let body = Array(Publisher.rss([("1", "One"), ("2", "Two")]).utf8)
        desk.server.on("/feed") { _, connection in
            connection.writeHead(200, [("ETag", "\"v1\""), ("Content-Length", "\(body.count)")])
            connection.write(Array(body.dropLast(120)))
            connection.close()
        }
        let report = try await desk.poll()
        #expect(report["outcome"]?.string == "failed")
        #expect(report["error_class"]?.string == "truncated")
        #expect(try await desk.ids().first == "1")
        desk.server.on("/feed", .init(headers: [("ETag", "\"v1\"")], body: body))
        _ = try await desk.poll()
        #expect(desk.server.requests.last?.header("If-None-Match") == nil)
        #expect(Set(try await desk.ids()) == ["1", "2"])
    }

    @Test("polling.md §3: a fresh feed is left alone by --all, and polled by --force with its validators")
    func fresh() async throws {
        let desk = Desk()
        desk.server.on("/feed") { request, connection in
            var response = LoopbackResponse.conditional(request, etag: "\"v1\"", body: Publisher.rss([("1", "One")]))
            response.headers.append(("Cache-Control", "max-age=3600"))
            connection.send(response)
        }
        _ = try await desk.poll()
        #expect(try await desk.poll()["outcome"]?.string == "skipped")
        #expect(desk.server.requests.count == 1)
        #expect(try await desk.poll("--force")["outcome"]?.string == "not_modified")
    }

    @Test("A feed that is not due is skipped without --all")
    func notDue() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        #expect(await desk.run("poll").status == 0)
        let second = await desk.run("poll", "--json")
        #expect(second.output.contains("\"outcome\":\"skipped\""))
        #expect(desk.server.requests.count == 1)
    }

    @Test("--dry-run asks, says what it would store, and writes nothing")
    func dryRun() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let report = try await desk.poll("--dry-run")
        #expect(report["new"]?.integer == 1)
        #expect(try await desk.poll("--dry-run")["new"]?.integer == 1)
        #expect(try await desk.ids().isEmpty)
    }

    @Test("Many feeds on several hosts are polled together, and each says what happened")
    func many() async throws {
        let paths = (0..<40).map { "/f\($0)" }
        let desk = Desk(feeds: paths)
        for path in paths { desk.server.on(path, .init(body: Publisher.rss([("a", "A \(path)"), ("b", "B")]))) }
        desk.server.on("/f7", .init(status: 404))
        let ending = await desk.run("poll", "--all", "--json")
        #expect(ending.status == 0)
        #expect(ending.lines.count == 40)
        #expect(ending.lines.count { $0.contains("\"outcome\":\"new\"") } == 39)
        // All of them have an article B, which is one.
        let records = try await desk.dump("--duplicates")
        #expect(records.count == 78)
        #expect(Set(records.compactMap { $0["_newswire"]?["seq"]?.integer }) == Set(1...78))
        #expect(try await desk.ids().count == 40)
    }

    @Test("When every feed fails the status is 69, and what is said is on standard error")
    func allFailed() async {
        let desk = Desk()
        desk.server.on("/feed", .init(status: 404))
        let ending = await desk.run("poll")
        #expect(ending.status == 69)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains("feed: failed: "))
        #expect(ending.errors.contains("1 feed failed"))
    }

    @Test("Killed in the middle and run again: nothing is lost, nothing comes twice")
    func killed() async throws {
        let paths = (0..<30).map { "/f\($0)" }
        let desk = Desk(feeds: paths)
        let gate = Gate()
        for (number, path) in paths.enumerated() {
            let body = Publisher.rss((0..<5).map { ("\(number)-\($0)", "Title \($0)") })
            desk.server.on(path) { request, connection in
                // Half of the feeds answer at once, the others only after the kill.
                if number >= 15 { gate.wait() }
                connection.send(.conditional(request, etag: "\"\(path)\"", body: body))
            }
        }
        let first = desk.start("poll", "--all", "--config", desk.folder.file("newswire.toml"))
        await desk.server.received(9)
        first.send(SIGKILL)
        #expect(await first.wait().status == 128 + SIGKILL)
        gate.open()
        #expect(await desk.run("poll", "--all").status == 0)
        let ids = try await desk.ids()
        #expect(ids.count == 150)
        #expect(Set(ids).count == 150)
        let numbers = try await desk.dump().compactMap { $0["_newswire"]?["seq"]?.integer }
        #expect(numbers == Array(1...150))
    }
}
