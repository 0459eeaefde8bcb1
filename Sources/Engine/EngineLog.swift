private import Digest
package import Fleet
private import Glibc
package import Locking
internal import PostgreSQL

/// `EngineLog` is the fleet's log in PostgreSQL.
package final class EngineLog: FleetLog {
    private let line: EngineLine
    private let run: Locked<String?>
    private let alarm = EngineWaker()

    /// So many entries are given at a time at most.
    private static let most = 1000

    /// - Parameter run: this run's id; nil while it is not in the fleet.
    package init(_ access: EngineAccess, run: Locked<String?>) {
        self.run = run
        line = EngineLine(access) { session throws(PostgreSQLFailure) in
            try EngineSchema.check(session)
            _ = try session.run("LISTEN newswire", orElse: "did not let newswire listen")
        }
    }

    package var losses: Int { line.losses }

    package func end() throws(EngineFailure) -> LogEnd {
        try line.ask { session throws(PostgreSQLFailure) in try Self.end(session) }
    }

    static func end(_ session: EngineSession) throws(PostgreSQLFailure) -> LogEnd {
        let result = try session.run(
            "SELECT id::text, pos::text, seq::text, encode(chain, 'hex') FROM newswire.fleet",
            orElse: "did not say where the log ends")
        guard result.count == 1, let id = result[0, 0], let position = result[0, 1].flatMap({ UInt64($0) }),
            let seq = result[0, 2].flatMap({ UInt64($0) }), let chain = result[0, 3].flatMap({ Hex.bytes($0.utf8) }),
            chain.count == 32
        else {
            throw PostgreSQLFailure(.refused, "\(session.server) says of the end of the log what cannot be")
        }
        return LogEnd(fleet: id, position: position, records: .init(seq: seq, chain: chain))
    }

    package func entries(after position: UInt64, bytes: Int) throws(EngineFailure) -> [LogRow] {
        let (rows, end) = try line.ask { session throws(PostgreSQLFailure) in
            // All of it is of one moment. The length of a value is known without reading it.
            let result = try session.run(
                """
                SELECT r.pos, r.seq, r.chain, r.body, f.pos FROM newswire.fleet f LEFT JOIN (SELECT pos, seq, chain, body, \
                sum(octet_length(body)) OVER w AS total, row_number() OVER w AS n FROM (SELECT * FROM newswire.log \
                WHERE pos > $1 ORDER BY pos LIMIT $2) l WINDOW w AS (ORDER BY pos)) r ON n = 1 OR total <= $3 ORDER BY r.pos
                """, [.int8(Int64(position)), .int8(Int64(Self.most)), .int8(Int64(bytes))], binary: true,
                isRepeated: true,
                orElse: "did not give the log")
            let end = result.count > 0 ? result.number(0, 4) : nil
            // Without an entry there is one row, of the end alone.
            let count = end != nil && result.number(0, 0) == nil ? 0 : result.count
            return ((0..<count).map { Self.row(result, $0, end) }, end)
        }
        guard let end, !rows.contains(where: { $0.map { $0.before.chain.count != 32 } ?? true }) else {
            throw EngineFailure(
                .damaged, "the engine gave an entry behind \(position) of the log that cannot be one")
        }
        let read = rows.compactMap { $0 }
        if read.isEmpty, end <= Int64(position) { return [] }
        guard read.first?.position == position + 1 else {
            throw EngineFailure(
                .trimmed, "the engine does not keep the entry \(position + 1) of the log any more",
                advice: "copy the store of another machine of the fleet")
        }
        // What is behind a hole comes with the next question, which finds it.
        return Array(zip(read, position...).prefix { $0.position == $1 + 1 }.map(\.0))
    }

    /// - Parameter end: the position at which the log ends.
    private static func row(_ result: PostgreSQLResult, _ index: Int, _ end: Int64?) -> LogRow? {
        guard let position = result.number(index, 0).flatMap({ UInt64(exactly: $0) }),
            let seq = result.number(index, 1).flatMap({ UInt64(exactly: $0) }), let chain = result.bytes(index, 2),
            let body = result.bytes(index, 3)
        else { return nil }
        return LogRow(
            position: position, before: .init(seq: seq, chain: chain), body: body,
            isLast: end == Int64(clamping: position))
    }

    package func append(
        _ body: [UInt8], seen: UInt64, end: LogEnd.Records
    ) throws(EngineFailure) -> AppendOutcome {
        guard let me = run.withLock({ $0 }) else { return .putOut }
        let answer = try line.ask { session throws(PostgreSQLFailure) in
            try session.run(
                "SELECT newswire.append($1::uuid, $2, $3, $4, $5)",
                [.text(me), .int8(Int64(seen)), .int8(Int64(end.seq)), .bytea(end.chain), .bytea(body)], binary: true,
                isRepeated: true, orElse: "did not take the entry \(seen + 1) of the log"
            ).number(0, 0)
        }
        switch answer {
        case -1: return .putOut
        case 0: return .overtaken
        case Int64(seen) + 1: return .appended(seen + 1)
        default:
            throw EngineFailure(
                .damaged, "the engine says of the entry \(seen + 1) of the log that it is \(answer ?? 0)",
                advice: "look whether newswire.append is what `newswire fleet init --print` shows")
        }
    }

    package func wait(milliseconds: Int) {
        let end = EngineClock.now() + Int64(milliseconds)
        while true {
            // An answer may have brought it along, so that the socket has nothing to read any more.
            if let session = line.session {
                // Where the connection is lost, the next question connects again, and `losses` tells of it.
                guard session.takeNews() else { return line.close() }
                if session.hadNews() { return }
            }
            let left = end - EngineClock.now()
            guard left > 0, listen(milliseconds: left) else { return }
        }
    }

    package var waker: @Sendable () -> Void { { [alarm] in alarm.wake() } }

    /// - Returns: whether the engine has sent something.
    private func listen(milliseconds: Int64) -> Bool {
        var descriptors = [
            pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: line.access.halt.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: line.session?.connection.socket ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&descriptors, 3, Int32(clamping: milliseconds)) > 0 else { return false }
        guard descriptors[0].revents == 0 else {
            alarm.take()
            return false
        }
        return descriptors[1].revents == 0
    }
}
