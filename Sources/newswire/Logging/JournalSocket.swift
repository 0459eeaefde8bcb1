internal import CShims
internal import Glibc
internal import Ingestion

/// The socket of systemd's journal, one datagram for each entry.
///
/// Used from any thread. A journal that does not take an entry within a second does not get it: polling must go on.
final class JournalSocket: Sendable {
    static let standardPath = "/run/systemd/journal/socket"

    private let descriptor: Int32
    private let address: UnixAddress

    /// - Parameter patience: milliseconds that a journal has for an entry.
    /// - Returns: nil where the path is too long for a socket's.
    init?(path: String = standardPath, patience: Int = 1000) {
        guard let address = UnixAddress(path) else { return nil }
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
        address.withPointer { address, length in
            while true {
                let sent = sendto(descriptor, entry.bytes, entry.bytes.count, Int32(MSG_NOSIGNAL), address, length)
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
