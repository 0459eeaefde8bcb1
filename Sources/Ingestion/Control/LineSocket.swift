import Glibc

/// Lines over a connected socket, which it owns and closes.
package final class LineSocket: @unchecked Sendable {
    // Unchecked: only `buffer` changes, and one thread reads; whoever writes does so from one thread as well.
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Who has connected; nil where the system does not tell.
    var peerUser: UInt32? { UnixSocket.peerUser(descriptor) }

    /// Seconds that one read or write may take; 0 for ever.
    func setTimeouts(read: Int, write: Int) {
        var limit = timeval(tv_sec: read, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        limit.tv_sec = write
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The next line without its line feed; nil at the end, after the time limit, or where it is longer than `limit`.
    func readLine(limit: Int) -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            if buffer.count > limit { return nil }
            let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 14) { space in
                let count = recv(descriptor, space.baseAddress, space.count, 0)
                if count > 0 { buffer.append(contentsOf: space[..<count]) }
                return count
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return nil }
        }
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

    /// Whether the other side has gone away.
    var isClosed: Bool {
        // That is told without being asked for.
        var poll = pollfd(fd: descriptor, events: 0, revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }
}
