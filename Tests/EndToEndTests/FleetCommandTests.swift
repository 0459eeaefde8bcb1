import JSONText
import TestSupport
import Testing

@Suite("newswire fleet")
struct FleetCommandTests {
    @Test("What a fleet keeps is printed for a person to make, without a configuration")
    func printed() async {
        let ending = await Desk(feeds: []).plain("fleet", "init", "--print")
        #expect(ending.status == 0 && ending.errors.isEmpty)
        for part in ["CREATE SCHEMA newswire;", "newswire.append(", "lease int", "COMPRESSION lz4"] {
            #expect(ending.output.contains(part), "\(part)")
        }
    }

    @Test("Where the configuration names no fleet, that is said")
    func none() async {
        let desk = Desk(feeds: [])
        for words in [["fleet", "init"], ["fleet", "status"]] {
            let ending = await desk.run(words)
            #expect(ending.status == 78 && ending.errors.contains("no table [fleet]"), "\(ending.errors)")
        }
    }

    @Test("fleet.md F19: where no service runs, a machine of a fleet polls nothing")
    func noService() async {
        let desk = Desk(feeds: [])
        desk.folder.write(
            """
            contact = "https://example.org/bot"
            [store]
            directory = "store"
            [fleet]
            engine = "postgresql://newswire@127.0.0.1:1/news"
            [[feed]]
            url = "http://127.0.0.1:1/feed"
            """, to: "newswire.toml")
        let ending = await desk.run("poll", "--all")
        #expect(ending.status == 75 && ending.errors.contains("in a fleet the service polls"), "\(ending.errors)")
    }

    @Test("An engine that is not there is away, and is named")
    func away() async {
        let desk = Desk(feeds: [])
        let port = ServerProcess.freePort()
        desk.folder.write(
            """
            contact = "https://example.org/bot"
            [store]
            directory = "store"
            [fleet]
            engine = "postgresql://newswire@127.0.0.1:\(port)/news"
            durability = "single"
            """, to: "newswire.toml")
        let ending = await desk.run("fleet", "status")
        #expect(ending.status == 69 && ending.errors.contains("postgresql://127.0.0.1:\(port)"), "\(ending.errors)")
    }
}

@Suite(
    "newswire fleet with PostgreSQL",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct FleetEngineCommandTests {
    @Test("A store becomes the fleet's whose log begins behind its last record, once")
    func founding() async throws {
        let fleet = FleetDesk()
        try fleet.desk.store([StoredArticle("a"), StoredArticle("b")])
        let before = await fleet.fleet("status")
        #expect(before.status == 78 && before.errors.contains("`newswire fleet init` makes"), "\(before.errors)")
        let ending = await fleet.fleet("init")
        #expect(ending.status == 0 && ending.errors.contains("begins behind record 2"), "\(ending.errors)")
        #expect(fleet.sql("SELECT pos, seq FROM newswire.fleet") == ["0|2"])
        let again = await fleet.fleet("init")
        #expect(again.status == 0 && again.errors.contains("is the fleet's already"), "\(again.errors)")
        let status = await fleet.fleet("status", "--json")
        let json = try JSONParser.parse(Array(status.output.utf8)).value
        #expect(json["log"]?["seq"]?.integer == 2 && json["log"]?["position"]?.integer == 0)
        #expect(json["machines"]?.array?.isEmpty == true && json["engine"]?["durability"]?.string == "single")
        let text = await fleet.fleet("status")
        #expect(text.status == 0 && text.output.contains("machine   none"), "\(text.output)")
    }

    @Test("What a person has made for a role without rights is enough")
    func madeByHand() async throws {
        let fleet = FleetDesk()
        try fleet.desk.store([StoredArticle("a")])
        let statements = await fleet.desk.plain("fleet", "init", "--print").output
        #expect(fleet.sql(statements) != nil)
        let ending = await fleet.fleet("init")
        #expect(ending.status == 0, "\(ending.errors)")
    }

    @Test("Another store is not taken for the fleet's, and the fleet's not for another fleet's")
    func others() async throws {
        let fleet = FleetDesk()
        try fleet.desk.store([StoredArticle("a")])
        #expect(await fleet.fleet("init").status == 0)
        let other = FleetDesk(database: fleet.database, node: "news2")
        try other.desk.store([StoredArticle("b")])
        let ending = await other.fleet("init")
        #expect(ending.status == 65 && ending.errors.contains("rsync"), "\(ending.errors)")
        fleet.sql("UPDATE newswire.fleet SET id = gen_random_uuid()")
        let moved = await fleet.fleet("init")
        #expect(moved.status == 65 && moved.errors.contains("it is that of the fleet"), "\(moved.errors)")
    }

    @Test("An engine that does not do its duties is refused by the setting's name")
    func duties() async throws {
        let fleet = FleetDesk()
        fleet.configure(durability: "synchronous")
        try fleet.desk.store([StoredArticle("a")])
        let ending = await fleet.fleet("init")
        #expect(ending.status == 78 && ending.errors.contains("synchronous_standby_names"), "\(ending.errors)")
    }

    @Test("Without a service no machine of a fleet gets a consumer, and what moves none is read all the same")
    func noService() async throws {
        let fleet = FleetDesk()
        try fleet.desk.store([StoredArticle("a")])
        #expect(await fleet.fleet("init").status == 0)
        for words in [
            ["dump", "--new", "--as", "index"], ["deliver", "--as", "index", "--once", "--to", "http://127.0.0.1/"],
            ["ack", "index", "1", "--create"], ["consumers", "--remove", "index"],
        ] {
            let ending = await fleet.desk.run(words)
            #expect(ending.status == 75 && ending.errors.contains("no service runs"), "\(words): \(ending.errors)")
        }
        #expect(await fleet.desk.run("dump").lines.count == 1)
    }
}
