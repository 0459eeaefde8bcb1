package import Fleet
internal import PostgreSQL

/// `EngineRegister` is the register of the fleet's machines and shards in PostgreSQL, with a connection of its own.
package final class EngineRegister: FleetRegister {
    let line: EngineLine

    package init(_ access: EngineAccess) {
        line = EngineLine(access) { session throws(PostgreSQLFailure) in try EngineSchema.check(session) }
    }

    package func join(_ node: NodeRow, replacing earlier: String?) throws(EngineFailure) {
        let other: String?? = try line.ask { session throws(PostgreSQLFailure) in
            // Two statements, of which each may be the last that is carried out: a machine without a row joins again.
            if let earlier {
                _ = try session.run(
                    "DELETE FROM newswire.node WHERE run = $1::uuid", [.text(earlier)],
                    orElse: "did not take the last run of \(node.name) out")
            }
            let result = try session.run(
                """
                INSERT INTO newswire.node (run, name, machine, beat, applied, lease, weight, about) \
                VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8::jsonb) ON CONFLICT DO NOTHING
                """,
                [
                    .text(node.run), .text(node.name), .text(node.machine), .int8(Int64(node.beat)),
                    .int8(Int64(node.applied)), .int8(node.lease), .int8(Int64(node.weight)), .text(node.about),
                ], orElse: "did not take \(node.name) into the fleet")
            if result.changed == 1 { return .none }
            return try session.run(
                "SELECT machine FROM newswire.node WHERE name = $1", [.text(node.name)],
                orElse: "did not say who is \(node.name)"
            ).firstText
        }
        guard case .some(let machine) = other else { return }
        guard let machine, machine != node.machine else {
            throw EngineFailure(
                .away, "\(node.name) was taken out of the fleet or joined it by somebody else meanwhile")
        }
        throw EngineFailure(
            .refused, "another machine of the fleet is called \(node.name)",
            advice: "give this one another name in node")
    }

    package func beat(run: String, applied: UInt64, about: String) throws(EngineFailure) -> Bool {
        try line.ask { session throws(PostgreSQLFailure) in
            try session.run(
                """
                UPDATE newswire.node SET beat = beat + 1, applied = $2, about = $3::jsonb, heard = clock_timestamp() \
                WHERE run = $1::uuid
                """, [.text(run), .int8(Int64(applied)), .text(about)], orElse: "did not take the heartbeat"
            ).changed == 1
        }
    }

    package func putOut(run: String, beat: UInt64) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                "DELETE FROM newswire.node WHERE run = $1::uuid AND beat = $2", [.text(run), .int8(Int64(beat))],
                orElse: "did not put \(run) out")
        }
    }

    package func claim(_ shards: [Int], for run: String) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            do throws(PostgreSQLFailure) {
                // What somebody else is just taking is not waited for: two that take each other's would wait for ever.
                _ = try session.run(
                    """
                    UPDATE newswire.shard SET run = $1::uuid WHERE shard IN (SELECT shard FROM newswire.shard \
                    WHERE run IS NULL AND shard = ANY($2) ORDER BY shard FOR UPDATE SKIP LOCKED)
                    """, [.text(run), .int4s(shards)], orElse: "did not give the shards")
            } catch {
                // The run was put out meanwhile; its next heartbeat finds out.
                guard error.code == "23503" else { throw error }
            }
        }
    }

    package func giveUp(_ shards: [Int], of run: String, beat: UInt64) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                """
                WITH me AS (SELECT run FROM newswire.node WHERE run = $1::uuid AND beat = $2 FOR SHARE) \
                UPDATE newswire.shard s SET run = NULL FROM me WHERE s.run = me.run AND s.shard = ANY($3)
                """, [.text(run), .int8(Int64(beat)), .int4s(shards)], orElse: "did not take the shards back")
        }
    }

    package func leave(run: String) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                "DELETE FROM newswire.node WHERE run = $1::uuid", [.text(run)], orElse: "did not let \(run) leave")
        }
    }
}
