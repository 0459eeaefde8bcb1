internal import Glibc
internal import Locking

/// `SearchFile` is a file of the index that can be asked, by any thread. Connections to it are kept for who asks next.
///
/// It may be removed from the folder while it is asked: what is open stays readable.
final class SearchFile: Sendable {
    let path: String
    let span: SearchSpan
    let isSealed: Bool
    private let idle = Locked<[Handle]>([])

    /// So many connections are kept open where nobody uses them.
    private static let mostIdle = 2

    // A connection is used by one thread at a time: by who took it out of `idle`.
    private struct Handle: @unchecked Sendable { let connection: SQLiteConnection }

    init(_ span: SearchSpan, isSealed: Bool, in folder: String) {
        self.span = span
        self.isSealed = isSealed
        path = isSealed ? span.sealedPath(in: folder) : span.openPath(in: folder)
    }

    /// Calls `body` with a connection that nobody else uses meanwhile.
    ///
    /// - Parameter deadline: SQLite is stopped when it is over.
    func read<Result>(
        until deadline: SearchDeadline?, _ body: (SQLiteConnection) throws(SearchFailure) -> Result
    ) throws(SearchFailure) -> Result {
        let kept = idle.withLock { $0.popLast() }
        let connection: SQLiteConnection
        if let kept {
            connection = kept.connection
        } else {
            connection = try SQLiteConnection(path, isSealed ? .sealed : .reading)
            try connection.run("PRAGMA cache_size = -256; PRAGMA temp_store = MEMORY")
        }
        connection.stop(at: deadline)
        let result = try body(connection)
        connection.stop(at: nil)
        let handle = Handle(connection: connection)
        idle.withLock { if $0.count < Self.mostIdle { $0.append(handle) } }
        return result
    }

    /// Reads what it says of itself.
    ///
    /// - Throws: `damaged` also where that is of other records than its name.
    func extent() throws(SearchFailure) -> SearchExtent {
        let extent = try read(until: nil) { (connection) throws(SearchFailure) in try SearchExtent(connection) }
        guard extent.span == span else {
            throw SearchFailure(
                .damaged, "opening \(path): it is of other records than its name says",
                advice: "nothing: the file is made again from the articles")
        }
        return extent
    }

    /// How many bytes it has on the disk, with its log.
    var bytes: UInt64 {
        [path, "\(path)-wal"].reduce(0) { sum, path in
            var status = stat()
            return stat(path, &status) == 0 ? sum + UInt64(max(0, status.st_size)) : sum
        }
    }

    /// Removes it from the folder, and all that SQLite or `SearchFileWriter` has put beside it.
    func remove() {
        // The checksum goes last: a file without one is taken as it is.
        for suffix in ["", "-wal", "-shm", "-journal", FileSum.suffix] { unlink(path + suffix) }
    }
}
