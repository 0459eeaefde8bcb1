import FeedModel
import JSONText
import TestSupport
import Testing

/// One server for all tests of the suite, each of which has a table of its own.
private enum Shared {
    static let certificate = SelfSignedCertificate(names: "IP:127.0.0.1,DNS:localhost")
    static let other = SelfSignedCertificate(names: "IP:127.0.0.1,DNS:localhost")
    static let server = PostgreSQLServer(certificate: certificate)
}

@Suite(
    "newswire publish to PostgreSQL",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct PublishToPostgreSQLTests {
    private let desk = PublishDesk()
    private let table = "t\(UInt64.random(in: 0 ... .max))"
    private let server: PostgreSQLServer

    init() throws { server = try #require(Shared.server) }

    private func configure(
        _ more: String = "tls = false", host: String? = nil, password: String = PostgreSQLServer.password,
        user: String = "newswire", to: String? = nil
    ) {
        desk.desk.folder.write(password, to: "password", mode: 0o600)
        desk.configure(
            """
            url = "postgresql://\(host ?? "127.0.0.1:\(server.port)")/news"
            to = "\(to ?? table)"
            user = "\(user)"
            password = { file = "password" }
            \(more)
            """)
    }

    private func ready(_ more: String = "tls = false") async {
        configure(more)
        let made = await desk.publish("--setup")
        #expect(
            made.status == 0
                && made.output == "the table \(table) of postgresql://127.0.0.1:\(server.port)/news is there\n")
    }

    private func seqs() -> [String] { server.sql("SELECT seq FROM \(table) ORDER BY seq") ?? [] }

    @Test("P1, P2: a row has the line of the store byte for byte, and beside it what the line says")
    func rows() async throws {
        await ready("tls = false\nduplicates = true")
        try desk.store(1...3)
        try desk.desk.store([
            StoredArticle("1").with {
                $0.kind = .update; $0.version = 2
            },
            StoredArticle("x", title: "\"{}\\ \u{1F4F0} Zürich").with {
                $0.kind = .duplicate; $0.duplicateOf = 1
            },
        ])
        #expect(await desk.publish("--once").status == 0)
        let lines = await desk.lines()
        #expect(lines.count == 5)
        #expect(server.sql("SELECT article::text FROM \(table) ORDER BY seq") == lines)
        let rows = try #require(
            server.sql(
                "SELECT seq, id, uid, version, kind, feed, stored_at AT TIME ZONE 'UTC' FROM \(table) ORDER BY seq"))
        for (row, line) in zip(rows, lines) {
            let own = try #require(try JSONParser.parse(Array(line.utf8)).value["_newswire"])
            let chain = try #require(own["chain"]?.string)
            #expect(PublishDesk.id(of: line) == String(chain.prefix(32)))
            let words = [
                "\(own["seq"]?.integer ?? 0)", String(chain.prefix(32)), own["uid"]?.string ?? "",
                "\(own["version"]?.integer ?? 0)", own["kind"]?.string ?? "", own["feed"]?.string ?? "",
                "2026-11-22 08:00:00",
            ]
            #expect(row == words.joined(separator: "|"))
        }
        #expect(await desk.desk.run("consumers").output == "index\t5\t0\n")
    }

    @Test("P3: the cursor says what the bus has, and a second run publishes nothing twice")
    func twice() async throws {
        await ready()
        try desk.store(1...3)
        #expect(await desk.publish("--once").status == 0)
        try desk.store(4...5)
        #expect(await desk.publish("--once").status == 0)
        #expect(seqs() == ["1", "2", "3", "4", "5"] && desk.desk.cursor("index") == "5\n")
    }

    @Test("P4: an acknowledgement that was lost is found out, and what it was for is not published twice")
    func lostAcknowledgement() async throws {
        await ready()
        try desk.store(1...4)
        #expect(await desk.publish("--once").status == 0)
        #expect(await desk.desk.run("ack", "index", "2").status == 0)
        try desk.store(5...5)
        let ending = await desk.publish("--once")
        #expect(ending.status == 0 && seqs() == ["1", "2", "3", "4", "5"])
        #expect(ending.errors.contains("an acknowledgement was lost"))
        #expect(ending.errors.contains("cursor=2") && ending.errors.contains("bus_seq=4"), "\(ending.errors)")
        #expect(desk.desk.cursor("index") == "5\n")
    }

    @Test("P4: what the bus has lost is published again, and both numbers are said")
    func lostEnd() async throws {
        await ready()
        try desk.store(1...6)
        #expect(await desk.publish("--once").status == 0)
        server.sql("DELETE FROM \(table) WHERE seq > 3")
        let ending = await desk.publish("--once")
        #expect(ending.status == 0 && seqs() == ["1", "2", "3", "4", "5", "6"])
        #expect(ending.errors.contains("the bus has lost 3 articles"), "\(ending.errors)")
        #expect(ending.errors.contains("cursor=6") && ending.errors.contains("bus_seq=3"))
        #expect(await desk.publish("--once").errors == "")
    }

    @Test("P4: records that the filter leaves out are not missed on the bus")
    func unwanted() async throws {
        await ready("tls = false\nfeeds = [\"one\"]")
        try desk.store(1...2) { $0.feed = "one" }
        try desk.store(3...5) { $0.feed = "two" }
        #expect(await desk.publish("--once").status == 0)
        #expect(seqs() == ["1", "2"] && desk.desk.cursor("index") == "5\n")
        #expect(await desk.publish("--once").errors == "")
        #expect(desk.desk.cursor("index") == "5\n")
    }

    @Test("P4: where the last row is another record, nothing is published, and the status is 65")
    func foreign() async throws {
        await ready()
        try desk.store(1...3)
        #expect(await desk.publish("--once").status == 0)
        server.sql("UPDATE \(table) SET id = repeat('0', 32) WHERE seq = 3")
        try desk.store(4...4)
        let other = await desk.publish("--once")
        #expect(other.status == 65 && seqs().count == 3, "\(other.errors)")
        #expect(other.errors.contains("record 3 with the id 00000000000000000000000000000000, but the store's record"))
        server.sql("UPDATE \(table) SET id = 'mine' WHERE seq = 3")
        let stranger = await desk.publish("--once")
        #expect(stranger.status == 65 && stranger.errors.contains("was not written by newswire"))
        server.sql(
            "DELETE FROM \(table); INSERT INTO \(table) SELECT 99, repeat('a', 32), '', 1, 'new', '', now(), '{}'")
        let ahead = await desk.publish("--once")
        #expect(
            ahead.status == 65 && ahead.errors.contains("record 99") && ahead.errors.contains("the store ends at 4"))
        #expect(seqs() == ["99"] && desk.desk.cursor("index") == "3\n")
        #expect(await desk.desk.run("consumers").output.contains("failing since"))
    }

    @Test("P4: more than a day of articles is not believed to be lost, until a person moves the cursor")
    func tooFarBack() async throws {
        await ready()
        try desk.store(1...1)
        try desk.store(2...2) { $0.stored = .init(year: 2026, month: 11, day: 22, hour: 9) }
        try desk.store(3...3) { $0.stored = .init(year: 2026, month: 11, day: 23, hour: 10) }
        #expect(await desk.publish("--once").status == 0)
        server.sql("DELETE FROM \(table) WHERE seq > 1")
        let refused = await desk.publish("--once")
        #expect(refused.status == 65 && refused.errors.contains("`newswire ack index 1`"), "\(refused.errors)")
        #expect(seqs() == ["1"] && desk.desk.cursor("index") == "3\n")
        #expect(await desk.desk.run("ack", "index", "1").status == 0)
        #expect(await desk.publish("--once").status == 0)
        #expect(seqs() == ["1", "2", "3"])
    }

    @Test("P4: an empty bus says nothing, and the cursor counts")
    func emptied() async throws {
        await ready()
        try desk.store(1...3)
        #expect(await desk.publish("--once").status == 0)
        server.sql("DELETE FROM \(table)")
        try desk.store(4...4)
        let ending = await desk.publish("--once")
        #expect(ending.status == 0 && seqs() == ["4"] && ending.errors.contains("the bus has nothing of newswire's"))
    }

    @Test("Updates, duplicates and what was in a feed at its first poll come as the table says")
    func filters() async throws {
        await ready("tls = false\nupdates = false\ninitial = false\ntags = [\"naval\"]")
        try desk.desk.store([
            StoredArticle("1").with { $0.tags = ["naval"] }, StoredArticle("2"),
            StoredArticle("3").with {
                $0.tags = ["Naval"]; $0.isInitial = true
            },
            StoredArticle("1").with {
                $0.kind = .update; $0.version = 2; $0.tags = ["naval"]
            },
            StoredArticle("5").with { $0.tags = ["naval"] },
        ])
        #expect(await desk.publish("--once").status == 0)
        #expect(seqs() == ["1", "5"] && desk.desk.cursor("index") == "5\n")
    }

    @Test("P7: --check says where both stand and what comes next, and writes nothing")
    func check() async throws {
        await ready()
        try desk.store(1...3)
        let before = await desk.publish("--check")
        #expect(before.status == 0, "\(before.errors)")
        #expect(
            before.lines.dropFirst() == [
                "ends    nowhere: it has nothing of newswire's", "cursor  none: there is no such consumer yet",
                "next    record 1, of 3 articles",
            ])
        #expect(seqs() == [] && desk.desk.cursor("index") == nil)
        #expect(await desk.publish("--once").status == 0)
        let after = await desk.publish("--check")
        #expect(after.lines.last == "next    nothing: the bus has all that there is behind record 3")
        server.sql("UPDATE \(table) SET id = repeat('0', 32) WHERE seq = 3")
        #expect(await desk.publish("--check").status == 65)
    }

    @Test("P6: a bus that is away at the start is 69 with --once, and shows in consumers")
    func awayAtStart() async throws {
        configure(host: "127.0.0.1:\(ServerProcess.freePort())")
        try desk.store(1...2)
        let ending = await desk.publish("--once")
        #expect(ending.status == 69 && ending.errors.contains("was not reached"), "\(ending.errors)")
        #expect(desk.desk.cursor("index") == "0\n")
        #expect(await desk.desk.run("consumers").output.contains("failing since"))
    }

    @Test("A wrong password is 77, a missing table 78, and no message holds the password")
    func refusals() async throws {
        try desk.store(1...1)
        configure(password: "wrong pass")
        let password = await desk.publish("--once")
        #expect(password.status == 77 && !password.errors.contains("wrong pass"), "\(password.errors)")
        configure()
        let missing = await desk.publish("--once")
        #expect(missing.status == 78 && missing.errors.contains("--setup"), "\(missing.errors)")
        server.sql(
            "CREATE TABLE \(table) (seq bigint PRIMARY KEY, id text, uid text, version int, kind text, feed text, stored_at timestamptz, article jsonb)"
        )
        let binary = await desk.publish("--once")
        #expect(binary.status == 78 && binary.errors.contains("has to be json"))
        desk.desk.folder.write("", to: "password", mode: 0o600)
        let empty = await desk.publish("--once")
        #expect(empty.status == 78 && empty.errors.contains("is empty"), "\(empty.errors)")
        #expect(desk.desk.cursor("index") == "0\n")
    }

    @Test("TLS: a certificate that is not trusted gets nothing, not even the password; one that is gets the articles")
    func encryption() async throws {
        let (trusted, other) = (try #require(Shared.certificate), try #require(Shared.other))
        await ready()
        try desk.store(1...1)
        configure("tls = true\nca_file = \"\(other.file)\"")
        let refused = await desk.publish("--once")
        #expect(refused.status == 78 && refused.errors.contains("certificate"), "\(refused.errors)")
        #expect(seqs() == [])
        let checked = await desk.publish("--check")
        #expect(checked.status == 78 && checked.errors.contains("cannot be trusted"), "\(checked.errors)")
        configure("tls = true\nca_file = \"\(trusted.file)\"")
        let taken = await desk.publish("--once")
        #expect(taken.status == 0 && seqs() == ["1"], "\(taken.errors)")
    }

    @Test("Of several servers the first that takes articles is used, also through a Unix socket")
    func hosts() async throws {
        await ready()
        try desk.store(1...1)
        configure("tls = false", host: "127.0.0.1:\(ServerProcess.freePort()),127.0.0.1:\(server.port)")
        #expect(await desk.publish("--once").status == 0)
        try desk.store(2...2)
        configure("", host: "\(server.socketHost):\(server.port)")
        let socket = await desk.publish("--once")
        #expect(socket.status == 0 && seqs() == ["1", "2"], "\(socket.errors)")
    }

    @Test("A name that looks like a statement is the name of a table")
    func hostileName() async throws {
        configure(to: "a\\\"; DROP TABLE x; --\(table)")
        try desk.store(1...1)
        #expect(await desk.publish("--setup").status == 0)
        #expect(await desk.publish("--once").status == 0)
        #expect(server.sql("SELECT count(*) FROM \"a\"\"; DROP TABLE x; --\(table)\"") == ["1"])
    }

    @Test("One publisher at a time: a second one ends with 75")
    func one() async throws {
        await ready()
        try desk.store(1...1)
        let first = desk.start()
        #expect(await PublishDesk.waits { seqs() == ["1"] })
        #expect(await desk.publish("--once").status == 75)
        try desk.store(2...2)
        #expect(await PublishDesk.waits { seqs() == ["1", "2"] })
        first.send(15)
        #expect(await first.wait().status == 0)
        #expect(desk.desk.cursor("index") == "2\n")
    }
}
