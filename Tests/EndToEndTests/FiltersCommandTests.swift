import FeedModel
import Ingestion
import JSONText
import TestSupport
import Testing

@Suite("newswire filters, filters test and what explain and status say of rules (filters.md §3.4–3.6)", .serialized)
struct FiltersCommandTests {
    private let desk = Desk()
    private let rules =
        Desk.rule("drones", "label", "drone", "label = \"uav\"") + Desk.rule("deals", "block", "deal")
        + Desk.rule("offers", "block", "offer")

    private func poll(_ titles: [String]) async throws {
        let items = titles.enumerated().map { (id: "\($0.offset + 1)", title: $0.element) }
        desk.server.on("/feed", .init(body: Publisher.rss(items)))
        _ = try await desk.poll()
    }

    private func object(_ arguments: String...) async throws -> JSONValue {
        let ending = await desk.run(arguments)
        guard ending.status == 0 else { throw Desk.Failure(text: ending.errors) }
        return try JSONParser.parse(Array(ending.output.utf8)).value
    }

    @Test("Each rule is shown with its scope, what it matches in 7 and 30 days, and what it alone blocks")
    func list() async throws {
        desk.configure(rules: rules + Desk.rule("never", "block", "xyzzy", "tags = [\"none\"]"))
        try await poll(["Drone", "Deal", "Deal offer", "Other"])
        let ending = await desk.run("filters", "--json")
        #expect(ending.status == 0, "\(ending.errors)")
        let lines = try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value }
        #expect(lines.map { $0["name"]?.string } == ["drones", "deals", "offers", "never"])
        #expect(lines.map { $0["week"]?.integer } == [1, 2, 1, 0])
        #expect(lines.map { $0["month"]?.integer } == [1, 2, 1, 0])
        #expect(lines.map { $0["alone"]?.integer } == [nil, 1, 0, 0])
        #expect(lines.map { $0["feeds"]?.integer } == [1, 1, 1, 0])
        #expect(lines[0]["label"]?.string == "uav" && lines[0]["last"]?.string != nil && lines[3]["last"] == nil)
        let table = await desk.run("filters").lines
        #expect(table.count == 5 && table[0].hasPrefix("RULE") && table[2].contains("deals"))
        #expect(table[1].contains("label uav") && table[4].hasSuffix("never"))
    }

    @Test("Of how many it is not known whether a rule matches is shown where there are such")
    func undecided() async throws {
        desk.configure(
            rules: Desk.rule("slow", "block", "body:/a[ab]{300}c/") + Desk.rule("drones", "block", "drone"))
        // No state of the pattern comes again in such a text, so that its automaton never fits into memory.
        var random = SeededGenerator(seed: 4)
        let text = String((0..<65_536).map { _ in Bool.random(using: &random) ? "a" : "b" })
        let now = SystemClock.now()
        try desk.store([StoredArticle("2", title: "Short").with { $0.stored = now }])
        #expect(await !desk.run("filters").output.contains("UNDECIDED"))
        try desk.store([
            StoredArticle("1", title: "Long").with {
                $0.article.contentText = text
                $0.stored = now
            }
        ])
        let lines = try await desk.run("filters", "--json").lines.map { try JSONParser.parse(Array($0.utf8)).value }
        #expect(lines.map { $0["undecided"]?.integer } == [1, 0] && lines[0]["month"]?.integer == 0)
        let table = await desk.run("filters").lines
        #expect(table.first?.contains("UNDECIDED") == true && table[1].split(separator: " ").contains("1"), "\(table)")
    }

    @Test("A keep rule blocks alone what it alone would have to keep")
    func keepAlone() async throws {
        desk.configure(rules: Desk.rule("only", "keep", "drone", "feeds = [\"feed\"]"))
        try await poll(["Drone", "Deal", "Other"])
        let line = try await object("filters", "list", "--json")
        #expect(line["week"]?.integer == 1 && line["alone"]?.integer == 2)
    }

    @Test("filters test tells what matches by which words, and what would be another than it was said to be")
    func test() async throws {
        desk.configure(rules: Desk.rule("deals", "block", "deal"))
        try await poll(["Drone", "Deal", "Offer of Drones"])
        desk.configure(
            rules: Desk.rule("drones", "label", "drone*", "label = \"uav\"") + Desk.rule("offers", "block", "offer"))
        let result = try await object("filters", "test", "--json")
        #expect(result["articles"]?.integer == 3 && result["blocked"]?.integer == 1)
        #expect(result["newly_blocked"]?.integer == 1 && result["released"]?.integer == 1)
        #expect(result["labels_gained"]?["uav"]?.integer == 2)
        let drones = try #require(result["rules"]?.array?.first)
        #expect(drones["matched"]?.integer == 2 && drones["action"]?.string == "label")
        #expect(drones["examples"]?.array?.map { $0["words"]?.array?.first?.string } == ["Drone", "Drones"])
        let one = try await object("filters", "test", "offers", "--json", "--limit", "0")
        #expect(one["rules"]?.array?.count == 1)
        #expect(one["rules"]?.array?[0]["matched"]?.integer == 1)
        #expect(one["rules"]?.array?[0]["examples"]?.array?.isEmpty == true)
        let text = await desk.run("filters", "test").output
        #expect(text.contains("drones (label uav): 2 of 3 articles match\n"), "\(text)")
        #expect(text.contains("1 more blocked, 1 let through, 2 more with the label uav"), "\(text)")
        // Nothing is stored by it.
        #expect(try await desk.ids() == ["1", "3"])
    }

    @Test(
        "A query is tried as one rule more, in feeds and tags, and its mistakes are told with 64, those of rules with 78"
    )
    func trial() async throws {
        try await poll(["Drone", "Deal"])
        let block = try await object("filters", "test", "--match", "deal", "--json")
        #expect(block["newly_blocked"]?.integer == 1 && block["rules"]?.array?.count == 1)
        let keep = try await object(
            "filters", "test", "--match", "deal", "--action", "keep", "--feed", "feed", "--json")
        #expect(keep["newly_blocked"]?.integer == 1 && keep["rules"]?.array?[0]["matched"]?.integer == 1)
        #expect(await desk.run("filters", "test", "--match", "titel:x").status == 64)
        #expect(await desk.run("filters", "test", "--match", "is:blocked").status == 64)
        #expect(await desk.run("filters", "test", "--action", "keep").status == 64)
        #expect(await desk.run("filters", "test", "--match", "x", "--feed", "nobody").status == 64)
        #expect(await desk.run("filters", "test").status == 64)
        desk.configure(rules: rules)
        let slip = await desk.run("filters", "test", "deal")
        #expect(slip.status == 64 && slip.errors.contains("did you mean deals?"))
        desk.configure(rules: Desk.rule("wrong", "block", "titel:x"))
        #expect(await desk.run("filters", "test", "--match", "deal").status == 78)
        #expect(await desk.run("filters").status == 78)
    }

    @Test("filters test --document says what then happens in a real poll")
    func document() async throws {
        desk.configure(rules: rules + Desk.rule("here", "block", "url:example.org/3", "feeds = [\"feed\"]"))
        let titles = ["Drone deal", "Deals", "Third", "Offer", "Drone"]
        let items = titles.enumerated().map { (id: "\($0.offset + 1)", title: $0.element) }
        let path = desk.folder.write(Publisher.rss(items), to: "feed.xml")
        let tried = try await object("filters", "test", "--document", path, "--feed", "feed", "--json")
        try await poll(titles)
        let stored = try await desk.dump("--blocked")
        func count(_ rule: String) -> Int64 {
            Int64(stored.count { $0["_newswire"]?["blocked"]?.string == rule })
        }
        let matched = Dictionary(
            uniqueKeysWithValues: (tried["rules"]?.array ?? []).map {
                ($0["name"]?.string ?? "", $0["matched"]?.integer ?? -1)
            })
        #expect(matched == ["drones": 2, "deals": 1, "offers": 1, "here": 1])
        #expect([count("deals"), count("offers"), count("here")] == [1, 1, 1])
        #expect(tried["blocked"]?.integer == Int64(stored.count { $0["_newswire"]?["blocked"] != nil }))
        #expect(stored.count { $0["_newswire"]?["labels"] != nil } == 2)
        // Without the feed only rules for all feeds are asked.
        let other = try await object("filters", "test", "--document", path, "--json")
        #expect(other["blocked"]?.integer == 2)
        #expect(await desk.run("filters", "test", "--document", desk.folder.file("missing")).status == 66)
        desk.folder.write("no feed", to: "none.txt")
        #expect(await desk.run("filters", "test", "--document", desk.folder.file("none.txt")).status == 65)
    }

    @Test("explain says which rules match by which words, and what today's rules would say")
    func explain() async throws {
        desk.configure(rules: rules)
        try await poll(["A drone deal"])
        let same = await desk.run("explain", "1").output
        #expect(same.contains("rule      drones (label uav) matches: drone\n"), "\(same)")
        #expect(same.contains("rule      deals (block) matches: deal\n"))
        #expect(same.contains("today     the rules of today say the same"))
        desk.configure(rules: Desk.rule("offers", "block", "offer"))
        let other = await desk.run("explain", "1").output
        #expect(other.contains("today     the rules of today would let it through"), "\(other)")
    }

    @Test("feeds and status count what was blocked, and say where rules block everything")
    func figures() async throws {
        desk.configure(rules: Desk.rule("all", "block", "deal"))
        try await poll((1...20).map { "Deal \($0)" })
        let feed = try await object("feeds", "--json")
        #expect(feed["blocked"]?.integer == 20)
        let status = try await object("status", "--json")
        #expect(status["blocked_24h"]?.integer == 20 && status["feeds_blocked_whole"]?.integer == 1)
        #expect(await desk.run("status").output.contains("RULES BLOCK ALL of 1 feed"))
        #expect(await desk.run("feeds").output.contains("all 20 articles of this feed"))
        let events = try await desk.dump("--events")
        #expect(events.map { $0["_newswire"]?["event"]?.string } == ["filter_blocks_all"])
    }

    @Test("On a narrow terminal the tables fit, and into a pipe nothing is cut")
    func widths() async throws {
        desk.configure(rules: rules)
        try await poll(["A drone with a title that is much longer than any narrow terminal has columns for"])
        let piped = await desk.run("filters", "test", "drones").output
        #expect(piped.contains("has columns for"))
        let config = desk.folder.file("newswire.toml")
        for command in ["filters", "filters test"] {
            let ending = await desk.shell(
                "script -qec 'stty cols 40; \"$NW\" \(command) --config \(config)' /dev/null </dev/null")
            let lines = ending.output.split(separator: "\r\n").map(String.init)
            #expect(lines.count > 2 && lines.allSatisfy { $0.count <= 40 }, "\(command): \(lines)")
        }
    }
}
