private import Dispatch
package import Glibc
private import Locking
private import Testing

/// A program that a test starts, with its output in files so that no pipe can fill up.
package final class ChildProcess: Sendable {
    package struct Ending: Sendable {
        /// Exit status; 128 and the signal's number where a signal ended it.
        package var status: Int32
        package var output: String
        package var errors: String

        package var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    package let pid: pid_t
    private let path: String
    private let directory = TemporaryDirectory()

    /// What builds that look at themselves want to know, whatever environment a test gives.
    private static let instruments: [String: String] = {
        var names: [String: String] = [:]
        // How the sanitizers judge.
        for name in ["LSAN_OPTIONS", "TSAN_OPTIONS"] { names[name] = getenv(name).map { String(cString: $0) } }
        // Where to count which lines are run. All runs of one program share a few files, to which each adds its own counts
        // when it ends; one that is killed adds none (.ci/coverage).
        if let own = getenv("LLVM_PROFILE_FILE").map({ String(cString: $0) }) {
            let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            names["LLVM_PROFILE_FILE"] = "\(folder)/child-%4m.profraw"
        }
        return names
    }()

    /// - Parameter environment: all that the program sees of one, but for the above.
    package init(_ path: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, directory.write(input, to: "in"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, directory.file("out"), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, directory.file("err"), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let whole = environment.merging(Self.instruments) { own, _ in own }
        var envp: [UnsafeMutablePointer<CChar>?] = whole.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, path, &actions, nil, &argv, &envp)
        precondition(status == 0, "cannot start \(path): \(String(cString: strerror(status)))")
        self.pid = pid
        self.path = path
    }

    package func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// What it has printed so far.
    package var output: String { directory.text("out") ?? "" }
    package var errors: String { directory.text("err") ?? "" }

    /// Waits for its end on a thread of its own, so that other tests go on; call it once. One that does not end by itself is
    /// killed, and the test fails with what it has printed.
    ///
    /// - Parameter limit: the seconds after which it is killed: far more than any takes, on whatever machine.
    package func wait(limit: Int = 300) async -> Ending {
        let hasEnded = Locked(false)
        let alarm = DispatchWorkItem { [pid] in
            // Its number is another's once it has been waited for.
            hasEnded.withLock { if !$0 { _ = kill(pid, SIGKILL) } }
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(limit), execute: alarm)
        let begun = ContinuousClock.now
        let status: Int32 = await BlockingCall.run { [pid] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            hasEnded.withLock { $0 = true }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            return status
        }
        alarm.cancel()
        let signal = status & 0x7f
        if signal == SIGKILL, ContinuousClock.now - begun >= .seconds(limit) {
            Issue.record("\(path) did not end in \(limit) s, and was killed. It has printed: \(output)\n\(errors)")
        }
        return Ending(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: output, errors: errors)
    }
}
