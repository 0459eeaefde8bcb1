package import Glibc

/// Which store is meant: the device and the inode of its directory. A copy has another one, wherever it lies; the same
/// directory has the same one by whatever path and mount it is seen.
package struct StoreIdentity: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    /// Of the directory.
    package let owner: uid_t

    /// nil where there is no such directory, or where it cannot be looked at.
    package init?(directory: String) {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        owner = status.st_uid
    }

    /// As `stat -c %d:%i` prints it.
    package var text: String { "\(device):\(inode)" }
}
