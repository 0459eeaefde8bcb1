import Glibc

/// A datagram socket with a name in a folder of its own, as systemd's and journald's are. Gone with its last reference.
package final class DatagramSocket: Sendable {
    private let folder = TemporaryDirectory()
    package let descriptor: Int32
    package var path: String { folder.file("socket") }

    /// - Parameter patience: seconds for which `recv` waits.
    package init(patience: Int = 20) {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: folder.file("socket").utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(status == 0, "bind: errno \(errno)")
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }
}
