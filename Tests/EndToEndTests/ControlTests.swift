import Glibc
import JSONText
import TestSupport
import Testing

@Suite("Commands beside a running service: contract.md §1", .serialized)
struct ControlTests {
    /// A service that has polled its feeds once.
    private func running(_ desk: Desk, feeds: Int = 1) async -> ChildProcess {
        let socket = NotifySocket()
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        await desk.server.received(feeds)
        // Its answer is the sign that the first polls are over.
        _ = await desk.run("poll")
        return service
    }

    private func end(_ service: ChildProcess) async {
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("poll asks the service, and shows what came of it")
    func poll() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = await running(desk)
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two")])))
        let ending = await desk.run("poll", "feed", "--json")
        #expect(ending.status == 0)
        let report = try JSONParser.parse(Array(try #require(ending.lines.first).utf8)).value
        #expect(report["feed"]?.string == "feed" && report["outcome"]?.string == "new")
        #expect(report["new"]?.integer == 1)
        #expect(try await desk.ids() == ["1", "2"])
        let again = await desk.run("poll")
        #expect(again.errors.contains("1 feed skipped"))
        await end(service)
    }

    @Test("Many at once: each feed named is polled once and reported once, whoever asked")
    func many() async throws {
        let paths = (0..<20).map { "/f\($0)" }
        let desk = Desk(feeds: paths)
        for path in paths { desk.server.on(path, .init(body: Publisher.rss([(path, "A \(path)")]))) }
        let service = await running(desk, feeds: 20)
        let ending = await desk.run("poll", "--all", "--json")
        #expect(ending.lines.count == 20)
        #expect(ending.lines.allSatisfy { $0.contains("\"outcome\":\"unchanged\"") })
        await end(service)
    }

    @Test("--dry-run through the service writes nothing, and the feed is polled at its time all the same")
    func dryRun() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = await running(desk)
        let before = await desk.run("feeds", "--json").output
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("2", "Two")])))
        let ending = await desk.run("poll", "--all", "--dry-run")
        #expect(ending.errors.contains("would store 1 new"))
        #expect(try await desk.ids() == ["1"])
        #expect(await desk.run("feeds", "--json").output == before)
        await end(service)
    }

    @Test("A feed that the service does not know is skipped, with what to do")
    func unknown() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.server.on("/second", .init(body: Publisher.rss([("2", "Two")])))
        let service = await running(desk)
        desk.configure(feeds: ["/feed", "/second"])
        let ending = await desk.run("poll", "second", "--json")
        #expect(ending.output.contains("\"outcome\":\"skipped\"") && ending.output.contains("reload"))
        await end(service)
    }

    @Test("pause and resume: through the service, kept over its end, and without one")
    func pauses() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = await running(desk)
        #expect(await desk.run("pause", "feed").errors.contains("paused until resumed"))
        #expect(await desk.run("feeds", "--json").output.contains("\"state\":\"paused\""))
        #expect(await desk.run("poll", "feed", "--json").output.contains("\"outcome\":\"skipped\""))
        let status = try JSONParser.parse(Array(await desk.run("status", "--json").output.utf8)).value
        #expect(status["feeds"]?["paused"]?.integer == 1)
        await end(service)
        #expect(await desk.run("poll", "--force", "--json").output.contains("\"outcome\":\"skipped\""))
        #expect(await desk.run("resume", "--all").status == 0)
        #expect(await desk.run("poll", "--force", "--json").output.contains("\"outcome\":\"unchanged\""))
        #expect(await desk.run("pause", "--all", "2h").errors.contains("paused until 20"))
        #expect(await desk.run("feeds", "--json").output.contains("\"state\":\"paused\""))
        #expect(await desk.run("pause", "feed", "soon").status == 64)
        let poll = await desk.run("poll", "feed")
        #expect(poll.errors.contains("feed: skipped: paused; `newswire resume feed` ends that"), "\(poll.errors)")
        #expect(await desk.run("poll").errors.contains("skipped: paused") == false)
    }

    @Test("Several feeds are paused for spans of their own or for one, and what is paused and resumed is named")
    func severalPauses() async {
        let desk = Desk(feeds: ["/one", "/two", "/three"])
        let paused = await desk.run("pause", "one", "2h", "two", "three", "10m")
        #expect(paused.status == 0 && paused.errors.hasSuffix(": two, three\n"), "\(paused.errors)")
        #expect(paused.errors.split(separator: "\n").count == 2 && paused.errors.contains(": one\n"))
        let resumed = await desk.run("resume", "one", "two")
        #expect(resumed.errors == "newswire: resumed: one, two\n")
        #expect(await desk.run("resume", "t").status == 64)
        #expect(await desk.run("resume", "o").errors == "newswire: not paused before: one\n")
        for words in [["pause"], ["pause", "2h"], ["pause", "one", "nosuch", "2h"], ["pause", "--all", "one"]] {
            #expect(await desk.run(words).status == 64, "\(words)")
        }
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text.replacing("id = \"one\"", with: "id = \"one\"\nenabled = false"), to: "newswire.toml")
        let disabled = await desk.run("resume", "one").errors
        #expect(disabled.contains("enabled = false") && !disabled.contains("resumed"), "\(disabled)")
        desk.folder.write(text, to: "newswire.toml")
        let states = await desk.run("feeds", "--state", "paused", "--json").lines
        #expect(states.count == 1 && states[0].contains("\"three\""))
    }

    @Test("poll --quiet says nothing of what went well or may be well soon, and names what a person has to mend")
    func quiet() async {
        let desk = Desk(feeds: ["/feed", "/other"])
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.server.on("/other", .init(body: Publisher.rss([("2", "Two")])))
        let well = await desk.run("poll", "--quiet")
        #expect(well.status == 0 && well.errors.isEmpty && well.output.isEmpty, "\(well.errors)")
        desk.server.on("/other", .init(status: 404))
        let hiccup = await desk.run("poll", "--all", "--quiet")
        #expect(hiccup.status == 0 && hiccup.errors.isEmpty, "\(hiccup.errors)")
        let named = await desk.run("poll", "other", "--quiet")
        #expect(named.errors.hasPrefix("other: failed: "), "\(named.errors)")
        #expect(named.errors.split(separator: "\n").count == 1)
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text + "[[feed]]\nid = \"local\"\nurl = \"file:///no/such/file\"\n", to: "newswire.toml")
        let own = await desk.run("poll", "--all", "--quiet")
        #expect(own.errors.hasPrefix("local: failed: "), "\(own.errors)")
        #expect(await desk.run("poll", "--all", "--quiet").errors.isEmpty)
    }

    @Test("status tells of the service, of the disk where none runs, and in Prometheus' words")
    func status() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "Salt & pepper"), ("2", "Two")])))
        let service = await running(desk)
        _ = await desk.run("dump", "--new", "--limit", "1")
        let live = try JSONParser.parse(Array(await desk.run("status", "--json").output.utf8)).value
        #expect(live["running"]?.bool == true && live["pid"]?.integer == Int64(service.pid))
        #expect(live["polls"]?["new"]?.integer == 1 && live["new"]?.integer == 2)
        #expect(live["feeds"]?["ok"]?.integer == 1)
        #expect(live["store"]?["last_seq"]?.integer == 2 && live["store"]?["commits"]?["count"]?.integer != nil)
        #expect(live["consumers"]?.array?.first?["behind"]?.integer == 1)
        let metrics = await desk.run("status", "--format", "prometheus").output
        #expect(metrics.contains("\nnewswire_polls_total{outcome=\"new\"} 1\n"))
        #expect(metrics.contains("\nnewswire_consumer_lag_records{consumer=\"default\"} 1\n"))
        #expect(metrics.contains("\nnewswire_parse_warnings_total{class=\"markup\"} 1\n"))
        #expect(metrics.contains("\nnewswire_saved_bytes_total{by=\"not_modified\"} "))
        #expect(await desk.run("status").output.contains("service   running as process \(service.pid)"))
        await end(service)
        let text = await desk.run("status").output
        #expect(text.contains("not running") && text.contains("1: 1 ok") && text.contains("2 records"))
        #expect(await desk.run("status", "--format", "prometheus").output.contains("newswire_store_last_seq 2"))
    }

    @Test("[status] textfile gets the metrics, and goes with the service")
    func textfile() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(
            text.replacing("[store]", with: "[status]\ntextfile = \"newswire.prom\"\n[store]"), to: "newswire.toml")
        let service = await running(desk)
        #expect(desk.folder.text("newswire.prom")?.contains("newswire_build_info{version=") == true)
        await end(service)
        #expect(desk.folder.text("newswire.prom") == nil)
    }

    @Test("The socket is the owner's and the group's, and goes with the service")
    func socket() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = await running(desk)
        var status = stat()
        #expect(lstat(desk.folder.file("store/control"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        await end(service)
        #expect(lstat(desk.folder.file("store/control"), &status) != 0)
    }
}
