private import CShims
package import Glibc

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

    /// The process that listens where the socket is connected to; nil where it cannot be seen from here.
    static func listener(_ descriptor: Int32) -> pid_t? {
        let process = newswire_peer_process(descriptor)
        return process > 0 ? process : nil
    }
}

/// `UnixAddress` is the address of a Unix socket (unix(7)).
package struct UnixAddress: Sendable {
    private let address: sockaddr_un
    private let length: socklen_t

    /// Makes an address of a path.
    ///
    /// - Parameter allowsAbstract: a path that begins with an @ is a name in the abstract namespace.
    /// - Returns: nil where the path is too long for a socket's.
    package init?(_ path: String, allowsAbstract: Bool = false) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        // An abstract name begins with a NUL.
        if allowsAbstract, name.first == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        self.address = address
        length = socklen_t(MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path) + name.count)
    }

    /// Calls `body` with the address, whose pointer is good only while that runs. Throws what `body` throws.
    package func withPointer<Value, Failure: Error>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Result { () throws(Failure) in try body(address, length) }
            }
        }
        return try result.get()
    }
}

/// Lines over a connected socket, which it owns and closes. The asking side: it waits.
final class LineSocket: @unchecked Sendable {
    // Unchecked: only `buffer` changes, and one thread reads; whoever writes does so from one thread as well.
    let descriptor: Int32
    private var buffer = LineBuffer()

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Seconds that one read may take; 0 for ever.
    func setPatience(_ seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The next line without its line feed; nil at the end, after the time limit, or where it is longer than `limit`.
    func readLine(limit: Int) -> [UInt8]? {
        while true {
            if let line = buffer.next() { return line }
            if buffer.count > limit { return nil }
            let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 14) { space in
                let count = recv(descriptor, space.baseAddress, space.count, 0)
                if count > 0 { buffer.append(space[..<count]) }
                return count
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return nil }
        }
    }

    /// The same; nil also where nothing comes within so many milliseconds.
    func readLine(limit: Int, within milliseconds: Int32) -> [UInt8]? {
        if let line = buffer.next() { return line }
        var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&source, 1, milliseconds) > 0 ? readLine(limit: limit) : nil
    }

    /// - Returns: whether all was taken by the other side, or at least by the kernel.
    func write(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                // Not nil: there are bytes left.
                let count = send(descriptor, bytes.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                offset += count
            }
            return true
        }
    }
}

/// Bytes as they come, given back line by line. Each byte is looked at once, however the lines are cut up.
struct LineBuffer {
    private var bytes: [UInt8] = []
    /// Where the first line begins that was not given back.
    private var start = 0
    /// Up to where there is no line feed.
    private var scanned = 0

    /// Bytes that were not given back.
    var count: Int { bytes.count - start }

    mutating func append(_ new: some Sequence<UInt8>) { bytes.append(contentsOf: new) }

    /// The next whole line, without its line feed.
    mutating func next() -> [UInt8]? {
        guard let end = bytes[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = bytes.count
            return nil
        }
        let line = Array(bytes[start..<end])
        start = end + 1
        scanned = start
        // Moving what is left costs no more than what was given back.
        if start * 2 >= bytes.count {
            bytes.removeSubrange(..<start)
            (start, scanned) = (0, 0)
        }
        return line
    }
}
