package import Fleet
internal import PostgreSQL

/// `EngineConsumers` keeps the fleet's consumers in PostgreSQL, with a connection of its own.
package final class EngineConsumers: FleetConsumers {
    private let line: EngineLine

    package init(_ access: EngineAccess) {
        line = EngineLine(access) { session throws(PostgreSQLFailure) in try EngineSchema.check(session) }
    }

    package func take(
        _ consumer: String, run: String, machine: String, seq: UInt64
    ) throws(EngineFailure) -> ConsumerTaking {
        try line.ask { session throws(PostgreSQLFailure) in
            do throws(PostgreSQLFailure) {
                return try Self.take(session, consumer, run, machine, seq)
            } catch {
                // No such run: it was put out.
                guard error.code == "23503" else { throw error }
                return .putOut
            }
        }
    }

    private static func take(
        _ session: EngineSession, _ consumer: String, _ run: String, _ machine: String, _ seq: UInt64
    ) throws(PostgreSQLFailure) -> ConsumerTaking {
        // The row is locked as it was, so that who has held it last is known.
        let taken = try session.run(
            """
            WITH before AS (SELECT name, holder FROM newswire.consumer WHERE name = $1 AND (run IS NULL OR run = $2::uuid) \
            FOR UPDATE), new AS (INSERT INTO newswire.consumer AS c VALUES ($1, $4, $2::uuid, $3) ON CONFLICT DO NOTHING \
            RETURNING c.seq), old AS (UPDATE newswire.consumer c SET run = $2::uuid, holder = $3 FROM before b \
            WHERE c.name = b.name RETURNING c.seq, b.holder) \
            SELECT seq::text, true FROM new UNION ALL SELECT seq::text, holder = $3 FROM old
            """, [.text(consumer), .text(run), .text(machine), .int8(Int64(seq))],
            orElse: "did not give the consumer \(consumer)")
        if taken.count == 1, let seq = taken[0, 0].flatMap({ UInt64($0) }) {
            return .held(seq: seq, wasHere: taken[0, 1] == "t")
        }
        let holder = try session.run(
            "SELECT n.name FROM newswire.consumer c JOIN newswire.node n USING (run) WHERE c.name = $1",
            [.text(consumer)], orElse: "did not say who has the consumer \(consumer)")
        // Nobody by now: whoever asks again gets it.
        return .elsewhere(holder.firstText ?? "another machine")
    }

    package func move(_ consumer: String, run: String, to seq: UInt64) throws(EngineFailure) -> Bool {
        try line.ask { session throws(PostgreSQLFailure) in
            try session.run(
                "UPDATE newswire.consumer SET seq = $3 WHERE name = $1 AND run = $2::uuid",
                [.text(consumer), .text(run), .int8(Int64(seq))], orElse: "did not move the consumer \(consumer)"
            ).changed == 1
        }
    }

    package func free(_ consumer: String, run: String) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                "UPDATE newswire.consumer SET run = NULL WHERE name = $1 AND run = $2::uuid",
                [.text(consumer), .text(run)], orElse: "did not let the consumer \(consumer) go")
        }
    }

    package func forget(_ consumer: String, run: String) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                "DELETE FROM newswire.consumer WHERE name = $1 AND run = $2::uuid", [.text(consumer), .text(run)],
                orElse: "did not forget the consumer \(consumer)")
        }
    }

    package func all() throws(EngineFailure) -> [ConsumerRow] {
        try line.ask { session throws(PostgreSQLFailure) in try Self.all(session) }
    }

    static func all(_ session: EngineSession) throws(PostgreSQLFailure) -> [ConsumerRow] {
        let result = try session.run(
            """
            SELECT c.name, c.seq::text, n.name FROM newswire.consumer c LEFT JOIN newswire.node n USING (run) \
            ORDER BY c.name
            """, orElse: "did not say which consumers there are")
        return (0..<result.count).compactMap { row in
            guard let name = result[row, 0], let seq = result[row, 1].flatMap({ UInt64($0) }) else { return nil }
            return ConsumerRow(name: name, seq: seq, machine: result[row, 2])
        }
    }
}
