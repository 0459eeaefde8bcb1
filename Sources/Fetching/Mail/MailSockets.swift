import CCurl
private import Dispatch
import Glibc
private import Locking

/// `MailSockets` are the sockets that libcurl has to a mail server, so that a wait of libcurl's own can be ended from
/// outside: where it ends a connection it waits for the answer to QUIT, for two minutes and whatever timeout was set.
///
/// It may be used from any thread, and has to live as long as the handle that it was given to.
final class MailSockets: Sendable {
    private let descriptors = Locked<Set<Int32>>([])

    static func from(_ context: UnsafeMutableRawPointer?) -> MailSockets {
        Unmanaged<MailSockets>.fromOpaque(context!).takeUnretainedValue()
    }

    /// libcurl's callback.
    func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        let address = address.pointee
        let descriptor = socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
        if descriptor >= 0 { descriptors.withLock { _ = $0.insert(descriptor) } }
        return descriptor
    }

    /// libcurl's callback.
    func close(_ descriptor: curl_socket_t) -> Int32 {
        // While nobody can shut down what has another owner already.
        descriptors.withLock { descriptors in
            descriptors.remove(descriptor)
            return Glibc.close(descriptor)
        }
    }

    /// Ends the connections that are still there then: whoever waits for their server waits no longer.
    ///
    /// - Parameter milliseconds: from now; 0 for at once.
    func hangUp(after milliseconds: Int) {
        if milliseconds <= 0 { return hangUp() }
        if descriptors.withLock(\.isEmpty) { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [self] in hangUp() }
    }

    private func hangUp() {
        descriptors.withLock { descriptors in
            for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }
}
