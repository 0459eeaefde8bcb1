package import Fleet
internal import PostgreSQL

/// `EngineAccess` is how this machine reaches the fleet's engine: the library, the servers, and when to stop.
// Sendable: all of it is made once and only read after that.
package final class EngineAccess: Sendable {
    package let settings: EngineSettings
    package let halt: EngineHalt
    private let library: LibPQ
    private let servers: EngineServers

    /// Opens libpq, and reads where the engine is; nothing is asked over the network.
    ///
    /// Throws `.refused` where the library is missing, and where the settings are not safe.
    package init(_ settings: EngineSettings, halt: EngineHalt = EngineHalt()) throws(EngineFailure) {
        self.settings = settings
        self.halt = halt
        do throws(PostgreSQLFailure) { library = try LibPQ.open() } catch {
            throw EngineFailure(.refused, error.reason)
        }
        servers = try EngineServers(settings, library)
    }

    /// Connects to the server that is the primary, and looks whether it does its duties.
    func connect() throws(EngineFailure) -> EngineSession {
        var reasons: [EngineFailure] = []
        for server in servers.servers {
            do throws(EngineFailure) { return try EngineSession(connection(to: server), self) } catch {
                reasons.append(error)
            }
        }
        // One that is away may be the primary, or become it.
        let isAway = reasons.contains { $0.kind == .away }
        let telling = reasons.filter { $0.kind == (isAway ? .away : .refused) }
        throw EngineFailure(
            isAway ? .away : .refused, telling.map(\.text).joined(separator: "; "),
            advice: telling.compactMap(\.advice).first)
    }

    private func connection(to server: EngineServers.Server) throws(EngineFailure) -> PostgreSQLConnection {
        do throws(PostgreSQLFailure) {
            return try PostgreSQLConnection(
                library, to: server.name, server.parameters, passwordAdvice: "write password",
                LoginWait(halt, milliseconds: settings.connectTimeout))
        } catch { throw EngineFailure(error) }
    }

    /// Tells whether another server than that one is the engine now. Where none is, the answer is no: it may be that one that
    /// comes back.
    func isElsewhere(than identity: String) -> Bool {
        guard let session = try? connect() else { return false }
        return session.identity != identity
    }
}

/// A connection to the engine that is made when it is wanted, and made again after it was lost. Used by one thread at a time.
final class EngineLine {
    let access: EngineAccess
    private(set) var session: EngineSession?
    /// How often a connection was let go.
    private(set) var losses = 0
    /// Is run on each new connection.
    private let greet: (EngineSession) throws(PostgreSQLFailure) -> Void

    init(_ access: EngineAccess, greet: @escaping (EngineSession) throws(PostgreSQLFailure) -> Void = { _ in }) {
        self.access = access
        self.greet = greet
    }

    /// Asks the engine. After a failure that leaves unknown what it has done, the connection is let go.
    func ask<Answer>(
        _ question: (EngineSession) throws(PostgreSQLFailure) -> Answer
    ) throws(EngineFailure) -> Answer {
        do throws(EngineFailure) {
            let session = try connected()
            do throws(PostgreSQLFailure) { return try question(session) } catch { throw EngineFailure(error) }
        } catch {
            if error.kind != .trimmed { close() }
            throw error
        }
    }

    private func connected() throws(EngineFailure) -> EngineSession {
        if let session {
            try session.lookAgain()
            return session
        }
        let session = try access.connect()
        do throws(PostgreSQLFailure) { try greet(session) } catch { throw EngineFailure(error) }
        self.session = session
        return session
    }

    func close() {
        if session != nil { losses += 1 }
        session = nil
    }
}
