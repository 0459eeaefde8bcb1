internal import CPQ
private import FeedModel
private import Glibc
internal import Publishing
internal import Web

/// A connection to one server of PostgreSQL by libpq, which never blocks: it is waited for here, with a deadline. Closed with
/// its last reference.
///
/// Only the look-up of a host's name waits for the resolver, as long as that does.
final class PostgreSQLConnection {
    private let connection: OpaquePointer
    /// The server as messages name it.
    private let server: String

    /// Connects and logs in.
    init(
        to host: BusURL.Host, _ settings: BusSettings, certificates: String, _ wait: BusWait
    ) throws(BusFailure) {
        server = "postgresql://\(host.text)"
        var parameters: [(String, String?)] = [
            ("host", host.name), ("port", String(host.port)), ("dbname", settings.url.path), ("user", settings.user),
            ("password", settings.password), ("application_name", "newswire-publish"), ("client_encoding", "UTF8"),
            ("sslmode", settings.tls ? "verify-full" : "disable"), ("gssencmode", "disable"),
            // A standby takes nothing; the next host is tried.
            ("target_session_attrs", "read-write"),
            // What a person did not write does not count: no password of somebody's home.
            ("passfile", "/nonexistent/pgpass"),
        ]
        if settings.tls {
            parameters.append(("sslrootcert", certificates))
            if let cert = settings.clientCert {
                parameters += [("sslcert", cert), ("sslkey", settings.clientKey ?? cert)]
            }
        }
        guard let connection = Self.start(parameters.compactMap { key, value in value.map { (key, $0) } }) else {
            throw BusFailure(.away, "\(server) was not asked: there is no memory")
        }
        self.connection = connection
        // With the code of an error, which is the same in every language.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        try login(wait)
        PQsetnonblocking(connection, 1)
    }

    deinit { PQfinish(connection) }

    private static func start(_ parameters: [(key: String, value: String)]) -> OpaquePointer? {
        var keys: [UnsafePointer<CChar>?] = parameters.map { strdup($0.key).map { UnsafePointer($0) } } + [nil]
        var values: [UnsafePointer<CChar>?] = parameters.map { strdup($0.value).map { UnsafePointer($0) } } + [nil]
        defer { (keys + values).forEach { free(UnsafeMutablePointer(mutating: $0)) } }
        // libpq keeps copies.
        return PQconnectStartParams(&keys, &values, 0)
    }

    private func login(_ wait: BusWait) throws(BusFailure) {
        guard PQstatus(connection) != CONNECTION_BAD else { throw failedLogin() }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { throw failedLogin() }
            // The socket may be another one after each step.
            switch wait.wait(
                for: PQsocket(connection), toRead: state == PGRES_POLLING_READING,
                toWrite: state == PGRES_POLLING_WRITING)
            {
            case .ready: state = PQconnectPoll(connection)
            case .stopped: throw BusFailure(.stopped, "newswire is to stop")
            case .timedOut: throw BusFailure(.away, "\(server) was not reached: it did not answer in time")
            }
        }
    }

    private func failedLogin() -> BusFailure {
        let error = PostgreSQLError(text: PQerrorMessage(connection).map { String(cString: $0) } ?? "")
        if PQconnectionNeedsPassword(connection) != 0 {
            return BusFailure(.notPermitted, "\(server) wants a password: write password")
        }
        return error.failure(server, doing: "was not reached")
    }

    /// A value that goes with a statement, in the binary form of its type.
    struct Parameter {
        let type: Oid
        let bytes: [UInt8]
    }

    /// Runs a statement and waits for its end.
    ///
    /// - Parameter deed: goes on where the server's name ends: `did not take the articles`.
    func run(
        _ statement: String, _ parameters: [Parameter] = [], orElse deed: String, _ wait: BusWait
    ) throws(BusFailure) -> PostgreSQLResult {
        guard send(statement, parameters) else { throw lost() }
        try flush(wait)
        var last: PostgreSQLResult?
        while true {
            while PQisBusy(connection) != 0 {
                try waitForSocket(toWrite: false, wait)
                guard PQconsumeInput(connection) != 0 else { throw lost() }
            }
            // The end of the statement is told by nil; until then nothing else may be sent.
            guard let result = PQgetResult(connection) else { break }
            last = PostgreSQLResult(result)
        }
        guard let last else { throw lost() }
        if let error = last.error {
            guard PQstatus(connection) != CONNECTION_BAD else { throw lost() }
            throw error.failure(server, doing: deed)
        }
        return last
    }

    private func send(_ statement: String, _ parameters: [Parameter]) -> Bool {
        let types = parameters.map(\.type)
        let lengths = parameters.map { Int32($0.bytes.count) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        // One buffer for all values, so that they have one address for as long as the call lasts; libpq copies them.
        return withPointers(to: parameters) { values in
            PQsendQueryParams(
                connection, statement, Int32(parameters.count), types, values, lengths, formats, 0) != 0
        }
    }

    private func withPointers<Result>(
        to parameters: [Parameter], _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        func next(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> Result {
            guard index < parameters.count else { return body(pointers) }
            return parameters[index].bytes.withUnsafeBytes { bytes in
                next(index + 1, pointers + [bytes.baseAddress?.assumingMemoryBound(to: CChar.self)])
            }
        }
        return next(0, [])
    }

    /// Sends what libpq holds. The server may want to be heard meanwhile.
    private func flush(_ wait: BusWait) throws(BusFailure) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1:
                try waitForSocket(toWrite: true, wait)
                guard PQconsumeInput(connection) != 0 else { throw lost() }
            default: throw lost()
            }
        }
    }

    private func waitForSocket(toWrite: Bool, _ wait: BusWait) throws(BusFailure) {
        switch wait.wait(for: PQsocket(connection), toRead: true, toWrite: toWrite) {
        case .ready: return
        case .stopped: throw BusFailure(.stopped, "newswire is to stop")
        case .timedOut: throw BusFailure(.away, "\(server) did not answer in time")
        }
    }

    private func lost() -> BusFailure {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return PostgreSQLError(text: text).failure(server, doing: "is lost")
    }
}

/// What a statement has brought. Freed with its last reference.
final class PostgreSQLResult {
    private let result: OpaquePointer

    /// Takes the result over.
    fileprivate init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    fileprivate var error: PostgreSQLError? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: nil
        default:
            PostgreSQLError(
                code: PQresultErrorField(result, Int32(UnicodeScalar("C").value)).map { String(cString: $0) },
                text: PQresultErrorMessage(result).map { String(cString: $0) } ?? "")
        }
    }

    var count: Int { Int(PQntuples(result)) }

    /// How many rows a statement has changed.
    var changed: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// A value as text; nil for NULL. The row and column have to be there.
    subscript(row: Int, column: Int) -> String? {
        guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
        return String(cString: PQgetvalue(result, Int32(row), Int32(column)))
    }
}

/// What PostgreSQL or libpq says of an error.
struct PostgreSQLError {
    /// Five characters (PostgreSQL, appendix A); nil where the server has not said it.
    let code: String?
    let text: String

    /// - Parameter code: nil to take it from the text, where libpq writes it before the server's words.
    init(code: String? = nil, text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
            .filter { !$0.hasPrefix("LOCATION:") }
        self.code = code ?? Self.code(in: lines)
        self.text = SafeText.line(lines.joined(separator: "; ").trimmedOfNoise(self.code))
    }

    /// Finds `28P01` in `FATAL:  28P01: password authentication failed`.
    private static func code(in lines: [Substring]) -> String? {
        for line in lines {
            for word in line.split(separator: " ") where word.utf8.count == 6 && word.hasSuffix(":") {
                let code = word.dropLast()
                if code.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5a ~= $0 }),
                    code.utf8.contains(where: { 0x30...0x39 ~= $0 })
                {
                    return String(code)
                }
            }
        }
        return nil
    }

    func failure(_ server: String, doing deed: String) -> BusFailure {
        BusFailure(kind, "\(server) \(deed): \(text.isEmpty ? "it closed the connection" : text)")
    }

    private var kind: BusFailure.Kind {
        guard let code else { return .away }
        switch code.prefix(2) {
        // Connection exceptions, too many connections, an administrator's stop.
        case "08", "53", "57": return .away
        // Roles, passwords, pg_hba.conf; rights.
        case "28": return .notPermitted
        // No such database or schema.
        case "3D", "3F": return .misconfigured
        case "42": return code == "42501" ? .notPermitted : .misconfigured
        // A standby in the place of the primary.
        case "25": return .away
        default: return .refused
        }
    }
}

extension String {
    /// Takes out the code, which a message says by itself.
    fileprivate func trimmedOfNoise(_ code: String?) -> String {
        guard let code else { return self }
        return replacing(" \(code):", with: "")
    }
}
