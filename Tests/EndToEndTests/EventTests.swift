import Glibc
import JSONText
import TestSupport
import Testing

@Suite("contract.md §7: events from the command line")
struct EventTests {
    private let desk = Desk(feeds: ["/feed", "/other"])

    private func configure(_ options: String = "") {
        desk.configure(feeds: ["/feed", "/other"], options: options)
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text + "[events]\nfailing_after = \"1s\"\n", to: "newswire.toml")
        for path in ["/feed", "/other"] { desk.server.on(path, .init(body: Publisher.rss([(path, "One")]))) }
    }

    private func events(_ arguments: String...) async -> [String] {
        await desk.run(["dump", "--events"] + arguments).lines.compactMap { line in
            (try? JSONParser.parse(Array(line.utf8)).value)?["_newswire"]?["event"]?.string
        }
    }

    @Test("A feed that breaks and is well again gives two events, each once, to dump, to a consumer and to deliver")
    func brokenAndWell() async throws {
        configure()
        _ = await desk.run("poll")
        desk.server.on("/feed", .init(status: 500))
        while await events() != ["feed_failing"] { _ = await desk.run("poll", "feed", "--force") }
        #expect(await events("--new", "--as", "a") == ["feed_failing"])
        #expect(await events("--new", "--as", "a") == [])
        let failing = await desk.run("poll", "--failing", "--json").lines
        #expect(failing.count == 1 && failing.first?.contains("\"feed\":\"feed\"") == true)
        desk.server.on("/feed", .init(body: Publisher.rss([("/feed", "One")])))
        _ = await desk.run("poll", "feed", "--force")
        #expect(await events("--new", "--as", "a") == ["feed_recovered"])
        #expect(await desk.run("poll", "--failing").errors == "newswire: no feed is failing\n")
        let command = [
            "deliver", "--events", "--as", "b", "--once", "--config", desk.folder.file("newswire.toml"), "--", "tee",
            desk.folder.file("got"),
        ]
        #expect(await desk.plain(command).status == 0)
        #expect((desk.folder.text("got") ?? "").split(separator: "\n").count == 2)
        #expect(await desk.run("consumers", "--events").output == "a\t2\t0\nb\t2\t0\n")
        #expect(await desk.run("consumers").output.isEmpty)
        #expect(await desk.run("ack", "a", "1", "--events").status == 0)
        #expect(await events("--new", "--as", "a", "--feed", "feed") == ["feed_recovered"])
        #expect(await events("--feed", "other") == [])
        #expect(try await desk.dump().count == 2)
        #expect(await desk.run("dump", "--events", "--format", "text").output.contains("feed: well again"))
        #expect(await desk.run("store", "verify").status == 0)
    }

    @Test("A feed that is silent by what a person has set is shown and is an event")
    func silent() async throws {
        configure("silent_after = \"1s\"")
        _ = await desk.run("poll")
        while !(await events()).contains("feed_silent") { _ = await desk.run("poll", "feed", "--force") }
        // A feed whose article is old is silent from its first poll on.
        let told = await events()
        #expect(Set(told) == ["feed_silent"] && told.count <= 2, "\(told)")
        _ = await desk.run("poll", "feed", "--force")
        #expect(await events() == told)
        let lines = await desk.run("feeds", "feed", "--silent", "--json").lines
        #expect(lines.count == 1 && lines.first?.contains("\"silent_since\":\"") == true)
    }

    @Test("A running service tells of a consumer whose command refuses its batch")
    func stuck() async throws {
        configure()
        desk.folder.write((desk.folder.text("newswire.toml") ?? "") + "stuck_after = \"1s\"\n", to: "newswire.toml")
        _ = await desk.run("poll")
        let command = ["deliver", "--as", "x", "--once", "--config", desk.folder.file("newswire.toml"), "--", "false"]
        #expect(await desk.plain(command).status != 0)
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        while !(await events()).contains("consumer_stuck") { _ = await desk.run("poll", "feed", "--force") }
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        let told = await desk.run("dump", "--events").lines.filter { $0.contains("consumer_stuck") }
        #expect(told.count == 1 && told.first?.contains("\"consumer\":\"x\"") == true, "\(told)")
    }

    @Test("Feeds that are chosen by tag are polled, and those that are passed over are named with the reason")
    func tagged() async throws {
        configure("tags = [\"x\"]")
        _ = await desk.run("pause", "other")
        let polled = await desk.run("poll", "--tag", "X")
        #expect(polled.errors.contains("other: skipped: paused; `newswire resume other`"), "\(polled.errors)")
        #expect(polled.errors.contains("feed: 1 new"))
        #expect(await desk.run("poll", "--tag", "nosuch").status == 64)
    }
}
