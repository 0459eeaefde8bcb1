private import CPQ
internal import PostgreSQL

extension LibPQ {
    /// The library that this program is linked with, so that its package depends on it; being asked for its version is what
    /// keeps the linker from leaving it out.
    static func linked() throws(PostgreSQLFailure) -> LibPQ {
        guard PQlibVersion() > 0 else {
            throw PostgreSQLFailure(.misconfigured, "\(LibPQ.file) does not say which version it is")
        }
        return try open()
    }
}
