import Glibc

/// What something costs the processor, whatever else the machine does.
package enum ProcessorTime {
    /// How many times as much one thing costs as another: the least of five runs of each, in turn, so that what slows the
    /// machine down for a while slows down both. The cheap one is run once before, so that neither of them is charged with
    /// what only a first run pays for: pages of memory, tables that are made once. A cost below a millisecond counts as
    /// one, because the clock says little of less.
    package static func ratio(of dear: () -> Void, to cheap: () -> Void) -> Double {
        cheap()
        var least = (dear: Double.infinity, cheap: Double.infinity)
        for _ in 0..<5 {
            least.cheap = min(least.cheap, milliseconds(cheap))
            least.dear = min(least.dear, milliseconds(dear))
        }
        return max(1, least.dear) / max(1, least.cheap)
    }

    /// Of the thread's processor time.
    private static func milliseconds(_ body: () -> Void) -> Double {
        let start = now()
        body()
        return now() - start
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }
}
