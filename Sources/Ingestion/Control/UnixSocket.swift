private import CShims
import Glibc

/// A stream socket with a name in the file system. Paths of any length: what does not fit a socket address goes through
/// the folder's descriptor.
enum UnixSocket {
    /// Why a socket cannot be had: the call and its errno.
    struct Failure: Error {
        var call: String
        var code: Int32
    }

    /// Listens at the path, in the place of what a process that has ended left there. Only the caller's store lock makes
    /// sure that no living one is pushed aside.
    ///
    /// The socket is for its owner and its group (0660), and has the group of the folder it lies in.
    static func listen(at path: String) throws(Failure) -> Int32 {
        let descriptor = try make()
        do throws(Failure) {
            let folder = try Folder(of: path)
            _ = unlinkat(folder.descriptor, folder.name, 0)
            try withAddress(folder.path) { address, length throws(Failure) in
                guard bind(descriptor, address, length) == 0 else { throw Failure(call: "bind", code: errno) }
            }
            var status = stat()
            if fstat(folder.descriptor, &status) == 0 {
                // Best effort: where it may not be given away it stays with the process's own group.
                _ = fchownat(folder.descriptor, folder.name, uid_t.max, status.st_gid, AT_SYMLINK_NOFOLLOW)
            }
            // Not through a link that a member may have put there meanwhile.
            guard fchmodat(folder.descriptor, folder.name, 0o660, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw Failure(call: "chmod", code: errno)
            }
            guard Glibc.listen(descriptor, 128) == 0 else { throw Failure(call: "listen", code: errno) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    static func connect(to path: String) throws(Failure) -> Int32 {
        let descriptor = try make()
        do throws(Failure) {
            let folder = try Folder(of: path)
            try withAddress(folder.path) { address, length throws(Failure) in
                while Glibc.connect(descriptor, address, length) != 0 {
                    if errno != EINTR { throw Failure(call: "connect", code: errno) }
                }
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func make() throws(Failure) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        return descriptor
    }

    /// The folder of a path, held open, so that the socket has a short path below it.
    private final class Folder {
        let descriptor: Int32
        let name: String

        init(of path: String) throws(Failure) {
            let slash = path.lastIndex(of: "/")
            name = slash.map { String(path[path.index(after: $0)...]) } ?? path
            let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Failure(call: "open", code: errno) }
        }

        deinit { close(descriptor) }

        var path: String { "/proc/self/fd/\(descriptor)/\(name)" }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Void
    ) throws(Failure) {
        guard let address = UnixAddress(path) else { throw Failure(call: "bind", code: ENAMETOOLONG) }
        try address.withPointer(body)
    }

    /// The user of the process that has connected the socket; nil where the system does not tell.
    static func peerUser(_ descriptor: Int32) -> UInt32? { UInt32(exactly: newswire_peer_user(descriptor)) }
}
