import Glibc
import JSONText
import TestSupport
import Testing

/// A pipe stands in for what does not answer: opening it would wait for a writer that never comes.
@Suite("What a member of the group, or a mistake, puts in the way of a service (security.md §17)", .serialized)
struct ObstacleTests {
    @Test("A pipe in cursors/ stops no poll and no command, and SIGTERM ends the service")
    func pipeAsCursor() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = desk.service()
        await desk.server.received(1)
        #expect(mkfifo(desk.folder.file("store/cursors/evil"), 0o666) == 0)
        let status = await desk.run("status", "--json")
        #expect(status.status == 0)
        let consumers = try JSONParser.parse(Array(status.output.utf8)).value["consumers"]?.array
        #expect(consumers?.first?["name"]?.string == "evil" && consumers?.first?["behind"] == nil)
        #expect(await desk.run("poll", "--force", "feed").status == 0)
        #expect(await desk.run("dump", "--new").lines.count == 1)
        #expect(
            await desk.run("consumers").output.contains("evil\t-\tits cursor cannot be read: it is no regular file"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        // And it starts again.
        let again = await desk.run("poll", "--force", "feed")
        #expect(again.status == 0 && again.errors.contains("the cursor is left as it is"))
    }

    @Test("A pipe in feeds.d is an error with its name: check, start and reload do not wait for it")
    func pipeInFeeds() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let text = try #require(desk.folder.text("newswire.toml"))
        desk.folder.write("include = [\"feeds.d/*.toml\"]\n" + text, to: "newswire.toml")
        let service = desk.service()
        await desk.server.received(1)
        desk.folder.write("", to: "feeds.d/a.toml")
        #expect(mkfifo(desk.folder.file("feeds.d/pipe.toml"), 0o666) == 0)
        let check = await desk.run("check")
        #expect(check.status == 78 && check.errors.contains("feeds.d/pipe.toml cannot be read: it is no regular file"))
        service.send(SIGHUP)
        while !service.errors.contains("the old one stays in force") { await Task.yield() }
        unlink(desk.folder.file("feeds.d/pipe.toml"))
        #expect(await desk.run("status").status == 0)
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("A dump that could not move its cursor prints nothing")
    func dumpSaysBefore() async throws {
        let desk = Desk()
        try desk.store([StoredArticle("1")])
        #expect(await desk.run("dump", "--new", "--as", "a", "--no-ack").lines.count == 1)
        unlink(desk.folder.file("store/cursors/.lock"))
        #expect(symlink("/nonexistent/x", desk.folder.file("store/cursors/.lock")) == 0)
        let dump = await desk.run("dump", "--new", "--as", "a")
        #expect(dump.status == 74 && dump.output.isEmpty)
        #expect(dump.errors.contains("cursors/.lock: it is no regular file"))
        unlink(desk.folder.file("store/cursors/.lock"))
        #expect(mkdir(desk.folder.file("store/cursors/.new"), 0o700) == 0)
        #expect(await desk.run("dump", "--new", "--as", "a").lines.count == 1)
        #expect(await desk.run("dump", "--new", "--as", "a").lines.isEmpty)
    }

    @Test("A reader's lock on the store keeps no writer out")
    func readersLock() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        #expect(await desk.run("poll", "--all").status == 0)
        var range = flock()
        range.l_type = Int16(F_RDLCK)
        let descriptor = open(desk.folder.file("store/lock"), O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(descriptor >= 0 && fcntl(descriptor, F_SETLK, &range) == 0)
        #expect(await desk.run("poll", "--all", "--force").status == 0)
    }
}
