package import Fleet
internal import PostgreSQL

/// `EngineVisits` gives turns at hosts from PostgreSQL's clock, with a connection of its own.
package final class EngineVisits: FleetVisits {
    private let line: EngineLine

    package init(_ access: EngineAccess) {
        line = EngineLine(access) { session throws(PostgreSQLFailure) in try EngineSchema.check(session) }
    }

    package func enter(_ host: String) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                "INSERT INTO newswire.visit VALUES ($1, clock_timestamp()) ON CONFLICT DO NOTHING", [.text(host)],
                orElse: "did not take the host")
        }
    }

    package func turn(at host: String, delay: Int64) throws(EngineFailure) -> Int64? {
        try line.ask { session throws(PostgreSQLFailure) in
            let result = try session.run(
                """
                UPDATE newswire.visit SET next = greatest(next, clock_timestamp()) + $2 * interval '1 ms' WHERE host = $1 \
                RETURNING ceil(extract(epoch FROM next - $2 * interval '1 ms' - clock_timestamp()) * 1000)::bigint::text
                """, [.text(host), .int8(delay)], orElse: "did not give a turn")
            return result.count == 1 ? result[0, 0].flatMap { Int64($0) }.map { max(0, $0) } : nil
        }
    }
}
