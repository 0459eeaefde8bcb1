import ArticleStore
import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire store", .serialized)
struct StoreCommandTests {
    private let desk = Desk(feeds: [])
    private let segment = "store/articles/00000000000000000001.jsonl"

    private static let days = (0..<8).map { day in
        StoredArticle("\(day)").with { $0.stored = Timestamp(year: 2026, month: 1, day: 1 + day) }
    }

    @Test("Each has --help with an example", arguments: ["verify", "stats", "expire"])
    func help(_ command: String) async {
        let ending = await desk.plain("store", command, "--help")
        #expect(ending.status == 0)
        #expect(ending.output.contains("EXAMPLE"))
        #expect(ending.output.contains("newswire store \(command)"))
    }

    @Test("verify proves a whole store, and prints the head, by which a later change is found")
    func verify() async throws {
        try desk.store(Self.days, segmentSize: 1200)
        let whole = await desk.run("store", "verify")
        #expect(whole.status == 0 && whole.errors.isEmpty)
        #expect(whole.output.contains("records: 8 (1 to 8)\n"))
        #expect(whole.output.contains("verdict: whole\n"))
        let head = try #require(whole.lines.last).replacing("head: ", with: "")
        #expect(head.hasPrefix("8:") && head.utf8.count == 66)
        try desk.store([StoredArticle("8")])
        #expect(await desk.run("store", "verify", "--head", head).status == 0)
        #expect(await desk.run("store", "verify", "--head", "8").status == 64)
        let changed = (head.hasSuffix("0") ? head.dropLast() + "1" : head.dropLast() + "0")
        let other = await desk.run("store", "verify", "--head", String(changed))
        #expect(other.status == 65)
        #expect(other.errors.contains("something up to there was changed"))
    }

    @Test("verify ends with 65 where the store is damaged, and names the place")
    func damaged() async throws {
        try desk.store(Self.days)
        let text = try #require(desk.folder.text(segment))
        desk.folder.write(text.replacing("Article 3", with: "Article X"), to: segment)
        let ending = await desk.run("store", "verify")
        #expect(ending.status == 65)
        #expect(ending.errors.contains("\(segment), line 4"))
        #expect(ending.output.contains("verdict: damaged\n"))
    }

    @Test("verify ends with 65 for a cursor that is wrong, and works beside the service")
    func besideService() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.configure(feeds: ["/feed"])
        let service = desk.service()
        await desk.server.received(1)
        #expect(await desk.run("store", "verify").status == 0)
        let stats = await desk.run("store", "stats")
        #expect(stats.status == 0 && stats.output.contains("(being written)"))
        desk.folder.write("77\n", to: "store/cursors/ahead")
        let ending = await desk.run("store", "verify")
        #expect(ending.status == 65 && ending.errors.contains("the cursor of ahead"))
        service.send(SIGTERM)
        _ = await service.wait()
    }

    @Test("stats gives sizes and counts")
    func stats() async throws {
        try desk.store(Self.days, segmentAge: 1)
        let ending = await desk.run("store", "stats", "--json")
        let stats = try JSONParser.parse(Array(ending.output.utf8)).value
        #expect(stats["segments"]?.integer == 8)
        #expect(stats["first_seq"]?.integer == 1 && stats["last_seq"]?.integer == 8)
        #expect(stats["first_stored"]?.string == "2026-01-01T00:00:00Z")
        #expect(stats["last_stored"]?.string == "2026-01-08T00:00:00Z")
        #expect(stats["feeds"]?.integer == 1)
        #expect(stats["index_entries"]?.integer == 8)
        #expect(stats["being_written"]?.bool == false)
        #expect(await desk.run("store", "stats").output.contains("records: 8 (1 to 8)\n"))
    }

    @Test("expire removes what is older, names consumers that have not had it, and nothing comes back")
    func expire() async throws {
        try desk.store(Self.days, segmentAge: 1)
        #expect(await desk.run("ack", "slow", "2", "--create").status == 0)
        #expect(await desk.run("store", "expire").status == 64)
        let dry = await desk.run("store", "expire", "--before", "2026-01-06", "--dry-run")
        #expect(dry.errors.contains("would remove 2 records") && dry.errors.contains("slow (has had all up to 2)"))
        let blocked = await desk.run("store", "expire", "--before", "2026-01-06")
        #expect(blocked.status == 0)
        #expect(blocked.errors.contains("removed 2 records") && blocked.errors.contains("slow (has had all up to 2)"))
        #expect(try await desk.ids() == ["2", "3", "4", "5", "6", "7"])
        let dryForce = await desk.run("store", "expire", "--before", "2026-01-06", "--force", "--dry-run")
        #expect(dryForce.errors.contains("what would be removed was not had by slow (has had all up to 2) yet"))
        let forced = await desk.run("store", "expire", "--before", "2026-01-06", "--force")
        #expect(forced.errors.contains("removed 3 records"))
        #expect(forced.errors.contains("what was removed was not had by slow (has had all up to 2) yet"))
        #expect(try await desk.ids() == ["5", "6", "7"])
        let late = await desk.run("dump", "--new", "--as", "slow", "--no-ack")
        #expect(late.lines.count == 3)
        #expect(late.errors.contains("records 3 to 5 are not there any more"))
        let delivered = await desk.run([
            "deliver", "--as", "slow", "--once", "--config", desk.folder.file("newswire.toml"), "--", "/bin/true",
        ])
        #expect(delivered.status == 0 && delivered.errors.split(separator: "\n").count == 1)
        #expect(delivered.errors.contains("retention has removed them"))
        #expect(delivered.errors.contains("first_seq=3 last_seq=5"))
        let verified = await desk.run("store", "verify")
        #expect(verified.status == 0 && verified.output.contains("removed by retention: 5 records"))
        #expect(await desk.run("store", "stats").output.contains("removed by retention: 5"))
    }

    @Test("contract.md §1: beside the service it is the service that expires, with the same answers")
    func expireByService() async throws {
        let alone = Desk(feeds: [])
        for desk in [desk, alone] {
            try desk.store(Self.days, segmentAge: 1)
            #expect(await desk.run("ack", "slow", "2", "--create").status == 0)
        }
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        let asked = [
            ["--before", "2026-01-06", "--dry-run"], ["--before", "2026-01-06"],
            ["--before", "2026-01-06", "--force", "--dry-run"], ["--before", "2026-01-06", "--force"],
            ["--before", "2026-01-06"], [],
        ]
        for arguments in asked {
            let expected = await alone.run(["store", "expire"] + arguments)
            let answer = await desk.run(["store", "expire"] + arguments)
            #expect(answer.status == expected.status, "\(arguments)")
            #expect(
                answer.errors.replacing(desk.folder.path, with: "")
                    == expected.errors.replacing(alone.folder.path, with: ""), "\(arguments)")
            #expect(try await desk.ids() == alone.ids(), "\(arguments)")
        }
        #expect(try await desk.ids() == ["5", "6", "7"])
        #expect(await desk.run("store", "verify").status == 0)
        service.send(SIGTERM)
        let ending = await service.wait()
        #expect(ending.status == 0)
        #expect(ending.errors.split(separator: "\n").count { $0.contains("removed old articles by hand") } == 2)
        #expect(await desk.run("store", "verify").output.contains("removed by retention: 5 records"))
    }

    @Test("expire needs the store for itself: beside another newswire that is no service it is 75")
    func inUse() async throws {
        try desk.store(Self.days)
        let options = StoreOptions { Timestamp(seconds: 1_700_000_000) }
        let store = try ArticleStore.open(at: desk.folder.file("store"), options: options) { _ in }
        defer { store.close() }
        #expect(await desk.run("store", "expire", "--before", "1d").status == 75)
    }

    @Test("The service removes by itself what [store] keep says, and an article that was removed is not new again")
    func service() async throws {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two")])))
        desk.configure(feeds: ["/feed"])
        _ = try await desk.poll()
        try desk.store(Self.days.map { day in day.with { $0.stored = Timestamp(year: 2030, month: 1, day: 1) } })
        // As if the first poll had been long ago: its segment is sealed by the next article, which is much younger.
        let configuration = try #require(desk.folder.text("newswire.toml"))
        desk.folder.write(configuration.replacing("[store]", with: "[store]\nkeep = \"1s\"\n"), to: "newswire.toml")
        try desk.store([StoredArticle("x").with { $0.stored = Timestamp(year: 2040, month: 1, day: 1) }], segmentAge: 1)
        #expect(await desk.run("store", "expire", "--before", "2035-01-01").errors.contains("removed 10 records"))
        #expect(try await desk.poll("--force")["new"]?.integer == 0)
        #expect(try await desk.ids() == ["x"])

        // Days of the service's life: the store is old, so its clock counts after one, and what is too old goes bit by bit.
        let other = Desk(feeds: [])
        try other.store(Self.days, segmentAge: 1)
        other.folder.write("[store]\ndirectory = \"store\"\nkeep = \"90d\"\n", to: "newswire.toml")
        let service = other.start("run", "--time-scale", "100000", "--config", other.folder.file("newswire.toml"))
        await service.saysInErrors("last_seq=2")
        service.send(SIGTERM)
        let ending = await service.wait()
        #expect(ending.status == 0)
        let lines = ending.errors.split(separator: "\n")
        let told = lines.firstIndex { $0.contains("too old by [store] keep all at once") }
        let first = lines.firstIndex { $0.contains("removed old articles") }
        #expect(try #require(told) < (try #require(first)))
        #expect(lines[try #require(told)].contains("records=7"))
        #expect(lines[try #require(first)].hasSuffix(" records=1"))
        #expect(try await other.ids().last == "7")
        #expect(await other.run("store", "verify").status == 0)
    }
}
