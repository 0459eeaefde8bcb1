import Fleet
import Glibc
import Testing

@Suite struct MembershipSimulationTests {
    /// `NEWSWIRE_FLEET_STEPS=1000000` runs as many steps from each of ten seeds, which takes minutes.
    private static let steps = getenv("NEWSWIRE_FLEET_STEPS").flatMap { Int(String(cString: $0)) } ?? 4000

    /// What ten seeds have led to, side by side.
    private static func findings(_ settings: FleetSimulator.Settings, steps: Int) async -> [FleetSimulator.Findings] {
        await withTaskGroup(of: FleetSimulator.Findings.self) { group in
            for seed: UInt64 in 1...10 {
                group.addTask {
                    var simulator = FleetSimulator(seed: seed, settings: settings)
                    simulator.run(steps: steps)
                    return simulator.findings
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `a shard never has two owners, nor none for long, whatever is lost, late or frozen`() async {
        let found = await Self.findings(.init(), steps: Self.steps)
        for one in found {
            #expect(one.twoOwners == 0, "\(one)")
            // A lease and three heartbeats, by a clock that may be a tenth slow.
            #expect(one.longestOrphan <= 35_000 * 10 / 9, "\(one)")
        }
        // All of it has happened, and not once.
        #expect(found.map(\.putOuts).reduce(0, +) > 10)
        #expect(found.map(\.rejoins).reduce(0, +) > 10)
        #expect(found.map(\.handovers).reduce(0, +) > 100)
        #expect(found.map(\.lateStatements).reduce(0, +) > 50)
    }

    @Test func `two owners are found where clocks differ by more than leases allow`() async {
        let found = await Self.findings(.init(rate: 0.25), steps: 4000)
        #expect(found.map(\.twoOwners).reduce(0, +) > 0)
    }

    @Test func `two owners are found where a machine does not mind its lease`() async {
        let found = await Self.findings(.init(ignoresLeases: true), steps: 4000)
        #expect(found.map(\.twoOwners).reduce(0, +) > 0)
    }
}
