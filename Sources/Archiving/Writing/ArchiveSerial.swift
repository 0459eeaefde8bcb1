import Glibc
internal import Text

/// The file `serial` of an archive: the last number that a file was given, so that none is given twice, whatever retention has
/// removed; locked by the one process that writes the archive.
final class ArchiveSerial {
    private let file: ArchiveDescriptor
    private(set) var last: UInt64

    static let name = "serial"
    /// One sector, which a disk writes whole or not at all, is far longer.
    private static let digits = 20

    /// Takes the lock, which ends with this object or with the process.
    init(in folder: ArchiveFolder, _ calls: ArchiveCalls) throws(ArchiveError) {
        file = try folder.create(Self.name, calls, exclusively: false)
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system("locking", file.path) }
            throw ArchiveError(
                .inUse, "opening the archive", folder.path, "another newswire writes to it",
                advice: "give each store an [archive] directory of its own")
        }
        let text = try file.read(Self.digits, at: 0)
        // Where it is lost or damaged the files' own numbers tell.
        last = text.prefix { $0.isASCIIDigit }.decimalNumber(atMost: .max / 16).map { UInt64($0) } ?? 0
    }

    /// Makes sure that a number is behind those that files have.
    func isAtLeast(_ serial: UInt64) { last = max(last, serial) }

    /// The next number, which is durably taken when this returns.
    func next(_ calls: ArchiveCalls) throws(ArchiveError) -> UInt64 {
        let text = "\(last + 1)"
        let padded = String(repeating: "0", count: max(0, Self.digits - text.utf8.count)) + text
        try file.write(Array("\(padded)\n".utf8), at: 0, calls)
        try file.syncData(calls)
        last += 1
        return last
    }
}
