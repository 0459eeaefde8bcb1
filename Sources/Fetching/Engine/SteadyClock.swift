// Which of the two modules has the time of C depends on what was compiled before.
private import CCurl
private import Glibc

/// A clock that nobody sets, for deadlines.
enum SteadyClock {
    /// Milliseconds since a time that is the same as long as the machine runs.
    static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
