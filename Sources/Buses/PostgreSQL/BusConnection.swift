internal import PostgreSQL
internal import Publishing
internal import Web

/// A connection to the server of a table that articles go to: what it needs of the settings, and its failures as a bus has them.
final class BusConnection {
    private let connection: PostgreSQLConnection

    /// Connects and logs in.
    init(
        to host: BusURL.Host, _ settings: BusSettings, certificates: String, _ wait: BusWait
    ) throws(BusFailure) {
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
        do throws(PostgreSQLFailure) {
            connection = try PostgreSQLConnection(
                .linked(), to: "postgresql://\(host.text)",
                parameters.compactMap { key, value in value.map { (key, $0) } },
                passwordAdvice: "write password", BusSocketWait(wait))
        } catch { throw BusFailure(error) }
    }

    /// Runs a statement and waits for its end.
    ///
    /// - Parameter deed: goes on where the server's name ends: `did not take the articles`.
    func run(
        _ statement: String, _ parameters: [PostgreSQLConnection.Parameter] = [], orElse deed: String, _ wait: BusWait
    ) throws(BusFailure) -> PostgreSQLResult {
        do throws(PostgreSQLFailure) {
            return try connection.run(statement, parameters, orElse: deed, BusSocketWait(wait))
        } catch { throw BusFailure(error) }
    }
}

/// Waits for a socket as long as a bus may be waited for.
private struct BusSocketWait: SocketWait {
    let wait: BusWait

    init(_ wait: BusWait) { self.wait = wait }

    func readiness(of descriptor: Int32, toRead: Bool, toWrite: Bool) -> SocketReadiness {
        switch wait.wait(for: descriptor, toRead: toRead, toWrite: toWrite) {
        case .ready: .ready
        case .timedOut: .timedOut
        case .stopped: .stopped
        }
    }
}

extension BusFailure {
    fileprivate init(_ failure: PostgreSQLFailure) {
        let kind: Kind =
            switch failure.kind {
            case .away: .away
            case .refused: .refused
            case .notPermitted: .notPermitted
            case .untrusted: .untrusted
            case .misconfigured: .misconfigured
            case .stopped: .stopped
            }
        self.init(kind, failure.reason)
    }
}
