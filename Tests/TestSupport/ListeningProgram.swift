import Glibc

/// A program that listens on 127.0.0.1 and says on which port, in the first line of its output that begins so: `ACCEPT
/// 127.0.0.1:PORT`. Gone with its last reference.
package final class ListeningProgram: Sendable {
    package let port: UInt16
    private let pid: pid_t
    private let output: Int32

    /// Returns nil where it cannot be started, or ends without having said a port.
    ///
    /// - Parameter program: is looked for in PATH.
    package init?(_ program: String, _ arguments: [String]) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        // Open as long as the program may write to it.
        output = ends[0]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = Self.spawn(program, arguments, output: ends[1])
        close(ends[1])
        guard let child else {
            close(ends[0])
            return nil
        }
        guard let port = Self.port(from: ends[0]) else {
            Self.end(child)
            close(ends[0])
            return nil
        }
        pid = child
        self.port = port
    }

    deinit {
        Self.end(pid)
        close(output)
    }

    private static func end(_ pid: pid_t) {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    private static func port(from descriptor: Int32) -> UInt16? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {
            guard byte == 10 else {
                line.append(byte)
                continue
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("ACCEPT") { return text.split(separator: ":").last.flatMap { UInt16($0) } }
            line = []
        }
        return nil
    }

    /// Starts a program without input, and without its errors.
    ///
    /// - Parameter output: takes what it prints; nil for nobody.
    static func spawn(_ program: String, _ arguments: [String], output: Int32? = nil) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        var list: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { list.forEach { free($0) } }
        var pid = pid_t()
        return posix_spawnp(&pid, program, &actions, nil, &list, environ) == 0 ? pid : nil
    }
}
