internal import Dispatch
internal import Glibc
internal import Locking

/// Work that waits for a file system, of which a person is told where it takes long.
///
/// A network mount whose server is gone answers neither with a file nor with an error. What takes long by itself, as the
/// configuration of a million feeds does, uses the processor meanwhile, and is waited for.
enum PatientWork {
    /// - Parameters:
    ///   - action: in the words of `reading the configuration /etc/newswire/newswire.toml`.
    ///   - notice: milliseconds after which it is said on standard error what is waited for.
    ///   - limit: milliseconds without any work after which it is given up. The thread is lost then, and goes with the process.
    static func run<Value: Sendable>(
        _ action: String, notice: Int = 900, limit: Int = 5000, _ work: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let result = Locked<Result<Value, any Error>?>(nil)
        let clock = Locked<clockid_t?>(nil)
        let ended = DispatchSemaphore(value: 0)
        DispatchQueue(label: "newswire.patient").async {
            var own = clockid_t()
            if pthread_getcpuclockid(pthread_self(), &own) == 0 { clock.withLock { $0 = own } }
            let value = Result { try work() }
            result.withLock { $0 = value }
            ended.signal()
        }
        if ended.wait(timeout: .now() + .milliseconds(notice)) == .timedOut {
            var used = processorTime(clock)
            if used * 10 < notice {
                StandardError.write("newswire: \(action) takes long; does its file system answer?")
            }
            while ended.wait(timeout: .now() + .milliseconds(limit)) == .timedOut {
                let now = processorTime(clock)
                // It may have ended just now, and its thread with it.
                guard now > used || result.withLock({ $0 != nil }) else {
                    throw CommandFailure(
                        .ioError,
                        "\(action): the file system has not answered for \(limit / 1000) s; look whether it is a network"
                            + " mount whose server is gone")
                }
                used = now
            }
        }
        // Not nil: it has ended.
        return try result.withLock { $0 }!.get()
    }

    /// Milliseconds that the thread has worked.
    private static func processorTime(_ clock: Locked<clockid_t?>) -> Int {
        guard let clock = clock.withLock({ $0 }) else { return 0 }
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
