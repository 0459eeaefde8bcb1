internal import CShims
internal import Glibc

/// A command that runs: waited for, and ended where it has to be.
struct DeliveryProcess {
    private let pid: pid_t

    /// - Parameter pid: a child that leads a process group and that nobody else waits for.
    init(_ pid: pid_t) {
        self.pid = pid
    }

    /// Returns when it has ended; all times are in milliseconds.
    func wait(timeout: Int64, stop: Int32, grace: Int64, lastGrace: Int64) -> DeliveryCommand.Ending {
        let descriptor = newswire_process_descriptor(pid)
        guard descriptor >= 0 else { return collect() }
        defer { close(descriptor) }
        switch Self.poll(descriptor, stop, for: timeout) {
        case .first: return collect()
        case .timeout: return end(descriptor, lastGrace, as: .timedOut)
        case .second: break
        }
        // What is nearly done may be finished: a batch that is delivered need not be delivered again.
        if Self.poll(descriptor, -1, for: grace) == .first { return collect() }
        return end(descriptor, lastGrace, as: .stopped)
    }

    private func end(_ descriptor: Int32, _ grace: Int64, as ending: DeliveryCommand.Ending) -> DeliveryCommand.Ending {
        kill(-pid, SIGTERM)
        _ = Self.poll(descriptor, -1, for: grace)
        // Those of its group that do not go with it, too.
        kill(-pid, SIGKILL)
        _ = collect()
        return ending
    }

    private func collect() -> DeliveryCommand.Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return .notStarted(errno: errno) }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    }

    enum Event {
        case first
        case second
        case timeout
    }

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
