internal import Glibc

/// How a delivery waits: for something to happen, for a time to pass, or for the word to stop.
enum DescriptorWait {
    enum Event {
        case first
        case second
        case timeout
    }

    /// As good as no end.
    static let forever: Int64 = 365 * 86_400_000

    /// Waits until one of two descriptors is readable; one that is negative never is.
    static func poll(_ first: Int32, _ second: Int32, for milliseconds: Int64) -> Event {
        let end = now() + milliseconds
        while true {
            var descriptors = [
                pollfd(fd: first, events: Int16(POLLIN), revents: 0),
                pollfd(fd: second, events: Int16(POLLIN), revents: 0),
            ]
            let left = max(0, end - now())
            let count = Glibc.poll(&descriptors, 2, Int32(clamping: left))
            if count > 0 { return descriptors[0].revents != 0 ? .first : .second }
            if left == 0 { return .timeout }
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
