import CShims
import Glibc
import Locking

/// A TCP server on 127.0.0.1 that speaks whatever its handler speaks. It has a thread for each connection; gone with its
/// last reference.
package final class RawServer: Sendable {
    package let port: UInt16
    private let listener: Int32

    /// - Parameter serve: owns the connection until it returns; the connection is then closed.
    package init(_ serve: @escaping @Sendable (RawConnection) -> Void) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(listener >= 0, "socket: errno \(errno)")
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                precondition(bind(listener, name, length) == 0, "bind: errno \(errno)")
                precondition(listen(listener, 64) == 0, "listen: errno \(errno)")
                getsockname(listener, name, &length)
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: name.sin_port)
        TestThread.start {
            while true {
                let descriptor = newswire_accept(listener)
                if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard descriptor >= 0 else { break }
                TestThread.start {
                    serve(RawConnection(descriptor: descriptor))
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    deinit {
        // The thread that accepts closes it.
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

/// One connection of a `RawServer`.
package struct RawConnection: Sendable {
    let descriptor: Int32

    /// What has come, at most 16 KiB; nil once the peer is gone.
    package func read() -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &piece, piece.count, 0)
        return count > 0 ? Array(piece[..<count]) : nil
    }

    package func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    package func write(_ text: String) { write(Array(text.utf8)) }
}
