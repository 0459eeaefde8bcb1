import Fleet
import PostgreSQL
import TestSupport
import Testing

@testable import Engine

@Suite(
    "The register of a fleet in PostgreSQL",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct EngineRegisterTests {
    private func owners(_ view: FleetView, _ run: String) -> [Int] {
        view.owners.indices.filter { view.owners[$0] == run }
    }

    @Test("Machines are seen with their beats, their leases and how far they are")
    func view() throws {
        let engine = try TestEngine()
        let run = TestEngine.run()
        let register = EngineRegister(try engine.access())
        try register.join(TestEngine.node(run, "one", applied: 0), replacing: nil)
        #expect(try register.beat(run: run, applied: 12, about: #"{"feeds": 3}"#))
        var node = TestEngine.node(run, "one", applied: 12)
        node.beat = 1
        node.about = #"{"feeds": 3}"#
        let view = try register.view()
        #expect(view.nodes == [node])
        #expect(view.owners.count == 1024 && view.position == 0 && view.visited.isEmpty)
        // Some time between the years 2020 and 2100.
        #expect(1_577_836_800_000...4_102_444_800_000 ~= view.time)
        let nobody = TestEngine.run()
        #expect(try register.beat(run: nobody, applied: 1, about: "{}") == false)
    }

    @Test("A machine that joins again is one machine, and what its last run had is free")
    func again() throws {
        let engine = try TestEngine()
        let register = EngineRegister(try engine.access())
        let first = try engine.join("one")
        try register.claim([3, 5], for: first)
        #expect(try owners(register.view(), first) == [3, 5])
        // A run that is not the one that was seen is not taken out, whosever it is.
        let early = #expect(throws: EngineFailure.self) { try engine.join("one", replacing: TestEngine.run()) }
        #expect(early?.kind == .away)
        #expect(try owners(register.view(), first) == [3, 5])
        let second = try engine.join("one", replacing: first)
        let view = try register.view()
        #expect(view.nodes.map(\.run) == [second] && view.owners.allSatisfy { $0 == nil })
        #expect(try register.beat(run: first, applied: 0, about: "{}") == false)
    }

    @Test("A name that another machine has is refused, and nothing of it is touched")
    func names() throws {
        let engine = try TestEngine()
        let run = try engine.join("one", machine: "this")
        let failure = #expect(throws: EngineFailure.self) { try engine.join("one", machine: "that") }
        #expect(failure?.kind == .refused && failure?.text.contains("called one") == true)
        #expect(try EngineRegister(engine.access()).view().nodes.map(\.run) == [run])
    }

    @Test("A machine is put out by the beat that was seen, and not by an older one")
    func beats() throws {
        let engine = try TestEngine()
        let register = EngineRegister(try engine.access())
        let run = try engine.join("one")
        #expect(try register.beat(run: run, applied: 0, about: "{}"))
        try register.putOut(run: run, beat: 0)
        #expect(try register.view().nodes.count == 1)
        try register.putOut(run: run, beat: 1)
        #expect(try register.view().nodes.isEmpty)
    }

    @Test("Free shards are taken, others' are left, and a run that was put out takes none")
    func claims() throws {
        let engine = try TestEngine()
        let register = EngineRegister(try engine.access())
        let (one, two) = (try engine.join("one"), try engine.join("two"))
        try register.claim([1, 2, 3], for: one)
        try register.claim([3, 4], for: two)
        try register.claim([], for: two)
        var view = try register.view()
        #expect(owners(view, one) == [1, 2, 3] && owners(view, two) == [4])
        try register.putOut(run: one, beat: 0)
        try register.claim([1, 9], for: one)
        view = try register.view()
        #expect(view.owners.filter { $0 != nil } == [two])
    }

    @Test("Two that claim the same shards in whatever order get each shard once, and wait for nobody")
    func race() async throws {
        let engine = try TestEngine()
        let runs = try ["one", "two", "three"].map { try engine.join($0) }
        let all = Array(0..<1024)
        let isDone = await withTaskGroup { group in
            for (index, run) in runs.enumerated() {
                group.addTask {
                    await BlockingCall.run {
                        let mine = index == 1 ? all.reversed() : all
                        return (try? EngineRegister(engine.access()).claim(mine, for: run)) != nil
                    }
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(isDone)
        let view = try EngineRegister(engine.access()).view()
        // Who has skipped what another had locked gets it the next time.
        for run in runs { try EngineRegister(engine.access()).claim(all, for: run) }
        let after = try EngineRegister(engine.access()).view()
        #expect(after.owners.allSatisfy { $0 != nil })
        for (before, now) in zip(view.owners, after.owners) where before != nil { #expect(before == now) }
    }

    @Test("A shard that another is just taking is not waited for")
    func skipped() throws {
        let engine = try TestEngine()
        let run = try engine.join("one")
        let other = try engine.access().connect()
        _ = try other.run("BEGIN", orElse: "did not begin")
        _ = try other.run("SELECT FROM newswire.shard WHERE shard = 7 FOR UPDATE", orElse: "did not lock")
        let register = EngineRegister(try engine.access())
        try register.claim([6, 7, 8], for: run)
        #expect(try owners(register.view(), run) == [6, 8])
    }

    @Test("Giving up counts with the beat that it was decided at, so that it frees nothing when it comes late")
    func givingUp() throws {
        let engine = try TestEngine()
        let register = EngineRegister(try engine.access())
        let run = try engine.join("one")
        try register.claim([1, 2], for: run)
        #expect(try register.beat(run: run, applied: 0, about: "{}"))
        try register.giveUp([1], of: run, beat: 0)
        #expect(try owners(register.view(), run) == [1, 2])
        try register.giveUp([1], of: run, beat: 1)
        #expect(try owners(register.view(), run) == [2])
        // Others' are not given up.
        let two = try engine.join("two")
        try register.giveUp([2], of: two, beat: 0)
        #expect(try owners(register.view(), run) == [2])
    }

    @Test("A heartbeat that comes while shards are given up makes that wait, or is waited for and undoes it")
    func givingUpWhileBeating() async throws {
        let engine = try TestEngine()
        let run = try engine.join("one")
        try EngineRegister(engine.access()).claim([1], for: run)
        let beat = try engine.access().connect()
        _ = try beat.run("BEGIN", orElse: "did not begin")
        _ = try beat.run("UPDATE newswire.node SET beat = beat + 1", orElse: "did not beat")
        async let isGiven = BlockingCall.run {
            (try? EngineRegister(engine.access()).giveUp([1], of: run, beat: 0)) != nil
        }
        #expect(await engine.waits())
        _ = try beat.run("COMMIT", orElse: "did not commit")
        #expect(await isGiven)
        #expect(try owners(EngineRegister(engine.access()).view(), run) == [1])
    }

    @Test("Who leaves has nothing any more")
    func leaving() throws {
        let engine = try TestEngine()
        let register = EngineRegister(try engine.access())
        let run = try engine.join("one")
        try register.claim([1], for: run)
        _ = try EngineConsumers(engine.access()).take("a", run: run, machine: "one", seq: 3)
        try register.leave(run: run)
        let view = try register.view()
        #expect(view.nodes.isEmpty && view.owners.allSatisfy { $0 == nil })
        #expect(try EngineConsumers(engine.access()).all() == [ConsumerRow(name: "a", seq: 3, machine: nil)])
    }
}
