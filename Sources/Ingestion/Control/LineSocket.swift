private import CShims
import Glibc

/// Lines over a connected socket, which it owns and closes. The asking side: it waits.
final class LineSocket: @unchecked Sendable {
    // Unchecked: only `buffer` changes, and one thread reads; whoever writes does so from one thread as well.
    private let descriptor: Int32
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
