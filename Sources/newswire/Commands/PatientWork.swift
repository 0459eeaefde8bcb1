internal import Dispatch
internal import Glibc
internal import Ingestion
internal import Locking

/// Work that waits for a file system, or for a service that has much to do, of which a person is told where it takes long.
///
/// A network mount whose server is gone answers neither with a file nor with an error. What takes long by itself, as the
/// configuration of a million feeds does, uses the processor meanwhile, and is waited for.
enum PatientWork {
    /// - Parameters:
    ///   - action: in the words of `reading the configuration /etc/newswire/newswire.toml`.
    ///   - load: whose work counts; the thread that does the work is added to it.
    ///   - notice: milliseconds after which it is said on standard error what is waited for.
    ///   - limit: milliseconds without any work after which it is given up. The thread is lost then, and goes with the process.
    static func run<Value: Sendable>(
        _ action: String, _ load: Workload = Workload(), notice: Int = 900, limit: Int = 5000,
        _ work: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let result = Locked<Result<Value, any Error>?>(nil)
        let ended = DispatchSemaphore(value: 0)
        DispatchQueue(label: "newswire.patient").async {
            load.followThisThread()
            let value = Result { try work() }
            result.withLock { $0 = value }
            ended.signal()
        }
        if ended.wait(timeout: .now() + .milliseconds(notice)) == .timedOut {
            var used = load.milliseconds
            if let notice = load.notice(after: notice) {
                StandardError.write("newswire: \(action) takes long\(notice)")
            }
            while ended.wait(timeout: .now() + .milliseconds(limit)) == .timedOut {
                let now = load.milliseconds
                // It may have ended just now, and its thread with it.
                guard now > used || result.withLock({ $0 != nil }) else {
                    throw CommandFailure(.ioError, "\(action): \(load.standstill(of: limit / 1000))")
                }
                used = now
            }
        }
        // Not nil: it has ended.
        return try result.withLock { $0 }!.get()
    }
}

/// `Workload` is the processor time of those who work on something, from when they are known: a thread of this process, and another
/// process that it waits for. Any thread may ask and tell it.
final class Workload: Sendable {
    private struct Worker {
        var clock: ProcessorClock
        var begun: Int64
    }

    private struct State {
        var workers: [Worker] = []
        var hasProcess = false
    }

    private let state = Locked(State())

    func followThisThread() { follow(.ofThisThread) }

    /// - Parameter process: of a service that is asked.
    func follow(process: pid_t) {
        state.withLock { $0.hasProcess = true }
        follow(.of(process: process))
    }

    private func follow(_ clock: ProcessorClock?) {
        guard let clock else { return }
        let worker = Worker(clock: clock, begun: clock.milliseconds ?? 0)
        state.withLock { $0.workers.append(worker) }
    }

    /// Milliseconds that they have worked together. One that has ended counts for nothing.
    var milliseconds: Int {
        state.withLock(\.workers).reduce(0) { $0 + Int(max(0, ($1.clock.milliseconds ?? 0) - $1.begun)) }
    }

    // MARK: In words

    /// What is said of it after that many milliseconds, behind `… takes long`; nil where nothing need be said: whoever reads
    /// much has to be waited for.
    func notice(after milliseconds: Int) -> String? {
        guard self.milliseconds * 10 >= milliseconds else { return "; does its file system answer?" }
        guard state.withLock(\.hasProcess) else { return nil }
        return ": it is at work, as after a reload of very many feeds, and answers when it has done that"
    }

    /// What is said where nobody has worked for so many seconds.
    func standstill(of seconds: Int) -> String {
        if state.withLock(\.hasProcess) {
            return
                "it has done nothing for \(seconds) s, and has not answered; `systemctl restart newswire` starts it anew"
        }
        return
            "the file system has not answered for \(seconds) s; look whether it is a network mount whose server is gone"
    }
}
