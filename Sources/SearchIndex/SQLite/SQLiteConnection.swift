internal import CSQLite
internal import Glibc

/// `SQLiteConnection` is a database that is open for as long as this object lives. One thread at a time uses it.
final class SQLiteConnection {
    enum Mode {
        /// It is made where it is missing.
        case writing
        case reading
        /// Nobody changes the file while it is there, so that no lock and no log are looked for.
        case sealed
    }

    let path: String
    private let handle: OpaquePointer
    private let alarm: SQLiteAlarm
    /// By their text; they live as long as the connection.
    private var statements: [String: SQLiteStatement] = [:]
    private var limit: SearchDeadline?

    /// So many of SQLite's steps are done between two looks at the clock: less than a millisecond of them.
    private static let stepsBetweenLooks: Int32 = 5000

    init(_ path: String, _ mode: Mode) throws(SearchFailure) {
        self.path = path
        let access =
            switch mode {
            case .writing: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .reading, .sealed: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        let name = "file:\(Self.escaped(path))\(mode == .sealed ? "?immutable=1" : "")"
        let code = sqlite3_open_v2(name, &opened, access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let system = opened.map { sqlite3_system_errno($0) } ?? 0
            sqlite3_close_v2(opened)
            throw .sqlite(code, system: system, "opening", path, String(cString: sqlite3_errstr(code)))
        }
        handle = opened
        alarm = SQLiteAlarm(opened)
        sqlite3_extended_result_codes(handle, 1)
        // Others hold a lock for moments only: while the log is read after a crash.
        sqlite3_busy_timeout(handle, 2000)
        // Who only reads leaves the log to who writes, also where a file of that name has come that is another.
        if mode != .writing { newswire_no_checkpoint_on_close(handle) }
    }

    deinit {
        statements = [:]
        alarm.forget()
        sqlite3_close_v2(handle)
    }

    /// A path as a URI has it: what would end the path in it is escaped.
    private static func escaped(_ path: String) -> String {
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            if "?#%".utf8.contains(byte) {
                bytes += "%\(String(byte, radix: 16))".utf8
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Runs statements of which no row is wanted.
    func run(_ sql: String) throws(SearchFailure) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// Returns a statement ready to be bound, made once for each text.
    func statement(_ sql: String) throws(SearchFailure) -> SQLiteStatement {
        if let known = statements[sql] {
            known.reset()
            return known
        }
        let made = try temporaryStatement(sql)
        statements[sql] = made
        return made
    }

    /// Returns a statement whose text does not come again.
    func temporaryStatement(_ sql: String) throws(SearchFailure) -> SQLiteStatement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure(code) }
        return SQLiteStatement(prepared, of: self)
    }

    /// How many rows were changed since it was opened.
    var changes: Int32 { sqlite3_total_changes(handle) }

    /// The first number of the first row; nil where there is no row, or no number in it.
    func number(_ sql: String) throws(SearchFailure) -> Int64? {
        let statement = try temporaryStatement(sql)
        guard try statement.step() else { return nil }
        return statement.optionalNumber(0)
    }

    /// Ends all statements that stand on a row: a copy of the database is made only where none does.
    func endAll() {
        for statement in statements.values { statement.reset() }
    }

    /// Stops what runs when its time is over; nil where it may take as long as it does.
    func stop(at deadline: SearchDeadline?) {
        // It is kept for as long as SQLite has its address.
        limit = deadline
        guard let deadline else {
            alarm.putOut()
            sqlite3_progress_handler(handle, 0, nil, nil)
            return
        }
        alarm.set(in: deadline.left)
        sqlite3_progress_handler(
            handle, Self.stepsBetweenLooks,
            { Unmanaged<SearchDeadline>.fromOpaque($0!).takeUnretainedValue().isOver ? 1 : 0 },
            Unmanaged.passUnretained(deadline).toOpaque())
    }

    /// Gives back memory that is held only to be quicker.
    func releaseMemory() { sqlite3_db_release_memory(handle) }

    /// What the last call has failed with.
    func failure(_ code: Int32) -> SearchFailure {
        if code == SQLITE_INTERRUPT, let limit { return limit.failure }
        return .sqlite(
            code, system: sqlite3_system_errno(handle), "using", path, String(cString: sqlite3_errmsg(handle)))
    }
}

extension SearchFailure {
    fileprivate static func sqlite(
        _ code: Int32, system number: Int32, _ action: String, _ path: String, _ text: String
    ) -> SearchFailure {
        var number = number
        if code & 0xff == SQLITE_CANTOPEN {
            // What SQLite says of the system may be of something that it tried before.
            var status = stat()
            let isThere = lstat(path, &status) == 0
            number = isThere ? (number == ENOENT ? 0 : number) : ENOENT
        }
        let refusals = [SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PERM, SQLITE_READONLY]
        let isRefusal = refusals.contains(code & 0xff) && number != ENOENT
        return meaning(of: code, system: number, action, path, text).refusing(isRefusal)
    }

    /// Says what a result code of SQLite means for whoever has to do something.
    private static func meaning(
        of code: Int32, system number: Int32, _ action: String, _ path: String, _ text: String
    ) -> SearchFailure {
        let reason = number == 0 ? text : "\(text) (\(String(cString: strerror(number))))"
        let message = "\(action) \(path): \(reason)"
        switch code & 0xff {
        case SQLITE_FULL:
            return SearchFailure(.noRoom, message, advice: "free some space there; the index then goes on by itself")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return SearchFailure(.damaged, message, advice: "nothing: the file is made again from the articles")
        case SQLITE_CANTOPEN where number == ENOENT:
            // One that somebody has removed is made again as well.
            return SearchFailure(.damaged, message, advice: "nothing: the file is made again from the articles")
        case SQLITE_IOERR where number == ENOSPC || number == EDQUOT:
            return SearchFailure(.noRoom, message, advice: "free some space there; the index then goes on by itself")
        case SQLITE_CANTOPEN where number == EACCES, SQLITE_READONLY, SQLITE_PERM:
            return SearchFailure(
                .inputOutput, message, advice: "give the user that newswire-web runs as access to its state directory")
        default:
            return SearchFailure(
                .inputOutput, message, advice: "check the file system that holds it, and the kernel's log (dmesg)")
        }
    }
}
