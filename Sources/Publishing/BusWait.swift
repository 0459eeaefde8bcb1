private import Glibc

/// `BusWait` says how long a bus may be waited for: until a moment, and not once newswire is to stop.
package struct BusWait: Sendable {
    /// Readable once newswire is to stop; -1 for never.
    package let stop: Int32
    private let end: Int64

    /// - Parameter milliseconds: from now on, by a clock that nobody sets.
    package init(milliseconds: Int64, stop: Int32) {
        self.stop = stop
        end = Self.now() + milliseconds
    }

    private init(end: Int64, stop: Int32) {
        self.stop = stop
        self.end = end
    }

    /// Returns a wait that ends with this one, and after so many milliseconds at the latest.
    package func atMost(milliseconds: Int64) -> BusWait {
        BusWait(end: min(end, Self.now() + milliseconds), stop: stop)
    }

    /// Returns how many milliseconds are left.
    package var left: Int64 { max(0, end - Self.now()) }

    package var isOver: Bool { left == 0 }

    /// Tells whether newswire is to stop.
    package var isStopped: Bool {
        var descriptor = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        return stop >= 0 && poll(&descriptor, 1, 0) > 0 && descriptor.revents != 0
    }

    /// `Outcome` is what has come of waiting.
    package enum Outcome: Sendable {
        case ready
        case timedOut
        case stopped
    }

    /// Waits until a descriptor can be read or written, or has failed.
    package func wait(for descriptor: Int32, toRead: Bool, toWrite: Bool) -> Outcome {
        while true {
            let events = Int16((toRead ? POLLIN : 0) | (toWrite ? POLLOUT : 0))
            var descriptors = [
                pollfd(fd: descriptor, events: events, revents: 0), pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            ]
            let left = left
            let count = poll(&descriptors, 2, Int32(clamping: left))
            if count > 0 {
                if descriptors[1].revents != 0 { return .stopped }
                return .ready
            }
            if count == 0 || left == 0 { return .timedOut }
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
