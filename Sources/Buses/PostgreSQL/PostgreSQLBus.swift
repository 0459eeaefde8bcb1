private import FeedModel
private import PostgreSQL
internal import Publishing
private import Web

/// A table of PostgreSQL: a row a record, and the primary key tells of a repetition.
final class PostgreSQLBus: Bus {
    /// Milliseconds that one server is waited for, so that the next one gets its turn.
    private static let patience: Int64 = 10_000

    private static let columns = ["seq", "id", "uid", "version", "kind", "feed", "stored_at", "article"]

    /// Seconds from 1970 to 2000, from which PostgreSQL counts.
    private static let epoch: Int64 = 946_684_800

    private let settings: BusSettings
    private var connection: BusConnection?

    init(_ settings: BusSettings) { self.settings = settings }

    var name: String { "the table \(settings.to) of \(settings.url.written)" }
    var saysWhereItEnds: Bool { true }
    /// A value may have 1 GB, and a line has 16 MiB.
    var largestLine: Int { .max }

    /// The table, quoted: whatever is in its name, it is one.
    private var table: String {
        settings.to.split(separator: ".").map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ".")
    }

    func connect(_ wait: BusWait) throws(BusFailure) {
        var reasons: [BusFailure] = []
        for host in settings.url.hosts {
            do throws(BusFailure) {
                let connection = try BusConnection(
                    to: host, settings, certificates: settings.caFile ?? BusSettings.systemCertificates,
                    wait.atMost(milliseconds: Self.patience))
                try look(connection, wait)
                self.connection = connection
                return
            } catch {
                // What another server of the same cluster would say as well.
                guard error.kind == .away || error.kind == .untrusted, !wait.isOver else { throw error }
                reasons.append(error)
            }
        }
        // Waiting helps with those that are away, and a person may have to help with the others.
        let isUntrusted = reasons.contains { $0.kind == .untrusted }
        throw BusFailure(isUntrusted ? .untrusted : .away, reasons.map(\.reason).joined(separator: "; "))
    }

    /// Looks whether what is acknowledged stays, and is what was sent.
    private func look(_ connection: BusConnection, _ wait: BusWait) throws(BusFailure) {
        let result = try connection.run(
            "SELECT current_setting('server_encoding'), current_setting('synchronous_commit')",
            orElse: "did not answer", wait)
        guard result.count == 1, result[0, 0] == "UTF8" else {
            throw BusFailure(
                .misconfigured,
                "the database \(settings.url.path) has another encoding than UTF8, in which not every article can be kept"
            )
        }
        if result[0, 1] == "off" {
            _ = try connection.run("SET synchronous_commit = on", orElse: "did not make commits durable", wait)
        }
    }

    func end(_ wait: BusWait) throws(BusFailure) -> BusEnd? {
        let connection = try connected()
        try checkColumns(connection, wait)
        let result = try connection.run(
            "SELECT seq, id FROM \(table) ORDER BY seq DESC LIMIT 1", orElse: "did not say where \(settings.to) ends",
            wait)
        guard result.count == 1 else { return nil }
        guard let seq = result[0, 0].flatMap({ UInt64($0) }), let id = result[0, 1], BusMessage.isID(id) else {
            throw BusFailure(
                .notOurs,
                "the last row of \(name), with seq \(result[0, 0] ?? "NULL"), was not written by newswire")
        }
        return BusEnd(seq: seq, id: id)
    }

    private func checkColumns(_ connection: BusConnection, _ wait: BusWait) throws(BusFailure) {
        let result = try connection.run(
            """
            SELECT a.attname::text, a.atttypid::regtype::text FROM pg_attribute a \
            WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
            """,
            [.init(type: TypeNumber.text, bytes: Array(table.utf8))], orElse: "did not tell of \(settings.to)", wait)
        guard result.count > 0 else {
            throw BusFailure(
                .misconfigured,
                "there is no \(name), or the role may not look into its schema; `newswire publish --setup` makes it")
        }
        var types: [String: String] = [:]
        for row in 0..<result.count { types[result[row, 0] ?? ""] = result[row, 1] }
        let missing = Self.columns.filter { types[$0] == nil }
        guard missing.isEmpty else {
            throw BusFailure(
                .misconfigured,
                "\(name) has no column \(missing.joined(separator: ", ")); `newswire publish --setup` makes a table that has, "
                    + "under another name in to")
        }
        guard types["article"] == "json" else {
            throw BusFailure(
                .misconfigured,
                "the column article of \(name) is \(types["article"] ?? ""), and has to be json, which keeps the bytes")
        }
    }

    func publish(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure) {
        let connection = try connected()
        let (seqs, ids) = Self.keys(messages)
        let result = try connection.run(
            """
            INSERT INTO \(table) (\(Self.columns.joined(separator: ", "))) \
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], \
            $7::timestamptz[], $8::json[]) ON CONFLICT (seq) DO NOTHING
            """, [seqs, ids] + Self.values(messages), orElse: "did not take the articles", wait)
        guard result.changed < messages.count else { return }
        // What was there already must be the same: another store's rows would hide ours.
        let same = try connection.run(
            """
            SELECT count(*) FROM \(table) t JOIN unnest($1::bigint[], $2::text[]) AS n(seq, id) ON t.seq = n.seq \
            AND t.id = n.id
            """, [seqs, ids], orElse: "did not say what it had already", wait)
        guard same[0, 0].flatMap({ Int($0) }) == messages.count else {
            throw BusFailure(
                .notOurs,
                "\(name) has rows with numbers from \(messages[0].seq) to \(messages[messages.count - 1].seq) that are other "
                    + "records than those of the store")
        }
    }

    private static func keys(
        _ messages: [BusMessage]
    ) -> (seqs: PostgreSQLConnection.Parameter, ids: PostgreSQLConnection.Parameter) {
        var seqs = BinaryArray(of: TypeNumber.int8, count: messages.count, size: messages.count * 8)
        var ids = BinaryArray(of: TypeNumber.text, count: messages.count, size: messages.count * 32)
        for message in messages {
            seqs.append(int8: Int64(message.seq))
            ids.append(text: message.id)
        }
        return (.init(type: TypeNumber.int8s, bytes: seqs.bytes), .init(type: TypeNumber.texts, bytes: ids.bytes))
    }

    /// All columns but the first two.
    private static func values(_ messages: [BusMessage]) -> [PostgreSQLConnection.Parameter] {
        let count = messages.count
        var uids = BinaryArray(of: TypeNumber.text, count: count, size: count * 32)
        var versions = BinaryArray(of: TypeNumber.int4, count: count, size: count * 4)
        var kinds = BinaryArray(of: TypeNumber.text, count: count, size: count * 8)
        var feeds = BinaryArray(of: TypeNumber.text, count: count, size: count * 24)
        var times = BinaryArray(of: TypeNumber.timestamptz, count: count, size: count * 8)
        var lines = BinaryArray(of: TypeNumber.json, count: count, size: messages.reduce(0) { $0 + $1.line.count })
        for message in messages {
            uids.append(text: message.uid)
            versions.append(int4: Int32(clamping: message.version))
            kinds.append(text: message.kind)
            feeds.append(text: message.feed)
            times.append(int8: (message.storedSeconds - Self.epoch) * 1_000_000)
            lines.append(text: message.line)
        }
        return [
            .init(type: TypeNumber.texts, bytes: uids.bytes), .init(type: TypeNumber.int4s, bytes: versions.bytes),
            .init(type: TypeNumber.texts, bytes: kinds.bytes), .init(type: TypeNumber.texts, bytes: feeds.bytes),
            .init(type: TypeNumber.timestamptzs, bytes: times.bytes), .init(type: TypeNumber.jsons, bytes: lines.bytes),
        ]
    }

    func setUp(_ wait: BusWait) throws(BusFailure) -> String {
        _ = try connected().run(
            """
            CREATE TABLE IF NOT EXISTS \(table) (seq bigint PRIMARY KEY, id text NOT NULL, uid text NOT NULL, \
            version int NOT NULL, kind text NOT NULL, feed text NOT NULL, stored_at timestamptz NOT NULL, \
            article json NOT NULL)
            """, orElse: "did not make \(settings.to)", wait)
        return "\(name) is there"
    }

    func close() { connection = nil }

    private func connected() throws(BusFailure) -> BusConnection {
        if let connection { return connection }
        throw BusFailure(.away, "\(settings.url.written) is not connected")
    }
}
