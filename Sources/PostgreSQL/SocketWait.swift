/// `SocketWait` waits for the socket of a connection, for as long as its owner wants.
package protocol SocketWait {
    /// Waits until a descriptor can be read or written, or has failed.
    func readiness(of descriptor: Int32, toRead: Bool, toWrite: Bool) -> SocketReadiness
}

/// `SocketReadiness` is what has come of waiting.
package enum SocketReadiness: Sendable {
    case ready
    case timedOut
    /// newswire is to stop.
    case stopped
}
