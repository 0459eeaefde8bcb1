internal import CShims
internal import Glibc
internal import Ingestion

/// The socket of systemd's journal, one datagram for each entry.
///
/// Used from any thread. A journal that does not take an entry within a second does not get it: polling must go on.
final class JournalSocket: Sendable {
    static let standardPath = "/run/systemd/journal/socket"

    static let standardProgram = "newswire"

    /// What the journal knows the program by.
    let program: String
    private let descriptor: Int32
    private let address: UnixAddress

    /// - Parameter patience: milliseconds that a journal has for an entry.
    /// - Returns: nil where the path is too long for a socket's.
    init?(path: String = standardPath, patience: Int = 1000, program: String = standardProgram) {
        guard let address = UnixAddress(path) else { return nil }
        self.program = program
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

    /// Whether a descriptor is the stream that systemd has connected to the journal: `$JOURNAL_STREAM` is its device
    /// and inode (systemd.exec(5)). A variable that was only inherited says nothing of what standard error is now.
    static func isConnected(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard let stream = environment["JOURNAL_STREAM"] else { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
    }
}

/// An entry in the form that systemd's journal takes over its socket (systemd.io/JOURNAL_NATIVE_PROTOCOL).
struct JournalEntry: Equatable {
    private(set) var bytes: [UInt8] = []

    /// - Parameter name: as `fieldName` gives it.
    mutating func append(_ name: String, _ value: String) {
        bytes += name.utf8
        let value = Array(value.utf8)
        if value.contains(0x0a) {
            // A value of several lines is preceded by its length, 64 bits, the least significant byte first.
            bytes.append(0x0a)
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.count >> shift))
            }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(0x0a)
    }

    /// The field for a key of the program's: those that people ask for by name, else the key in upper case.
    static func fieldName(_ key: String) -> String {
        switch key {
        case "feed": return "FEED_ID"
        case "class": return "ERROR_CLASS"
        default: break
        }
        let letters = key.uppercased().utf8.prefix(50).map { isNameByte($0) ? $0 : UInt8(ascii: "_") }
        let name = String(decoding: letters, as: UTF8.self)
        // The journal drops names that begin so, and takes these for something else.
        let isTaken = ["_", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].contains(name.prefix(1))
        let isReserved = ["MESSAGE", "PRIORITY", "SYSLOG_", "CODE_", "OBJECT_", "COREDUMP_"].contains(
            where: name.hasPrefix)
        return name.isEmpty || isTaken || isReserved ? "NEWSWIRE_\(name)" : name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
