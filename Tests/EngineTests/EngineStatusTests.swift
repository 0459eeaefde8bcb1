import Fleet
import TestSupport
import Testing

@testable import Engine

@Suite(
    "How a fleet is, as PostgreSQL knows it",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct EngineStatusTests {
    @Test("The log, each machine's shards and how far it is, and the consumers with who holds them are told")
    func whole() throws {
        let engine = try TestEngine()
        let (one, two) = (try engine.join("one", applied: 1), try engine.join("two"))
        try EngineRegister(engine.access()).claim([1, 2, 3], for: one)
        let log = try engine.log(two)
        for position in 0..<2 as Range<UInt64> {
            _ = try log.append([1], seen: position, end: .init(seq: 6 + position, chain: TestEngine.chain))
        }
        _ = try EngineConsumers(engine.access()).take("index", run: two, machine: "two", seq: 4)
        engine.sql("UPDATE newswire.node SET heard = heard - interval '1 hour' WHERE name = 'two'")
        engine.sql("DELETE FROM newswire.log WHERE pos = 1")
        let status = try EngineStatus.ask(engine.access())
        #expect(status.end.position == 2 && status.end.records.seq == 7 && status.oldest == 2)
        #expect(status.oldestTime != nil && status.bytes > 0 && status.shards == 1024)
        #expect(status.standbys.isEmpty && !status.version.isEmpty && status.server.hasPrefix("postgresql://"))
        #expect(status.machines.map(\.node.name) == ["one", "two"] && status.machines.map(\.shards) == [3, 0])
        #expect(status.machines[0].heard < 600_000 && status.machines[1].heard >= 3_600_000)
        #expect(status.consumers == [ConsumerRow(name: "index", seq: 4, machine: "two")])
    }

    @Test("A fleet of which nobody is there yet has nothing but its beginning")
    func empty() throws {
        let status = try EngineStatus.ask(TestEngine().access())
        #expect(status.machines.isEmpty && status.consumers.isEmpty && status.oldest == nil && status.oldestTime == nil)
        #expect(status.end.position == 0 && status.end.records.seq == 5)
    }
}
