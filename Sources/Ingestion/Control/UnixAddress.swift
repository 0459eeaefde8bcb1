package import Glibc

/// The address of a Unix socket (unix(7)).
package struct UnixAddress: Sendable {
    private let address: sockaddr_un
    private let length: socklen_t

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

    /// The pointer is good while `body` runs.
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
