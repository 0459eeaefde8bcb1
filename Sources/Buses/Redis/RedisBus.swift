internal import Publishing
private import Web

/// A stream of Redis: an entry a record, whose id has the record's number, so that Redis refuses what it has.
///
/// A batch is a transaction: what it refuses for want of memory it refuses as a whole, and the stream has no gap.
final class RedisBus: Bus {
    /// Milliseconds that one server is waited for, so that the next one gets its turn.
    private static let patience: Int64 = 10_000

    private let settings: BusSettings
    private var connection: RedisConnection?

    init(_ settings: BusSettings) throws(BusFailure) {
        guard !settings.tls else {
            throw BusFailure(
                .misconfigured,
                "\(settings.url.written): hiredis 0.14, with which this is built, has no TLS; write tls = false where nobody can "
                    + "listen, or lead it through a tunnel on this machine")
        }
        self.settings = settings
    }

    var name: String { "the stream \(settings.to) of \(settings.url.written)" }
    var saysWhereItEnds: Bool { true }
    var largestLine: Int { .max }

    func connect(_ wait: BusWait) throws(BusFailure) {
        var reasons: [BusFailure] = []
        for host in settings.url.hosts {
            do throws(BusFailure) {
                let patience = wait.atMost(milliseconds: Self.patience)
                let connection = try RedisConnection(to: host, patience)
                try login(connection, patience)
                self.connection = connection
                return
            } catch {
                guard error.kind == .away, !wait.isOver else { throw error }
                reasons.append(error)
            }
        }
        throw BusFailure(.away, reasons.map(\.reason).joined(separator: "; "))
    }

    private func login(_ connection: RedisConnection, _ wait: BusWait) throws(BusFailure) {
        if let password = settings.password {
            let words = ["AUTH"] + (settings.user.map { [$0] } ?? []) + [password]
            _ = try connection.run(words, orElse: "does not let newswire in", wait)
        }
        if !settings.url.path.isEmpty {
            _ = try connection.run(["SELECT", settings.url.path], orElse: "has no such database", wait)
        }
        // A replica takes nothing; the next server is tried.
        let role = try connection.run(["ROLE"], orElse: "did not say what it is", wait)
        if let word = role.elements?.first?.text, word != "master" {
            throw BusFailure(.away, "\(settings.url.written): what was reached is a \(word), which takes nothing")
        }
    }

    func end(_ wait: BusWait) throws(BusFailure) -> BusEnd? {
        let connection = try connected()
        let deed = "did not say where \(settings.to) ends"
        try connection.append(["XINFO", "STREAM", settings.to])
        let reply = try connection.reply(wait)
        if let error = reply.error {
            if error.contains("no such key") { return nil }
            throw connection.failure(error, deed)
        }
        guard let last = reply["last-generated-id"]?.text else {
            throw BusFailure(.refused, "\(settings.url.written) \(deed): its answer is not understood")
        }
        if last == "0-0" { return nil }
        let parts = last.split(separator: "-")
        guard parts.count == 2, parts[1] == "0", let seq = UInt64(parts[0]) else {
            throw BusFailure(.notOurs, "the last entry of \(name), \(last), was not written by newswire")
        }
        // An entry that was deleted leaves its number alone.
        guard let entry = reply["last-entry"]?.elements, entry.count == 2, entry[0].text == last else {
            return BusEnd(seq: seq, id: nil)
        }
        guard let id = entry[1]["id"]?.text, BusMessage.isID(id) else {
            throw BusFailure(.notOurs, "the last entry of \(name), \(last), was not written by newswire")
        }
        return BusEnd(seq: seq, id: id)
    }

    func publish(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure) {
        let connection = try connected()
        let deed = "did not take the articles"
        try connection.append(["MULTI"])
        let start = ["XADD", settings.to] + (settings.option("maxlen").map { ["MAXLEN", "~", $0] } ?? [])
        var command = RedisCommand()
        for message in messages {
            Self.fill(&command, start, message)
            try connection.append(&command)
        }
        try connection.append(["EXEC"])
        var refused: String?
        for _ in 0...messages.count {
            let reply = try connection.reply(wait)
            refused = refused ?? reply.error
        }
        let result = try connection.reply(wait)
        if let error = refused ?? result.error { throw connection.failure(error, deed) }
        guard let answers = result.elements, answers.count == messages.count else {
            throw BusFailure(.refused, "\(settings.url.written) \(deed): its answer is not understood")
        }
        if let error = answers.lazy.compactMap(\.error).first { throw connection.failure(error, deed) }
    }

    /// The command that appends a message, behind `start`.
    private static func fill(_ command: inout RedisCommand, _ start: [String], _ message: BusMessage) {
        command.removeAll()
        for word in start { command.add(word) }
        command.add("\(message.seq)-0")
        command.add("line" as StaticString)
        command.add(message.line)
        command.add("id" as StaticString)
        command.add(message.id)
        command.add("seq" as StaticString)
        command.add(String(message.seq))
        command.add("uid" as StaticString)
        command.add(message.uid)
        command.add("version" as StaticString)
        command.add(String(message.version))
        command.add("kind" as StaticString)
        command.add(message.kind)
        command.add("feed" as StaticString)
        command.add(message.feed)
        command.add("stored_at" as StaticString)
        command.add(message.storedAt)
        guard let omitted = message.omitted else { return }
        command.add("omitted" as StaticString)
        command.add(omitted)
    }

    func setUp(_ wait: BusWait) throws(BusFailure) -> String {
        _ = try connected()
        return "\(name) needs nothing made: the first article makes it"
    }

    func close() { connection = nil }

    private func connected() throws(BusFailure) -> RedisConnection {
        if let connection { return connection }
        throw BusFailure(.away, "\(settings.url.written) is not connected")
    }
}
