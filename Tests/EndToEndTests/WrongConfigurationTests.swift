import Glibc
import JSONText
import TestSupport
import Testing

@Suite("A wrong configuration is said, and stops nothing that runs: contract.md §1", .serialized)
struct WrongConfigurationTests {
    /// Makes the desk's configuration one that is no TOML from its second half on, and returns what it was.
    private func spoil(_ desk: Desk) -> String {
        let good = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(good + "\n[[feed]]\nurl = \"https://example.org/\n", to: "newswire.toml")
        return good
    }

    /// A service that has polled its feed once.
    private func running(_ desk: Desk, _ socket: NotifySocket) async -> ChildProcess {
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let service = desk.service(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await socket.waits(for: "READY=1"))
        await desk.server.received(1)
        _ = await desk.run("poll")
        return service
    }

    private func end(_ service: ChildProcess) async {
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
    }

    @Test("A reload says what is in force at once, and each time what takes a restart, until that is taken back")
    func effects() async throws {
        let desk = Desk()
        let socket = NotifySocket()
        let service = await running(desk, socket)
        let good = desk.folder.text("newswire.toml") ?? ""
        #expect(await desk.run("reload").errors.split(separator: "\n").count == 1)
        let changed = good.replacing("directory = \"store\"", with: "directory = \"store\"\nsegment_size = \"1MiB\"")
            .replacing("host_concurrency = 8", with: "host_concurrency = 7")
        desk.folder.write(changed, to: "newswire.toml")
        let first = await desk.run("reload")
        #expect(first.errors.contains("in force from here on: [fetch] host_concurrency = 7\n"), "\(first.errors)")
        #expect(first.errors.contains("warning: [store] segment_size = \"1MiB\" takes a restart"), "\(first.errors)")
        let second = await desk.run("reload")
        #expect(!second.errors.contains("in force") && second.errors.contains("takes a restart"))
        desk.folder.write(good + "[log]\nlevel = \"debug\"\n", to: "newswire.toml")
        let third = await desk.run("reload")
        #expect(third.errors.contains("[log] level = \"debug\"") && !third.errors.contains("takes a restart"))
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One"), ("77", "Another")])))
        #expect(await desk.run("poll", "feed", "--force").status == 0)
        #expect(service.errors.contains("level=debug"))
        await end(service)
    }

    @Test("newswire reload fails where the configuration is wrong, with every error, and says so until it is right")
    func reload() async throws {
        let desk = Desk()
        let socket = NotifySocket()
        let service = await running(desk, socket)
        #expect(await desk.run("reload").errors.contains("1 feed"))
        let good = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(good + "\n[[feed]]\nurl = 3\n[[feed]]\nurl = 4\n", to: "newswire.toml")
        let failed = await desk.run("reload")
        #expect(failed.status == 78)
        let lines = failed.errors.split(separator: "\n").map(String.init)
        try #require(lines.count == 3, "\(lines)")
        #expect(
            lines[0].contains("newswire.toml:16: error: [[feed]] url") && lines[1].contains("newswire.toml:18: error:"))
        #expect(lines[2].contains("the old one stays in force"))
        var told: String?
        while told == nil, let message = await socket.next() {
            told = message.first { $0.hasPrefix("STATUS=the configuration on disk is not in force, since 20") }
        }
        #expect(told?.contains("newswire.toml:16: error:") == true && told?.contains("1 feed, 0 failing") == true)
        let status = try JSONParser.parse(Array(await desk.run("status", "--json").output.utf8)).value
        #expect(status["configuration_error"]?.string?.contains("newswire.toml:16: error:") == true)
        #expect(status["configuration_wrong_since"]?.string?.hasPrefix("20") == true)
        let text = await desk.run("status").output
        #expect(text.contains("config    wrong for ") && text.contains("(and 1 more error); the service goes on"))
        desk.folder.write(good, to: "newswire.toml")
        #expect(await desk.run("status").output.contains("config    not in force as it is on disk for "))
        #expect(await desk.run("reload").status == 0)
        #expect(await !desk.run("status").output.contains("config    "))
        await end(service)
        #expect(await desk.run("reload").status == 69)
    }

    @Test("Where no feed can be read of a wrong configuration, nobody is told that there are none")
    func noFeeds() async {
        let desk = Desk()
        desk.folder.write("contact = \"https://e.org/\n\(desk.folder.text("newswire.toml") ?? "")", to: "newswire.toml")
        let environment = ["XDG_STATE_HOME": desk.folder.file("state")]
        for text in [
            "contact = \"https://e.org/\n[[feed]]\nurl = \"https://a.org/\"\n", desk.folder.text("newswire.toml") ?? "",
        ] {
            desk.folder.write(text, to: "newswire.toml")
            let ending = await desk.run(["feeds"], environment: environment)
            #expect(ending.status == 78 && ending.errors.contains("newswire.toml:1: error:"), "\(ending.errors)")
            #expect(!ending.errors.contains("no feeds are configured"))
        }
    }

    @Test("A running service is found by its configuration alone, and only by that")
    func other() async {
        let desk = Desk()
        let socket = NotifySocket()
        let service = await running(desk, socket)
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text, to: "other.toml")
        let other = await desk.plain("reload", "--config", desk.folder.file("other.toml"))
        #expect(other.status == 69 && other.errors.contains(desk.folder.file("newswire.toml")))
        await end(service)
    }

    @Test(
        "Commands that need only the store go on while the configuration is wrong, with a service and without one",
        arguments: [true, false])
    func consumers(withService: Bool) async throws {
        let desk = Desk()
        let socket = NotifySocket()
        let service = await running(desk, socket)
        if !withService { await end(service) }
        _ = spoil(desk)
        let dump = await desk.run("dump", "--new", "--as", "reader", "--feed", "feed")
        #expect(dump.status == 0 && dump.lines.count == 1)
        #expect(dump.errors.contains("newswire.toml:16: error:"))
        #expect(dump.errors.contains(withService ? "the running service has" : "can be read of it"))
        #expect(await desk.run("ack", "reader", "0").status == 0)
        let delivered = await desk.plain([
            "deliver", "--as", "reader", "--once", "--config", desk.folder.file("newswire.toml"), "--", "cat",
        ])
        #expect(delivered.status == 0 && delivered.lines.count == 1)
        #expect(await desk.run("consumers").output == "reader\t1\t0\n")
        for command in [
            ["feeds"], ["history", "1"], ["explain", "1"], ["explain", "feed"], ["store", "verify"],
            ["store", "stats"],
        ] {
            #expect(await desk.run(command).status == 0, "\(command)")
        }
        let status = await desk.run("status")
        #expect(status.status == 0 && status.output.contains("config    wrong for "))
        #expect(status.output.contains(withService ? "goes on with the one before" : "would not start with it"))
        // What polls or removes needs all of it.
        for command in [["poll"], ["store", "expire"], ["pause", "feed"], ["check"]] {
            #expect(await desk.run(command).status == 78, "\(command)")
        }
        if withService { await end(service) }
    }

    @Test("The store of the running service counts where the configuration does not say for sure which one is meant")
    func uncertain() async throws {
        let desk = Desk()
        let socket = NotifySocket()
        let service = await running(desk, socket)
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text.replacing("directory =", with: "directry ="), to: "newswire.toml")
        // Its socket is in the store, which is where nobody can look who does not know it.
        #expect(await desk.run("dump").status == 78)
        let runtime = ["RUNTIME_DIRECTORY": desk.folder.file("store")]
        #expect(await desk.run(["dump"], environment: runtime).lines.count == 1)
        await end(service)
        #expect(await desk.run(["dump"], environment: runtime).status == 78)
    }
}
