private import CShims
private import Glibc

/// `ProcessorClock` is the time that a thread, or another process, has worked: by it who works can be told from who waits for what
/// does not answer. Any thread may ask.
package struct ProcessorClock: Sendable {
    private let clock: clockid_t

    /// The clock of the thread that calls; nil where the system has none.
    package static var ofThisThread: ProcessorClock? {
        var clock = clockid_t()
        return pthread_getcpuclockid(pthread_self(), &clock) == 0 ? ProcessorClock(clock: clock) : nil
    }

    /// The clock of all threads of a process; nil where there is no such process.
    package static func of(process: Int32) -> ProcessorClock? {
        var clock = clockid_t()
        return clock_getcpuclockid(process, &clock) == 0 ? ProcessorClock(clock: clock) : nil
    }

    private init(clock: clockid_t) { self.clock = clock }

    /// Milliseconds; nil where the thread or the process has ended.
    package var milliseconds: Int64? {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
