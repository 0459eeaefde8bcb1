import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

/// contract.md §6: one wrong clock removes nothing, hides nothing and silences nothing.
@Suite("A wrong clock")
struct ClockTests {
    private let desk = Desk(feeds: [])

    /// A record a day in January, as if nothing had been stored since, but for one that a wrong clock has stored.
    private static func days(wrong: Timestamp? = nil) -> [StoredArticle] {
        (0..<8).map { day in
            StoredArticle("\(day)").with {
                $0.stored =
                    day == 3
                    ? wrong ?? Timestamp(year: 2026, month: 1, day: 4)
                    : Timestamp(
                        year: 2026, month: 1, day: 1 + day)
            }
        }
    }

    private func status() async throws -> JSONValue {
        try JSONParser.parse(Array(await desk.run("status", "--json").output.utf8)).value
    }

    @Test("A service whose clock nothing confirms removes nothing, says so in status, and refuses to go by the clock")
    func removesNothing() async throws {
        try desk.store(Self.days(), segmentAge: 1)
        desk.folder.write("[store]\ndirectory = \"store\"\nkeep = \"90d\"\n", to: "newswire.toml")
        let alone = await desk.run("store", "expire")
        #expect(alone.status == 74 && alone.errors.contains("clock that is in doubt"))
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        #expect(try await status()["clock_doubt"]?.string?.contains("2026-01-08T00:00:00Z") == true)
        #expect(await desk.run("status").output.contains("clock     in doubt"))
        #expect(await desk.run("status", "--format", "prometheus").output.contains("newswire_clock_doubtful 1\n"))
        for arguments in [["--before", "90d"], []] {
            let refused = await desk.run(["store", "expire"] + arguments)
            #expect(refused.status == 74 && refused.errors.contains("name the time itself"), "\(refused.errors)")
        }
        #expect(await desk.run("store", "expire", "--dry-run").errors.contains("would remove 7 records"))
        #expect(try await desk.ids().count == 8)
        #expect(await desk.run("store", "expire", "--before", "2026-01-03").errors.contains("removed 2 records"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        #expect(try await desk.ids().count == 6)
    }

    @Test(
        "--since and --until hide nothing because of a record that a wrong clock has stored",
        arguments: [
            Timestamp(seconds: 0), Timestamp(year: 2020, month: 1, day: 1), Timestamp(year: 2035, month: 1, day: 1),
        ],
        [nil, 1])
    func times(wrong: Timestamp, segmentAge: Int64?) async throws {
        try desk.store(Self.days(wrong: wrong), segmentAge: segmentAge)
        func ids(_ arguments: String...) async -> [String] {
            await desk.run(["dump"] + arguments).lines.compactMap { line in
                (try? JSONParser.parse(Array(line.utf8)).value)?["id"]?.string
            }
        }
        #expect(await ids("--since", "2026-01-02") == ["1", "2", "3", "4", "5", "6", "7"])
        #expect(await ids("--since", "2026-01-06") == ["5", "6", "7"])
        #expect(await ids("--until", "2026-01-07") == ["0", "1", "2", "3", "4", "5"])
        #expect(await ids("--since", "2026-01-02", "--until", "2026-01-05") == ["1", "2", "3"])
        #expect(await ids("--new", "--until", "2026-01-07") == ["0", "1", "2", "3", "4", "5"])
        #expect(await ids("--new") == ["6", "7"])
    }

    @Test("A consumer that asks for a span by a clock which is ahead loses nothing that the span left out")
    func spanOfConsumer() async throws {
        try desk.store(Self.days())
        #expect(await desk.run("dump", "--new", "--since", "36h").output.isEmpty)
        #expect(await desk.run("dump", "--new", "--since", "2026-01-07").lines.count == 2)
        #expect(await desk.run("dump", "--new").output.isEmpty)
    }

    @Test("What is stored while the clock is in doubt says so, and a server's Date ends the doubt")
    func marks() async throws {
        try desk.store(Self.days())
        desk.configure(feeds: ["/feed"])
        desk.server.on("/feed", .init(body: Publisher.rss([("a", "One")])))
        _ = await desk.run("poll", "--all")
        desk.server.on(
            "/feed", .init(headers: [(name: "Date", value: Self.httpDate())], body: Publisher.rss([("b", "Two")])))
        _ = await desk.run("poll", "--all")
        let marks = try await desk.dump("--after", "8").map { $0["_newswire"]?["clock_doubtful"]?.bool ?? false }
        #expect(marks == [true, false])
        #expect(await desk.run("store", "verify").status == 0)
    }

    @Test("While the clock is in doubt, a rule takes every article for as old as its record (filters.md §2.3)")
    func rules() async throws {
        try desk.store(Self.days())
        desk.configure(rules: Desk.rule("old", "block", "age:>30d"))
        let item = "<item><guid>%</guid><title>%</title><pubDate>Mon, 20 May 2019 09:30:00 GMT</pubDate></item>"
        func feed(_ id: String) -> String {
            "<rss version=\"2.0\"><channel><title>x</title>\(item.replacing("%", with: id))</channel></rss>"
        }
        desk.server.on("/feed", .init(body: feed("a")))
        _ = await desk.run("poll", "--all")
        desk.server.on("/feed", .init(headers: [(name: "Date", value: Self.httpDate())], body: feed("b")))
        _ = await desk.run("poll", "--all")
        let blocked = try await desk.dump("--after", "8", "--blocked").map { $0["_newswire"]?["blocked"]?.string }
        #expect(blocked == [nil, "old"])
    }

    private static func httpDate() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let length = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    @Test("After a clock that was weeks ahead, feeds, status and explain show a plan that poll and the service keep")
    func plans() async throws {
        desk.configure(feeds: ["/feed"])
        desk.server.on("/feed", .init(body: Publisher.rss([("a", "One")])))
        let fast = desk.start("run", "--time-scale", "100000", "--config", desk.folder.file("newswire.toml"))
        await desk.server.received(4)
        fast.send(SIGTERM)
        _ = await fast.wait()
        let day = Timestamp(milliseconds: (Int64(time(nil)) + 2 * 86_400) * 1000)
        func next() async throws -> Timestamp {
            let feeds = try JSONParser.parse(Array(await desk.run("feeds", "--json").output.utf8)).value
            return try #require(feeds["next_poll"]?.string.flatMap { Timestamp(rfc3339: $0) })
        }
        #expect(try await next() < day)
        let planned = try #require(try await status()["next_poll"]?.string.flatMap { Timestamp(rfc3339: $0) })
        #expect(planned < day)
        #expect(await !desk.run("explain", "feed").output.contains("in 2 d"))
        // A round puts right what is remembered, and the plan stands from then on.
        _ = await desk.run("poll")
        #expect(try await next() < day)
        let state = try #require(desk.folder.text("store/state/feeds.jsonl")?.split(separator: "\n").last)
        let known = try JSONParser.parse(Array(state.utf8)).value
        #expect(try #require(known["next_poll"]?.string.flatMap { Timestamp(rfc3339: $0) }) < day)
    }

    @Test("A pause by hand that has ended is over at once in status")
    func endedPause() async throws {
        desk.configure(feeds: ["/feed"])
        desk.server.on("/feed", .init(body: Publisher.rss([("a", "One")])))
        let service = desk.service()
        await desk.server.received(1)
        #expect(await desk.run("pause", "feed", "1s").status == 0)
        var paused: Int64?
        for _ in 0..<400 {
            paused = try await status()["feeds"]?["paused"]?.integer
            if paused == 0 { break }
        }
        #expect(paused == 0)
        service.send(SIGTERM)
        _ = await service.wait()
        #expect(desk.server.requests.count == 1)
    }
}
