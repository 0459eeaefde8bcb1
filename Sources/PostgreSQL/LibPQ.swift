internal import CPQ
private import Glibc

/// `LibPQ` is the table of libpq's functions that are called, so that the same code serves a program that is linked with libpq
/// and one that opens it only when it is wanted.
// Sendable because it is pointers to functions of a library that is never closed.
package struct LibPQ: @unchecked Sendable {
    typealias Strings = UnsafePointer<UnsafePointer<CChar>?>
    typealias Text = UnsafeMutablePointer<CChar>

    var connectStartParams: @convention(c) (Strings?, Strings?, Int32) -> OpaquePointer?
    var connectPoll: @convention(c) (OpaquePointer?) -> PostgresPollingStatusType
    var connectionNeedsPassword: @convention(c) (OpaquePointer?) -> Int32
    var conninfoParse:
        @convention(c) (UnsafePointer<CChar>?, UnsafeMutablePointer<Text?>?) -> UnsafeMutablePointer<PQconninfoOption>?
    var conninfoFree: @convention(c) (UnsafeMutablePointer<PQconninfoOption>?) -> Void
    var finish: @convention(c) (OpaquePointer?) -> Void
    var status: @convention(c) (OpaquePointer?) -> ConnStatusType
    var socket: @convention(c) (OpaquePointer?) -> Int32
    var backendPID: @convention(c) (OpaquePointer?) -> Int32
    var serverVersion: @convention(c) (OpaquePointer?) -> Int32
    var errorMessage: @convention(c) (OpaquePointer?) -> Text?
    var setErrorVerbosity: @convention(c) (OpaquePointer?, PGVerbosity) -> PGVerbosity
    var setNonBlocking: @convention(c) (OpaquePointer?, Int32) -> Int32
    var sendQueryParams:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, Int32, UnsafePointer<Oid>?, Strings?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?, Int32
        ) -> Int32
    var sendPrepare:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, Int32, UnsafePointer<Oid>?
        ) -> Int32
    var sendQueryPrepared:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, Int32, Strings?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
        ) -> Int32
    var flush: @convention(c) (OpaquePointer?) -> Int32
    var isBusy: @convention(c) (OpaquePointer?) -> Int32
    var consumeInput: @convention(c) (OpaquePointer?) -> Int32
    var getResult: @convention(c) (OpaquePointer?) -> OpaquePointer?
    var notifies: @convention(c) (OpaquePointer?) -> UnsafeMutablePointer<PGnotify>?
    var freeMemory: @convention(c) (UnsafeMutableRawPointer?) -> Void
    var clear: @convention(c) (OpaquePointer?) -> Void
    var resultStatus: @convention(c) (OpaquePointer?) -> ExecStatusType
    var resultErrorField: @convention(c) (OpaquePointer?, Int32) -> Text?
    var resultErrorMessage: @convention(c) (OpaquePointer?) -> Text?
    var rowCount: @convention(c) (OpaquePointer?) -> Int32
    var commandTuples: @convention(c) (OpaquePointer?) -> Text?
    var isNull: @convention(c) (OpaquePointer?, Int32, Int32) -> Int32
    var value: @convention(c) (OpaquePointer?, Int32, Int32) -> Text?
    var length: @convention(c) (OpaquePointer?, Int32, Int32) -> Int32

    /// The file's name, which is the same as long as the library's interface is.
    package static let file = "libpq.so.5"

    /// Opens the library, for as long as the program runs.
    ///
    /// - Parameter file: the name of the library, or its path.
    package static func open(_ file: String = file) throws(PostgreSQLFailure) -> LibPQ {
        guard let library = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
            throw PostgreSQLFailure(
                .misconfigured, "\(file), the client library of PostgreSQL, is not installed: apt install libpq5")
        }
        func find<Function>(_ name: String) throws(PostgreSQLFailure) -> Function {
            guard let symbol = dlsym(library, name) else {
                throw PostgreSQLFailure(
                    .misconfigured, "\(file) has no \(name), and is not the client library of PostgreSQL, or too old")
            }
            return unsafeBitCast(symbol, to: Function.self)
        }
        return try LibPQ(
            connectStartParams: find("PQconnectStartParams"), connectPoll: find("PQconnectPoll"),
            connectionNeedsPassword: find("PQconnectionNeedsPassword"), conninfoParse: find("PQconninfoParse"),
            conninfoFree: find("PQconninfoFree"), finish: find("PQfinish"), status: find("PQstatus"),
            socket: find("PQsocket"), backendPID: find("PQbackendPID"), serverVersion: find("PQserverVersion"),
            errorMessage: find("PQerrorMessage"), setErrorVerbosity: find("PQsetErrorVerbosity"),
            setNonBlocking: find("PQsetnonblocking"), sendQueryParams: find("PQsendQueryParams"),
            sendPrepare: find("PQsendPrepare"), sendQueryPrepared: find("PQsendQueryPrepared"),
            flush: find("PQflush"), isBusy: find("PQisBusy"), consumeInput: find("PQconsumeInput"),
            getResult: find("PQgetResult"), notifies: find("PQnotifies"), freeMemory: find("PQfreemem"),
            clear: find("PQclear"), resultStatus: find("PQresultStatus"), resultErrorField: find("PQresultErrorField"),
            resultErrorMessage: find("PQresultErrorMessage"), rowCount: find("PQntuples"),
            commandTuples: find("PQcmdTuples"), isNull: find("PQgetisnull"), value: find("PQgetvalue"),
            length: find("PQgetlength"))
    }

    /// Reads libpq's syntax of where a server is, a URL or words with `=`.
    ///
    /// - Returns: what is written there, by libpq's names.
    package func parameters(in text: String) throws(PostgreSQLFailure) -> [String: String] {
        var error: Text?
        guard let options = conninfoParse(text, &error) else {
            let reason = error.map { String(cString: $0) } ?? "there is no memory"
            freeMemory(error)
            throw PostgreSQLFailure(.misconfigured, PostgreSQLError(text: reason).text)
        }
        defer { conninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return found
    }
}
