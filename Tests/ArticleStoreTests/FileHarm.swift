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
