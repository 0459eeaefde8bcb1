import JSONText
import TestSupport
import Testing

@Suite("Connections and open files")
struct DescriptorTests {
    private let feeds = 120

    /// As many hosts as feeds, all of which answer once all have been asked that can be asked at a time.
    private func desk(concurrency: Int) -> Desk {
        let desk = Desk(feeds: [])
        var text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            concurrency = \(concurrency)
            host_concurrency = 256
            host_delay = "0s"
            connect_timeout = "5m"
            timeout = "5m"
            [store]
            directory = "store"

            """
        for number in 0..<feeds { text += "[[feed]]\nurl = \"\(desk.server.url("/feed"))?\(number)\"\n" }
        desk.folder.write(text, to: "newswire.toml")
        return desk
    }

    private func poll(_ desk: Desk, limit: String) async -> ChildProcess.Ending {
        await ChildProcess(
            "/bin/sh",
            [
                "-c", "ulimit \(limit) && exec \"$0\" poll --all --json --config \"$1\"", Desk.binary,
                desk.folder.file("newswire.toml"),
            ], environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
        ).wait()
    }

    @Test("The soft limit is raised to the hard one, so that all run at a time")
    func softLimit() async throws {
        let desk = desk(concurrency: feeds)
        let gate = Gate()
        desk.server.on("/feed") { _, connection in
            gate.wait()
            connection.send(.init(body: Publisher.rss([("1", "One")])))
        }
        async let ending = poll(desk, limit: "-Sn 64")
        await desk.server.received(feeds)
        gate.open()
        #expect(await ending.lines.count == feeds)
        #expect(await !ending.output.contains("error_class"))
        #expect(await ending.errors.contains("concurrency") == false)
    }

    @Test("Where the hard limit is too low for what is configured, fewer run at a time, with a warning, and none fails")
    func hardLimit() async throws {
        let desk = desk(concurrency: 1000)
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        let ending = await poll(desk, limit: "-n 96")
        #expect(ending.status == 0)
        #expect(ending.lines.count == feeds)
        #expect(!ending.output.contains("error_class"))
        #expect(ending.errors.contains("concurrency is 1000") && ending.errors.contains("8 is used"))
    }

    @Test("A host's feeds go through one connection, where one is polled after the other")
    func reuse() async throws {
        let desk = Desk(feeds: [])
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
        desk.server.on("/old", .redirect(302, to: "/feed"))
        var text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "0s"
            connect_timeout = "5m"
            timeout = "5m"
            [store]
            directory = "store"

            """
        for number in 0..<10 {
            text += "[[feed]]\nurl = \"\(desk.server.url(number == 5 ? "/old" : "/feed"))?\(number)\"\n"
        }
        desk.folder.write(text, to: "newswire.toml")
        let ending = await desk.run("poll", "--all", "--json")
        #expect(ending.lines.count == 10 && !ending.output.contains("error_class"))
        #expect(desk.server.requests.count == 11)
        #expect(desk.server.connectionCount == 1)
    }
}
