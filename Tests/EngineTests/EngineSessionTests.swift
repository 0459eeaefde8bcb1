import Fleet
import Glibc
import Locking
import PostgreSQL
import TestSupport
import Testing

@testable import Engine

@Suite(
    "A connection to an engine",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct EngineSessionTests {
    @Test("Time limits that somebody has set for the database are lifted, and commits are durable")
    func limits() throws {
        let engine = try TestEngine()
        for setting in ["statement_timeout = 5000", "lock_timeout = 5000", "synchronous_commit = off"] {
            engine.sql("ALTER DATABASE \(engine.database) SET \(setting)")
        }
        let session = try engine.access().connect()
        for (setting, value) in [("statement_timeout", "0"), ("lock_timeout", "0"), ("synchronous_commit", "on")] {
            let result = try session.run("SHOW \(setting)", orElse: "did not say")
            #expect(result.firstText == value, "\(setting)")
        }
    }

    @Test("A statement that is repeated is prepared once for a connection, and one that cannot be is refused each time")
    func repeated() throws {
        let session = try TestEngine().access().connect()
        for number: Int64 in 1...3 {
            let result = try session.run(
                "SELECT $1 + 1", [.int8(number)], binary: true, isRepeated: true, orElse: "did not count")
            #expect(result.number(0, 0) == number + 1)
        }
        for _ in 1...2 {
            #expect(throws: PostgreSQLFailure.self) {
                try session.run("SELECT nothing", isRepeated: true, orElse: "did not say")
            }
        }
        let kept = try session.run(
            "SELECT count(*)::text FROM pg_prepared_statements WHERE statement = 'SELECT $1 + 1'",
            orElse: "did not say")
        #expect(kept.firstText == "1")
    }

    @Test("A server that may lose what it has acknowledged is refused by the setting's name")
    func careless() throws {
        let server = try #require(PostgreSQLServer())
        let settings = EngineSettings(
            url: "postgresql://newswire@\(server.socketHost):\(server.port)/news", durability: .single)
        let failure = #expect(throws: EngineFailure.self) { try EngineAccess(settings).connect() }
        #expect(failure?.kind == .refused && failure?.text.contains("fsync = off") == true)
    }

    @Test(
        "An engine whose certificate is not trusted is refused, and not waited for",
        .enabled(if: SelfSignedCertificate.isPossible))
    func untrusted() throws {
        let own = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let other = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let server = try #require(PostgreSQLServer(certificate: own, options: []))
        func access(_ authority: SelfSignedCertificate, _ port: UInt16) throws -> EngineAccess {
            try EngineAccess(
                EngineSettings(
                    url:
                        "postgresql://newswire@127.0.0.1:\(port)/news?sslmode=verify-full&sslrootcert=\(authority.file)",
                    password: PostgreSQLServer.password, durability: .single))
        }
        _ = try access(own, server.port).connect()
        let failure = #expect(throws: EngineFailure.self) { try access(other, server.port).connect() }
        #expect(failure?.kind == .refused && failure?.text.contains("cannot be trusted") == true)
        #expect(failure?.advice?.contains("sslrootcert") == true)
        let gone = #expect(throws: EngineFailure.self) { try access(own, ServerProcess.freePort()).connect() }
        #expect(gone?.kind == .away)
    }

    @Test("Where synchronous durability is wanted, a server without a standby is refused")
    func alone() throws {
        let engine = try TestEngine()
        var settings = try engine.access().settings
        settings.durability = .synchronous
        let failure = #expect(throws: EngineFailure.self) { try EngineAccess(settings).connect() }
        #expect(failure?.kind == .refused && failure?.text.contains("synchronous_standby_names") == true)
    }

    @Test("A wrong password is refused and does not appear, a server that is not there is away")
    func notReached() throws {
        let engine = try TestEngine()
        let wrong = EngineSettings(
            url: "postgresql://newswire@127.0.0.1:\(engine.server.port)/\(engine.database)", password: "wr0ng",
            durability: .single)
        let failure = #expect(throws: EngineFailure.self) { try EngineAccess(wrong).connect() }
        #expect(failure?.kind == .refused && failure?.description.contains("wr0ng") == false)
        let port = ServerProcess.freePort()
        let nobody = #expect(throws: EngineFailure.self) { try engine.access(port: port).connect() }
        #expect(nobody?.kind == .away && nobody?.text.contains("127.0.0.1:\(port)") == true)
    }

    @Test("Of several servers the one is taken that answers, and one that says nothing costs its time only")
    func several() throws {
        let engine = try TestEngine()
        let still = FaultyFront(port: engine.server.port)
        still.set(.isStill)
        let nobody = ServerProcess.freePort()
        var settings = EngineSettings(
            url: "postgresql://newswire@127.0.0.1:\(nobody),127.0.0.1:\(still.port),127.0.0.1:\(engine.server.port)/"
                + engine.database, password: PostgreSQLServer.password, durability: .single)
        settings.connectTimeout = 200
        #expect(try EngineAccess(settings).connect().server.hasSuffix(":\(engine.server.port)"))
    }

    @Test("A statement that takes long is waited for as long as its server is the engine")
    func patience() async throws {
        let engine = try TestEngine()
        let holder = try engine.access().connect()
        _ = try holder.run("BEGIN", orElse: "did not begin")
        _ = try holder.run("LOCK TABLE newswire.fleet", orElse: "did not lock")
        let access = try engine.access(patience: 1)
        async let answer = BlockingCall.run { Result { try EngineLog(access, run: Locked(nil)).end().position } }
        // The first statement of a connection looks at the fleet, and is what waits. Each look in between is a connection of
        // its own, far more than the questions of this test.
        #expect(await engine.waits())
        let sessions = "SELECT sessions FROM pg_stat_database WHERE datname = '\(engine.database)'"
        let before = try #require(engine.sql(sessions)?.first)
        #expect(await engine.becomes("SELECT (\(sessions)) >= \(before) + 20"))
        _ = try holder.run("COMMIT", orElse: "did not commit")
        #expect(try await answer.get() == 0)
    }

    @Test("Who only wants to know waits no longer than it has said")
    func limited() throws {
        let engine = try TestEngine()
        let holder = try engine.access().connect()
        _ = try holder.run("BEGIN", orElse: "did not begin")
        _ = try holder.run("LOCK TABLE newswire.fleet", orElse: "did not lock")
        var settings = try engine.access().settings
        settings.longestWait = 50
        let failure = #expect(throws: EngineFailure.self) { try EngineStatus.ask(EngineAccess(settings)) }
        #expect(failure?.kind == .away && failure?.text.contains("in time") == true)
    }

    @Test("A statement is given up once another server is the engine")
    func failover() throws {
        let engine = try TestEngine()
        let other = try #require(PostgreSQLServer(options: []))
        let front = FaultyFront(port: engine.server.port)
        var settings = EngineSettings(
            url: "postgresql://newswire@127.0.0.1:\(front.port),127.0.0.1:\(other.port)/\(engine.database)",
            password: PostgreSQLServer.password, durability: .single)
        settings.connectTimeout = 300
        settings.patience = 10
        other.sql("CREATE DATABASE \(engine.database)", in: "postgres")
        let log = EngineLog(try EngineAccess(settings), run: Locked(nil))
        #expect(try log.end().position == 0)
        front.set(.isStill)
        let failure = #expect(throws: EngineFailure.self) { try log.end() }
        #expect(failure?.kind == .away && failure?.text.contains("in time") == true)
    }

    @Test("What waits for an engine ends when newswire is to stop")
    func halt() async throws {
        let engine = try TestEngine()
        let holder = try engine.access().connect()
        _ = try holder.run("BEGIN", orElse: "did not begin")
        _ = try holder.run("LOCK TABLE newswire.fleet", orElse: "did not lock")
        let access = try engine.access()
        async let answer = BlockingCall.run { Result { try EngineLog(access, run: Locked(nil)).end().position } }
        #expect(await engine.waits())
        access.halt.halt()
        let result = await answer
        let failure = #expect(throws: EngineFailure.self) { try result.get() }
        #expect(failure?.kind == .away && failure?.text.contains("to stop") == true)
    }

    @Test("A database without a fleet, and one of another format, are told from one that is away")
    func formats() throws {
        let engine = try TestEngine(isFounded: false)
        let none = #expect(throws: EngineFailure.self) { try engine.log(nil).end() }
        #expect(none?.kind == .refused && none?.advice?.contains("newswire fleet init") == true)
        try engine.found()
        engine.sql("UPDATE newswire.fleet SET format = 2")
        let newer = #expect(throws: EngineFailure.self) { try engine.log(nil).end() }
        #expect(newer?.kind == .refused && newer?.text.contains("format 2") == true)
        engine.sql("DELETE FROM newswire.fleet")
        let empty = #expect(throws: EngineFailure.self) { try engine.log(nil).end() }
        #expect(empty?.kind == .refused && empty?.text.contains("newswire fleet init") == true)
    }
}
