package import Fleet
internal import PostgreSQL

/// `EngineStatus` is how a fleet and its engine are, for people and metrics: nothing goes by it.
package struct EngineStatus: Sendable {
    /// `Machine` is one of the fleet's, as it said last.
    package struct Machine: Sendable {
        package var node: NodeRow
        /// How many shards it has.
        package var shards: Int
        /// Milliseconds since its last heartbeat, by the engine's clock.
        package var heard: Int64
    }

    /// The server that is the primary, as messages name it.
    package var server: String
    /// As PostgreSQL writes it: `15.4`.
    package var version: String
    /// What its setting says of synchronous standbys; empty for none.
    package var standbys: String
    /// Milliseconds that it took to answer the shortest question.
    package var answered: Int64
    package var end: LogEnd
    /// The oldest entry that is kept; nil where there is none.
    package var oldest: UInt64?
    /// When that was appended, in milliseconds since 1970 by the engine's clock.
    package var oldestTime: Int64?
    /// Bytes that the log takes on the engine's disk.
    package var bytes: Int64
    /// How many shards the fleet has.
    package var shards: Int
    /// By name.
    package var machines: [Machine]
    package var consumers: [ConsumerRow]

    /// Asks the engine, over a connection that is closed again.
    package static func ask(_ access: EngineAccess) throws(EngineFailure) -> EngineStatus {
        let line = EngineLine(access) { session throws(PostgreSQLFailure) in try EngineSchema.check(session) }
        let status: EngineStatus? = try line.ask { session throws(PostgreSQLFailure) in try Self.status(session) }
        guard let status else { throw EngineFailure(.damaged, "the engine says of the fleet what cannot be") }
        return status
    }

    private static func status(_ session: EngineSession) throws(PostgreSQLFailure) -> EngineStatus? {
        let start = EngineClock.now()
        let end = try EngineLog.end(session)
        let answered = EngineClock.now() - start
        let log = try session.run(
            """
            SELECT current_setting('server_version'), (SELECT shards::text FROM newswire.fleet), \
            pg_total_relation_size('newswire.log')::text, (SELECT min(pos)::text FROM newswire.log), \
            (SELECT (extract(epoch FROM at) * 1000)::bigint::text FROM newswire.log ORDER BY pos LIMIT 1)
            """, orElse: "did not say how the log is")
        let shares = try session.run(
            """
            SELECT n.run::text, count(s.shard)::text, \
            (extract(epoch FROM clock_timestamp() - n.heard) * 1000)::bigint::text FROM newswire.node n \
            LEFT JOIN newswire.shard s USING (run) GROUP BY n.run
            """, orElse: "did not say how the machines are")
        var byRun: [String: (shards: Int, heard: Int64)] = [:]
        for row in 0..<shares.count {
            guard let run = shares[row, 0], let shards = shares[row, 1].flatMap({ Int($0) }),
                let heard = shares[row, 2].flatMap({ Int64($0) })
            else { return nil }
            byRun[run] = (shards, heard)
        }
        let nodes = try EngineRegister.nodes(session)
        guard let shards = log[0, 1].flatMap({ Int($0) }), !nodes.contains(where: { $0 == nil }) else { return nil }
        return EngineStatus(
            server: session.server, version: log[0, 0] ?? "", standbys: session.duties.standbys, answered: answered,
            end: end, oldest: log[0, 3].flatMap { UInt64($0) }, oldestTime: log[0, 4].flatMap { Int64($0) },
            bytes: log[0, 2].flatMap { Int64($0) } ?? 0, shards: shards,
            // One that has joined between the two questions comes with the next look.
            machines: nodes.compactMap { node in
                guard let node, let share = byRun[node.run] else { return nil }
                return Machine(node: node, shards: share.shards, heard: max(0, share.heard))
            },
            consumers: try EngineConsumers.all(session))
    }
}
