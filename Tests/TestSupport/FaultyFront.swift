import Glibc
import Locking

/// What stands in front of a server on 127.0.0.1 and passes on what is said, until a test lets it do otherwise. Gone with its
/// last reference.
package final class FaultyFront: Sendable {
    package enum Behaviour: Sendable {
        case passes
        /// The server's next answer is thrown away, and the connection closed: what was asked for is done.
        case losesAnswer
        /// Nothing is passed on in either direction, and nothing is closed.
        case isStill
    }

    private let listener: RawServer
    private let behaviour: Locked<Behaviour>

    package var port: UInt16 { listener.port }

    package init(port: UInt16) {
        let behaviour = Locked(Behaviour.passes)
        self.behaviour = behaviour
        listener = RawServer { client in
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(server) }
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            name.sin_port = port.bigEndian
            let isConnected = withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                    connect(server, name, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isConnected else { return }
            let backend = RawConnection(descriptor: server)
            while true {
                var descriptors = [
                    pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: server, events: Int16(POLLIN), revents: 0),
                ]
                guard poll(&descriptors, 2, -1) > 0 else { return }
                for (index, (from, to)) in [(client, backend), (backend, client)].enumerated()
                where descriptors[index].revents != 0 {
                    guard let bytes = from.read() else { return }
                    switch behaviour.withLock({ $0 }) {
                    case .passes: to.write(bytes)
                    case .losesAnswer where index == 0: to.write(bytes)
                    case .losesAnswer: return
                    case .isStill: break
                    }
                }
            }
        }
    }

    package func set(_ new: Behaviour) { behaviour.withLock { $0 = new } }
}
