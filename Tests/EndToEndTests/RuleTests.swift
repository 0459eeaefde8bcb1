import ArticleStore
import Configuration
import FeedModel
import Fetching
import Glibc
import JSONText
import Querying
import TestSupport
import Testing

@testable import Ingestion

/// A desk whose feeds are polled in this process, by rules that a test makes, and read by the real program.
private struct RuledDesk {
    let desk: Desk
    let rules: FilterRules

    init(_ feeds: [String], _ rules: [FilterRule]) {
        desk = Desk(feeds: feeds.map { "/\($0)" })
        self.rules = FilterRules(rules)
    }

    static func block(_ query: String, feeds: [String] = []) throws -> FilterRule {
        FilterRule(
            name: "no-ads", action: .block, query: try Query(query, for: .rule),
            feeds: Set(feeds.map { FeedIdentifier($0) }))
    }

    /// One article, which has the same link in each feed.
    func says(_ feed: String, _ title: String, text: String) {
        let body = """
            <rss version="2.0"><channel><title>\(feed)</title><item><guid isPermaLink="false">\(feed)-1</guid>\
            <link>https://story.example/1</link><title>\(title)</title><description>\(text)</description></item></channel></rss>
            """
        desk.server.on("/\(feed)", .init(body: body))
    }

    @discardableResult
    func poll(_ feed: String, by rules: FilterRules? = nil) async throws -> PollReport {
        var configuration = try ConfigurationLoader.load(
            path: desk.folder.file("newswire.toml"), environment: ["HOME": "/nonexistent"])
        configuration.filters = rules ?? self.rules
        let options = StoreOptions { SystemClock.now() }
        let store = try ArticleStore.open(at: desk.folder.file("store"), options: options) { _ in }
        let engine = try FetchEngine()
        let writer = StoreWriter(store)
        let clock = PollClock { SystemClock.now() }
        let poller = FeedPoller(
            configuration, version: "test", environment: [:], engine: engine, store: store, writer: writer,
            health: HostHealth(at: clock.now()), limiter: HostRateLimiter(clock: clock), clock: clock)
        let configured = try #require(configuration.feeds.first { $0.id.text == feed })
        let report = await poller.poll(configured)
        writer.flush()
        await engine.shutdown()
        store.close()
        return report
    }

    /// What a consumer gets, as `feed:title`.
    func new(_ arguments: String...) async throws -> [String] {
        let ending = await desk.run(["dump", "--new"] + arguments)
        guard ending.status == 0 else { throw Desk.Failure(text: ending.errors) }
        return try ending.lines.map { line in
            let json = try JSONParser.parse(Array(line.utf8)).value
            return "\(json["_newswire"]?["feed"]?.string ?? ""):\(json["title"]?.string ?? "")"
        }
    }
}

@Suite("Articles are judged by rules when they are stored, and read accordingly (filters.md §2)", .serialized)
struct RuleTests {
    @Test("A rule for one feed does not silence another: the copy is new, and later copies are of it (§2.4)")
    func copyOfBlocked() async throws {
        let desk = RuledDesk(["a", "b", "c"], [try RuledDesk.block("story", feeds: ["a"])])
        for feed in ["a", "b", "c"] { desk.says(feed, "Story", text: "Text") }
        try await desk.poll("a")
        #expect(try await desk.new("--as", "early") == [])
        let report = try await desk.poll("b")
        #expect(report.newArticles == 1 && report.duplicateArticles == 0)
        try await desk.poll("c")
        #expect(try await desk.new("--as", "early") == ["b:Story"])
        #expect(try await desk.new("--as", "late") == ["b:Story"])
        #expect(try await desk.new("--as", "all", "--blocked", "--duplicates") == ["a:Story", "b:Story", "c:Story"])
    }

    @Test(
        "A blocked copy of an article that was given out is given to nobody, also not to who asks for its feed alone (§2.4)"
    )
    func blockedCopy() async throws {
        let desk = RuledDesk(["a", "b"], [try RuledDesk.block("story", feeds: ["b"])])
        for feed in ["a", "b"] { desk.says(feed, "Story", text: "Text") }
        try await desk.poll("a")
        try await desk.poll("b")
        #expect(try await desk.new("--as", "all") == ["a:Story"])
        #expect(try await desk.new("--as", "b", "--feed", "b") == [])
    }

    @Test("The first version that no rule blocks is given to consumers without --updates, once (§2.5)")
    func release() async throws {
        let desk = RuledDesk(["a"], [try RuledDesk.block("advert")])
        desk.says("a", "Advert", text: "Text")
        try await desk.poll("a")
        #expect(try await desk.new("--as", "early") == [])
        desk.says("a", "Advert again", text: "Text")
        try await desk.poll("a")
        #expect(try await desk.new("--as", "early") == [])
        desk.says("a", "Story", text: "Text")
        try await desk.poll("a")
        desk.says("a", "Story, edited", text: "Text")
        try await desk.poll("a")
        #expect(try await desk.new("--as", "early") == ["a:Story"])
        #expect(try await desk.new("--as", "late") == ["a:Story"])
        #expect(try await desk.new("--as", "edits", "--updates") == ["a:Story", "a:Story, edited"])
        let records = try await desk.desk.dump("--updates", "--blocked")
        #expect(records.map { $0["_newswire"]?["blocked"]?.string } == ["no-ads", "no-ads", nil, nil])
        #expect(records.map { $0["_newswire"]?["released"]?.bool } == [nil, nil, true, nil])
    }

    @Test("--no-initial leaves out what the first poll brought also where a rule lets it through later (§3.1)")
    func releaseOfInitial() async throws {
        let desk = RuledDesk(["a"], [try RuledDesk.block("advert")])
        for items in [
            [("1", "Advert")], [("1", "Story"), ("2", "Advert")], [("1", "Story"), ("2", "Later story")],
        ] {
            desk.desk.server.on("/a", .init(body: Publisher.rss(items)))
            try await desk.poll("a")
        }
        #expect(try await desk.new("--as", "all") == ["a:Story", "a:Later story"])
        #expect(try await desk.new("--as", "later", "--no-initial") == ["a:Later story"])
        #expect(try await desk.new("--as", "tagged", "--no-initial", "--match", "story") == ["a:Later story"])
        // As an edit it comes to who wants edits, as it would without rules.
        #expect(try await desk.new("--as", "edits", "--no-initial", "--updates") == ["a:Story", "a:Later story"])
    }

    @Test(
        "A blocked version of an article that was given out is given to nobody, and the next version is no release (§2.5)"
    )
    func blockedEdit() async throws {
        let desk = RuledDesk(["a"], [try RuledDesk.block("advert")])
        for title in ["Story", "Advert", "Advert again", "Story, edited"] {
            desk.says("a", title, text: "Text")
            try await desk.poll("a")
        }
        #expect(try await desk.new("--as", "one") == ["a:Story"])
        #expect(try await desk.new("--as", "two", "--updates") == ["a:Story", "a:Story, edited"])
        let records = try await desk.desk.dump("--updates", "--blocked")
        #expect(records.map { $0["_newswire"]?["shown"]?.bool } == [nil, true, true, nil])
        #expect(records.map { $0["_newswire"]?["released"]?.bool } == [nil, nil, nil, nil])
    }

    @Test("An article that is let through after another feed's copy was given out comes to nobody twice (§2.4, §2.5)")
    func releaseAfterCopy() async throws {
        let desk = RuledDesk(["a", "b"], [try RuledDesk.block("advert")])
        desk.says("a", "Story", text: "An advert")
        desk.says("b", "Story", text: "Text")
        try await desk.poll("a")
        try await desk.poll("b")
        desk.says("a", "Story", text: "Better text")
        try await desk.poll("a")
        #expect(try await desk.new("--as", "all") == ["b:Story"])
        // Who asks for that feed alone has never had it.
        #expect(try await desk.new("--as", "a", "--feed", "a") == ["a:Story"])
        #expect(try await desk.new("--as", "both", "--feed", "a", "--feed", "b") == ["b:Story"])
    }

    @Test("Without rules, records and reading are as they always were, also behind records that rules have judged")
    func withoutRules() async throws {
        let desk = RuledDesk(["a", "b"], [try RuledDesk.block("story")])
        desk.says("a", "Story", text: "Text")
        try await desk.poll("a")
        desk.says("b", "Other", text: "Text")
        try await desk.poll("b", by: FilterRules())
        #expect(try await desk.new("--as", "one") == ["b:Other"])
        #expect(try await desk.desk.dump()[0]["_newswire"]?["labels"] == nil)
        #expect(await desk.desk.run("store", "verify").status == 0)
        #expect(await desk.desk.run("store", "stats").output.contains("blocked by rules: 1"))
        desk.says("a", "Story", text: "Edited")
        try await desk.poll("a", by: FilterRules())
        #expect(try await desk.new("--as", "one") == ["a:Story"])
    }

    @Test("Whatever rules say, a feed's schedule and what is counted of its articles are the same (§2.3)")
    func nothingElse() async throws {
        let ruled = RuledDesk(["a"], [try RuledDesk.block("story")])
        let free = RuledDesk(["a"], [])
        var reports: [PollReport] = []
        for desk in [ruled, free] {
            desk.says("a", "Story", text: "Text")
            reports.append(try await desk.poll("a"))
        }
        #expect(reports.map(\.newArticles) == [1, 1])
        #expect(reports.map(\.outcome) == [.new, .new])
        #expect(reports[0].notes == reports[1].notes)
    }

    @Test("Labels are asked for as tags are, and shown by every format that shows tags")
    func labels() async throws {
        let label = FilterRule(name: "drones", action: .label("Drones"), query: try Query("uav", for: .rule))
        let desk = RuledDesk(["a", "b"], [label, try RuledDesk.block("advert")])
        desk.says("a", "A uav", text: "Text")
        try await desk.poll("a")
        desk.desk.server.on("/b", .init(body: Publisher.rss([("2", "Advert for a uav"), ("3", "Else")])))
        try await desk.poll("b")
        #expect(try await desk.new("--as", "one", "--tag", "drones") == ["a:A uav"])
        #expect(try await desk.new("--as", "two", "--tag", "DRONES", "--blocked") == ["a:A uav", "b:Advert for a uav"])
        let text = await desk.desk.run("dump", "--format", "text", "--blocked").output
        #expect(text.contains("labels: Drones"))
        #expect(text.contains("blocked by no-ads"))
        let atom = await desk.desk.run("dump", "--format", "atom").output
        #expect(atom.contains(#"<category term="Drones" scheme="urn:newswire:label"/>"#))
        let unknown = await desk.desk.run("dump", "--tag", "drone")
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean Drones?"))
        let delivered = await desk.desk.start(
            [
                "deliver", "--as", "d", "--once", "--tag", "drones", "--config", desk.desk.folder.file("newswire.toml"),
                "--", "cat",
            ]
        ).wait()
        #expect(delivered.status == 0 && delivered.lines.count == 1)
        let explained = await desk.desk.run("explain", "2").output + (await desk.desk.run("explain", "3").output)
        #expect(explained.contains("the rule no-ads blocked it"))
        #expect(explained.contains("Drones"))
        #expect(await desk.desk.run("history", "1").output.contains("labels: Drones"))
    }

    @Test(
        "A crash behind the verdict, or in the middle of the write, leaves each article once and with what the rules said"
    )
    func crash() async throws {
        let desk = RuledDesk(["a"], [try RuledDesk.block("advert")])
        desk.desk.server.on("/a", .init(body: Publisher.rss([("1", "Advert"), ("2", "Story")])))
        try await desk.poll("a")
        let segment = "store/articles/00000000000000000001.jsonl"
        let text = try #require(desk.desk.folder.text(segment))
        // The state is not written before the articles, and what was published of them is not either.
        for count in [0, 40, text.utf8.count / 2, text.utf8.count - 1] {
            for file in ["state/feeds.jsonl", "articles.end", "index/known"] {
                remove(desk.desk.folder.file("store/\(file)"))
            }
            desk.desk.folder.write(String(decoding: Array(text.utf8.prefix(count)), as: UTF8.self), to: segment)
            try await desk.poll("a")
            let records = try await desk.desk.dump("--blocked", "--updates", "--duplicates")
            #expect(records.count == 2)
            for record in records {
                let isAdvert = record["title"]?.string == "Advert"
                #expect(record["_newswire"]?["blocked"]?.string == (isAdvert ? "no-ads" : nil))
            }
            #expect(await desk.desk.run("store", "verify").status == 0)
        }
    }

    @Test("A consumer's cursor moves over what is blocked")
    func cursor() async throws {
        let desk = RuledDesk(["a"], [try RuledDesk.block("story")])
        desk.says("a", "Story", text: "Text")
        try await desk.poll("a")
        #expect(try await desk.new("--as", "one") == [])
        #expect(desk.desk.cursor("one")?.hasPrefix("1") == true)
        #expect(try await desk.new("--as", "one", "--blocked") == [])
    }
}
