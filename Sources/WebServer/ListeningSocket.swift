internal import Glibc
internal import Ingestion
package import Web

/// `ListeningSocket` is a socket that listens, opened before anything is said of the service being up. Whoever opened it
/// closes it, unless a server took it over.
package struct ListeningSocket: Sendable {
    /// `Place` is where it listens.
    package enum Place: Sendable, Hashable {
        /// Port 0 is one that is free.
        case address(IPAddress, port: UInt16)
        case path(String, mode: UInt32)
    }

    /// `Failure` says why a place cannot be listened on.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
        /// Tells whether another program has the place.
        package let isTaken: Bool
    }

    package let descriptor: Int32
    package let place: Place
    /// What a Unix socket is known again by.
    private let identity: FileIdentity?

    /// Opens a socket. One of the file system that a program has left behind is replaced; one that a program listens on,
    /// and a file of another kind, are left alone.
    package init(_ place: Place) throws(Failure) {
        self.place = place
        switch place {
        case .address(let address, let port):
            descriptor = try Self.open(address, port)
            identity = nil
        case .path(let path, let mode):
            descriptor = try Self.open(path: path, mode: mode)
            identity = FileIdentity(path)
        }
    }

    /// The port that it listens on; nil for one of the file system.
    package var port: UInt16? {
        guard case .address = place else { return nil }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { return nil }
        return withUnsafePointer(to: storage) { pointer in
            IPAddress.fromSocket(pointer, family: Int32(storage.ss_family), length: Int(length))?.port
        }
    }

    /// Removes the name of a Unix socket, where it is still this one.
    package func removeName() {
        guard case .path(let path, _) = place, let identity, FileIdentity(path) == identity else { return }
        unlink(path)
    }

    private static func open(_ address: IPAddress, _ port: UInt16) throws(Failure) -> Int32 {
        let shown = description(address, port)
        let family: Int32
        switch address {
        case .v4: family = AF_INET
        case .v6: family = AF_INET6
        }
        let descriptor = try socket(family, shown)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let status: Int32
        switch address {
        case .v4(let number):
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = number.bigEndian
            status = withUnsafePointer(to: four) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6(let high, let low):
            // Then 0.0.0.0 and [::] may both be listened on, and an address has one form.
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, socklen_t(MemoryLayout<Int32>.size))
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &six.sin6_addr) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            status = withUnsafePointer(to: six) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        guard status == 0 else { throw failure("listening on \(shown)", closing: descriptor) }
        return descriptor
    }

    private static func open(path: String, mode: UInt32) throws(Failure) -> Int32 {
        guard let address = UnixAddress(path) else {
            throw Failure(description: "listening on \(path): the path is too long for a socket", isTaken: false)
        }
        try removeStale(path, address)
        let descriptor = try socket(AF_UNIX, path)
        // Nobody may connect before it has its mode.
        let mask = umask(0o177)
        let status = address.withPointer { bind(descriptor, $0, $1) }
        let code = errno
        umask(mask)
        guard status == 0 else {
            errno = code
            throw failure("listening on \(path)", closing: descriptor)
        }
        guard chmod(path, mode_t(mode)) == 0 else {
            let problem = failure("setting the mode of \(path)", closing: descriptor)
            unlink(path)
            throw problem
        }
        return descriptor
    }

    /// Removes a socket that no program listens on any more.
    private static func removeStale(_ path: String, _ address: UnixAddress) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw Failure(
                description: "listening on \(path): there is a file that is no socket; remove it, or name another path",
                isTaken: false)
        }
        let probe = try socket(AF_UNIX, path)
        defer { close(probe) }
        // A program that listens and does not accept lets this one wait for nothing.
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        if address.withPointer({ connect(probe, $0, $1) }) == 0 || errno == EAGAIN || errno == EINPROGRESS {
            throw Failure(
                description: "listening on \(path): another program listens there; stop it, or name another path",
                isTaken: true)
        }
        guard errno == ECONNREFUSED, FileIdentity(status) == FileIdentity(path) else {
            throw failure("looking who listens on \(path)")
        }
        unlink(path)
    }

    private static func socket(_ family: Int32, _ shown: String) throws(Failure) -> Int32 {
        let descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("opening a socket for \(shown)") }
        return descriptor
    }

    private static func failure(_ action: String, closing descriptor: Int32? = nil) -> Failure {
        let code = errno
        if let descriptor { close(descriptor) }
        let advice =
            switch code {
            case EADDRINUSE: "; another program listens there: stop it, or set listen in [web]"
            case EACCES: "; ports below 1024, and folders of others, are for root: set listen in [web]"
            case EADDRNOTAVAIL: "; it is none of this machine's addresses: set listen in [web]"
            case ENOENT: "; make the folder first (RuntimeDirectory= in the unit does)"
            default: ""
            }
        return Failure(
            description: "\(action): \(String(cString: strerror(code)))\(advice)", isTaken: code == EADDRINUSE)
    }

    private static func description(_ address: IPAddress, _ port: UInt16) -> String {
        if case .v6 = address { "[\(address)]:\(port)" } else { "\(address):\(port)" }
    }
}

/// Which file a name is of.
private struct FileIdentity: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    /// File systems give the inode of a file that has gone to the next one.
    private let changed: [Int]

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }

    /// Nil where there is none of that name.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
