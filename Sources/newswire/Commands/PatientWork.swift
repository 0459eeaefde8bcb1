internal import Dispatch
internal import Locking

/// Work that waits for a file system, of which a person is told where it takes long.
///
/// A network mount whose server is gone answers neither with a file nor with an error.
enum PatientWork {
    /// - Parameters:
    ///   - action: in the words of `reading the configuration /etc/newswire/newswire.toml`.
    ///   - notice: milliseconds after which it is said on standard error what is waited for.
    ///   - limit: seconds after which it is given up. The thread is lost then, and goes with the process.
    static func run<Value: Sendable>(
        _ action: String, notice: Int = 900, limit: Int = 5, _ work: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let result = Locked<Result<Value, any Error>?>(nil)
        let ended = DispatchSemaphore(value: 0)
        DispatchQueue(label: "newswire.patient").async {
            let value = Result { try work() }
            result.withLock { $0 = value }
            ended.signal()
        }
        if ended.wait(timeout: .now() + .milliseconds(notice)) == .timedOut {
            StandardError.write("newswire: \(action) takes long; does its file system answer?")
            if ended.wait(timeout: .now() + .seconds(limit)) == .timedOut {
                throw CommandFailure(
                    .ioError,
                    "\(action): the file system has not answered for \(limit) s; look whether it is a network mount whose"
                        + " server is gone")
            }
        }
        // Not nil: it has ended.
        return try result.withLock { $0 }!.get()
    }
}
