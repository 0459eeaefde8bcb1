package import Glibc

/// A server that a test starts on this machine: it ends with its last reference, and with the test process, however that ends.
///
/// Where root runs the tests it gets the rights of another user, because some servers refuse root.
package final class ServerProcess: Sendable {
    private let shell: pid_t
    private let input: Int32

    /// The user for servers; nil where the tests are not run by root, and servers are run by whoever runs them.
    package static let user: (name: String, uid: uid_t, gid: gid_t)? = {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return (name, entry.pointee.pw_uid, entry.pointee.pw_gid) }
        }
        return nil
    }()

    /// Returns the words that run a command as that user.
    package static func words(_ command: [String]) -> [String] {
        guard let user else { return command }
        return [
            "/usr/bin/setpriv", "--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", "--no-new-privs",
        ] + command
    }

    /// Gives a folder to that user, so that the server can write there.
    package static func give(_ path: String) {
        if let user { _ = chown(path, user.uid, user.gid) }
    }

    /// Starts a command in the background.
    ///
    /// - Parameters:
    ///   - log: takes what it prints.
    ///   - signal: asks it to end.
    package init?(_ command: [String], log: String, signal: String = "TERM") {
        // The shell waits for its input to end, which it does when nobody holds the other end any more.
        let script = """
            log=$1; signal=$2; shift 2
            "$@" >>"$log" 2>&1 </dev/null & child=$!
            read -r word; kill -s "${word:-$signal}" $child; wait $child
            """
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = ["/bin/sh", "-c", script, "server", log, signal] + Self.words(command)
        var list: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { list.forEach { free($0) } }
        // Threads of tests block signals, which the server would never see.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid = pid_t()
        let result = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &list, environ)
        close(ends[0])
        guard result == 0 else {
            close(ends[1])
            return nil
        }
        shell = pid
        input = ends[1]
    }

    deinit {
        // Said, and not only by closing it: a process that another thread has just started may hold the same end.
        _ = write(input, "\n", 1)
        close(input)
        waitpid(shell, nil, 0)
    }

    /// Returns a port of 127.0.0.1 on which nobody listens.
    package static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(descriptor, pointer, length)
                _ = getsockname(descriptor, pointer, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Waits until somebody listens on a port of 127.0.0.1, for at most half a minute.
    package static func waits(forPort port: UInt16) -> Bool {
        for _ in 0..<600 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            address.sin_port = port.bigEndian
            let isThere = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isThere { return true }
            usleep(50_000)
        }
        return false
    }
}
