import Glibc

/// `ArchiveRoom` is how much room a file system has.
struct ArchiveRoom: Sendable {
    /// Bytes that are left for who is not root.
    var free: UInt64
    var total: UInt64
}

/// The system calls that change the archive's files, or ask for their room. A test puts one that fails in the place of any of
/// them; each returns -1, or nil, and sets `errno` as the call itself does.
struct ArchiveCalls: Sendable {
    var create: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 = {
        Glibc.open($0, $1 | O_CLOEXEC, $2)
    }
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int = {
        Glibc.pwrite($0, $1.baseAddress, $1.count, $2)
    }
    var syncData: @Sendable (_ descriptor: Int32) -> Int32 = { Glibc.fdatasync($0) }
    var sync: @Sendable (_ descriptor: Int32) -> Int32 = { Glibc.fsync($0) }
    var truncate: @Sendable (_ descriptor: Int32, _ size: Int) -> Int32 = { Glibc.ftruncate($0, $1) }
    var rename: @Sendable (_ old: String, _ new: String) -> Int32 = { Glibc.rename($0, $1) }
    var remove: @Sendable (_ path: String) -> Int32 = { Glibc.unlink($0) }
    var room: @Sendable (_ path: String) -> ArchiveRoom? = { path in
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        let block = UInt64(figures.f_frsize)
        return ArchiveRoom(free: UInt64(figures.f_bavail) * block, total: UInt64(figures.f_blocks) * block)
    }
}
