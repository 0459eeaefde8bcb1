private import CShims
package import FeedModel
private import Glibc
internal import Locking
internal import Scheduling

/// The times that polling goes by: the time of day, which can be set, one that only ever goes on, and whether the first
/// counts for what lasts (`PollClock+Trust`). Copies share what is known of that.
package struct PollClock: Sendable {
    package let now: @Sendable () -> Timestamp
    /// Since some beginning, also while the machine sleeps; whatever happens to the time of day.
    package let steady: @Sendable () -> Timestamp
    /// Both at one moment, as nearly as can be.
    let both: @Sendable () -> (now: Timestamp, steady: Timestamp)
    /// How many times as fast as real time both go.
    private let speed: Int64
    let trust = Locked(TrustedTime())

    /// - Parameter steady: nil where the time of day is never set.
    package init(now: @escaping @Sendable () -> Timestamp, steady: (@Sendable () -> Timestamp)? = nil) {
        let steady = steady ?? now
        self.init(speed: 1, both: { (now(), steady()) }, now: now, steady: steady)
    }

    private init(
        speed: Int64, both: @escaping @Sendable () -> (now: Timestamp, steady: Timestamp),
        now: @escaping @Sendable () -> Timestamp, steady: @escaping @Sendable () -> Timestamp
    ) {
        self.both = both
        self.now = now
        self.steady = steady
        self.speed = speed
    }

    package static let system = PollClock(now: { read(CLOCK_REALTIME) }, steady: { read(CLOCK_BOOTTIME) })

    /// The machine's clock so many times as fast, from now on.
    package static func fast(_ speed: Int64) -> PollClock {
        if speed <= 1 { return system }
        let (day, steady) = (read(CLOCK_REALTIME), read(CLOCK_BOOTTIME))
        let beginning = microseconds(CLOCK_BOOTTIME)
        // A microsecond between two readings would be milliseconds here.
        let both: @Sendable () -> (now: Timestamp, steady: Timestamp) = {
            let (passed, overflows) = (microseconds(CLOCK_BOOTTIME) - beginning)
                .multipliedReportingOverflow(by: speed)
            if overflows { return (Timestamp(milliseconds: .max), Timestamp(milliseconds: .max)) }
            return (day.adding(milliseconds: passed / 1000), steady.adding(milliseconds: passed / 1000))
        }
        return PollClock(speed: speed, both: both, now: { both().now }, steady: { both().steady })
    }

    /// By how much a process that is merely slow may look as if it had slept.
    var patience: Int64 { speed }

    /// Waits for so many milliseconds of these clocks; throws where the task is cancelled.
    package func sleep(milliseconds: Int64) async throws {
        try await Task.sleep(
            for: .microseconds(milliseconds.multipliedReportingOverflow(by: 1000).partialValue / speed))
    }

    private static func read(_ clock: clockid_t) -> Timestamp {
        Timestamp(milliseconds: microseconds(clock) / 1000)
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
