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
        port = ServerProcess.freePort()
        process = ServerBox()
        let text = """
            listen: "127.0.0.1:\(port)"
            jetstream { store_dir: "\(folder)/data", max_mem: 64MB, max_file: 512MB }
            \(configuration.replacing("FOLDER", with: folder))
            """
        guard ServerBox.write(text, to: "\(folder)/nats.conf") else { return nil }
        for file in files { ServerBox.copy(file, into: folder) }
        guard start() else { return nil }
    }

    deinit {
        process.set(nil)
        ServerBox.remove(folder)
    }

    /// Starts the server that was ended, where it was.
    @discardableResult
    package func start() -> Bool {
        process.set(ServerProcess([Self.program, "-c", "\(folder)/nats.conf"], log: "\(folder)/log"))
        return ServerProcess.waits(forPort: port)
    }

    package func end() { process.set(nil) }

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
        port = ServerProcess.freePort()
        process = ServerBox()
        guard start() else { return nil }
    }

    deinit {
        process.set(nil)
        ServerBox.remove(folder)
    }

    @discardableResult
    package func start() -> Bool {
        let words =
            [
                Self.program, "--bind", "127.0.0.1", "--port", "\(port)", "--dir", folder, "--appendonly", "yes",
                "--unixsocket", socket,
            ] + options
        process.set(ServerProcess(words, log: "\(folder)/log"))
        return ServerProcess.waits(forPort: port)
    }

    package func end() { process.set(nil) }

    package var socket: String { "\(folder)/redis.sock" }

    /// Runs a command.
    ///
    /// - Returns: the lines of its answer; nil where it cannot be run.
    @discardableResult
    package func run(_ words: String...) -> [String]? {
        ServerBox.output(of: "redis-cli", ["-s", socket] + words)
    }
}

/// A running server, which a test may end and start again, and the folder of one.
final class ServerBox: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var process: ServerProcess?

    init() { pthread_mutex_init(lock, nil) }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Lets go of the process that was there, which ends it, and keeps another.
    func set(_ make: @autoclosure () -> ServerProcess?) {
        pthread_mutex_lock(lock)
        process = nil
        process = make()
        pthread_mutex_unlock(lock)
    }

    /// Makes a folder that the server's user may write to.
    static func folder() -> String? {
        var template = Array("/tmp/newswire-server-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else { return nil }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        ServerProcess.give(path)
        return path
    }

    static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
    }

    /// Copies a file, for the server alone to read.
    static func copy(_ file: String, into folder: String) {
        let name = file.split(separator: "/").last.map(String.init) ?? ""
        run(["/bin/sh", "-c", "cp '\(file)' '\(folder)/\(name)' && chmod 600 '\(folder)/\(name)'"])
        ServerProcess.give("\(folder)/\(name)")
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
