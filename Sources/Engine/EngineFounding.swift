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
        var standbys = ""
        do throws(EngineFailure) {
            return try line.ask { session throws(PostgreSQLFailure) in
                standbys = session.duties.standbys
                return try found(session, beginningBehind: records)
            }
        } catch {
            guard error.kind == .away, !standbys.isEmpty else { throw error }
            throw EngineFailure(
                .away, error.text,
                advice: "it may wait for a synchronous standby that is not there: synchronous_standby_names is "
                    + "'\(standbys)', and pg_stat_replication shows who is there; start one, and run `newswire fleet init` again"
            )
        }
    }

    private static func found(
        _ session: EngineSession, beginningBehind records: LogEnd.Records
    ) throws(PostgreSQLFailure) -> LogEnd {
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
        // What an earlier call has made without an answer is here, and perhaps nowhere else yet: only a transaction that writes
        // waits for the standby to have all before it.
        _ = try session.run("UPDATE newswire.fleet SET format = format", orElse: "did not keep the fleet")
        return try EngineLog.end(session)
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
