internal import CShims
internal import Glibc

/// The command that takes batches, run without a shell and with nothing of a feed among its arguments (security.md §14).
struct DeliveryCommand: Sendable {
    /// How a run of it ended.
    enum Ending: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        case timedOut
        /// It did not end when newswire was told to stop, and was ended.
        case stopped
        case notStarted(errno: Int32)

        var isDone: Bool { self == .exited(0) }
    }

    /// Absolute, or as it was given where that holds a slash.
    let path: String
    /// With the command itself as it was given.
    let arguments: [String]
    /// All that it gets beside what `run` adds.
    let environment: [String: String]
    /// What it gets to end by itself, in milliseconds: once newswire is to stop, and between SIGTERM and SIGKILL.
    var grace: Int64 = 10_000
    var lastGrace: Int64 = 5000

    /// - Parameter words: not empty.
    /// - Returns: nil where there is no such program.
    init?(_ words: [String], environment: [String: String]) {
        guard let name = words.first, let path = Self.find(name, in: environment["PATH"] ?? "") else { return nil }
        self.path = path
        arguments = words
        self.environment = environment
    }

    private static func find(_ name: String, in folders: String) -> String? {
        let candidates =
            name.contains("/")
            ? [name] : folders.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
        return candidates.first { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    /// Runs it with `input` as its standard input, and waits for its end.
    ///
    /// It is in a process group of its own, which is ended with it where it takes too long.
    /// - Parameters:
    ///   - timeout: in milliseconds.
    ///   - stop: readable once newswire is to stop.
    func run(input: [UInt8], adding more: [String: String], timeout: Int64, stop: Int32) -> Ending {
        // A file and no pipe: a command that does not read, or reads late, holds up nothing.
        let file = newswire_memory_file("newswire-batch", input, input.count)
        guard file >= 0 else { return .notStarted(errno: errno) }
        defer { close(file) }
        var pid = pid_t()
        let status = spawn(&pid, file, environment.merging(more) { $1 })
        guard status == 0 else { return .notStarted(errno: status) }
        return DeliveryProcess(pid).wait(
            timeout: timeout, stop: stop, grace: min(grace, timeout), lastGrace: lastGrace)
    }

    private func spawn(_ pid: inout pid_t, _ input: Int32, _ environment: [String: String]) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // What newswire ignores its commands do not.
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGQUIT] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        return posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
    }
}
