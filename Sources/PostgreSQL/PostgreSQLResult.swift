private import CPQ

/// `PostgreSQLResult` is what a statement has brought. Freed with its last reference.
package final class PostgreSQLResult {
    private let library: LibPQ
    private let result: OpaquePointer

    /// Takes the result over.
    init(_ result: OpaquePointer, of library: LibPQ) {
        self.result = result
        self.library = library
    }

    deinit { library.clear(result) }

    var error: PostgreSQLError? {
        switch library.resultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: nil
        default:
            PostgreSQLError(
                code: library.resultErrorField(result, Int32(UnicodeScalar("C").value)).map { String(cString: $0) },
                text: library.resultErrorMessage(result).map { String(cString: $0) } ?? "")
        }
    }

    /// How many rows there are.
    package var count: Int { Int(library.rowCount(result)) }

    /// How many rows a statement has changed.
    package var changed: Int { library.commandTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// A value as text; nil for NULL. The row and column have to be there, and the statement was run for text.
    package subscript(row: Int, column: Int) -> String? {
        guard library.isNull(result, Int32(row), Int32(column)) == 0 else { return nil }
        return library.value(result, Int32(row), Int32(column)).map { String(cString: $0) }
    }

    /// The first value as text; nil for NULL, and where there is no row.
    package var firstText: String? { count > 0 ? self[0, 0] : nil }

    /// A value in the binary form of its type; nil for NULL. The row and column have to be there.
    package func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        guard library.isNull(result, Int32(row), Int32(column)) == 0 else { return nil }
        let length = Int(library.length(result, Int32(row), Int32(column)))
        guard let value = library.value(result, Int32(row), Int32(column)) else { return nil }
        return Array(UnsafeRawBufferPointer(start: value, count: length))
    }

    /// A number of 8 bytes in binary form; nil for NULL and for what is no such number.
    package func number(_ row: Int, _ column: Int) -> Int64? {
        guard let bytes = bytes(row, column), bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
