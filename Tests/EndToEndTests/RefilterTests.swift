import FeedModel
import JSONText
import TestSupport
import Testing

@Suite("dump and deliver --refilter: the past through today's rules (filters.md §3.3)", .serialized)
struct RefilterTests {
    private let desk = Desk()

    private func poll(_ items: [(id: String, title: String)]) async throws {
        desk.server.on("/feed", .init(body: Publisher.rss(items)))
        _ = try await desk.poll()
    }

    private func printed(_ arguments: String...) async throws -> [(id: String, own: JSONValue)] {
        let ending = await desk.run(["dump", "--refilter"] + arguments)
        guard ending.status == 0 else { throw Desk.Failure(text: ending.errors) }
        return try ending.lines.map { line in
            let json = try JSONParser.parse(Array(line.utf8)).value
            return (json["id"]?.string ?? "", json["_newswire"] ?? .null)
        }
    }

    @Test(
        "What was stored without rules has today's blocked and labels, says that, and is rewritten without its proofs")
    func todaysRules() async throws {
        try await poll([("1", "Drone"), ("2", "Deal"), ("3", "Drone deal")])
        desk.configure(
            rules: Desk.rule("drones", "label", "drone", "label = \"uav\"") + Desk.rule("deals", "block", "deal"))
        #expect(try await desk.ids() == ["1", "2", "3"])
        let passed = try await printed()
        #expect(passed.map(\.id) == ["1"])
        #expect(passed[0].own["refiltered"]?.bool == true && passed[0].own["labels"]?.array?.count == 1)
        #expect(passed[0].own["chain"] == nil && passed[0].own["seq"]?.integer == 1)
        let all = try await printed("--blocked")
        #expect(all.map { $0.own["blocked"]?.string } == [nil, "deals", "deals"])
        // Where they stand in a record: labels, then blocked, then what the store writes.
        let names = (all[2].own.object ?? []).map(\.key)
        let order = ["refiltered", "labels", "blocked", "feed", "kind", "seq"].map { names.firstIndex(of: $0) ?? -1 }
        #expect(order == order.sorted() && !order.contains(-1), "\(names)")
        #expect(try await printed("--blocked", "--tag", "uav").map(\.id) == ["1", "3"])
        #expect(try await printed("--blocked", "--match", "is:blocked drone").map(\.id) == ["3"])
        let said = await desk.run("dump", "--refilter").errors
        #expect(said.contains("those of \(desk.folder.file("newswire.toml")): 2 rules"), "\(said)")
        let text = await desk.run("dump", "--refilter", "--blocked", "--format", "text").output
        #expect(text.contains("blocked by deals") && text.contains("labels: uav"))
    }

    @Test("What was blocked is let through where the rule is gone, and its consumer gets it by --after")
    func ruleGone() async throws {
        desk.configure(rules: Desk.rule("deals", "block", "deal"))
        try await poll([("1", "Deal"), ("2", "Other")])
        desk.configure(rules: "")
        #expect(try await desk.ids() == ["2"])
        #expect(try await printed().map(\.id) == ["1", "2"])
        #expect(try await printed("--after", "1").map(\.id) == ["2"])
        #expect(try await printed().allSatisfy { $0.own["blocked"] == nil })
    }

    @Test("The first version that today's rules let through is released, and later ones are updates as any other")
    func released() async throws {
        try await poll([("1", "Deal one")])
        try await poll([("1", "Deal two")])
        try await poll([("1", "Offer")])
        try await poll([("1", "Offer again")])
        desk.configure(rules: Desk.rule("deals", "block", "deal"))
        #expect(try await desk.ids() == ["1"])
        let printed = try await printed()
        #expect(printed.count == 1 && printed[0].own["version"]?.integer == 3)
        #expect(printed[0].own["released"]?.bool == true)
        let all = try await self.printed("--blocked", "--updates")
        #expect(all.map { $0.own["released"]?.bool ?? false } == [false, false, true, false])
        desk.configure(rules: Desk.rule("again", "block", "again"))
        let other = try await self.printed("--blocked", "--updates")
        #expect(other.map { $0.own["shown"]?.bool ?? false } == [false, false, false, true])
    }

    @Test("With --no-initial what today's rules let through later of the first poll does not come")
    func releaseOfInitial() async throws {
        try await poll([("1", "Deal")])
        try await poll([("1", "Offer"), ("2", "Deal")])
        try await poll([("1", "Offer"), ("2", "Later offer")])
        desk.configure(rules: Desk.rule("deals", "block", "deal"))
        #expect(try await printed().map(\.id) == ["1", "2"])
        #expect(try await printed("--no-initial").map(\.id) == ["2"])
    }

    @Test("A copy of what today's rules block comes in its place, so that a rule for one feed silences no other")
    func copies() async throws {
        let item = Publisher.rss([("1", "Drone strike")])
        desk.server.on("/a", .init(body: item))
        desk.server.on("/b", .init(body: item))
        desk.configure(feeds: ["/a", "/b"])
        _ = try await desk.poll()
        #expect(try await desk.dump().count == 1)
        let first = try #require(try await desk.dump().first?["_newswire"]?["feed"]?.string)
        desk.configure(rules: Desk.rule("one", "block", "drone", "feeds = [\"\(first)\"]"), feeds: ["/a", "/b"])
        let printed = try await printed()
        #expect(printed.count == 1 && printed[0].own["feed"]?.string != first)
    }

    @Test("Rules are asked as of the time of storing, and not of half-understood ones, nor of events")
    func limits() async throws {
        try desk.store([
            StoredArticle("1", title: "Old").with { article in
                article.article.published = Timestamp(year: 2026, month: 11, day: 20)
            }
        ])
        // By today's clock it is older than it was when it was stored.
        desk.configure(rules: Desk.rule("old", "block", "age:>30d"))
        #expect(try await printed().count == 1)
        desk.configure(rules: Desk.rule("old", "block", "titel:x"))
        #expect(await desk.run("dump", "--refilter").status == 78)
        #expect(await desk.run("dump", "--refilter", "--events").status == 64)
        #expect(await desk.run("deliver", "--as", "d", "--refilter", "--events", "--", "/bin/true").status == 64)
    }

    @Test("deliver gives the rewritten lines")
    func deliver() async throws {
        try await poll([("1", "Drone"), ("2", "Deal")])
        desk.configure(rules: Desk.rule("deals", "block", "deal"))
        let out = desk.folder.file("out")
        let ending = await desk.deliver(["--refilter"], to: out)
        let text = desk.folder.text("out") ?? ""
        #expect(ending.status == 0 && text.contains("\"refiltered\":true") && !text.contains("Deal"))
    }
}
