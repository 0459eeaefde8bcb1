internal import CShims
internal import Glibc

/// The socket of systemd's journal, one datagram for each entry.
///
/// Used from any thread. A journal that does not take an entry within a second does not get it: polling must go on.
final class JournalSocket: Sendable {
    static let standardPath = "/run/systemd/journal/socket"

    private let descriptor: Int32
    private let address: sockaddr_un

    /// - Parameter patience: milliseconds that a journal has for an entry.
    /// - Returns: nil where the path is too long for a socket's.
    init?(path: String = standardPath, patience: Int = 1000) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: patience / 1000, tv_usec: patience % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// False where there is no journal that could take it; one that is only slow has lost it.
    func send(_ entry: JournalEntry) -> Bool {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let length = socklen_t(MemoryLayout<sockaddr_un>.size)
                while true {
                    let sent = sendto(
                        descriptor, entry.bytes, entry.bytes.count, Int32(MSG_NOSIGNAL), address, length)
                    if sent >= 0 { return true }
                    switch errno {
                    case EINTR: continue
                    // Standard error leads to the same journal, and would wait for ever.
                    case EAGAIN: return true
                    // What no datagram can hold goes as a file.
                    case EMSGSIZE, ENOBUFS: return sendFile(entry, address, length)
                    default: return false
                    }
                }
            }
        }
    }

    private func sendFile(_ entry: JournalEntry, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
        let file = newswire_memory_file("newswire-journal-entry", entry.bytes, entry.bytes.count)
        guard file >= 0 else { return false }
        defer { close(file) }
        return newswire_send_memory_file(descriptor, address, length, file) == 0
    }

    /// Whether a descriptor is the stream that systemd has connected to the journal: `$JOURNAL_STREAM` is its device and
    /// inode (systemd.exec(5)). A variable that was only inherited says nothing of what standard error is now.
    static func isConnected(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard let stream = environment["JOURNAL_STREAM"] else { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
    }
}
