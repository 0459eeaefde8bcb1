internal import Fleet
private import Glibc
internal import PostgreSQL

/// The servers that `engine` names, each with what it is connected to by.
struct EngineServers {
    struct Server {
        /// As messages name it.
        var name: String
        /// By libpq's names.
        var parameters: [(key: String, value: String)]
    }

    let servers: [Server]

    /// Certificates of the system's authorities, as Debian has them.
    private static let certificates = "/etc/ssl/certs/ca-certificates.crt"

    /// What goes with every connection, where `engine` does not say it itself.
    private static let defaults = [
        "gssencmode": "disable", "sslrootcert": certificates,
        // A server that is gone is noticed in ten seconds, whether something was sent to it or not.
        "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
        "tcp_user_timeout": "10000",
    ]

    /// What goes with every connection, whatever `engine` says.
    private static let fixed = [
        "application_name": "newswire", "client_encoding": "UTF8",
        // A standby takes nothing; the next host is tried.
        "target_session_attrs": "read-write",
        // What a person did not write does not count: no password of somebody's home.
        "passfile": "/nonexistent/pgpass",
    ]

    /// Reads `engine`, and refuses what is not safe (F24).
    init(_ settings: EngineSettings, _ library: LibPQ) throws(EngineFailure) {
        var written: [String: String]
        do throws(PostgreSQLFailure) {
            written = try library.parameters(in: settings.url)
        } catch {
            throw EngineFailure(.refused, "engine cannot be read: \(error.reason)")
        }
        guard written["password"] == nil else {
            throw EngineFailure(
                .refused, "engine has the password in it",
                advice: "write password = { credential = \"fleet\" }, or file")
        }
        if let user = written["service"] ?? written["servicefile"] {
            throw EngineFailure(.refused, "engine names the service \(user) of a file that others may change")
        }
        var common = Self.defaults.merging(written) { $1 }.merging(Self.fixed) { $1 }
        for name in ["host", "hostaddr", "port", "sslmode"] { common[name] = nil }
        common["password"] = settings.password
        let places = try Self.places(written)
        servers = try places.map { place throws(EngineFailure) in
            var parameters = common
            for (name, value) in place.parameters { parameters[name] = value }
            parameters["sslmode"] = try Self.mode(written["sslmode"], place)
            return Server(
                name: place.name, parameters: parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    private struct Place {
        var name: String
        var isLocal: Bool
        var parameters: [String: String]
    }

    /// Takes the lists of hosts, addresses and ports apart, as libpq does.
    private static func places(_ written: [String: String]) throws(EngineFailure) -> [Place] {
        func list(_ name: String) -> [String] {
            (written[name] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let hosts = list("host")
        let addresses = list("hostaddr")
        let ports = list("port")
        let count = max(hosts.count, addresses.count)
        guard hosts.count == count || written["host"] == nil, addresses.count == count || written["hostaddr"] == nil,
            ports.count == count || ports.count == 1
        else {
            throw EngineFailure(
                .refused, "engine has \(hosts.count) hosts, \(addresses.count) addresses and \(ports.count) ports",
                advice: "write one of each for each server, or one port for all")
        }
        return (0..<count).map { index in
            let host = index < hosts.count ? hosts[index] : ""
            let address = index < addresses.count ? addresses[index] : ""
            let port = ports.count == 1 ? ports[0] : ports[index]
            var parameters: [String: String] = [:]
            if !host.isEmpty { parameters["host"] = host }
            if !address.isEmpty { parameters["hostaddr"] = address }
            if !port.isEmpty { parameters["port"] = port }
            let shown = host.isEmpty ? address : host.contains(":") ? "[\(host)]" : host
            return Place(
                name: "postgresql://\(shown)\(port.isEmpty ? "" : ":\(port)")",
                isLocal: isLocal(address.isEmpty ? host : address), parameters: parameters)
        }
    }

    /// Tells whether nobody else can listen on the way there: a Unix socket, which an empty name means too, or the loopback.
    private static func isLocal(_ host: String) -> Bool {
        guard let first = host.utf8.first else { return true }
        if first == UInt8(ascii: "/") || first == UInt8(ascii: "@") || host == "localhost" || host == "::1" {
            return true
        }
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }

    private static func mode(_ written: String?, _ place: Place) throws(EngineFailure) -> String {
        if place.isLocal { return written ?? "prefer" }
        guard let written, written != "verify-full" else { return "verify-full" }
        throw EngineFailure(
            .refused, "engine has sslmode=\(written), with which \(place.name) could be anybody",
            advice: "leave it out: it is verify-full")
    }
}
