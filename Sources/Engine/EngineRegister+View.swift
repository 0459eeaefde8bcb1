package import Fleet
internal import PostgreSQL

extension EngineRegister {
    package func view() throws(EngineFailure) -> FleetView {
        let view = try line.ask { session throws(PostgreSQLFailure) in
            // The end of the log last: it is not before that of the moment in which the shards were seen.
            let nodes = try Self.nodes(session)
            let owners = try session.run(
                "SELECT run::text, string_agg(shard::text, ',') FROM newswire.shard GROUP BY run",
                orElse: "did not say whose the shards are")
            let visits = try session.run(
                "SELECT host FROM newswire.visit ORDER BY host", orElse: "did not say which hosts are visited")
            let end = try session.run(
                """
                SELECT shards::text, pos::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text \
                FROM newswire.fleet
                """, orElse: "did not say where the log ends")
            return Self.view(nodes, owners, visits, end)
        }
        guard let view else { throw EngineFailure(.damaged, "the engine says of the fleet what cannot be") }
        return view
    }

    /// Returns the machines by their names; nil for a row that cannot be one.
    static func nodes(_ session: EngineSession) throws(PostgreSQLFailure) -> [NodeRow?] {
        let result = try session.run(
            """
            SELECT run::text, name, machine, beat::text, applied::text, lease::text, weight::text, about::text \
            FROM newswire.node ORDER BY name
            """, orElse: "did not say who is in the fleet")
        return (0..<result.count).map { row in
            guard let run = result[row, 0], let name = result[row, 1], let machine = result[row, 2],
                let beat = result[row, 3].flatMap({ UInt64($0) }), let applied = result[row, 4].flatMap({ UInt64($0) }),
                let lease = result[row, 5].flatMap({ Int64($0) }), let weight = result[row, 6].flatMap({ Int($0) }),
                let about = result[row, 7]
            else { return nil }
            return NodeRow(
                run: run, name: name, machine: machine, beat: beat, applied: applied, lease: lease, weight: weight,
                about: about)
        }
    }

    private static func view(
        _ nodes: [NodeRow?], _ owners: PostgreSQLResult, _ visits: PostgreSQLResult, _ end: PostgreSQLResult
    ) -> FleetView? {
        guard end.count == 1, let shards = end[0, 0].flatMap({ Int($0) }), 1...65_536 ~= shards,
            let position = end[0, 1].flatMap({ UInt64($0) }), let time = end[0, 2].flatMap({ Int64($0) }),
            !nodes.contains(where: { $0 == nil })
        else { return nil }
        var runs = [String?](repeating: nil, count: shards)
        var found = 0
        for row in 0..<owners.count {
            for word in (owners[row, 1] ?? "").split(separator: ",") {
                guard let shard = Int(word), runs.indices ~= shard else { return nil }
                runs[shard] = owners[row, 0]
                found += 1
            }
        }
        // A shard without a row could be nobody's for ever.
        guard found == shards else { return nil }
        return FleetView(
            nodes: nodes.compactMap(\.self), owners: runs, position: position, time: time,
            visited: (0..<visits.count).compactMap { visits[$0, 0] })
    }
}
