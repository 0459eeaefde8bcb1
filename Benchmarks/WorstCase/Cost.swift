import Glibc

/// What reading a document takes, by the processor time of the thread: other processes hardly count.
enum Cost {
    /// Nanoseconds for each byte of the recipe's document of that length.
    ///
    /// - Parameter times: the least of so many readings counts: what else the machine does only adds.
    static func perByte(_ recipe: Recipe, _ subject: Subject, length: Int, times: Int = 1) -> Double {
        let document = recipe.document(length)
        var least = UInt64.max
        for _ in 0..<times {
            let start = now()
            subject.run(document)
            least = min(least, now() - start)
        }
        return Double(least) / Double(document.count)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
