import Glibc
private import Locking
private import Testing

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

/// A running server, which a test may end and start again, and the folder of one.
final class ServerBox: Sendable {
    private let process = Locked<ServerProcess?>(nil)
    private let folder: String
    private let signal: String

    /// - Parameters:
    ///   - folder: its own, with what it prints.
    ///   - signal: asks it to end.
    init(folder: String, signal: String = "TERM") {
        self.folder = folder
        self.signal = signal
    }

    /// Ends the server that runs, and waits for its end.
    func end() {
        // It ends with its last reference, outside of the lock.
        _ = process.withLock { process in
            defer { process = nil }
            return process
        }
    }

    /// Starts a server and waits until it listens; where it does not, the test fails with the reason.
    func start(_ command: [String], port: UInt16) -> Bool {
        guard let reason = tries(command, port: port) else { return true }
        Issue.record("\(command[0]): \(reason)")
        return false
    }

    /// Starts a server on a port that is free. Between the question and the server's start another may take the port: then
    /// the next is tried.
    ///
    /// - Parameter command: returns the words of its command for a port; nil where it cannot be made ready.
    /// - Returns: its port; nil where it does not start, and the test has failed with the reasons.
    func startOnFreePort(_ command: (UInt16) -> [String]?) -> UInt16? {
        var reasons: [String] = []
        for _ in 0..<3 {
            let port = ServerProcess.freePort()
            guard let words = command(port) else {
                reasons.append("what it is started with cannot be written")
                break
            }
            guard let reason = tries(words, port: port) else { return port }
            reasons.append("\(words[0]): \(reason)")
        }
        Issue.record("\(reasons.joined(separator: "\n"))")
        return nil
    }

    /// Returns why it does not start; nil where it does.
    private func tries(_ command: [String], port: UInt16) -> String? {
        end()
        guard let server = ServerProcess(command, folder: folder, signal: signal) else {
            return "cannot be started: \(String(cString: strerror(errno)))"
        }
        process.withLock { $0 = server }
        return server.failure(toListenOn: port)
    }

    /// Makes a folder for a server: in memory where there is much of it, since what servers keep here
    /// need not last, and a busy disk would keep them waiting.
    static func folder() -> String? {
        var room = statvfs()
        let hasRoom =
            statvfs("/dev/shm", &room) == 0 && UInt64(room.f_bavail) * UInt64(room.f_frsize) >= 4 << 30
            && access("/dev/shm", W_OK | X_OK) == 0
        var template = Array("\(hasRoom ? "/dev/shm" : "/tmp")/newswire-server-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else { return nil }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
    }

    /// Copies a file, for its owner alone to read, and returns the copy's path.
    @discardableResult
    static func copy(_ file: String, into folder: String) -> String {
        let copy = "\(folder)/\(file.split(separator: "/").last ?? "")"
        run(["/bin/sh", "-c", "cp '\(file)' '\(copy)' && chmod 600 '\(copy)'"])
        return copy
    }

    static func remove(_ folder: String) { run(["/bin/rm", "-rf", "--", folder]) }

    @discardableResult
    static func run(_ words: [String]) -> Bool {
        guard let child = ListeningProgram.spawn(words[0], Array(words.dropFirst())) else { return false }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return status == 0
    }

    /// Runs a program and returns the lines that it prints; nil where it fails.
    static func output(of program: String, _ arguments: [String]) -> [String]? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = ListeningProgram.spawn(program, arguments, output: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        guard let child else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        guard status == 0 else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
