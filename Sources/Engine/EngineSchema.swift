internal import PostgreSQL

/// `EngineSchema` is what a fleet keeps in its engine (docs/spec/fleet.md §3).
package enum EngineSchema {
    /// The form of what is kept; another one is not understood.
    package static let format = 1

    /// The number of shards of a fleet.
    package static let shards = 1024

    /// Its statements, as a person may run them: `newswire fleet init --print`.
    package static var text: String { statements.map { $0 + ";\n" }.joined() }

    static let statements = [
        "CREATE SCHEMA newswire",
        """
        -- The end of the log: its last entry's position, and the number and chain of the last record.
        CREATE TABLE newswire.fleet (one boolean PRIMARY KEY DEFAULT true CHECK (one), id uuid NOT NULL,
          format int NOT NULL, shards int NOT NULL, pos bigint NOT NULL, seq bigint NOT NULL, chain bytea NOT NULL)
          WITH (fillfactor = 10)
        """,
        """
        -- Machines: one row a run. lease is in milliseconds; heard is for people, and no rule goes by it.
        CREATE TABLE newswire.node (run uuid PRIMARY KEY, name text NOT NULL UNIQUE, machine text NOT NULL,
          beat bigint NOT NULL, applied bigint NOT NULL, lease int NOT NULL, weight int NOT NULL, about jsonb NOT NULL,
          heard timestamptz NOT NULL DEFAULT clock_timestamp()) WITH (fillfactor = 20)
        """,
        """
        CREATE TABLE newswire.shard (shard int PRIMARY KEY, run uuid REFERENCES newswire.node ON DELETE SET NULL)
          WITH (fillfactor = 50)
        """,
        "CREATE INDEX shard_run ON newswire.shard (run)",
        """
        -- Consumers: seq was delivered last, run holds it, and holder is the machine that held it last.
        CREATE TABLE newswire.consumer (name text PRIMARY KEY, seq bigint NOT NULL,
          run uuid REFERENCES newswire.node ON DELETE SET NULL, holder text NOT NULL) WITH (fillfactor = 20)
        """,
        "CREATE INDEX consumer_run ON newswire.consumer (run)",
        """
        -- Hosts to which machines are led that do not have their shard: the next turn there.
        CREATE TABLE newswire.visit (host text PRIMARY KEY, next timestamptz NOT NULL) WITH (fillfactor = 50)
        """,
        """
        -- The log. seq and chain are those of the last record before the entry.
        CREATE TABLE newswire.log (pos bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
          run uuid NOT NULL, seq bigint NOT NULL, chain bytea NOT NULL, body bytea COMPRESSION lz4 NOT NULL)
        """,
        """
        -- Appends an entry, and returns its position. 0: the log has gone on; -1: this run is not in the fleet any more.
        CREATE FUNCTION newswire.append(me uuid, seen bigint, last_seq bigint, last_chain bytea, entry bytea)
          RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE s bigint; c bytea;
        BEGIN
          -- The fence: it waits for whoever puts us out, or makes him wait.
          PERFORM 1 FROM newswire.node WHERE run = me FOR KEY SHARE;
          IF NOT FOUND THEN RETURN -1; END IF;
          UPDATE newswire.fleet f SET pos = f.pos + 1, seq = last_seq, chain = last_chain FROM newswire.fleet o
            WHERE f.pos = seen RETURNING o.seq, o.chain INTO s, c;
          IF NOT FOUND THEN RETURN 0; END IF;
          INSERT INTO newswire.log (pos, run, seq, chain, body) VALUES (seen + 1, me, s, c, entry);
          NOTIFY newswire;
          RETURN seen + 1;
        END $$
        """,
    ]

    /// Looks whether there is a fleet, and whether this newswire understands it.
    static func check(_ session: EngineSession) throws(PostgreSQLFailure) {
        let result = try session.run("SELECT format FROM newswire.fleet", orElse: "did not say which fleet it has")
        guard result.count == 1 else {
            throw PostgreSQLFailure(
                .misconfigured, "\(session.server) has tables for a fleet, and no fleet: `newswire fleet init` makes it"
            )
        }
        guard result[0, 0] == "\(format)" else {
            throw PostgreSQLFailure(
                .misconfigured,
                "the fleet of \(session.server) has the format \(result[0, 0] ?? ""), which this version does not know")
        }
    }
}
