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
        ServerProcess.give(folder)
        self.folder = folder
        self.certificate = certificate
        let process = ServerBox(folder: folder, signal: "INT")
        self.process = process
        let script = """
            set -e; umask 077; cd \(folder)
            printf %s '\(Self.password)' >pw
            \(programs)/initdb -D data -U newswire -A scram-sha-256 --pwfile=pw -E UTF8 --locale=C --no-sync >/dev/null
            printf 'local all all trust\\nhost all all 127.0.0.1/32 scram-sha-256\\n' >data/pg_hba.conf
            """
        let isMade = ServerBox.run(ServerProcess.words(["/bin/sh", "-c", script]))
        if let certificate {
            for file in [certificate.file, certificate.keyFile] {
                ServerProcess.give(ServerBox.copy(file, into: folder))
            }
        }
        let command = Self.command(folder, options, hasCertificate: certificate != nil)
        guard isMade, let port = process.startOnFreePort(command) else {
            self.port = 0
            return nil
        }
        self.port = port
        guard answers(), sql("CREATE DATABASE news", in: "postgres") != nil else { return nil }
    }

    deinit {
        process.end()
        ServerBox.remove(folder)
    }

    /// Starts the server that was ended, where it was.
    @discardableResult
    package func start() -> Bool {
        guard let words = Self.command(folder, moreOptions, hasCertificate: certificate != nil)(port) else {
            return false
        }
        return process.start(words, port: port) && answers()
    }

    /// Returns what makes the words that start it on a port.
    private static func command(
        _ folder: String, _ options: [String], hasCertificate: Bool
    ) -> (UInt16) -> [String]? {
        { port in
            guard let programs else { return nil }
            var all =
                [
                    "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folder)",
                    "max_connections=40", "shared_buffers=16MB",
                ] + options
            if hasCertificate {
                all += ["ssl=on", "ssl_cert_file=\(folder)/cert.pem", "ssl_key_file=\(folder)/key.pem"]
            }
            return ServerProcess.words(
                ["\(programs)/postgres", "-D", "\(folder)/data"] + all.flatMap { ["-c", $0] })
        }
    }

    /// Waits until it answers, for a minute at most; it listens before.
    private func answers() -> Bool {
        let begun = ContinuousClock.now
        repeat {
            if sql("SELECT 1", in: "postgres") != nil { return true }
            usleep(20_000)
        } while ContinuousClock.now - begun < .seconds(60)
        return false
    }

    /// Ends the server and its connections.
    package func end() { process.end() }

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
