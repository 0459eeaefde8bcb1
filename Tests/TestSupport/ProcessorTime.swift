import Glibc

/// What something costs the processor, whatever else the machine does.
package enum ProcessorTime {
    /// Milliseconds of the thread's processor time, the least of three runs.
    package static func milliseconds(_ body: () -> Void) -> Double {
        var least = Double.infinity
        for _ in 0..<3 {
            let start = now()
            body()
            least = min(least, now() - start)
        }
        return least
    }

    /// How many times as much one thing costs as another. A cost below a millisecond counts as one, because the clock says
    /// little of less.
    package static func ratio(of dear: () -> Void, to cheap: () -> Void) -> Double {
        let cheap = max(1, milliseconds(cheap))
        return max(1, milliseconds(dear)) / cheap
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }
}
