private import CShims
private import Glibc

/// `EngineHalt` ends all waiting for the engine, of whatever thread, once newswire is to stop.
package final class EngineHalt: Sendable {
    /// Readable once it was called.
    let descriptor: Int32

    package init() {
        descriptor = newswire_eventfd()
        precondition(descriptor >= 0, "no descriptor is left: \(errno)")
    }

    deinit { close(descriptor) }

    /// Ends what waits, and all waiting after it: what was asked for may have been done.
    package func halt() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Waits until a descriptor is ready, for so many milliseconds at most.
    ///
    /// - Returns: nil when the time is over.
    func wait(for descriptor: Int32, events: Int16, milliseconds: Int64) -> EngineWaking? {
        var descriptors = [
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let end = EngineClock.now() + milliseconds
        while true {
            let left = end - EngineClock.now()
            let count = poll(&descriptors, 2, Int32(clamping: max(0, left)))
            if count > 0 { return descriptors[1].revents != 0 ? .halted : .ready }
            if count == 0 || left <= 0 { return nil }
        }
    }
}

/// What has ended a wait before its time.
enum EngineWaking {
    case ready
    case halted
}

/// Milliseconds of a clock that nobody sets, and that goes on while the machine sleeps.
enum EngineClock {
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
