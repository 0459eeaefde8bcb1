package import Glibc

/// A server that a test starts on this machine: it ends with its last reference, and with the test process, however that ends.
package final class ServerProcess: Sendable {
    private let shell: pid_t
    private let input: Int32
    /// The server holds the other end, and writes nothing.
    private let life: Int32
    private let log: String

    /// The user for servers that refuse root; nil where the tests are not run by root.
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
    ///   - folder: its own; `log` in it takes what it prints. Gone with the test process.
    ///   - signal: asks it to end.
    package init?(_ command: [String], folder: String, signal: String = "TERM") {
        // The shell waits for a line, or for its input to end, which it does when nobody holds the other end any more: then
        // the test process has ended, and nobody else removes the folder.
        let script = """
            folder=$1; signal=$2; shift 2
            "$@" >>"$folder/log" 2>&1 </dev/null & child=$!
            exec 3>&-
            read -r word; isAsked=$?
            kill -s "$signal" $child; wait $child
            [ $isAsked = 0 ] || rm -rf -- "$folder"
            """
        guard let word = Ends() else { return nil }
        guard let life = Ends() else {
            word.close()
            return nil
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, word.theirs, 0)
        posix_spawn_file_actions_adddup2(&actions, life.theirs, 3)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = ["/bin/sh", "-c", script, "server", folder, signal] + command
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
        close(word.theirs)
        close(life.theirs)
        guard result == 0 else {
            close(word.ours)
            close(life.ours)
            return nil
        }
        shell = pid
        input = word.ours
        self.life = life.ours
        log = "\(folder)/log"
    }

    deinit {
        // Said, and not only by closing it: a process that another thread has just started may hold the same end.
        _ = write(input, "\n", 1)
        close(input)
        close(life)
        waitpid(shell, nil, 0)
    }

    /// Returns a port of 127.0.0.1 on which nobody listens. Another may take it before it is used.
    package static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
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

    /// Tells whether the server, and all that it has started, has ended.
    private var hasEnded: Bool {
        var life = pollfd(fd: life, events: 0, revents: 0)
        return poll(&life, 1, 0) == 1
    }

    /// Waits until it listens on a port of 127.0.0.1, for at most a minute.
    ///
    /// - Returns: why it does not, with what it has printed; nil where it does.
    package func failure(toListenOn port: UInt16) -> String? {
        let begun = ContinuousClock.now
        var code: Int32
        repeat {
            code = Self.connects(to: port)
            if code == 0 { return nil }
            usleep(20_000)
        } while !hasEnded && ContinuousClock.now - begun < .seconds(60)
        let what = hasEnded ? "has ended" : "cannot be reached in a minute (\(String(cString: strerror(code))))"
        return "the server for port \(port) \(what); it has printed: \(printed)"
    }

    private var printed: String { String(decoding: WholeFile.read(log) ?? [], as: UTF8.self) }

    /// Returns errno; 0 where somebody listens.
    private static func connects(to port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
    }
}

/// Two ends, which no program that is started gets unasked. Those of a pipe would be open to all that are started before they
/// are closed to them.
private struct Ends {
    let ours: Int32
    let theirs: Int32

    init?() {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            return nil
        }
        (ours, theirs) = (ends[0], ends[1])
    }

    func close() {
        Glibc.close(ours)
        Glibc.close(theirs)
    }
}
