import Glibc
private import Locking
private import Testing

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
