import Fleet
import TestSupport
import Testing

@testable import Engine

@Suite(
    "Consumers and visited hosts of a fleet in PostgreSQL",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"))
struct EngineConsumersTests {
    @Test("A consumer has one holder, and who gets it from another begins where that one stood")
    func holders() throws {
        let engine = try TestEngine()
        let (one, two) = (try engine.join("one"), try engine.join("two"))
        let consumers = EngineConsumers(try engine.access())
        #expect(try consumers.take("index", run: one, machine: "one", seq: 10) == .held(seq: 10, wasHere: true))
        #expect(try consumers.take("index", run: one, machine: "one", seq: 11) == .held(seq: 10, wasHere: true))
        #expect(try consumers.take("index", run: two, machine: "two", seq: 99) == .elsewhere("one"))
        #expect(try consumers.move("index", run: two, to: 50) == false)
        #expect(try consumers.move("index", run: one, to: 20))
        try consumers.free("index", run: two)
        #expect(try consumers.take("index", run: two, machine: "two", seq: 99) == .elsewhere("one"))
        try consumers.free("index", run: one)
        #expect(try consumers.all() == [ConsumerRow(name: "index", seq: 20, machine: nil)])
        #expect(try consumers.take("index", run: two, machine: "two", seq: 99) == .held(seq: 20, wasHere: false))
        #expect(try consumers.move("index", run: one, to: 21) == false)
        #expect(try consumers.all() == [ConsumerRow(name: "index", seq: 20, machine: "two")])
    }

    @Test("The machine that held a consumer last goes on by its own cursor, in whatever run")
    func again() throws {
        let engine = try TestEngine()
        let first = try engine.join("one")
        let consumers = EngineConsumers(try engine.access())
        #expect(try consumers.take("index", run: first, machine: "one", seq: 10) == .held(seq: 10, wasHere: true))
        let second = try engine.join("one", replacing: first)
        #expect(try consumers.take("index", run: first, machine: "one", seq: 12) == .putOut)
        #expect(try consumers.take("index", run: second, machine: "one", seq: 12) == .held(seq: 10, wasHere: true))
    }

    @Test("A consumer that is forgotten by who holds it begins anew")
    func forgotten() throws {
        let engine = try TestEngine()
        let (one, two) = (try engine.join("one"), try engine.join("two"))
        let consumers = EngineConsumers(try engine.access())
        _ = try consumers.take("index", run: one, machine: "one", seq: 10)
        try consumers.forget("index", run: two)
        #expect(try consumers.all().count == 1)
        try consumers.forget("index", run: one)
        #expect(try consumers.all().isEmpty)
        #expect(try consumers.take("index", run: two, machine: "two", seq: 3) == .held(seq: 3, wasHere: true))
        #expect(try consumers.all() == [ConsumerRow(name: "index", seq: 3, machine: "two")])
    }

    @Test("Two that take a consumer at the same moment are not both its holder")
    func race() async throws {
        let engine = try TestEngine()
        let runs = try ["one", "two", "three"].map { (name: $0, run: try engine.join($0)) }
        for consumer in ["a", "b", "c", "d", "e"] {
            let taken = await withTaskGroup { group in
                for (name, run) in runs {
                    group.addTask {
                        await BlockingCall.run {
                            try? EngineConsumers(engine.access()).take(consumer, run: run, machine: name, seq: 1)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(taken.filter { $0 == .held(seq: 1, wasHere: true) }.count == 1)
            #expect(
                taken.allSatisfy { taking in
                    switch taking {
                    case .held, .elsewhere: true
                    default: false
                    }
                })
        }
    }

    @Test("Turns at a visited host are a delay apart, whoever asks, and all see the host")
    func turns() throws {
        let engine = try TestEngine()
        let visits = [EngineVisits(try engine.access()), EngineVisits(try engine.access())]
        #expect(try visits[0].turn(at: "http://h", delay: 1000) == nil)
        try visits[0].enter("http://h")
        try visits[1].enter("http://h")
        #expect(try EngineRegister(engine.access()).view().visited == ["http://h"])
        var last: Int64 = 0
        for round in 0..<6 {
            let turn = try #require(try visits[round % 2].turn(at: "http://h", delay: 100_000))
            // The engine's clock goes on between two questions.
            if round > 0 { #expect(turn > last + 90_000 && turn <= last + 100_000) }
            last = turn
        }
    }

    @Test("A host at which nobody has asked in a day is forgotten, and others are not")
    func forgottenHosts() throws {
        let engine = try TestEngine()
        let visits = EngineVisits(try engine.access())
        for host in ["http://old", "http://new"] { try visits.enter(host) }
        engine.sql("UPDATE newswire.visit SET next = next - interval '25 hours' WHERE host = 'http://old'")
        try EngineTrimming(engine.access()).trimVisits(as: "one")
        #expect(try EngineRegister(engine.access()).view().visited.count == 2)
        try engine.join("one")
        try EngineTrimming(engine.access()).trimVisits(as: "one")
        #expect(try EngineRegister(engine.access()).view().visited == ["http://new"])
        #expect(try visits.turn(at: "http://old", delay: 1) == nil)
    }
}
