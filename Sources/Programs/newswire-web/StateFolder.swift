internal import CShims
internal import Glibc
internal import newswire

/// The right to newswire-web's own folder, which one process has at a time. The kernel gives it back when the process ends.
final class StateFolder: Sendable {
    let path: String
    /// Whether newswire-web has never run with this folder.
    let isNew: Bool
    private let lock: Int32

    /// Makes the folder where it is not there, and takes it.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        try Self.make(path[...])
        let file = "\(path)/lock"
        isNew = access(file, F_OK) != 0
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard lock >= 0 else { throw Self.failure("opening", file) }
        if newswire_lock_file(lock) == 0 { return }
        let code = errno
        guard code == EAGAIN || code == EACCES else { throw Self.failure("locking", file, code) }
        throw CommandFailure(
            .inUse, "taking \(path): another newswire-web has it; stop that one, or set state_directory in [web]")
    }

    deinit { close(lock) }

    private static func make(_ path: Substring) throws(CommandFailure) {
        if mkdir(String(path), 0o750) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw failure("making", String(path))
        }
        try make(path[..<slash])
        guard mkdir(String(path), 0o750) == 0 || errno == EEXIST else { throw failure("making", String(path)) }
    }

    private static func failure(_ action: String, _ path: String, _ code: Int32 = errno) -> CommandFailure {
        CommandFailure(
            .cannotCreate,
            "\(action) \(path): \(SystemReason.text(code)); let the user that newswire-web runs as write there, or set "
                + "state_directory in [web]")
    }
}
