import Glibc
import TestSupport
import Testing

@Suite("newswire publish, killed in the middle: publish.md §3 (P3, P4)", .serialized)
struct PublishKillTests {
    private let desk = PublishDesk()

    /// Kills publishers until `count` says that there is progress, 20 times, and then lets one finish.
    private func killed(_ total: Int, count: () -> Int) async throws {
        try desk.storeMany(1...total)
        var generator = SeededGenerator(seed: 7)
        for round in 1...20 {
            let goal = min(total - 1, count() + Int.random(in: 1...(total / 20), using: &generator))
            let publisher = desk.start()
            let isThere = await PublishDesk.waits { count() >= goal }
            #expect(isThere, "round \(round): \(publisher.errors)")
            publisher.send(SIGKILL)
            _ = await publisher.wait()
        }
        let last = await desk.publish("--once")
        #expect(last.status == 0, "\(last.errors)")
        #expect(desk.desk.cursor("index") == "\(total)\n")
    }

    @Test(
        "20 kills leave each article in PostgreSQL once",
        .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
    func postgreSQL() async throws {
        let server = try #require(PostgreSQLServer())
        desk.configure(
            "url = \"postgresql://\(server.socketHost):\(server.port)/news\"\nto = \"a\"\nuser = \"newswire\"\nbatch = 20"
        )
        #expect(await desk.publish("--setup").status == 0)
        try await killed(6000) { server.sql("SELECT count(*) FROM a")?.first.flatMap { Int($0) } ?? 0 }
        #expect(server.sql("SELECT count(*), min(seq), max(seq), count(DISTINCT id) FROM a") == ["6000|1|6000|6000"])
    }

    @Test(
        "20 kills leave each article in a stream of Redis once, in order",
        .enabled(if: RedisServer.isPossible, "Redis is not installed: apt install redis-server"))
    func redis() async throws {
        let server = try #require(RedisServer())
        desk.configure("url = \"redis://127.0.0.1:\(server.port)\"\nto = \"a\"\nbatch = 20")
        try await killed(6000) { server.run("XLEN", "a")?.first.flatMap { Int($0) } ?? 0 }
        #expect(server.run("XLEN", "a") == ["6000"])
        #expect(server.run("XRANGE", "a", "3000-0", "3000-0")?.contains("3000") == true)
    }

    @Test(
        "20 kills leave each article in a stream of NATS once",
        .enabled(if: NATSServer.isPossible, "NATS is not installed: apt install nats-server"))
    func nats() async throws {
        let monitor = ServerProcess.freePort()
        let server = try #require(NATSServer("http: \"127.0.0.1:\(monitor)\""))
        desk.configure("url = \"nats://127.0.0.1:\(server.port)\"\nto = \"a.{kind}\"\nbatch = 20")
        #expect(await desk.publish("--setup").status == 0)
        func count() -> Int {
            let page = NATSServer.page("/jsz?streams=1", port: monitor)
            guard let place = page.firstRange(of: "\"messages\": ") else { return 0 }
            return Int(page[place.upperBound...].prefix { $0.isNumber }) ?? 0
        }
        try await killed(6000, count: count)
        #expect(count() == 6000)
        #expect(await desk.publish("--check").output.contains("ends    at record 6000"))
    }
}

@Suite("newswire publish: the program itself")
struct PublishProgramTests {
    private let desk = PublishDesk()

    @Test("A consumer without a table is wrong usage, and the tables that there are are named")
    func missing() async throws {
        desk.configure("url = \"nats://127.0.0.1\"\nto = \"a\"", name: "other")
        try desk.store(1...1)
        let ending = await desk.publish("--once")
        #expect(ending.status == 64 && ending.errors.contains("has no table [publish.index]; there are other"))
    }

    @Test("A delivery of the same name is refused, by check as well")
    func both() async throws {
        desk.configure("url = \"nats://127.0.0.1\"\nto = \"a\"")
        desk.desk.folder.write("to = \"https://example.org/\"\n", to: "deliver.d/index.toml")
        try desk.store(1...1)
        #expect(await desk.publish("--once").status == 78)
        let check = await desk.desk.run("check")
        #expect(
            check.status == 78 && check.errors.contains("newswire.toml:4: error: [publish.index] is a delivery as well")
        )
    }

    @Test("check counts publications, and finds a secret that is not there")
    func check() async throws {
        desk.configure("url = \"redis://127.0.0.1\"\nto = \"a\"\npassword = { file = \"nothing\" }")
        let broken = await desk.desk.run("check")
        #expect(
            broken.status == 78
                && broken.errors.contains("newswire.toml:7: error: [publish.index] password: the secret"))
        desk.desk.folder.write("x", to: "nothing", mode: 0o600)
        let fine = await desk.desk.run("check")
        #expect(fine.status == 0 && fine.output.hasSuffix(", 1 publication\n"), "\(fine.output)\(fine.errors)")
    }

    @Test("Where newswire-publish is not installed, it is said which package has it")
    func notInstalled() async throws {
        desk.configure("url = \"nats://127.0.0.1\"\nto = \"a\"")
        // The program alone, with nothing beside it.
        let ending = await desk.desk.shell(
            "mkdir $DIR/bin && cp $NW $DIR/bin/newswire && $DIR/bin/newswire publish --as index --config $NEWSWIRE_CONFIG"
        )
        #expect(ending.status == 69 && ending.errors.contains("apt install newswire-publish"), "\(ending.errors)")
    }

    @Test("newswire itself is linked with no library of a bus")
    func libraries() async throws {
        let names = "libpq\\.so|libnats\\.so|libhiredis\\.so|librdkafka\\.so"
        // libpq's name is in newswire, which opens it where a fleet wants it.
        let needed = "readelf --dynamic $NW | grep NEEDED | grep -qE"
        #expect(await desk.desk.shell("\(needed) 'libc\\.so'").status == 0)
        #expect(await desk.desk.shell("\(needed) '\(names)'").status == 1)
        let publish = "readelf --dynamic $NW-publish | grep NEEDED | grep -cE '\(names)'"
        #expect(await desk.desk.shell("[ $(\(publish)) = 4 ]").status == 0)
    }

    @Test(
        "A bus that comes back is said once, as that it went, and in between consumers and metrics say so",
        .enabled(if: RedisServer.isPossible, "Redis is not installed: apt install redis-server"))
    func away() async throws {
        let server = try #require(RedisServer())
        desk.configure("url = \"redis://127.0.0.1:\(server.port)\"\nto = \"a\"")
        try desk.store(1...2)
        let publisher = desk.start()
        #expect(await PublishDesk.waits { server.run("XLEN", "a") == ["2"] })
        server.end()
        try desk.store(3...4)
        #expect(await PublishDesk.waits { await desk.desk.run("consumers").output.contains("failing since") })
        #expect(await desk.desk.run("consumers").output.hasPrefix("index\t2\t2\t"))
        let metrics = await desk.desk.run("status", "--format", "prometheus").output
        #expect(metrics.contains("newswire_published_total{consumer=\"index\"} 2\n"), "\(metrics)")
        #expect(metrics.contains("newswire_publish_bus_seq{consumer=\"index\"} 2\n"))
        #expect(server.start())
        #expect(await PublishDesk.waits { server.run("XLEN", "a") == ["4"] })
        publisher.send(SIGTERM)
        let ending = await publisher.wait()
        #expect(ending.status == 0)
        let lines = ending.errors.split(separator: "\n")
        #expect(lines.count { $0.contains("it is tried again until it is there") } == 1, "\(ending.errors)")
        #expect(lines.count { $0.contains("the bus is there again") } == 1, "\(ending.errors)")
        #expect(await desk.desk.run("consumers").output == "index\t4\t0\n")
    }
}
