import FeedModel
import JSONText
import TestSupport
import Testing

extension Desk {
    /// Puts rules below the feeds of the configuration, in the place of those of before.
    func configure(rules: String, feeds: [String] = ["/feed"], options: String = "") {
        configure(feeds: feeds, options: options)
        folder.write((folder.text("newswire.toml") ?? "") + rules, to: "newswire.toml")
    }

    /// Delivers what is stored to the end of a file.
    func deliver(_ options: [String], to path: String) async -> ChildProcess.Ending {
        let config = ["--config", folder.file("newswire.toml")]
        return await start(
            ["deliver", "--as", "d", "--once"] + options + config + ["--", "/bin/sh", "-c", "cat >>\(path)"]
        ).wait()
    }

    static func rule(_ name: String, _ action: String, _ match: String, _ more: String = "") -> String {
        "[[filter]]\nname = \"\(name)\"\naction = \"\(action)\"\nmatch = '\(match)'\n\(more)\n"
    }
}

@Suite("dump and deliver --match: a query as a condition at reading (filters.md §3.2)", .serialized)
struct MatchTests {
    private let desk = Desk()

    private func store() throws {
        try desk.store([
            StoredArticle("1", title: "Drone strike"),
            StoredArticle("2", title: "Gardens").with { $0.article.contentHTML = "<p>A dr\u{f6}ne &#100;rone</p>" },
            StoredArticle("3", title: "Gardens").with { $0.feed = "other" },
            StoredArticle("4", title: "Drones").with {
                $0.feed = "other"
                $0.kind = .update
                $0.version = 2
            },
        ])
    }

    @Test("Articles are printed that all queries match, as the store has them, beside the other conditions")
    func dump() async throws {
        try store()
        #expect(try await desk.ids("--match", "drone") == ["1", "2"])
        #expect(try await desk.ids("--match", "drone*", "--updates") == ["1", "2", "4"])
        #expect(try await desk.ids("--match", "drone", "--match", "title:gardens") == ["2"])
        #expect(try await desk.ids("--match", "-drone") == ["3"])
        #expect(try await desk.ids("--match", "gardens", "--feed", "other") == ["3"])
        #expect(try await desk.ids("--match", "feed:other") == ["3"])
        #expect(try await desk.ids("--match", "since:2026-11-22 until:2026-11-23") == ["1", "2", "3"])
        #expect(try await desk.ids("--match", "is:update", "--updates") == ["4"])
        let all = await desk.run("dump").lines
        #expect(await desk.run("dump", "--match", "strike").lines == [all[0]])
    }

    @Test("A query that cannot be read is refused with its place, as are feeds and tags that there are not")
    func slips() async throws {
        try store()
        let wrong = await desk.run("dump", "--match", "titel:x")
        #expect(wrong.status == 64 && wrong.output.isEmpty)
        #expect(
            wrong.errors.contains("reading --match 'titel:x': column 1: there is no field \"titel\""), "\(wrong.errors)"
        )
        #expect(await desk.run("dump", "--match", "feed:exampel").status == 64)
        #expect(await desk.run("dump", "--match", "feed:exam").errors.contains("has to be the whole id"))
        #expect(await desk.run("dump", "--match", "drone -tag:nothing").status == 64)
        #expect(await desk.run("dump", "--match", "age:>7d age:<1d").errors.contains("contradicts itself"))
    }

    @Test("A consumer's cursor passes what does not match, and deliver takes the same condition")
    func consumers() async throws {
        try store()
        #expect(try await desk.ids("--new", "--match", "strike") == ["1"])
        #expect(try await desk.ids("--new").isEmpty)
        let out = desk.folder.file("out")
        let ending = await desk.deliver(["--match", "title:gardens"], to: out)
        #expect(ending.status == 0)
        let ids = try (desk.folder.text("out") ?? "").split(separator: "\n").map {
            try JSONParser.parse(Array($0.utf8)).value["id"]?.string
        }
        #expect(ids == ["2", "3"])
    }

    @Test("A copy is printed where the query does not choose the feed's article that it repeats, and else is not")
    func copies() async throws {
        try desk.store([
            StoredArticle("1", title: "Drone strike"),
            StoredArticle("1", title: "Drone strike").with {
                $0.feed = "other"
                $0.kind = .duplicate
                $0.duplicateOf = 1
            },
        ])
        #expect(try await desk.dump("--match", "drone").count == 1)
        #expect(try await desk.dump("--match", "drone feed:other").count == 1)
        #expect(try await desk.dump("--match", "drone", "--duplicates").count == 2)
    }

    @Test("An article of which it is not known whether it matches is printed, and that is said")
    func undecided() async throws {
        // No state of the pattern comes again in such a text, so that its automaton never fits into memory.
        var random = SeededGenerator(seed: 4)
        let text = String((0..<65_536).map { _ in Bool.random(using: &random) ? "a" : "b" })
        try desk.store([
            StoredArticle("1", title: "Long").with { $0.article.contentText = text },
            StoredArticle("2", title: "Short"),
        ])
        let ending = await desk.run("dump", "--match", "body:/a[ab]{300}c/")
        #expect(ending.lines.count == 1)
        #expect(ending.errors.contains("of 1 article it is not known whether it matches"), "\(ending.errors)")
    }

    @Test("Labels and configured tags are found by tag:, and what is blocked by is:blocked")
    func labels() async throws {
        desk.configure(
            rules: Desk.rule("drones", "label", "drone", "label = \"uav\"") + Desk.rule("deals", "block", "deal"),
            options: "tags = [\"Naval\"]")
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "Drone"), ("2", "Deal"), ("3", "Other")])))
        _ = try await desk.poll()
        #expect(try await desk.ids("--match", "tag:UAV") == ["1"])
        #expect(Set(try await desk.ids("--match", "tag:naval")) == ["1", "3"])
        #expect(try await desk.ids("--match", "is:blocked").isEmpty)
        #expect(try await desk.ids("--match", "is:blocked", "--blocked") == ["2"])
    }
}
