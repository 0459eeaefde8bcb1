package import Fleet
internal import PostgreSQL

/// `EngineTrimming` trims the log and the visited hosts in PostgreSQL, with a connection of its own.
package final class EngineTrimming: FleetTrimming {
    private let line: EngineLine
    private let portion: Int

    /// Whose task it is: one machine's, so that the others need not ask for the same.
    private static let isTask = "$1 = (SELECT min(name) FROM newswire.node)"

    /// - Parameter portion: so many entries go with one statement, so that none holds up others for long.
    package init(_ access: EngineAccess, portion: Int = 1000) {
        self.portion = portion
        line = EngineLine(access) { session throws(PostgreSQLFailure) in try EngineSchema.check(session) }
    }

    package func trimLog(keep: Int64, as machine: String) throws(EngineFailure) -> Bool {
        let count = try line.ask { session throws(PostgreSQLFailure) in
            // From the beginning to the first that is to stay, so that the log never has a hole, whatever the engine's clock
            // did. Where nobody is in the fleet, nothing goes.
            try session.run(
                """
                DELETE FROM newswire.log WHERE \(Self.isTask) AND pos IN (SELECT pos FROM newswire.log WHERE pos <= \
                (SELECT min(applied) FROM newswire.node) AND pos < coalesce((SELECT pos FROM newswire.log \
                WHERE at >= clock_timestamp() - $2 * interval '1 ms' ORDER BY pos LIMIT 1), 9223372036854775807) \
                ORDER BY pos LIMIT $3)
                """, [.text(machine), .int8(keep), .int8(Int64(portion))], orElse: "did not trim the log"
            ).changed
        }
        return count == portion
    }

    package func trimVisits(as machine: String) throws(EngineFailure) {
        try line.ask { session throws(PostgreSQLFailure) in
            _ = try session.run(
                """
                DELETE FROM newswire.visit WHERE \(Self.isTask) AND next < clock_timestamp() - interval '1 day'
                """, [.text(machine)], orElse: "did not trim the hosts")
        }
    }
}
