import FeedModel
import TestSupport
import Testing

/// Articles of a time that no clock of a machine that runs the tests is near.
@Suite("What a consumer can rely on (contract.md §4)", .serialized)
struct ConsumerTests {
    private let desk = Desk(feeds: [])

    private static func moment(_ day: Int) -> Timestamp { Timestamp(year: 2026, month: 1, day: day) }

    private func store(_ days: ClosedRange<Int>) throws {
        try desk.store(days.map { day in StoredArticle("\(day)").with { $0.stored = Self.moment(day) } }, segmentAge: 1)
    }

    private func once(_ consumer: String, _ options: String..., command: String = "cat") async -> ChildProcess.Ending {
        await desk.plain(
            ["deliver", "--as", consumer, "--once", "--config", desk.folder.file("newswire.toml")] + options
                + ["--", "/bin/sh", "-c", command])
    }

    // MARK: - A pipe

    @Test(
        "A reader that dies before it has taken everything leaves the cursor where it was, and everything comes again")
    func readerDies() async throws {
        try store(1...9)
        let ending = await desk.shell("\"$NW\" dump --new | { read -r first; exit 1; }; echo ${PIPESTATUS[0]}")
        #expect(ending.output == "0\n")
        #expect(ending.errors.contains("went away before the last one; the cursor of default stays at 0"))
        #expect(desk.cursor() == "0\n")
        #expect(try await desk.ids("--new").count == 9)
    }

    @Test("The cursor does not move before the reader of a pipe has taken everything, with --follow too")
    func readerIsSlow() async throws {
        try store(1...9)
        let ending = await desk.shell(
            """
            "$NW" dump --new --as a | { read -r first; cat "$DIR/store/cursors/a"; cat >/dev/null; }
            "$NW" dump --new --as b --follow --limit 9 |
                { read -r first; cat "$DIR/store/cursors/b"; cat >/dev/null; }
            cat "$DIR/store/cursors/a" "$DIR/store/cursors/b"
            """)
        #expect(ending.output == "0\n0\n9\n9\n")
    }

    // MARK: - A consumer exists from its first question on

    @Test("Retention waits for a consumer whose first batch fails, or that has not said yet what it has had")
    func retention() async throws {
        try store(1...8)
        #expect(await once("failing", command: "exit 1").status == 69)
        #expect(try await desk.ids("--new", "--as", "index", "--no-ack").count == 8)
        let consumers = await desk.run("consumers").lines
        #expect(consumers.count == 2 && consumers.last == "index\t0\t8")
        #expect(consumers.first?.hasPrefix("failing\t0\t8\tfailing since 20") == true)
        #expect(await desk.run("status").output.contains("failing"))
        let expired = await desk.run("store", "expire", "--before", "2026-01-08")
        #expect(expired.errors.contains("failing (has had all up to 0), index (has had all up to 0)"))
        #expect(try await desk.ids().count == 8)
        #expect(await desk.run("consumers", "--remove", "failing", "--remove", "index").status == 0)
        #expect(await desk.run("store", "expire", "--before", "2026-01-08").errors.contains("removed 7 records"))
    }

    @Test(
        "A new consumer begins where --from says; one that is there goes on where it is",
        arguments: [
            ("beginning", 1), ("0", 1), ("1", 1), ("4", 4), ("6", 6), ("now", 6), ("2026-01-03", 3),
            ("2026-01-03T00:00:01Z", 4), ("2026-02-01", 6),
        ])
    func from(_ start: String, _ first: Int) async throws {
        try store(1...5)
        #expect(await once("b", "--from", start).lines.count == 6 - first)
        #expect(await desk.run("dump", "--new", "--as", "a", "--from", start).lines.count == 6 - first)
        #expect(desk.cursor("a") == "5\n" && desk.cursor("b") == "5\n")
        try store(6...6)
        #expect(try await desk.ids("--new", "--as", "a", "--from", "beginning") == ["6"])
        #expect(await once("b", "--from", "now").lines.count == 1)
    }

    @Test(
        "What is no place to begin with is refused, and no consumer is made: a span by a clock that the store contradicts too",
        arguments: ["7", "soon", "-1", "36h", "2999-01-01"])
    func wrongStart(_ start: String) async throws {
        try store(1...5)
        #expect(await desk.run("dump", "--new", "--as", "a", "--from=\(start)").status == 64)
        #expect(await once("a", "--from=\(start)").status == 64)
        #expect(await desk.run("dump", "--from", "now").status == 64)
        let later = await desk.run("dump", "--new", "--as", "a", "--since", "2999-01-01")
        #expect(later.status == 64 && later.errors.contains("still to come"), "\(later.errors)")
        #expect(desk.cursor("a") == nil)
    }

    @Test("A new consumer is told how much is coming, once, and not where it has said where it begins")
    func howMuch() async throws {
        try store(1...5)
        #expect(await desk.run("dump", "--new", "--limit", "1").errors.contains("gets all that is stored: 5 articles"))
        #expect(await desk.run("dump", "--new", "--limit", "1").errors.isEmpty)
        #expect(await desk.run("dump", "--new", "--as", "a", "--from", "beginning").errors.isEmpty)
        #expect(await once("b", command: "exit 1").errors.contains("a new consumer gets all that is stored"))
        #expect(await !once("b").errors.contains("a new consumer"))
        #expect(await once("c", "--from", "now").errors.isEmpty)
        try desk.storeMany(6...1004)
        let many = await once("d", command: "exit 1").errors
        #expect(many.contains("1000 or more"), "\(many)")
    }
}
