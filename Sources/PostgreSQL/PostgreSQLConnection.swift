internal import CPQ
private import Glibc

/// `PostgreSQLConnection` is a connection to one server of PostgreSQL by libpq, which never blocks: it is waited for here, with
/// a deadline. Used by one thread at a time, closed with its last reference.
///
/// Only the look-up of a host's name waits for the resolver, as long as that does.
package final class PostgreSQLConnection {
    private let library: LibPQ
    private let connection: OpaquePointer
    /// The names of statements that the server has prepared, by the statements.
    private var prepared: [String: String] = [:]
    /// The server as messages name it.
    package let server: String

    /// Connects and logs in.
    ///
    /// - Parameters:
    ///   - server: as messages are to name it; nothing secret is in it.
    ///   - parameters: of libpq, by its names: one host, and no deadline, which `wait` has.
    ///   - passwordAdvice: what a person can do where a password is wanted and there is none.
    package init(
        _ library: LibPQ, to server: String, _ parameters: [(key: String, value: String)], passwordAdvice: String,
        _ wait: some SocketWait
    ) throws(PostgreSQLFailure) {
        self.library = library
        self.server = server
        guard let connection = Self.start(library, parameters) else {
            throw PostgreSQLFailure(.away, "\(server) was not asked: there is no memory")
        }
        self.connection = connection
        // With the code of an error, which is the same in every language.
        _ = library.setErrorVerbosity(connection, PQERRORS_VERBOSE)
        try login(wait, passwordAdvice)
        _ = library.setNonBlocking(connection, 1)
    }

    deinit { library.finish(connection) }

    private static func start(_ library: LibPQ, _ parameters: [(key: String, value: String)]) -> OpaquePointer? {
        var keys: [UnsafePointer<CChar>?] = parameters.map { strdup($0.key).map { UnsafePointer($0) } } + [nil]
        var values: [UnsafePointer<CChar>?] = parameters.map { strdup($0.value).map { UnsafePointer($0) } } + [nil]
        defer { (keys + values).forEach { free(UnsafeMutablePointer(mutating: $0)) } }
        // libpq keeps copies.
        return library.connectStartParams(&keys, &values, 0)
    }

    private func login(_ wait: some SocketWait, _ passwordAdvice: String) throws(PostgreSQLFailure) {
        guard library.status(connection) != CONNECTION_BAD else { throw failedLogin(passwordAdvice) }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { throw failedLogin(passwordAdvice) }
            // The socket may be another one after each step.
            switch wait.readiness(
                of: library.socket(connection), toRead: state == PGRES_POLLING_READING,
                toWrite: state == PGRES_POLLING_WRITING)
            {
            case .ready: state = library.connectPoll(connection)
            case .stopped: throw PostgreSQLFailure(.stopped, "newswire is to stop")
            case .timedOut: throw PostgreSQLFailure(.away, "\(server) was not reached: it did not answer in time")
            }
        }
    }

    private func failedLogin(_ passwordAdvice: String) -> PostgreSQLFailure {
        let error = PostgreSQLError(text: library.errorMessage(connection).map { String(cString: $0) } ?? "")
        if library.connectionNeedsPassword(connection) != 0 {
            return PostgreSQLFailure(.notPermitted, "\(server) wants a password: \(passwordAdvice)")
        }
        if error.isOfTLS { return PostgreSQLFailure(.untrusted, "\(server) cannot be trusted: \(error.text)") }
        return error.failure(server, doing: "was not reached")
    }

    /// The server's version as it counts them: 150004 for 15.4.
    package var version: Int { Int(library.serverVersion(connection)) }

    /// The socket, to be waited for; it stays the same.
    package var socket: Int32 { library.socket(connection) }

    /// `Parameter` is a value that goes with a statement, in the binary form of its type.
    package struct Parameter {
        let type: UInt32
        let bytes: [UInt8]

        /// - Parameter type: its number (pg_type).
        package init(type: UInt32, bytes: [UInt8]) {
            self.type = type
            self.bytes = bytes
        }
    }

    /// Runs a statement and waits for its end.
    ///
    /// - Parameters:
    ///   - binary: gives the values in the binary form of their types, and else as text.
    ///   - isRepeated: has the server read and plan the statement once for all times that it is run on this connection.
    ///   - deed: goes on where the server's name ends: `did not take the articles`.
    package func run(
        _ statement: String, _ parameters: [Parameter] = [], binary: Bool = false, isRepeated: Bool = false,
        orElse deed: String, _ wait: some SocketWait
    ) throws(PostgreSQLFailure) -> PostgreSQLResult {
        let name = isRepeated ? try prepare(statement, parameters, orElse: deed, wait) : nil
        guard send(statement, as: name, parameters, binary) else { throw lost() }
        return try answer(orElse: deed, wait)
    }

    /// - Returns: the name by which the server knows the statement from here on.
    private func prepare(
        _ statement: String, _ parameters: [Parameter], orElse deed: String, _ wait: some SocketWait
    ) throws(PostgreSQLFailure) -> String {
        if let name = prepared[statement] { return name }
        let name = "newswire\(prepared.count + 1)"
        let isSent = library.sendPrepare(
            connection, name, statement, Int32(parameters.count), parameters.map(\.type))
        guard isSent != 0 else { throw lost() }
        _ = try answer(orElse: deed, wait)
        prepared[statement] = name
        return name
    }

    /// Sends what is left to send, and waits for the end of the statement.
    private func answer(orElse deed: String, _ wait: some SocketWait) throws(PostgreSQLFailure) -> PostgreSQLResult {
        try flush(wait)
        var last: PostgreSQLResult?
        while true {
            while library.isBusy(connection) != 0 {
                try waitForSocket(toWrite: false, wait)
                guard library.consumeInput(connection) != 0 else { throw lost() }
            }
            // The end of the statement is told by nil; until then nothing else may be sent.
            guard let result = library.getResult(connection) else { break }
            last = PostgreSQLResult(result, of: library)
        }
        guard let last else { throw lost() }
        if let error = last.error {
            guard library.status(connection) != CONNECTION_BAD else { throw lost() }
            throw error.failure(server, doing: deed)
        }
        return last
    }

    /// - Parameter name: of the statement, where the server has prepared it.
    private func send(_ statement: String, as name: String?, _ parameters: [Parameter], _ binary: Bool) -> Bool {
        let types = parameters.map(\.type)
        let lengths = parameters.map { Int32($0.bytes.count) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        // One buffer for all values, so that they have one address for as long as the call lasts; libpq copies them.
        return withPointers(to: parameters) { values in
            if let name {
                return library.sendQueryPrepared(
                    connection, name, Int32(parameters.count), values, lengths, formats, binary ? 1 : 0) != 0
            }
            return library.sendQueryParams(
                connection, statement, Int32(parameters.count), types, values, lengths, formats, binary ? 1 : 0) != 0
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
    private func flush(_ wait: some SocketWait) throws(PostgreSQLFailure) {
        while true {
            switch library.flush(connection) {
            case 0: return
            case 1:
                try waitForSocket(toWrite: true, wait)
                guard library.consumeInput(connection) != 0 else { throw lost() }
            default: throw lost()
            }
        }
    }

    private func waitForSocket(toWrite: Bool, _ wait: some SocketWait) throws(PostgreSQLFailure) {
        switch wait.readiness(of: library.socket(connection), toRead: true, toWrite: toWrite) {
        case .ready: return
        case .stopped: throw PostgreSQLFailure(.stopped, "newswire is to stop")
        case .timedOut: throw PostgreSQLFailure(.away, "\(server) did not answer in time")
        }
    }

    private func lost() -> PostgreSQLFailure {
        let text = library.errorMessage(connection).map { String(cString: $0) } ?? ""
        return PostgreSQLError(text: text).failure(server, doing: "is lost")
    }
}

extension PostgreSQLConnection {
    /// Reads what has come without being asked for: the socket can be read, or an answer has brought it along.
    ///
    /// - Returns: whether another session has notified this one of something it listens to.
    package func takeNotifications() throws(PostgreSQLFailure) -> Bool {
        guard library.consumeInput(connection) != 0 else { throw lost() }
        var isByAnother = false
        while let notification = library.notifies(connection) {
            // What this session has said itself is no news to it.
            if notification.pointee.be_pid != library.backendPID(connection) { isByAnother = true }
            library.freeMemory(notification)
        }
        return isByAnother
    }
}
