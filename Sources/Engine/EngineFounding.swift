package import Fleet
internal import PostgreSQL

/// `EngineFounding` makes what a fleet keeps in its engine. Each of its calls may be made again after it has failed anywhere.
package enum EngineFounding {
    /// Makes the tables where there are none, and a fleet in them where there is none.
    ///
    /// - Parameter records: where the log of a fleet that is made begins.
    /// - Returns: where the log of the fleet ends that is there now, made by this call or before.
    package static func found(
        _ access: EngineAccess, beginningBehind records: LogEnd.Records
    ) throws(EngineFailure) -> LogEnd {
        let line = EngineLine(access)
        return try line.ask { session throws(PostgreSQLFailure) in
            try makeTables(session)
            _ = try session.run(
                """
                INSERT INTO newswire.fleet (id, format, shards, pos, seq, chain) \
                VALUES (gen_random_uuid(), $1, $2, 0, $3, $4) ON CONFLICT DO NOTHING
                """,
                [
                    .int8(Int64(EngineSchema.format)), .int8(Int64(EngineSchema.shards)), .int8(Int64(records.seq)),
                    .bytea(records.chain),
                ], orElse: "did not make the fleet")
            try EngineSchema.check(session)
            _ = try session.run(
                """
                INSERT INTO newswire.shard SELECT g FROM generate_series(0, (SELECT shards FROM newswire.fleet) - 1) g \
                ON CONFLICT DO NOTHING
                """, orElse: "did not make the shards")
            return try EngineLog.end(session)
        }
    }

    private static func makeTables(_ session: EngineSession) throws(PostgreSQLFailure) {
        let found = try session.run("SELECT to_regclass('newswire.fleet')", orElse: "did not say what it has")
        guard found[0, 0] == nil else { return }
        // All or nothing: a connection that ends in the middle leaves none of it.
        for statement in ["BEGIN"] + EngineSchema.statements + ["COMMIT"] {
            _ = try session.run(statement, orElse: "did not make the tables")
        }
    }
}
