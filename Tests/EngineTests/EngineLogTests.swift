import Fleet
import Glibc
import Locking
import PostgreSQL
import TestSupport
import Testing

@testable import Engine

@Suite(
    "The log of a fleet in PostgreSQL",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct EngineLogTests {
    private func end(_ seq: UInt64) -> LogEnd.Records {
        .init(seq: seq, chain: [UInt8](repeating: UInt8(truncatingIfNeeded: seq), count: 32))
    }

    @Test("A fleet's log begins where its store ends, and is made once")
    func founding() throws {
        let engine = try TestEngine(isFounded: false)
        let end = try engine.found(seq: 9)
        #expect(end.fleet.utf8.count == 36 && end.position == 0)
        #expect(end.records == .init(seq: 9, chain: TestEngine.chain))
        #expect(try engine.found(seq: 70) == end)
        #expect(try EngineRegister(engine.access()).view().owners == [String?](repeating: nil, count: 1024))
    }

    @Test(
        "Without its synchronous standby no fleet is made, which is said, also where a call before has made it unseen")
    func missingStandby() async throws {
        let server = try #require(PostgreSQLServer(options: []))
        func setStandbys(_ names: String) async -> Bool {
            await BlockingCall.run {
                server.sql("ALTER SYSTEM SET synchronous_standby_names = '\(names)'", in: "postgres")
                server.sql("SELECT pg_reload_conf()", in: "postgres")
                for _ in 0..<500 {
                    if server.sql("SELECT current_setting('synchronous_standby_names') = '\(names)'") == ["t"] {
                        return true
                    }
                    usleep(10_000)
                }
                return false
            }
        }
        #expect(await setStandbys("nobody"))
        var settings = EngineSettings(
            url: "postgresql://newswire@\(server.socketHost):\(server.port)/news", password: PostgreSQLServer.password,
            durability: .single)
        settings.longestWait = 300
        settings.patience = 100
        let access = try EngineAccess(settings)
        @Sendable func found() -> EngineFailure? {
            do throws(EngineFailure) {
                _ = try EngineFounding.found(access, beginningBehind: end(5))
                return nil
            } catch { return error }
        }
        let failure = await BlockingCall.run { found() }
        #expect(failure?.kind == .away && failure?.advice?.contains("'nobody'") == true, "\(failure?.text ?? "")")
        // What waited is let go, and is there, although no standby has ever had it.
        #expect(await setStandbys(""))
        #expect(await BlockingCall.run { found() } == nil)
        #expect(await setStandbys("nobody"))
        #expect(await BlockingCall.run { found() }?.kind == .away)
        #expect(await setStandbys(""))
    }

    @Test("A role that owns nothing needs no more than its rights on what a person has made")
    func rights() throws {
        let engine = try TestEngine(isFounded: false)
        for statement in EngineSchema.statements { #expect(engine.sql(statement) != nil, "\(statement)") }
        engine.sql(
            """
            CREATE ROLE r\(engine.database) LOGIN; GRANT USAGE ON SCHEMA newswire TO r\(engine.database); \
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA newswire TO r\(engine.database)
            """)
        var settings = try engine.access().settings
        settings.url = settings.url.replacing("newswire@", with: "r\(engine.database)@")
        let access = try EngineAccess(settings)
        _ = try EngineFounding.found(access, beginningBehind: end(0))
        let run = TestEngine.run()
        try EngineRegister(access).join(TestEngine.node(run, "one"), replacing: nil)
        #expect(try EngineLog(access, run: Locked(run)).append([1], seen: 0, end: end(1)) == .appended(1))
        #expect(try !EngineTrimming(access).trimLog(keep: 0, as: "one"))
        engine.sql("DROP OWNED BY r\(engine.database)")
        engine.server.sql("DROP ROLE r\(engine.database)", in: "postgres")
    }

    @Test("Who has not read to the end of the log does not append, and does when it has")
    func compareAndSet() throws {
        let engine = try TestEngine()
        let (one, two) = (try engine.log(engine.join("one")), try engine.log(engine.join("two")))
        let first = (0...255).map { UInt8($0) }
        #expect(try one.append(first, seen: 0, end: end(7)) == .appended(1))
        #expect(try two.append([1], seen: 0, end: end(6)) == .overtaken)
        #expect(try two.end().position == 1 && two.end().records == end(7))
        let entries = try two.entries(after: 0, bytes: 1 << 20)
        #expect(entries.map(\.position) == [1] && entries.first?.body == first)
        #expect(entries.first?.before == .init(seq: 5, chain: TestEngine.chain))
        #expect(try two.append([1], seen: 1, end: end(8)) == .appended(2))
        #expect(try one.entries(after: 1, bytes: 0).first?.before == end(7))
    }

    @Test("Of two that append at the same moment one does")
    func race() async throws {
        let engine = try TestEngine()
        let runs = try ["one", "two", "three", "four"].map { try engine.join($0) }
        for round in 0..<10 as Range<UInt64> {
            let outcomes = await withTaskGroup { group in
                for run in runs {
                    group.addTask {
                        await BlockingCall.run { try? engine.log(run).append([], seen: round, end: end(round)) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == .appended(round + 1) }.count == 1)
            #expect(outcomes.filter { $0 == .overtaken }.count == 3)
        }
    }

    @Test("Entries come in their order, as many as fit, and one at least")
    func portions() throws {
        let engine = try TestEngine()
        let log = try engine.log(engine.join("one"))
        for position in 0..<5 as Range<UInt64> {
            _ = try log.append([UInt8](repeating: 1, count: 1000), seen: position, end: end(position))
        }
        #expect(try log.entries(after: 0, bytes: 10_000).map(\.position) == [1, 2, 3, 4, 5])
        #expect(try log.entries(after: 0, bytes: 10_000).map(\.isLast) == [false, false, false, false, true])
        #expect(try log.entries(after: 1, bytes: 2500).map(\.position) == [2, 3])
        #expect(try log.entries(after: 1, bytes: 2500).last?.isLast == false, "what does not fit is behind it")
        #expect(try log.entries(after: 3, bytes: 1).map(\.position) == [4])
        #expect(try log.entries(after: 5, bytes: 1).isEmpty)
    }

    @Test("An entry of 40 MiB goes there and back")
    func large() throws {
        let engine = try TestEngine()
        let log = try engine.log(engine.join("one"))
        var generator = SeededGenerator(seed: 7)
        let words = (0..<5_242_880).map { _ in generator.next() }
        let body = words.withUnsafeBytes { Array($0) }
        #expect(try log.append(body, seen: 0, end: end(1)) == .appended(1))
        #expect(try log.entries(after: 0, bytes: 1).first?.body == body)
    }

    @Test("A run that is not in the fleet appends nothing")
    func putOut() throws {
        let engine = try TestEngine()
        let run = try engine.join("one")
        let log = try engine.log(run)
        try EngineRegister(engine.access()).putOut(run: run, beat: 0)
        #expect(try log.append([1], seen: 0, end: end(6)) == .putOut)
        #expect(try engine.log(nil).append([1], seen: 0, end: end(6)) == .putOut)
        #expect(try log.end().position == 0)
    }

    @Test("An append that meets its being put out waits for it, and writes nothing")
    func putOutWhileAppending() async throws {
        let engine = try TestEngine()
        let run = try engine.join("one")
        let other = try engine.access().connect()
        _ = try other.run("BEGIN", orElse: "did not begin")
        _ = try other.run("DELETE FROM newswire.node WHERE beat = 0", orElse: "did not put it out")
        async let outcome = BlockingCall.run { try? engine.log(run).append([1], seen: 0, end: end(6)) }
        #expect(await engine.waits())
        _ = try other.run("COMMIT", orElse: "did not commit")
        #expect(await outcome == .putOut)
        #expect(engine.sql("SELECT count(*) FROM newswire.log") == ["0"])
    }

    @Test("Who puts a machine out waits for its append, so that what is in the log was appended before")
    func appendingWhilePutOut() async throws {
        let engine = try TestEngine()
        let run = try engine.join("one")
        let appender = try engine.access().connect()
        _ = try appender.run("BEGIN", orElse: "did not begin")
        _ = try appender.run(
            "SELECT newswire.append('\(run)', 0, 6, decode(repeat('00', 32), 'hex'), 'x')", orElse: "did not append")
        async let isOut = BlockingCall.run {
            (try? EngineRegister(engine.access()).putOut(run: run, beat: 0)) != nil
        }
        #expect(await engine.waits())
        _ = try appender.run("COMMIT", orElse: "did not commit")
        #expect(await isOut)
        #expect(engine.sql("SELECT pos FROM newswire.log") == ["1"])
        #expect(engine.sql("SELECT count(*) FROM newswire.node") == ["0"])
    }

    @Test("An answer that is lost leaves the outcome unknown, and reading on tells it")
    func lostAnswer() throws {
        let engine = try TestEngine()
        let front = FaultyFront(port: engine.server.port)
        let log = try engine.log(engine.join("one"), port: front.port)
        // The engine has prepared the statement with that: what is lost is the answer to the append.
        #expect(try log.append([0], seen: 0, end: end(6)) == .appended(1))
        front.set(.losesAnswer)
        let failure = #expect(throws: EngineFailure.self) { try log.append([1, 2], seen: 1, end: end(7)) }
        #expect(failure?.kind == .away)
        front.set(.passes)
        #expect(try log.entries(after: 1, bytes: 1).first?.body == [1, 2])
        #expect(try log.append([3], seen: 1, end: end(7)) == .overtaken)
        #expect(try log.append([3], seen: 2, end: end(8)) == .appended(3))
    }

    @Test("A connection that is lost while nobody asks is told of, since the next one may lead to another engine")
    func losses() throws {
        let engine = try TestEngine()
        let log = try engine.log(nil)
        #expect(try log.end().position == 0)
        #expect(log.losses == 0)
        engine.sql(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() \
            AND pid <> pg_backend_pid()
            """)
        log.wait(milliseconds: 30_000)
        #expect(log.losses == 1)
        #expect(try log.end().position == 0)
        #expect(log.losses == 1)
    }

    @Test("Waiting ends when another appends, not by one's own append, and when it is woken")
    func news() async throws {
        let engine = try TestEngine()
        let (one, two) = (try engine.log(engine.join("one")), try engine.log(engine.join("two")))
        #expect(try one.end().position == 0)
        _ = try two.append([1], seen: 0, end: end(6))
        let start = EngineClock.now()
        one.wait(milliseconds: 60_000)
        #expect(EngineClock.now() - start < 30_000)
        _ = try one.append([1], seen: 1, end: end(7))
        let next = EngineClock.now()
        one.wait(milliseconds: 30)
        #expect(EngineClock.now() - next >= 30)
        one.waker()
        one.wait(milliseconds: 60_000)
        #expect(EngineClock.now() - start < 60_000)
        // One word ends one wait.
        let last = EngineClock.now()
        one.wait(milliseconds: 30)
        #expect(EngineClock.now() - last >= 30)
    }

    @Test("What all have applied and is old goes from the beginning, and who is behind it is told")
    func trimming() throws {
        let engine = try TestEngine()
        let (one, two) = (try engine.join("one", applied: 0), try engine.join("two", applied: 4))
        let log = try engine.log(one)
        for position in 0..<5 as Range<UInt64> { _ = try log.append([1], seen: position, end: end(position)) }
        let register = EngineRegister(try engine.access())
        let trimming = EngineTrimming(try engine.access(), portion: 2)
        func kept() -> [String]? { engine.sql("SELECT pos FROM newswire.log ORDER BY pos") }
        // One has applied nothing.
        #expect(try !trimming.trimLog(keep: 0, as: "one"))
        #expect(kept()?.count == 5)
        #expect(try register.beat(run: one, applied: 3, about: "{}"))
        // Nothing is old.
        #expect(try !trimming.trimLog(keep: 3_600_000, as: "one"))
        engine.sql("UPDATE newswire.log SET at = at - interval '2 hours' WHERE pos IN (1, 3)")
        // It is the task of one machine.
        #expect(try !trimming.trimLog(keep: 3_600_000, as: "two"))
        #expect(kept()?.count == 5)
        #expect(try !trimming.trimLog(keep: 3_600_000, as: "one"))
        #expect(kept() == ["2", "3", "4", "5"])
        #expect(try trimming.trimLog(keep: 0, as: "one"))
        #expect(try !trimming.trimLog(keep: 0, as: "one"))
        #expect(kept() == ["4", "5"])
        let failure = #expect(throws: EngineFailure.self) { try log.entries(after: 2, bytes: 1 << 20) }
        #expect(failure?.kind == .trimmed && failure?.text.contains("entry 3") == true)
        #expect(try log.entries(after: 3, bytes: 1 << 20).map(\.position) == [4, 5])
        // Of a fleet without machines nothing is taken away.
        try register.leave(run: one)
        try register.leave(run: two)
        #expect(try !trimming.trimLog(keep: 0, as: "one"))
        #expect(kept() == ["4", "5"])
    }
}
