import Glibc

/// A server of PostgreSQL with a folder of its own, on 127.0.0.1 with passwords and on a Unix socket without; gone with its
/// last reference.
package final class PostgreSQLServer: Sendable {
    private static let folders = [
        "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin",
    ]

    /// The folder of the server's programs; nil where it is not installed.
    private static let programs = folders.first { access("\($0)/initdb", X_OK) == 0 }

    /// Tells whether there is one to start.
    package static let isPossible = programs != nil && (geteuid() != 0 || ServerProcess.user != nil)

    /// The role `newswire` logs in with it.
    package static let password = "s3cret word"

    private let folder: String
    package let port: UInt16
    private let certificate: SelfSignedCertificate?
    private let moreOptions: [String]
    private let process: ServerBox

    /// Makes and starts a server; nil where that fails.
    ///
    /// - Parameters:
    ///   - certificate: with which it speaks TLS; nil for none.
    ///   - options: more of its settings, as `name=value`.
    package init?(certificate: SelfSignedCertificate? = nil, options: [String] = ["fsync=off"]) {
        moreOptions = options
        guard let programs = Self.programs else { return nil }
        guard let folder = ServerBox.folder() else { return nil }
        self.folder = folder
        port = ServerProcess.freePort()
        self.certificate = certificate
        process = ServerBox()
        let script = """
            set -e; umask 077; cd \(folder)
            printf %s '\(Self.password)' >pw
            \(programs)/initdb -D data -U newswire -A scram-sha-256 --pwfile=pw -E UTF8 --locale=C --no-sync >/dev/null
            printf 'local all all trust\\nhost all all 127.0.0.1/32 scram-sha-256\\n' >data/pg_hba.conf
            """
        guard ServerBox.run(ServerProcess.words(["/bin/sh", "-c", script])) else { return nil }
        if let certificate {
            for file in [certificate.file, certificate.keyFile] { ServerBox.copy(file, into: folder) }
        }
        guard start() else { return nil }
        guard sql("CREATE DATABASE news", in: "postgres") != nil else { return nil }
    }

    deinit {
        process.set(nil)
        ServerBox.remove(folder)
    }

    /// Starts the server that was ended, where it was.
    @discardableResult
    package func start() -> Bool {
        guard let programs = Self.programs else { return false }
        var options =
            [
                "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folder)", "max_connections=40",
                "shared_buffers=16MB",
            ] + moreOptions
        if certificate != nil {
            options += ["ssl=on", "ssl_cert_file=\(folder)/cert.pem", "ssl_key_file=\(folder)/key.pem"]
        }
        process.set(
            ServerProcess(
                ["\(programs)/postgres", "-D", "\(folder)/data"] + options.flatMap { ["-c", $0] }, log: "\(folder)/log",
                signal: "INT"))
        for _ in 0..<600 {
            if sql("SELECT 1", in: "postgres") != nil { return true }
            usleep(50_000)
        }
        return false
    }

    /// Ends the server and its connections.
    package func end() { process.set(nil) }

    /// Runs a statement as the owner of everything.
    ///
    /// - Returns: the rows, with `|` between their values; nil where it fails.
    @discardableResult
    package func sql(_ statement: String, in database: String = "news") -> [String]? {
        ServerBox.output(
            of: "psql",
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", "\(port)", "-U", "newswire", "-d",
                database,
                "-c", statement,
            ])
    }

    /// The folder of its Unix socket, as the host of a URL.
    package var socketHost: String { folder.replacing("/", with: "%2F") }
}
