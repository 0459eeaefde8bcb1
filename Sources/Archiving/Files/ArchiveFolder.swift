package import FeedModel
import Glibc

/// `ArchivedFile` is a file of the archive as it lies on the disk.
package struct ArchivedFile: Sendable, Equatable {
    package let name: ArchiveFileName
    /// The file has not been closed: it is being written, or a crash has left it.
    package let isOpen: Bool
    package var bytes: UInt64
    /// It was written last at this time.
    package var changed: Timestamp

    /// The name that it has in the folder.
    package var fileName: String { isOpen ? name.text + ArchiveFileName.openSuffix : name.text }
}

/// `ArchiveFolder` is the folder of an archive, which need not be there: what is in it, and what new files in it look like.
package struct ArchiveFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Whether anything is there.
    var isThere: Bool { access(path, F_OK) == 0 }

    /// So many names are looked at: more has nobody's archive.
    private static let mostNames = 1_000_000

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Returns the files of the archive, oldest first; none where there is no such folder. What else is in it is passed over.
    package func files() throws(ArchiveError) -> [ArchivedFile] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw .system("listing", path)
        }
        defer { closedir(stream) }
        var files: [ArchivedFile] = []
        for _ in 0..<Self.mostNames {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system("listing", path) }
                break
            }
            let name = Self.name(of: entry)
            let isOpen = name.hasSuffix(ArchiveFileName.openSuffix)
            let closed = isOpen ? String(name.dropLast(ArchiveFileName.openSuffix.count)) : name
            var status = stat()
            guard let parsed = ArchiveFileName(closed), fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0,
                status.st_mode & S_IFMT == S_IFREG
            else { continue }
            files.append(
                ArchivedFile(
                    name: parsed, isOpen: isOpen, bytes: UInt64(max(0, status.st_size)),
                    changed: Timestamp(seconds: Int64(status.st_mtim.tv_sec))))
        }
        return files.sorted { $0.name < $1.name }
    }

    /// Reads the name where it stands: a record of readdir(3) is only as long as its name.
    private static func name(of entry: UnsafePointer<dirent>) -> String {
        // Not nil: it is a stored member.
        let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \dirent.d_name)!
        return String(cString: start.assumingMemoryBound(to: CChar.self))
    }

    /// Opens a file of the archive, closed or not.
    func reading(_ name: ArchiveFileName) throws(ArchiveError) -> ArchiveDescriptor {
        do throws(ArchiveError) {
            return try .reading(file(name.text))
        } catch {
            guard error.code == .missing else { throw error }
            // It may be closed between the two.
            do throws(ArchiveError) {
                return try .reading(file(name.text + ArchiveFileName.openSuffix))
            } catch {
                guard error.code == .missing else { throw error }
                return try .reading(file(name.text))
            }
        }
    }

    // MARK: What is made in it

    /// Makes the folder if it is missing, but none on the way to it: where a disk is not mounted, nothing is written to what lies
    /// below its mount point. It gets the group and the mode of the folder that it is in, without others' rights.
    func make(_ calls: ArchiveCalls) throws(ArchiveError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw .system("opening", path, errno: ENOTDIR) }
            return
        }
        guard errno == ENOENT else { throw .system("opening", path) }
        let parent = Self.parent(of: path)
        var above = stat()
        guard stat(parent, &above) == 0 else { throw .system("making \(path) in", parent) }
        let mode = (above.st_mode & 0o2770) | 0o700
        guard mkdir(path, mode & 0o777) == 0 || errno == EEXIST else { throw .system("making", path) }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("opening", path) }
        Self.adopt(descriptor, like: above, mode: mode)
        close(descriptor)
        try sync(parent, calls)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a new file, with the folder's group, and its mode without the right to execute.
    func create(_ name: String, _ calls: ArchiveCalls, exclusively: Bool) throws(ArchiveError) -> ArchiveDescriptor {
        let target = file(name)
        var folder = stat()
        guard stat(path, &folder) == 0 else { throw .system("opening", path) }
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | (exclusively ? O_EXCL : 0)
        while true {
            let number = calls.create(target, flags, 0o600)
            if number >= 0 {
                let opened = ArchiveDescriptor(number, path: target)
                try opened.checkIsRegular()
                Self.adopt(number, like: folder, mode: folder.st_mode & 0o660 | 0o600)
                return opened
            }
            if errno != EINTR { throw .system("making", target) }
        }
    }

    /// Best effort: a file system without owners is no reason to stop. What root makes belongs to the folder's owner.
    private static func adopt(_ descriptor: Int32, like folder: stat, mode: mode_t) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let owner = geteuid() == 0 ? folder.st_uid : status.st_uid
        if status.st_gid != folder.st_gid || status.st_uid != owner {
            _ = fchown(descriptor, owner, folder.st_gid)
            // It takes the set-group-ID bit away from some.
            _ = fstat(descriptor, &status)
        }
        if status.st_mode & 0o7777 != mode { _ = fchmod(descriptor, mode) }
    }

    /// Makes the names in the folder durable.
    func sync(_ calls: ArchiveCalls) throws(ArchiveError) { try sync(path, calls) }

    private func sync(_ folder: String, _ calls: ArchiveCalls) throws(ArchiveError) {
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .system("opening", folder) }
        defer { close(number) }
        while calls.sync(number) != 0 {
            if errno != EINTR { throw .system("writing to disk", folder) }
        }
    }
}
