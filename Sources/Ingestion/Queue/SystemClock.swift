private import CShims
package import FeedModel
private import Glibc
package import Scheduling

/// `SystemClock` reads the clocks of the machine, on any thread. Whoever polls goes by a `PollClock`.
package enum SystemClock {
    /// The time of day.
    package static let now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: microseconds(CLOCK_REALTIME) / 1000)
    }

    /// The time since the machine was started, with the time that it slept.
    package static let steady: @Sendable () -> SteadyTime = {
        SteadyTime(milliseconds: steadyMicroseconds() / 1000)
    }

    static func steadyMicroseconds() -> Int64 { microseconds(CLOCK_BOOTTIME) }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
