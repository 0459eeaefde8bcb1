import Glibc

/// What reading a document takes, by the processor time of the thread: other processes hardly count.
enum Cost {
    /// Nanoseconds for each byte of the recipe's document of that length (`Subject.bytes(of:)`).
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
        return Double(least) / Double(subject.bytes(of: document))
    }

    /// How many times as much a byte costs in documents that are longer and longer; not much more than 1 where the work is
    /// bounded by bytes. It looks no further once that is plain.
    static func growth(_ recipe: Recipe, _ subject: Subject, from short: Double) -> Double {
        var growth = 0.0
        for length in [512 << 10, 2 << 20, 4 << 20] {
            growth = max(growth, perByte(recipe, subject, length: length) / short)
            if growth > 3 { break }
        }
        return growth
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
