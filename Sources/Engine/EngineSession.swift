internal import Fleet
internal import PostgreSQL

/// A connection to the engine's primary that has been looked at: it does its duties, acknowledges what is durable, and cancels
/// nothing.
final class EngineSession {
    let connection: PostgreSQLConnection
    /// Which server it is, and since when that runs: the same for all connections to it.
    private(set) var identity = ""
    private(set) var duties = EngineDuties(version: 0, fsync: "", fullPageWrites: "", encoding: "", standbys: "")
    private let access: EngineAccess
    private var looked: Int64 = 0
    private var news = false

    /// Milliseconds after which it is looked again.
    private static let hour: Int64 = 3_600_000

    init(_ connection: PostgreSQLConnection, _ access: EngineAccess) throws(EngineFailure) {
        self.connection = connection
        self.access = access
        try look()
    }

    var server: String { connection.server }

    /// Looks again once an hour: a setting may have been changed.
    func lookAgain() throws(EngineFailure) { if EngineClock.now() - looked >= Self.hour { try look() } }

    private func look() throws(EngineFailure) {
        let wait = LoginWait(access.halt, milliseconds: access.settings.connectTimeout)
        do throws(PostgreSQLFailure) {
            // An older one knows not all of what it is asked for.
            if connection.version >= EngineDuties.oldest * 10_000 { try settle(wait) }
        } catch { throw EngineFailure(error) }
        duties.version = connection.version
        if let breach = duties.breach(by: server, access.settings.durability) { throw breach }
        looked = EngineClock.now()
    }

    private func settle(_ wait: LoginWait) throws(PostgreSQLFailure) {
        // By name, because each version has others.
        _ = try connection.run(
            """
            SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN ('statement_timeout', \
            'lock_timeout', 'transaction_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout')
            """, orElse: "did not let its time limits be lifted", wait)
        let result = try connection.run(
            """
            SELECT set_config('synchronous_commit', 'on', false), set_config('search_path', 'pg_catalog', false), \
            current_setting('fsync'), current_setting('full_page_writes'), current_setting('server_encoding'), \
            current_setting('synchronous_standby_names'), concat_ws(' ', inet_server_addr(), inet_server_port(), \
            pg_postmaster_start_time())
            """, orElse: "did not say how it is set", wait)
        duties = EngineDuties(
            version: connection.version, fsync: result[0, 2] ?? "", fullPageWrites: result[0, 3] ?? "",
            encoding: result[0, 4] ?? "", standbys: result[0, 5] ?? "")
        identity = result[0, 6] ?? ""
    }

    /// Runs a statement, and waits for it as long as this is the engine.
    ///
    /// - Parameters:
    ///   - isRepeated: of what is asked several times a second (`PostgreSQLConnection.run`).
    ///   - deed: goes on where the server's name ends: `did not take the entry`.
    func run(
        _ statement: String, _ parameters: [PostgreSQLConnection.Parameter] = [], binary: Bool = false,
        isRepeated: Bool = false, orElse deed: String
    ) throws(PostgreSQLFailure) -> PostgreSQLResult {
        let settings = access.settings
        let wait = StatementWait(
            halt: access.halt, patience: settings.patience, end: settings.longestWait.map { EngineClock.now() + $0 }
        ) { [access, identity] in access.isElsewhere(than: identity) }
        return try connection.run(statement, parameters, binary: binary, isRepeated: isRepeated, orElse: deed, wait)
    }
}

extension EngineSession {
    /// Tells whether another session has notified this one since it was asked last.
    func hadNews() -> Bool {
        defer { news = false }
        return news
    }

    /// Reads what has come.
    ///
    /// - Returns: false where the connection is lost.
    func takeNews() -> Bool {
        do throws(PostgreSQLFailure) {
            if try connection.takeNotifications() { news = true }
            return true
        } catch { return false }
    }
}

extension EngineFailure {
    init(_ failure: PostgreSQLFailure) {
        switch failure.kind {
        case .away, .stopped: self.init(.away, failure.reason)
        case .refused:
            // Two that have waited for each other, or were in each other's way: the same will go through later.
            self.init(failure.code?.hasPrefix("40") == true ? .away : .refused, failure.reason)
        case .untrusted:
            self.init(
                .refused, failure.reason,
                advice:
                    "look at sslrootcert in engine, the system's if it is not there, and at the server's certificate")
        case .notPermitted: self.init(.refused, failure.reason, advice: "look at the role's rights and at pg_hba.conf")
        case .misconfigured:
            // No schema, table or function.
            let isSchema = ["3F000", "42P01", "42883"].contains(failure.code)
            self.init(
                .refused, failure.reason, advice: isSchema ? "`newswire fleet init` makes what a fleet needs" : nil)
        }
    }
}
