internal import CSQLite

/// `SQLiteStatement` is a statement that is compiled. It belongs to its connection's thread.
final class SQLiteStatement {
    private let handle: OpaquePointer
    // The connection holds those of its statements that it keeps, and outlives all of them.
    private unowned let connection: SQLiteConnection

    init(_ handle: OpaquePointer, of connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    func reset() {
        // What it returns is what `step` has thrown already.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// Goes to the next row; false behind the last.
    func step() throws(SearchFailure) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let failure = connection.failure(code)
            sqlite3_reset(handle)
            throw failure
        }
    }

    /// Runs a statement of which no row is wanted, and gets it ready to be run again.
    func run() throws(SearchFailure) {
        _ = try step()
        sqlite3_reset(handle)
    }

    // MARK: - Parameters, from 1

    func bind(_ value: Int64?, at index: Int32) {
        if let value {
            sqlite3_bind_int64(handle, index, value)
        } else {
            sqlite3_bind_null(handle, index)
        }
    }

    func bind(_ seq: UInt64, at index: Int32) { bind(Int64(clamping: seq), at: index) }

    /// Binds a text that is copied.
    func bind(_ text: String, at index: Int32) {
        var text = text
        text.withUTF8 { bytes in
            let start = bytes.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
            sqlite3_bind_text(
                handle, index, start, Int32(bytes.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
    }

    /// Binds a text that stays where it is until the statement has run.
    func bind(staying text: UnsafeBufferPointer<UInt8>, at index: Int32) {
        let start = text.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
        newswire_bind_text(handle, index, start, Int32(text.count))
    }

    // MARK: - Columns, from 0

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalNumber(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
    }

    /// A number of a record.
    func seq(_ column: Int32) -> UInt64 { UInt64(clamping: number(column)) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
