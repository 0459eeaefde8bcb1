import Glibc

func unlinkIfThere(_ path: String) {
    unlink(path)
}

/// Writes over the bytes of a file that others may have open.
func overwrite(_ path: String, _ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    precondition(descriptor >= 0 && pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
    close(descriptor)
}

func cut(_ path: String, to size: Int) {
    precondition(truncate(path, size) == 0)
}

func mode(of path: String) -> mode_t {
    var status = stat()
    precondition(stat(path, &status) == 0)
    return status.st_mode & 0o7777
}

func groupOf(_ path: String) -> gid_t {
    var status = stat()
    precondition(stat(path, &status) == 0)
    return status.st_gid
}

func ownerOf(_ path: String) -> uid_t {
    var status = stat()
    precondition(stat(path, &status) == 0)
    return status.st_uid
}

func setMode(of path: String, to mode: mode_t) {
    precondition(chmod(path, mode) == 0)
}

/// False where this user may not do it.
func setOwner(of path: String, to owner: uid_t, group: gid_t) -> Bool {
    chown(path, owner, group) == 0
}

/// What a member of the group can put where a file is looked for.
enum Junk: String, CaseIterable, Sendable {
    case pipe, folder, device, danglingLink, linkToItself, linkToFile

    /// - Returns: false where this user may not make it.
    func put(at path: String) -> Bool {
        switch self {
        case .pipe: mkfifo(path, 0o666) == 0
        case .folder: mkdir(path, 0o777) == 0
        case .device: symlink("/dev/zero", path) == 0
        case .danglingLink: symlink("/nonexistent/x", path) == 0
        case .linkToItself: symlink(String(path.split(separator: "/").last ?? ""), path) == 0
        case .linkToFile: symlink("/proc/self/status", path) == 0
        }
    }
}

/// Takes a lock of the whole file, as another process would: one of an open file description (`F_OFD_SETLK`).
///
/// - Parameter kind: `F_RDLCK` or `F_WRLCK`.
/// - Returns: the descriptor that holds it; -1 where it cannot be had.
func lock(_ path: String, _ kind: Int32) -> Int32 {
    let descriptor = open(path, (kind == F_WRLCK ? O_RDWR : O_RDONLY) | O_CLOEXEC)
    guard descriptor >= 0 else { return -1 }
    var range = Glibc.flock()
    range.l_type = Int16(kind)
    range.l_whence = Int16(SEEK_SET)
    // Swift's Glibc does not know F_OFD_SETLK.
    let command: Int32 = 37
    if withUnsafeMutablePointer(to: &range, { fcntl(descriptor, command, $0) }) == 0 { return descriptor }
    close(descriptor)
    return -1
}
