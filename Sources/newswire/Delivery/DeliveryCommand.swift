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

/// A command that runs: waited for, and ended where it has to be.
struct DeliveryProcess {
    private let pid: pid_t

    /// - Parameter pid: a child that leads a process group and that nobody else waits for.
    init(_ pid: pid_t) {
        self.pid = pid
    }

    /// Returns when it has ended; all times are in milliseconds.
    func wait(timeout: Int64, stop: Int32, grace: Int64, lastGrace: Int64) -> DeliveryCommand.Ending {
        let descriptor = newswire_process_descriptor(pid)
        guard descriptor >= 0 else { return collect() }
        defer { close(descriptor) }
        switch Self.poll(descriptor, stop, for: timeout) {
        case .first: return collect()
        case .timeout: return end(descriptor, lastGrace, as: .timedOut)
        case .second: break
        }
        // What is nearly done may be finished: a batch that is delivered need not be delivered again.
        if Self.poll(descriptor, -1, for: grace) == .first { return collect() }
        return end(descriptor, lastGrace, as: .stopped)
    }

    private func end(_ descriptor: Int32, _ grace: Int64, as ending: DeliveryCommand.Ending) -> DeliveryCommand.Ending {
        kill(-pid, SIGTERM)
        _ = Self.poll(descriptor, -1, for: grace)
        // Processes of its group that outlive it are killed, too.
        kill(-pid, SIGKILL)
        _ = collect()
        return ending
    }

    private func collect() -> DeliveryCommand.Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return .notStarted(errno: errno) }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    }

    enum Event {
        case first
        case second
        case timeout
    }

    /// Waits until one of two descriptors is readable; one that is negative never is.
    static func poll(_ first: Int32, _ second: Int32, for milliseconds: Int64) -> Event {
        let end = now() + milliseconds
        while true {
            var descriptors = [
                pollfd(fd: first, events: Int16(POLLIN), revents: 0),
                pollfd(fd: second, events: Int16(POLLIN), revents: 0),
            ]
            let left = max(0, end - now())
            let count = Glibc.poll(&descriptors, 2, Int32(clamping: left))
            if count > 0 { return descriptors[0].revents != 0 ? .first : .second }
            if left == 0 { return .timeout }
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
