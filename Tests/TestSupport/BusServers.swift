import Glibc

/// A server of NATS with JetStream and a folder of its own, on 127.0.0.1; gone with its last reference.
package final class NATSServer: Sendable {
    private static let program = "/usr/sbin/nats-server"

    /// Tells whether there is one to start.
    package static let isPossible = access(program, X_OK) == 0

    package let port: UInt16
    private let folder: String
    private let process: ServerBox

    /// - Parameter configuration: more lines of its file: users, TLS, limits.
    package init?(_ configuration: String = "", readable files: [String] = []) {
        guard let folder = ServerBox.folder() else { return nil }
        self.folder = folder
        let process = ServerBox(folder: folder)
        self.process = process
        for file in files { ServerBox.copy(file, into: folder) }
        let port = process.startOnFreePort { port in
            let text = """
                listen: "127.0.0.1:\(port)"
                jetstream { store_dir: "\(folder)/data", max_mem: 64MB, max_file: 512MB }
                \(configuration.replacing("FOLDER", with: folder))
                """
            return ServerBox.write(text, to: "\(folder)/nats.conf") ? Self.command(folder) : nil
        }
        guard let port else {
            self.port = 0
            return nil
        }
        self.port = port
    }

    private static func command(_ folder: String) -> [String] { [program, "-c", "\(folder)/nats.conf"] }

    deinit {
        process.end()
        ServerBox.remove(folder)
    }

    /// Starts the server that was ended, where it was.
    @discardableResult
    package func start() -> Bool { process.start(Self.command(folder), port: port) }

    package func end() { process.end() }

    /// Returns a page of its monitor, which its configuration lets listen on that port.
    package static func page(_ path: String, port: UInt16) -> String {
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port) && printf 'GET \(path) HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"
        return ServerBox.output(of: "bash", ["-c", script])?.joined(separator: "\n") ?? ""
    }
}

/// A server of Redis with a folder of its own, on 127.0.0.1 and a Unix socket; gone with its last reference.
package final class RedisServer: Sendable {
    private static let program = "/usr/bin/redis-server"

    package static let isPossible = access(program, X_OK) == 0

    package let port: UInt16
    private let folder: String
    private let options: [String]
    private let process: ServerBox

    /// - Parameter options: of the command line: `--requirepass`, `secret`.
    package init?(_ options: [String] = []) {
        guard let folder = ServerBox.folder() else { return nil }
        self.folder = folder
        self.options = options
        process = ServerBox(folder: folder)
        guard let port = process.startOnFreePort({ Self.command(folder, port: $0, options) }) else {
            self.port = 0
            return nil
        }
        self.port = port
    }

    private static func command(_ folder: String, port: UInt16, _ options: [String]) -> [String] {
        [
            program, "--bind", "127.0.0.1", "--port", "\(port)", "--dir", folder, "--appendonly", "yes", "--unixsocket",
            socket(folder),
        ] + options
    }

    private static func socket(_ folder: String) -> String { "\(folder)/redis.sock" }

    deinit {
        process.end()
        ServerBox.remove(folder)
    }

    @discardableResult
    package func start() -> Bool { process.start(Self.command(folder, port: port, options), port: port) }

    package func end() { process.end() }

    package var socket: String { Self.socket(folder) }

    /// Runs a command.
    ///
    /// - Returns: the lines of its answer; nil where it cannot be run.
    @discardableResult
    package func run(_ words: String...) -> [String]? {
        ServerBox.output(of: "redis-cli", ["-s", socket] + words)
    }
}
