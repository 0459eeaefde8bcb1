internal import CShims
internal import Glibc

/// The command that takes batches, run without a shell and with nothing of a feed among its arguments (security.md
/// §14).
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

    /// Where a command is looked for, where the environment does not say it.
    static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Absolute, or as it was given where that holds a slash.
    let path: String
    /// All words of the command, of which the first is its name as it was given.
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
    /// It is in a process group of its own, which is ended with it where it takes too long. Where newswire itself ends
    /// before it, in whatever way, it gets SIGTERM.
    /// - Parameters:
    ///   - timeout: in milliseconds.
    ///   - stop: readable once newswire is to stop.
    ///   - lock: a descriptor that the command, and what it starts, hold open; negative for none.
    func run(input: [UInt8], adding more: [String: String], timeout: Int64, stop: Int32, holding lock: Int32 = -1)
        -> Ending
    {
        // A file and no pipe: a command that does not read, or reads late, holds up nothing.
        let file = newswire_memory_file("newswire-batch", input, input.count)
        guard file >= 0 else { return .notStarted(errno: errno) }
        defer { close(file) }
        var pid = pid_t()
        let status = spawn(&pid, file, lock, environment.merging(more) { $1 })
        guard status == 0 else { return .notStarted(errno: status) }
        return DeliveryProcess(pid).wait(
            timeout: timeout, stop: stop, grace: min(grace, timeout), lastGrace: lastGrace)
    }

    private func spawn(_ pid: inout pid_t, _ input: Int32, _ lock: Int32, _ environment: [String: String]) -> Int32 {
        let argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        return newswire_spawn(&pid, path, argv, envp, input, lock)
    }
}
